import type { Equity } from '../domain/account.ts'
import { absolute, add, type Decimal, multiply, ZERO } from '../domain/decimal.ts'
import { leavesQuantity, type Order, unseenQuantity } from '../domain/order.ts'
import { unrealizedPnl } from '../domain/position.ts'
import type { Exposure } from '../logic/risk.ts'
import type { EngineContext } from './context.ts'
import type { AccountState, Holding } from './state.ts'

/** Of the link that has the place: what a person trades there is no part of what it wants and has. */
export function linkOrders({ link, orders }: Holding): readonly Order[] {
  if (link === null) return []
  const { id } = link.runtime.link
  return Array.from(orders, entry => entry.order).filter(({ linkId }) => linkId === id)
}

/** Wallet plus open PnL at mark; null when a part of it is unknown or too old to measure by. */
export function equityOf(context: EngineContext, account: AccountState): Equity | null {
  const { wallet, session } = account
  if (wallet === null || session === null) return null
  const ageMs = session.isLive() ? 0 : context.monotonic() - wallet.seenAt
  if (ageMs > context.options.equityMaxAgeMs) return null
  let equity = wallet.total
  for (const holding of account.holdings.values()) {
    if (holding.position.quantity === ZERO) continue
    const mark = markOf(context, account, holding)
    if (mark === null) return null
    equity = add(equity, unrealizedPnl(holding.position, mark))
  }
  return { equity, at: context.now() - ageMs }
}

/** The venue's mark; where its first ticker is still on the way, the price of a trade that was just made there. */
function markOf(
  context: EngineContext,
  { session }: AccountState,
  { instrumentId, lastTrade }: Holding,
): Decimal | null {
  const prices = session?.market.prices(instrumentId) ?? null
  if (prices !== null) return prices.mark
  const fresh = lastTrade !== null && context.monotonic() - lastTrade.seenAt <= context.options.marketMaxAgeMs
  return fresh ? lastTrade.fillPrice : null
}

/** What the account has at stake, instrument by instrument; null when a price that it needs is unknown. */
export function exposuresOf(account: AccountState): readonly Exposure[] | null {
  const exposures: Exposure[] = []
  for (const holding of account.holdings.values()) {
    if (holding.position.quantity === ZERO && holding.orders.size === 0) continue
    const prices = account.session?.market.prices(holding.instrumentId) ?? null
    if (prices === null) return null
    exposures.push({
      instrumentId: holding.instrumentId,
      position: holding.position.quantity,
      mark: prices.mark,
      openBuyNotional: openNotional(holding, 'buy', prices.mark),
      openSellNotional: openNotional(holding, 'sell', prices.mark),
    })
  }
  return exposures
}

/** Openings only: an order that reduces takes nothing on. What is traded by report is not in the position yet. */
function openNotional(holding: Holding, side: 'buy' | 'sell', mark: Decimal): Decimal {
  let total: Decimal = ZERO
  for (const { order } of holding.orders) {
    if (order.side !== side || order.reduceOnly) continue
    const worst = order.collarPrice !== null && order.collarPrice > mark ? order.collarPrice : mark
    const size = add(leavesQuantity(order), unseenQuantity(order))
    total = add(total, absolute(multiply(size, worst)))
  }
  return total
}

export const MINUTE_MS = 60_000

export function openingsInLastMinute(account: AccountState, now: number): number {
  const times = account.openingTimes
  while (times[0] !== undefined && times[0] <= now - MINUTE_MS) times.shift()
  return times.length
}
