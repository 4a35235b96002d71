import type { Exchange } from '../../../exchange/core/types.ts'
import { larger, smaller, UNIT } from './amounts.ts'

/** Between what and what an amount lies. */
export interface Range {
  readonly low: bigint
  readonly high: bigint
}

/** Open PnL moves while news of it is on its way: an equity may be this many times what it is now, or the inverse. */
const EQUITY_WIDTH = 2n

/** Names on the exchange. */
export interface Equities {
  readonly follower: string
  readonly leader: string
  /** The venue's clock, ms: any balance since then may be the one that is known; null: that of now. */
  readonly since: number | null
}

/** follower equity / leader equity x whole, as far as it can be told from outside. @param whole signed */
export function byEquities(exchange: Exchange, whole: bigint, { follower, leader, since }: Equities): Range {
  const [ours, theirs] = [equityRange(exchange, follower, since), equityRange(exchange, leader, since)]
  const least = theirs.high <= 0n ? 0n : (whole * larger(ours.low, 0n)) / theirs.high
  const most = (whole * ours.high) / larger(theirs.low, UNIT)
  return { low: smaller(least, most), high: larger(least, most) }
}

function equityRange(exchange: Exchange, account: string, since: number | null): Range {
  const { balance, unrealizedPnl } = exchange.wallet(account)
  let [low, high]: [bigint, bigint] = [balance, balance]
  for (const { at, balanceAfter, change } of since === null ? [] : exchange.transactions(account)) {
    if (since !== null && at < since) break
    low = smaller(low, smaller(balanceAfter, balanceAfter - change))
    high = larger(high, larger(balanceAfter, balanceAfter - change))
  }
  return { low: (low + unrealizedPnl) / EQUITY_WIDTH, high: (high + unrealizedPnl) * EQUITY_WIDTH }
}
