import { hash } from './poseidon2.ts'
import { DEGREE, quintic, quinticToBytes } from './quintic.ts'
import type { Transaction } from './transaction.ts'
import {
  attributeFields,
  chainField,
  expiryField,
  nonceField,
  ownFields,
  senderFields,
  transactionType,
} from './transaction-fields.ts'
import { MAXIMUM_ATTRIBUTES } from './transaction-rules.ts'

/**
 * What is signed: Hash of each kind and AggregateTxHash in elliottech/lighter-go, types/txtypes.
 *
 * @param transaction one that `checkTransaction` passed
 * @returns 40 bytes; also the transaction's name at the venue
 */
export function transactionHash(transaction: Transaction): Uint8Array {
  const fields = [
    nonceField(transaction),
    expiryField(transaction),
    ...senderFields(transaction),
    ...ownFields(transaction),
  ]
  const numbers = [
    BigInt(chainField(transaction).value),
    BigInt(transactionType(transaction)),
    ...fields.map(({ value }) => BigInt(value)),
  ]
  const own = hash(numbers, DEGREE)
  const attributes = attributeNumbers(transaction)
  const whole = attributes === null ? own : hash([...own, ...hash(attributes, DEGREE)], DEGREE)
  return quinticToBytes(quintic(whole))
}

/** Number and value of each attribute that is not neutral, with zeros for the rest; null when there is none. */
function attributeNumbers({ attributes }: Transaction): bigint[] | null {
  const given = attributeFields(attributes).filter(({ value, neutral }) => value !== neutral)
  if (given.length === 0) return null
  const numbers = given.flatMap(({ type, value }) => [BigInt(type), BigInt(value)])
  return [...numbers, ...Array<bigint>(2 * MAXIMUM_ATTRIBUTES - numbers.length).fill(0n)]
}

/**
 * The text that is sent as `tx_info`, byte for byte as the venue's own client writes it.
 *
 * @param signature 80 bytes
 */
export function transactionInfo(transaction: Transaction, signature: Uint8Array): string {
  const fields = [
    ...senderFields(transaction),
    ...ownFields(transaction),
    expiryField(transaction),
    nonceField(transaction),
  ]
  const attributes = attributeFields(transaction.attributes)
  const members = [
    ...fields.map(member),
    `"Sig":"${Buffer.from(signature).toString('base64')}"`,
    // The wallet's signature, which the venue's web pages add.
    ...(transaction.kind === 'approve_integrator' ? ['"L1Sig":""'] : []),
    `"L2TxAttributes":${attributes.length === 0 ? 'null' : `{${attributes.map(member).join(',')}}`}`,
  ]
  return `{${members.join(',')}}`
}

/** Whole numbers as they are: JSON.stringify does not write a bigint. */
function member({ name, value }: { readonly name: string; readonly value: number | bigint }): string {
  return `"${name}":${value}`
}
