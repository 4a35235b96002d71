import type { PairId } from '../../domain/ids.ts'
import { knownFilled } from '../../domain/order.ts'
import type { EngineContext } from '../context.ts'
import { backOff, clearPause, forgetOpening } from '../pauses.ts'
import type { OrderEntry } from '../state.ts'
import type { Turn } from '../turn.ts'
import { setPairState } from './pair-notices.ts'

/** What follows from the end of a pair's order: what is missing is found by the next look at the pair. */
export function endPairOrder(context: EngineContext, turn: Turn, entry: OrderEntry, pairId: PairId): void {
  const { order, holding } = entry
  if (order.status === 'withdrawn') forgetOpening(context, order)
  const pause = order.purpose === 'exit' ? holding.exitPause : holding.openingPause
  const isFilled = knownFilled(order) >= order.quantity
  if (isFilled || (order.purpose === 'entry' && order.status === 'canceled')) clearPause(pause)
  else if (order.purpose !== 'hedge' || order.status === 'withdrawn') backOff(context, pause)
  const runtime = context.state.pairs.get(pairId)
  if (order.purpose !== 'hedge' || runtime === undefined || order.status === 'withdrawn') return
  const attempts = isFilled ? 0 : runtime.state.attempts + 1
  setPairState(context, turn, runtime, { ...runtime.state, attempts })
  if (isFilled) return
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
