import { randomBytes } from 'node:crypto'
import type { Random } from '../ports/random.ts'

/** Asking the system costs more than making an id of its answer: it is asked for many ids at once. */
const POOL_BYTES = 8_192

export function systemRandom(): Random {
  let pool = new Uint8Array(0)
  let used = 0
  return {
    next: () => Math.random(),
    /** Every byte is given out once; a used-up pool is left to those who hold parts of it. */
    bytes(length) {
      if (length > POOL_BYTES) return randomBytes(length)
      if (used + length > pool.length) {
        pool = randomBytes(POOL_BYTES)
        used = 0
      }
      used += length
      return pool.subarray(used - length, used)
    },
  }
}
