import type { Reason } from '../domain/reason.ts'
import type { EngineContext } from './context.ts'
import { cancelOrder } from './executor.ts'
import { failIncreases } from './increases.ts'
import type { AccountState, Holding } from './state.ts'
import type { Turn } from './turn.ts'

/**
 * A holding that no plan can be made for: no session, or a symbol that the venue does not list.
 *
 * Increases end with the reason; reductions wait, because what was copied must be closed one day. While a
 * start is still under way neither is true yet, and everything waits.
 */
export function settleUnplannable(
  context: EngineContext,
  turn: Turn,
  holding: Holding,
  account: AccountState,
): void {
  const reason = unplannableReason(account)
  if (reason !== null) failIncreases(context, turn, holding, { outcome: 'skipped', reason, detail: null })
}

function unplannableReason({ account, session, refusal }: AccountState): Reason | null {
  if (account.status === 'inactive') return 'account_inactive'
  if (session === null) return refusal
  return session.market.hasInstruments() ? 'symbol_unknown' : null
}

/** Resting orders of a link or a pair that is gone: nobody follows up what they would open. */
export function cancelOrphans(context: EngineContext, turn: Turn, holding: Holding): void {
  for (const { order } of holding.orders) {
    const isOwned = order.linkId !== null || order.pairId !== null
    if (isOwned && order.purpose === 'entry' && order.timeInForce === 'gtc') {
      cancelOrder(context, turn, holding, order)
    }
  }
}
