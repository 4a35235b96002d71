import {
  absolute,
  add,
  type Decimal,
  formatDecimal,
  minimum,
  sign,
  truncateToStep,
  ZERO,
} from '../domain/decimal.ts'
import { type Instrument, notional, roundQuantity } from '../domain/instrument.ts'
import { opposite, type Side, sideOf } from '../domain/order.ts'
import { REASONS } from '../domain/reason.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { MarketPrices } from './entry.ts'
import type { OrderDraft } from './holding-view.ts'
import type { Proposal, RiskVerdict } from './risk.ts'

/** What a person wants traded, exactly so or not at all. */
export interface HandWish {
  readonly side: Side
  /** Base units, > 0. */
  readonly quantity: Decimal
  /** Null: at market. */
  readonly limitPrice: Decimal | null
  readonly reduceOnly: boolean
}

/** The account's place for the instrument, as far as a wish must know it. */
export interface HandView {
  readonly instrument: Instrument
  /** Signed, by our count, base units. */
  readonly position: Decimal
  /** Null: unknown or too old. What only reduces does not ask. */
  readonly market: MarketPrices | null
  readonly assess: (proposal: Proposal) => RiskVerdict
  /** Our clock, ms. */
  readonly now: number
}

/** invalid: never so. refused: not within the limits. waits: not known yet what it is measured with. */
export interface HandRefusal {
  readonly kind: 'invalid' | 'refused' | 'waits'
  /** A sentence with what to do. */
  readonly message: string
}

/** A person's order is meant for the market of this moment: not for the one after a slow disk. */
export const HAND_MAX_AGE_MS = 5_000

/** The order that carries a wish out, or why there is none. Nothing is rounded: who wrote it meant it. */
export function draftByHand(wish: HandWish, view: HandView): Result<OrderDraft, HandRefusal> {
  const misfit = misfitOf(wish, view)
  if (misfit !== null) return err({ kind: 'invalid', message: misfit })
  const { side, quantity, limitPrice, reduceOnly } = wish
  const order = {
    side,
    type: limitPrice === null ? 'market' : 'limit',
    timeInForce: limitPrice === null ? 'ioc' : 'gtc',
    quantity,
    limitPrice,
    reduceOnly,
    isCut: false,
    decisions: [],
  } as const
  if (reduceOnly) return ok({ ...order, purpose: 'exit', collarPrice: null, validUntil: null })
  const allowed = allow(wish, view)
  if (!allowed.ok) return allowed
  const collarPrice = limitPrice ?? allowed.value
  return ok({ ...order, purpose: 'manual', collarPrice, validUntil: view.now + HAND_MAX_AGE_MS })
}

/**
 * The order that closes as much of a position as one order may.
 *
 * @param rest signed: what is held and no exit is on its way for, base units
 * @returns null where the venue trades no order so small
 */
export function draftClose(instrument: Instrument, rest: Decimal): OrderDraft | null {
  const size = roundQuantity(instrument, minimum(absolute(rest), instrument.maximumMarketQuantity))
  if (size === ZERO || size < instrument.minimumQuantity) return null
  return {
    purpose: 'exit',
    side: opposite(sideOf(rest)),
    type: 'market',
    timeInForce: 'ioc',
    quantity: size,
    limitPrice: null,
    reduceOnly: true,
    collarPrice: null,
    validUntil: null,
    isCut: false,
    decisions: [],
  }
}

/** What the venue would not take, or would take otherwise than it was written. */
function misfitOf(wish: HandWish, { instrument, position }: HandView): string | null {
  const { quantity, limitPrice, side, reduceOnly } = wish
  const { symbol, lotSize, tickSize, minimumQuantity } = instrument
  if (instrument.status !== 'trading') return `${symbol}: ${REASONS.symbol_closed}`
  const most = limitPrice === null ? instrument.maximumMarketQuantity : instrument.maximumLimitQuantity
  if (quantity < minimumQuantity)
    return `Less than ${formatDecimal(minimumQuantity)} of ${symbol} is not traded. Take at least that.`
  if (quantity > most)
    return `One such order of ${symbol} is at most ${formatDecimal(most)}. Make several of it.`
  const lots = neighbours(quantity, lotSize)
  if (lots !== null) return `${symbol} is traded in steps of ${formatDecimal(lotSize)}. Take ${lots}.`
  const ticks = limitPrice === null ? null : neighbours(limitPrice, tickSize)
  if (ticks !== null)
    return `Limit prices of ${symbol} are multiples of ${formatDecimal(tickSize)}. Take ${ticks}.`
  if (!reduceOnly) return null
  if (sign(position) === 0 || sideOf(position) === side)
    return `Nothing of ${symbol} is held that a ${side} could reduce. Look at the positions.`
  if (quantity > absolute(position))
    return `Only ${formatDecimal(absolute(position))} of ${symbol} is held. Take at most that.`
  return null
}

/** The two steps between which an amount lies; null where it is one. */
function neighbours(amount: Decimal, step: Decimal): string | null {
  const below = truncateToStep(amount, step)
  if (below === amount) return null
  const above = formatDecimal(add(below, step))
  return below === ZERO ? above : `${formatDecimal(below)} or ${above}`
}

/** @returns the worst price within the collar */
function allow(wish: HandWish, { instrument, market, assess }: HandView): Result<Decimal, HandRefusal> {
  const { side, quantity, limitPrice } = wish
  if (market === null) return err({ kind: 'waits', message: REASONS.market_stale })
  // A limit counts at its own price, crossing or not: the venue may trade it there.
  const expectedPrice = limitPrice ?? (side === 'buy' ? market.ask : market.bid)
  const worth = notional(quantity, expectedPrice)
  if (worth < instrument.minimumNotional) {
    const { minimumNotional, quote } = instrument
    const message = `An order of ${instrument.symbol} that opens is worth at least ${formatDecimal(minimumNotional)} ${quote}, this one ${formatDecimal(worth)}. Take more.`
    return err({ kind: 'invalid', message })
  }
  const verdict = assess({ instrumentId: instrument.id, side, quantity, expectedPrice, mark: market.mark })
  if (verdict.approved) return ok(verdict.collarPrice)
  const kind = verdict.waits === true ? 'waits' : 'refused'
  return err({ kind, message: `${REASONS[verdict.reason]} What only closes is sent with reduceOnly.` })
}
