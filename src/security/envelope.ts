import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { SecretField } from '../domain/secret.ts'
import type { SecureRandom } from '../ports/random.ts'

/** What a sealed text is bound to: moved to another row, or said to be of another key, it does not open. */
export interface Binding {
  readonly owner: string
  readonly field: SecretField
  readonly keyVersion: number
}

const CIPHER = 'aes-256-gcm'
const DATA_KEY_BYTES = 32
/** NIST SP 800-38D: 96 bits, by chance; far fewer than 2^32 texts are ever sealed with one key. */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const FORMAT = 'v1'

/**
 * Seals a text with a data key of its own, and the data key with the wrapping key.
 *
 * @param options.wrappingKey 32 bytes
 * @returns `v1.<data key>.<text>`, each as nonce, cipher text and tag in base64url
 */
export function sealText(options: {
  readonly text: string
  readonly binding: Binding
  readonly wrappingKey: Uint8Array
  readonly secureRandom: SecureRandom
}): string {
  const { text, binding, wrappingKey, secureRandom } = options
  const dataKey = secureRandom(DATA_KEY_BYTES)
  const lock = (key: Uint8Array, plain: Uint8Array, part: Part): string => {
    const nonce = secureRandom(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(boundData(binding, part))
    const sealed = [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]
    return Buffer.concat(sealed).toString('base64url')
  }
  return [FORMAT, lock(wrappingKey, dataKey, 'key'), lock(dataKey, Buffer.from(text), 'text')].join('.')
}

/** @returns null: not sealed by this key for this place, or changed since */
export function openText(options: {
  readonly sealed: string
  readonly binding: Binding
  readonly wrappingKey: Uint8Array
}): string | null {
  const { sealed, binding, wrappingKey } = options
  const [format, wrapped, locked, ...rest] = sealed.split('.')
  if (format !== FORMAT || wrapped === undefined || locked === undefined || rest.length > 0) return null
  const dataKey = unlock(wrappingKey, wrapped, boundData(binding, 'key'))
  if (dataKey?.length !== DATA_KEY_BYTES) return null
  return unlock(dataKey, locked, boundData(binding, 'text'))?.toString() ?? null
}

function unlock(key: Uint8Array, encoded: string, bound: Uint8Array): Buffer | null {
  const bytes = Buffer.from(encoded, 'base64url')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(bound)
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch {
    // The tag does not fit: Node tells it by throwing.
    return null
  }
}

type Part = 'key' | 'text'

function boundData({ owner, field, keyVersion }: Binding, part: Part): Uint8Array {
  return Buffer.from(JSON.stringify(['lockstep', FORMAT, part, owner, field, keyVersion]))
}
