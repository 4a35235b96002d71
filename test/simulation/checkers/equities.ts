import type { Exchange } from '../../../exchange/core/types.ts'
import type { Sizing } from '../../../src/domain/strategy.ts'
import { larger, signOf, size, smaller, times, UNIT } from './amounts.ts'
import type { Evidence } from './checker.ts'
import type { LeaderTrade } from './leader-trades.ts'

/** Between what and what an amount lies; signed alike. */
export interface Range {
  readonly low: bigint
  readonly high: bigint
}

/** A report of the wallet can be lost; at the latest an age at which it is no longer used mends it. */
const EQUITY_NEWS_MS = 75_000
/** Open PnL moves while news of it is on its way: an equity may be this many times what it is now, or the inverse. */
const EQUITY_WIDTH = 2n

export interface SizedTrade {
  readonly sizing: Sizing
  readonly trade: LeaderTrade
  /** Names on the exchange. */
  readonly leader: string
  readonly follower: string
}

/** What a sizing makes of one increase: exact, but for equities, which are known late. */
export function sizedRange(evidence: Evidence, sized: SizedTrade): Range {
  const { sizing, trade } = sized
  const { low, high } = followed(evidence, sized)
  const direction = signOf(trade.added) * (sizing.inverse ? -1n : 1n)
  return { low: low * direction, high: high * direction }
}

function followed({ exchange, venueNow }: Evidence, { sizing, trade, leader, follower }: SizedTrade): Range {
  const added = size(trade.added)
  switch (sizing.kind) {
    case 'ratio':
      return exactly(times(added, sizing.ratio))
    case 'fixed_quantity':
      return exactly((sizing.quantity * added) / trade.orderQuantity)
    case 'fixed_notional':
      return exactly((((sizing.notional * UNIT) / trade.fillPrice) * added) / trade.orderQuantity)
    case 'equity_ratio': {
      const since = venueNow() - EQUITY_NEWS_MS
      const [ours, theirs] = [equities(exchange, follower, since), equities(exchange, leader, since)]
      const whole = times(added, sizing.ratio)
      return {
        low: theirs.high <= 0n ? 0n : (whole * larger(ours.low, 0n)) / theirs.high,
        high: (whole * ours.high) / larger(theirs.low, UNIT),
      }
    }
  }
}

function exactly(amount: bigint): Range {
  return { low: amount, high: amount }
}

/** What an account's equity may be taken for: any since a time, venue's clock, ms, and somewhat beside it. */
function equities(exchange: Exchange, account: string, since: number): Range {
  const { balance, unrealizedPnl } = exchange.wallet(account)
  let [low, high]: [bigint, bigint] = [balance, balance]
  for (const { at, balanceAfter, change } of exchange.transactions(account)) {
    if (at < since) break
    low = smaller(low, smaller(balanceAfter, balanceAfter - change))
    high = larger(high, larger(balanceAfter, balanceAfter - change))
  }
  return { low: (low + unrealizedPnl) / EQUITY_WIDTH, high: (high + unrealizedPnl) * EQUITY_WIDTH }
}
