import { deserialize, serialize } from 'node:v8'
import { Unreadable } from '../codec.ts'
import type { Change } from '../sql/writes.ts'

/**
 * A unit as bytes: for the thread that writes, and for the journal as they are. Half of what text would cost
 * whoever commits. V8 reads what any of its former releases wrote.
 */
export function writeUnit(unit: readonly Change[]): Uint8Array {
  return serialize(unit)
}

/**
 * What `writeUnit` made, in this process or the one before.
 *
 * @throws Unreadable when it was not
 */
export function readUnit(body: Uint8Array): readonly Change[] {
  try {
    return deserialize(body)
  } catch (cause) {
    throw new Unreadable('the journal holds what Lockstep never wrote', { cause })
  }
}
