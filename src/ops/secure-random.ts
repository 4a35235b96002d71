import { randomBytes } from 'node:crypto'
import type { SecureRandom } from '../ports/random.ts'

/** Not of systemRandom's pool: what becomes a key shares no memory with ids. */
export const secureRandom: SecureRandom = length => randomBytes(length)
