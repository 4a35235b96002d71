import { ZERO } from '../../domain/decimal.ts'
import { type PairId, symbolOf } from '../../domain/ids.ts'
import { knownFilled } from '../../domain/order.ts'
import type { EngineContext } from '../context.ts'
import { backOff, clearPause, forgetOpening, PATIENCE_WITH_EXITS } from '../pauses.ts'
import type { OrderEntry, PairRuntime } from '../state.ts'
import type { Turn } from '../turn.ts'
import { setPairState } from './pair-notices.ts'

/** What follows from the end of a pair's order: what is missing is found by the next look at the pair. */
export function endPairOrder(context: EngineContext, turn: Turn, entry: OrderEntry, pairId: PairId): void {
  const { order, holding } = entry
  if (order.status === 'withdrawn') forgetOpening(context, order)
  const pause = order.purpose === 'exit' ? holding.exitPause : holding.openingPause
  const isFilled = knownFilled(order) >= order.quantity
  const isDone = isFilled || (order.purpose === 'exit' && knownFilled(order) > ZERO)
  if (order.purpose === 'exit') tellClose(context, turn, entry)
  if (isDone || (order.purpose === 'entry' && order.status === 'canceled')) clearPause(pause)
  else if (order.purpose !== 'hedge' || order.status === 'withdrawn') backOff(context, pause)
  const runtime = context.state.pairs.get(pairId)
  if (order.purpose !== 'hedge' || runtime === undefined || order.status === 'withdrawn') return
  const attempts = isFilled ? 0 : runtime.state.attempts + 1
  setPairState(context, turn, runtime, { ...runtime.state, attempts })
  if (isFilled) {
    restartExposure(context, turn, runtime, entry)
    return
  }
  // From the beginning of one attempt to that of the next: whoever waited for a proof has waited enough.
  pause.notBefore = Math.max(context.monotonic(), entry.madeAt + runtime.pair.retryEveryMs)
  context.ports.log.warn('hedge_ended_short', {
    pair: runtime.pair.name,
    order: order.clientOrderId,
    status: order.status,
    message: order.reason,
    attempt: attempts,
  })
}

/** What is unhedged behind a hedge that was filled was traded after it was made: only that has waited. */
function restartExposure(
  context: EngineContext,
  turn: Turn,
  runtime: PairRuntime,
  { order, madeAt }: OrderEntry,
): void {
  const { unhedgedSince } = runtime.state
  if (unhedgedSince === null || unhedgedSince >= order.createdAt) return
  setPairState(context, turn, runtime, { ...runtime.state, unhedgedSince: order.createdAt })
  if (Number.isFinite(madeAt)) runtime.unhedgedAt = madeAt
}

/** A close that the venue refuses again and again is somebody's to look at; one that trades is no more. */
function tellClose(context: EngineContext, turn: Turn, { order, holding }: OrderEntry): void {
  const runtime = holding.pair?.runtime
  if (runtime === undefined || order.status === 'withdrawn') return
  const what = `${symbolOf(holding.instrumentId)} of pair ${runtime.pair.name}`
  if (knownFilled(order) > ZERO) {
    context.over(turn, { code: 'pair_close_refused', holding, text: `The venue closes ${what} again.` })
    return
  }
  if (holding.exitPause.refusals !== PATIENCE_WITH_EXITS) return
  context.notice(turn, {
    code: 'pair_close_refused',
    level: 'critical',
    holding,
    text: `${PATIENCE_WITH_EXITS} orders in a row that close ${what} came to nothing (${order.reason ?? order.status}). It is tried again by itself.`,
    action: 'Close it on the venue; or pause the pair, which ends the closing and lets B follow A again.',
  })
}
