import {
  absolute,
  type Decimal,
  divide,
  formatDecimal,
  multiply,
  subtract,
  ZERO,
} from '../../../src/domain/decimal.ts'
import { opposite, type Side } from '../../../src/domain/order.ts'
import type { ExchangeOrder, ExchangePosition } from '../../core/types.ts'

/** By step: every figure of every row asks, and instruments have few different ones. */
const PLACES = new Map<Decimal, number>()
const MAXIMUM_PLACES_KNOWN = 1_000

/** A multiple of `step` with as many places as the step has, as the venue prints prices and quantities. */
export function stepped(value: Decimal, step: Decimal): string {
  const places = placesOf(step)
  const text = formatDecimal(value)
  if (places === 0) return text
  const dot = text.indexOf('.')
  const present = dot < 0 ? 0 : text.length - dot - 1
  if (present >= places) return text
  return `${dot < 0 ? `${text}.` : text}${'0'.repeat(places - present)}`
}

export function placesOf(step: Decimal): number {
  const known = PLACES.get(step)
  if (known !== undefined) return known
  const text = formatDecimal(step)
  const dot = text.indexOf('.')
  const places = dot < 0 ? 0 : text.length - dot - 1
  if (PLACES.size < MAXIMUM_PLACES_KNOWN) PLACES.set(step, places)
  return places
}

export function sideText(side: Side): 'Buy' | 'Sell' {
  return side === 'buy' ? 'Buy' : 'Sell'
}

export function oppositeText(side: Side): 'Buy' | 'Sell' {
  return sideText(opposite(side))
}

/** Times inside rows are texts of whole ms. */
export function timeText(at: number): string {
  return String(Math.trunc(at))
}

const OPEN: ReadonlySet<string> = new Set(['untriggered', 'triggered', 'new', 'partially_filled'])

export function leavesOf(order: ExchangeOrder): Decimal {
  return OPEN.has(order.status) ? subtract(order.quantity, order.filled) : ZERO
}

/** '' while nothing has traded, as the venue has it. */
export function averageText(notional: Decimal, quantity: Decimal): string {
  return quantity === ZERO ? '' : formatDecimal(divide(notional, quantity))
}

/** Quote, at `markPrice`. */
export function unrealizedPnl(position: ExchangePosition, markPrice: Decimal): Decimal {
  return multiply(position.quantity, subtract(markPrice, position.averagePrice))
}

export function notionalOf(quantity: Decimal, at: Decimal): Decimal {
  return absolute(multiply(quantity, at))
}
