import { err, ok, type Result } from '../../../domain/result.ts'
import { numberFromBytes, SCALAR_BYTES, scalar } from './scalar.ts'

declare const brand: unique symbol
/** The scalar of an API key: above 0, below the group's order. */
export type PrivateKey = bigint & { readonly [brand]: 'PrivateKey' }

const ETHEREUM_DIGITS = 64
const WANTED =
  "Give the private key of an API key, 80 hex digits, made on Lighter's page for API keys; never the wallet's key."

/**
 * Reads an API private key of Lighter: 80 hexadecimal digits, with or without 0x. Like the venue's own client, a number
 * at or above the group's order is taken modulo it (NewKeyManager in elliottech/lighter-go, signer/key_manager.go).
 *
 * @returns an error that says what to do and never repeats the text
 */
export function parsePrivateKey(text: string): Result<PrivateKey, string> {
  const digits = text.trim().replace(/^0x/i, '')
  if (digits === '') return err(`The API private key is empty. ${WANTED}`)
  if (!/^[0-9a-f]+$/i.test(digits)) return err(`The API private key has letters that are not hex. ${WANTED}`)
  if (digits.length === ETHEREUM_DIGITS) return err(`That is as long as an Ethereum private key. ${WANTED}`)
  if (digits.length !== 2 * SCALAR_BYTES) {
    return err(`The API private key has ${digits.length} digits instead of ${2 * SCALAR_BYTES}. ${WANTED}`)
  }
  const key = scalar(numberFromBytes(Buffer.from(digits, 'hex')))
  return isPrivateKey(key) ? ok(key) : err(`The API private key is zero. ${WANTED}`)
}

function isPrivateKey(value: bigint): value is PrivateKey {
  return value > 0n
}
