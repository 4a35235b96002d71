import type { PairId } from '../../domain/ids.ts'
import { newPairState, type Pair, type PairState, type Round } from '../../domain/pair.ts'
import { must } from '../../domain/result.ts'
import type { EngineContext } from '../context.ts'
import { cancelOrder } from '../executor.ts'
import { type EngineState, holdingOf, type PairRuntime } from '../state.ts'
import type { Turn } from '../turn.ts'

export interface PairMemory {
  readonly state: PairState | undefined
  readonly round: Round | undefined
}

/** Puts a pair on its two places. The roster's rules have seen that they are free. */
export function addPair(
  state: EngineState,
  pair: Pair,
  memory: PairMemory = { state: undefined, round: undefined },
): PairRuntime {
  const place = ({ accountId, instrumentId }: Pair['a']) => {
    const account = must(state.accounts.get(accountId), 'a leg has its account')
    return holdingOf(state, account, instrumentId, 0)
  }
  const runtime: PairRuntime = {
    pair,
    state: memory.state ?? newPairState(pair.id),
    a: place(pair.a),
    b: place(pair.b),
    round: memory.round ?? null,
    lastTradeAt: memory.round?.startedAt ?? 0,
    level: null,
    isAsking: false,
    shallowReads: 0,
    unhedgedAt: null,
    isFitted: false,
    waitsFor: null,
    wake: null,
  }
  runtime.a.pair = { runtime, leg: 'a' }
  runtime.b.pair = { runtime, leg: 'b' }
  state.pairs.set(pair.id, runtime)
  return runtime
}

/** New settings hold from the next look on; they are compared with the markets again. */
export function putPair(context: EngineContext, turn: Turn, pair: Pair): void {
  const known = context.state.pairs.get(pair.id)
  const runtime = known ?? addPair(context.state, pair)
  if (known === undefined) turn.pairState(runtime.state)
  runtime.pair = pair
  runtime.isFitted = false
  turn.revisit(runtime.a)
}

/** What it holds is its owner's own from now on; what rests is called back. */
export function removePair(context: EngineContext, turn: Turn, id: PairId): void {
  const runtime = must(context.state.pairs.get(id), 'a pair in force is in memory')
  const { a, b } = runtime
  for (const { order } of a.orders)
    if (order.pairId === id && order.timeInForce === 'gtc') cancelOrder(context, turn, a, order)
  runtime.wake?.()
  for (const holding of [a, b]) {
    holding.pair = null
    turn.revisit(holding)
  }
  context.state.pairs.delete(id)
}
