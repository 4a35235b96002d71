import { hash32 } from './noise.ts'

const BIT_32 = 2 ** 32
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The first id that is no client's: elliottech/lighter-go, types/txtypes/constants.go, MaxClientOrderIndex. */
const FIRST_NUMBER = 2 ** 48

/** Whole numbers, one series for orders and trades. */
export function createNumberIds(): () => string {
  let last = FIRST_NUMBER - 1
  return () => {
    last += 1
    return String(last)
  }
}

/**
 * Ids shaped like UUIDs (version 4) for orders and trades. The count in the tail makes them unique,
 * the seed in the head keeps two exchanges' ids apart.
 */
export function createIds(seed: number): () => string {
  let count = 0
  return () => {
    count += 1
    const head = hex8(hash32(seed, count, 1))
    const body = hex8(hash32(seed, count, 2))
    const tail = hex8(hash32(seed, count, 3))
    const high = hex8(Math.floor(count / BIT_32))
    const ending = `${high.slice(4)}${hex8(count % BIT_32)}`
    return `${head}-${body.slice(0, 4)}-4${body.slice(5)}-a${tail.slice(5)}-${ending}`
  }
}

/** Eight digits from a table: an id is made for every order and trade, and number-to-text is slow. */
function hex8(value: number): string {
  const byteAt = (shift: number) => BYTES[(value >>> shift) & 255] ?? ''
  return byteAt(24) + byteAt(16) + byteAt(8) + byteAt(0)
}
