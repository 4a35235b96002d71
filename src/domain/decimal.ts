/**
 * Money and quantities: fixed point on bigint, 18 places after the point.
 *
 * One scale for everything, so that adding and comparing are bigint's own. What cannot be exact
 * (multiply, divide) truncates toward zero, because a follower may hold less than asked, never more.
 */
declare const brand: unique symbol
export type Decimal = bigint & { readonly [brand]: 'Decimal' }

export const PLACES = 18
const ONE_UNITS = 10n ** 18n
/** Longer texts are not amounts; a limit keeps a hostile frame from costing time. */
const MAXIMUM_TEXT = 64
const PATTERN = /^([+-]?)(\d+)(?:\.(\d*))?$/

export const ZERO = 0n as Decimal
export const ONE = ONE_UNITS as Decimal

/** The exact value of a plain decimal text, or undefined: no exponent, at most 18 places that are not zero. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > MAXIMUM_TEXT) return undefined
  const match = PATTERN.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = ''] = match
  const places = fraction.length <= PLACES ? fraction : trimZeros(fraction)
  if (places.length > PLACES) return undefined
  const units = BigInt(whole + places.padEnd(PLACES, '0'))
  return (sign === '-' ? -units : units) as Decimal
}

/** For literals in code and rows that we wrote ourselves: a text that is no decimal is a bug. */
export function decimal(text: string): Decimal {
  const value = parseDecimal(text)
  if (value === undefined)
    throw new RangeError(`not a decimal with at most ${PLACES} places: "${text.slice(0, MAXIMUM_TEXT)}"`)
  return value
}

export function fromUnits(units: bigint): Decimal {
  return units as Decimal
}

/** Canonical text: no exponent, no trailing zeros, no "-0". */
export function formatDecimal(value: Decimal): string {
  const negative = value < 0n
  const units = negative ? -value : value
  const whole = units / ONE_UNITS
  const rest = units % ONE_UNITS
  const text = rest === 0n ? `${whole}` : `${whole}.${trimZeros(`${rest}`.padStart(PLACES, '0'))}`
  return negative ? `-${text}` : text
}

export function add(a: Decimal, b: Decimal): Decimal {
  return (a + b) as Decimal
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return (a - b) as Decimal
}

export function negate(a: Decimal): Decimal {
  return -a as Decimal
}

export function absolute(a: Decimal): Decimal {
  return (a < 0n ? -a : a) as Decimal
}

/** a x b, truncated toward zero at the 18th place. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return ((a * b) / ONE_UNITS) as Decimal
}

/** a / b, truncated toward zero at the 18th place. b must not be zero. */
export function divide(a: Decimal, b: Decimal): Decimal {
  return ((a * ONE_UNITS) / b) as Decimal
}

/** a x b / c with one truncation only, at the end. c must not be zero. */
export function multiplyDivide(a: Decimal, b: Decimal, c: Decimal): Decimal {
  return ((a * b) / c) as Decimal
}

/** value x bps / 10 000, truncated toward zero. */
export function basisPoints(value: Decimal, bps: number): Decimal {
  return ((value * BigInt(bps)) / 10_000n) as Decimal
}

export function minimum(a: Decimal, b: Decimal): Decimal {
  return a < b ? a : b
}

export function maximum(a: Decimal, b: Decimal): Decimal {
  return a > b ? a : b
}

export function sign(a: Decimal): -1 | 0 | 1 {
  return a > 0n ? 1 : a < 0n ? -1 : 0
}

/** The multiple of `step` nearest to `value` on the side of zero. step > 0. */
export function truncateToStep(value: Decimal, step: Decimal): Decimal {
  return (value - (value % step)) as Decimal
}

/** The smallest multiple of `step` that is not below `value`. step > 0. */
export function ceilToStep(value: Decimal, step: Decimal): Decimal {
  const truncated = truncateToStep(value, step)
  return truncated < value ? ((truncated + step) as Decimal) : truncated
}

/** The largest multiple of `step` that is not above `value`. step > 0. */
export function floorToStep(value: Decimal, step: Decimal): Decimal {
  const truncated = truncateToStep(value, step)
  return truncated > value ? ((truncated - step) as Decimal) : truncated
}

/** For showing and for statistics only; never for money that is traded. */
export function toNumber(value: Decimal): number {
  return Number(value) / 1e18
}

function trimZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end -= 1
  return digits.slice(0, end)
}
