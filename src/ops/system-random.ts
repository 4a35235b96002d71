import { randomBytes } from 'node:crypto'
import type { Random } from '../ports/random.ts'

export function systemRandom(): Random {
  return {
    next: () => Math.random(),
    bytes: length => randomBytes(length),
  }
}
