import { hash32 } from './noise.ts'

/**
 * Ids shaped like UUIDs (version 4) for orders and trades. The count in the tail makes them unique,
 * the seed in the head keeps two exchanges' ids apart.
 */
export function createIds(seed: number): () => string {
  let count = 0
  return () => {
    count += 1
    const head = hex(hash32(seed, count, 1), 8)
    const body = hex(hash32(seed, count, 2), 8)
    const tail = hex(hash32(seed, count, 3), 8)
    return `${head}-${body.slice(0, 4)}-4${body.slice(5)}-a${tail.slice(5)}-${hex(count, 12)}`
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
