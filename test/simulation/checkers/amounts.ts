/**
 * Arithmetic of the judge's own: exchange and engine share domain/decimal, so a fault in it would hide
 * behind itself. Amounts are counts of 10^-18, as rows carry them; texts are read here once more.
 */
export const UNIT = 10n ** 18n

export function amountOf(text: string): bigint {
  const negative = text.startsWith('-')
  const [whole = '0', places = ''] = (negative ? text.slice(1) : text).split('.')
  const size = BigInt(whole) * UNIT + BigInt(places.slice(0, 18).padEnd(18, '0'))
  return negative ? -size : size
}

export function textOf(amount: bigint): string {
  return `${Number(amount) / 1e18}`
}

export function size(amount: bigint): bigint {
  return amount < 0n ? -amount : amount
}

export function signOf(amount: bigint): -1n | 0n | 1n {
  return amount > 0n ? 1n : amount < 0n ? -1n : 0n
}

export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

/** quantity x price, both in 10^-18: rounded down in the last place. */
export function times(a: bigint, b: bigint): bigint {
  return (a * b) / UNIT
}

export function signed(side: 'buy' | 'sell' | '', amount: bigint): bigint {
  return side === 'sell' ? -amount : amount
}

/** Up to a whole multiple of a step. */
export function ceiled(amount: bigint, step: bigint): bigint {
  return ((amount + step - 1n) / step) * step
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
