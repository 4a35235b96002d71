import { unitNoise } from '../../../exchange/core/noise.ts'
import type { Exchange } from '../../../exchange/core/types.ts'
import type { ExchangePast, PastSpan } from '../../../exchange/server/run.ts'
import {
  type Decimal,
  divide,
  multiply,
  negate,
  subtract,
  truncateToStep,
  ZERO,
} from '../../domain/decimal.ts'
import { must } from '../../domain/result.ts'
import { chooseTrade, orderOf } from './leader.ts'
import { demoDeposits, FOLLOWERS, LEADER, SYMBOLS } from './world.ts'

const HOUR_MS = 3_600_000
/** How far back the history of a new demo goes. */
export const PAST_MS = 30 * 24 * HOUR_MS
/** The leader's mean pace. */
const TRADE_EVERY_MS = 4 * HOUR_MS
/** Everybody is flat for so long before the demo begins: it copies what happens from then on. */
const QUIET_MS = HOUR_MS

/** A month in which the leader traded and the followers did as they do now. One seed makes one month. */
export const DEMO_PAST: ExchangePast = { lengthMs: PAST_MS, play: playPast }

function playPast(exchange: Exchange, { from, to, seed }: PastSpan): void {
  const deposits = demoDeposits()
  for (const [account, deposit] of deposits) exchange.createAccount(account, deposit)
  const shares = sharesOf(deposits)
  let draws = 0
  const next = (): number => {
    draws += 1
    return unitNoise(seed, draws)
  }
  const end = to - QUIET_MS
  const pause = (): number => Math.round(TRADE_EVERY_MS * (0.5 + next()))
  for (let at = from + pause(); at < end; at += pause()) {
    exchange.advance(at)
    const trade = chooseTrade(exchange, next)
    exchange.submit(LEADER, orderOf(trade), at)
    follow(exchange, shares, { symbol: trade.symbol, at })
  }
  exchange.advance(end)
  for (const symbol of SYMBOLS) {
    moveBy(exchange, LEADER, {
      symbol,
      quantity: negate(exchange.position(LEADER, symbol).quantity),
      at: end,
    })
    follow(exchange, shares, { symbol, at: end })
  }
}

/** By money. Signed: who follows inversely holds the opposite. */
function sharesOf(deposits: ReadonlyMap<string, Decimal>): ReadonlyMap<string, Decimal> {
  const ofLeader = must(deposits.get(LEADER), 'the leader has money')
  return new Map(
    FOLLOWERS.map(({ name, sizing }) => {
      const share = divide(must(deposits.get(name), 'followers have money'), ofLeader)
      return [name, sizing.inverse ? negate(share) : share]
    }),
  )
}

interface Moment {
  readonly symbol: string
  readonly at: number
}

/** Everybody holds their share of what the leader holds; what is less than a lot is nothing. */
function follow(exchange: Exchange, shares: ReadonlyMap<string, Decimal>, { symbol, at }: Moment): void {
  const { lotSize } = must(exchange.instruments.get(symbol), 'the demo trades listed symbols')
  const { quantity } = exchange.position(LEADER, symbol)
  for (const [name, share] of shares) {
    const wanted = truncateToStep(multiply(quantity, share), lotSize)
    const held = exchange.position(name, symbol).quantity
    moveBy(exchange, name, { symbol, quantity: subtract(wanted, held), at })
  }
}

function moveBy(
  exchange: Exchange,
  account: string,
  { symbol, quantity, at }: Moment & { readonly quantity: Decimal },
): void {
  if (quantity !== ZERO) exchange.submit(account, orderOf({ symbol, quantity }), at)
}
