import type { Claim } from '../../domain/order.ts'
import { must } from '../../domain/result.ts'
import type { HedgePlan, LegOrder } from '../../logic/hedge/hedge-view.ts'
import { planPair } from '../../logic/hedge/plan-pair.ts'
import { claimFor } from '../claims.ts'
import type { EngineContext } from '../context.ts'
import { cancelOrder, sendOrder } from '../executor.ts'
import type { AccountState, PairRuntime } from '../state.ts'
import type { Turn } from '../turn.ts'
import { beginPair, fitPair } from './begin-pair.ts'
import { setPairState } from './pair-notices.ts'
import { noteAttempt, settleRound } from './pair-rounds.ts'
import { type Times, timesOf, viewOf } from './pair-view.ts'
import { readLevel } from './read-level.ts'

/** Compares B with A and does what is missing; then, where nothing is, A's next quote. */
export function drivePair(context: EngineContext, turn: Turn, runtime: PairRuntime): void {
  if (!beginPair(context, turn, runtime)) return
  fitPair(context, turn, runtime)
  stopWhereFlattened(context, turn, runtime)
  const times = timesOf(context)
  let planned = planOf(context, runtime, times)
  if (planned === null) return
  const orders = planned.orders.map(order => ({ ...order, claim: claimOf(context, runtime, order) }))
  // One cannot go after all, and its pause has begun: planned again as what it is, a wait.
  if (orders.some(({ claim }) => claim === null)) planned = planOf(context, runtime, times) ?? planned
  setPairState(context, turn, runtime, planned.state)
  for (const order of planned.cancels) cancelOrder(context, turn, runtime.a, order)
  for (const { claim, ...order } of orders)
    if (claim !== null) send(context, turn, runtime, { ...order, claim })
  settleRound(context, turn, runtime)
  runtime.waitsFor = planned.waitsFor
  if (planned.wantsLevel) readLevel(context, runtime)
  scheduleWake(context, runtime, { ...times, wakeAt: planned.wakeAt })
}

/** Who flattens an account wants nothing opened there: not by a hedge either. */
function stopWhereFlattened(context: EngineContext, turn: Turn, runtime: PairRuntime): void {
  const { state } = runtime
  const flattened = (['a', 'b'] as const)
    .map(leg => accountOf(context, runtime, leg))
    .find(({ isFlattened }) => isFlattened)
  if (flattened === undefined || state.pause === 'flattened' || state.phase === 'closing') return
  const why = `account ${flattened.account.name} was flattened, and B follows A no more`
  setPairState(context, turn, runtime, { ...state, pause: 'flattened', phase: 'paused' }, why)
}

function planOf(context: EngineContext, runtime: PairRuntime, times: Times): HedgePlan | null {
  const view = viewOf(context, runtime, times)
  return view === null ? null : planPair(view)
}

function claimOf(context: EngineContext, runtime: PairRuntime, { leg, draft }: LegOrder): Claim | null {
  return claimFor(context, runtime[leg], accountOf(context, runtime, leg), draft.purpose)
}

function accountOf({ state }: EngineContext, runtime: PairRuntime, leg: 'a' | 'b'): AccountState {
  return must(state.accounts.get(runtime[leg].accountId), 'a leg has its account')
}

function send(
  context: EngineContext,
  turn: Turn,
  runtime: PairRuntime,
  { leg, draft, claim }: LegOrder & { readonly claim: Claim },
): void {
  const account = accountOf(context, runtime, leg)
  const { venueAccount } = must(account.session, 'a claim is of a session')
  const { id: pairId } = runtime.pair
  const holding = runtime[leg]
  const { order } = sendOrder(context, turn, {
    holding,
    account,
    venueAccount,
    linkId: null,
    pairId,
    draft,
    claim,
  })
  // A price is good for one quote.
  if (leg === 'a') runtime.level = null
  else noteAttempt(turn, runtime, order)
}

/** Something waits: look again when it ends, or when sending may be tried again. */
function scheduleWake(
  context: EngineContext,
  runtime: PairRuntime,
  { wakeAt, now, monotonic }: Times & Pick<HedgePlan, 'wakeAt'>,
): void {
  runtime.wake?.()
  runtime.wake = null
  const pauses = [runtime.a, runtime.b].flatMap(({ openingPause, exitPause }) => [
    openingPause.notBefore - monotonic,
    exitPause.notBefore - monotonic,
  ])
  const delays = pauses.filter(delayMs => delayMs > 0)
  if (wakeAt !== null) delays.push(wakeAt - now)
  if (delays.length === 0) return
  runtime.wake = context.ports.clock.after(Math.max(1, Math.min(...delays) + 1), () => {
    runtime.wake = null
    context.run(turn => turn.revisit(runtime.a))
  })
}
