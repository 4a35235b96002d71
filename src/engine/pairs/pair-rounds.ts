import { type Decimal, ZERO } from '../../domain/decimal.ts'
import type { Fill } from '../../domain/fill.ts'
import type { Order } from '../../domain/order.ts'
import { type Round, withTrade } from '../../domain/pair.ts'
import { exposureOf, liveOrders } from '../../logic/hedge/exposure.ts'
import type { EngineContext } from '../context.ts'
import type { Holding, PairRuntime } from '../state.ts'
import type { Turn } from '../turn.ts'
import { setPairState } from './pair-notices.ts'
import { viewOf } from './pair-view.ts'

/** Counts a trade on a leg, whoever made it: what is unhedged is measured from positions, the round only tells of it. */
export function takePairFill(
  context: EngineContext,
  turn: Turn,
  { holding, fill, signed }: { readonly holding: Holding; readonly fill: Fill; readonly signed: Decimal },
): void {
  if (holding.pair === null) return
  const { runtime, leg } = holding.pair
  if (runtime.state.baseA === null) return
  runtime.lastTradeAt = Math.max(runtime.lastTradeAt, fill.at)
  const round = runtime.round ?? newRound(context, turn, runtime, fill)
  // What was below B's lot until now was not unhedged yet.
  const isIdle = runtime.state.unhedgedSince === null && round.tradedB === ZERO
  const startedAt = isIdle ? fill.at : Math.min(round.startedAt, fill.at)
  setRound(turn, runtime, withTrade({ ...round, startedAt }, leg, { signed, fillPrice: fill.fillPrice }))
}

function newRound(context: EngineContext, turn: Turn, runtime: PairRuntime, fill: Fill): Round {
  const number = runtime.state.rounds + 1
  setPairState(context, turn, runtime, { ...runtime.state, rounds: number })
  return {
    id: context.newId(),
    pairId: runtime.pair.id,
    number,
    startedAt: fill.at,
    endedAt: null,
    quantityA: ZERO,
    notionalA: ZERO,
    tradedA: ZERO,
    quantityB: ZERO,
    notionalB: ZERO,
    tradedB: ZERO,
    attempts: [],
    outcome: 'open',
  }
}

export function noteAttempt(turn: Turn, runtime: PairRuntime, { intentId }: Order): void {
  const { round } = runtime
  if (round !== null) setRound(turn, runtime, { ...round, attempts: [...round.attempts, intentId] })
}

/** A round is over when B has followed all that can be traded, and nothing of it is on its way. */
export function settleRound(context: EngineContext, turn: Turn, runtime: PairRuntime): void {
  const { round, state, lastTradeAt } = runtime
  const view = round === null ? null : viewOf(context, runtime)
  if (round === null || view === null || liveOrders(view.b).length > 0) return
  const { gap, tradable } = exposureOf(view)
  const isFollowed = tradable === ZERO && (round.tradedB !== ZERO || gap === ZERO)
  if (!isFollowed || state.phase === 'closing') return
  const outcome = state.pause === 'force_closed' || state.pause === 'flattened' ? 'closed' : 'hedged'
  const ended: Round = { ...round, outcome, endedAt: Math.max(round.startedAt, lastTradeAt) }
  setRound(turn, runtime, ended)
  runtime.round = null
  turn.afterCommit(() => context.ports.observer.hedged?.(ended, runtime.pair))
}

function setRound(turn: Turn, runtime: PairRuntime, round: Round): void {
  runtime.round = round
  turn.round(round)
}
