import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { must } from '../../src/domain/result.ts'
import { type PrivateKey, parsePrivateKey } from '../../src/venues/lighter/sign/private-key.ts'
import type { Transaction } from '../../src/venues/lighter/sign/transaction.ts'

const FOLDER = new URL('../../../shared/payloads/lighter/', import.meta.url)

/** Reads the vectors of one file; how they came about stands in the file's own `metadata`. */
export function vectorsOf<T>(name: string, shape: z.ZodType<T>): T {
  const text = readFileSync(new URL(`signing_${name}.json`, FOLDER), 'utf8')
  return z.object({ vectors: shape }).parse(JSON.parse(text)).vectors
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** Words of 64 bits, little-endian. */
export function wordsOf(hex: string): bigint[] {
  const bytes = Buffer.from(hex, 'hex')
  return Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readBigUInt64LE(8 * index))
}

export function hexOfWords(words: readonly bigint[]): string {
  const bytes = Buffer.alloc(8 * words.length)
  for (const [index, word] of words.entries()) bytes.writeBigUInt64LE(word, 8 * index)
  return bytes.toString('hex')
}

export function keyOf(hex: string): PrivateKey {
  const key = parsePrivateKey(hex)
  return must(key.ok ? key.value : null, 'the vectors have keys')
}

const count = z.number()
const attributes = {
  integrator_account_index: count.optional(),
  integrator_taker_fee: count.optional(),
  integrator_maker_fee: count.optional(),
  skip_nonce: count,
}
const header = {
  chain_id: count,
  sk: z.string(),
  account_index: count,
  api_key_index: count,
  nonce: count,
  tx_type: count,
  tx_info: z.string(),
  tx_hash: z.string(),
  sig: z.string(),
  expired_at: count,
}

export const TRANSACTION_VECTOR = z.discriminatedUnion('kind', [
  z.object({
    ...header,
    kind: z.literal('create_order'),
    fields: z.object({
      ...attributes,
      market_index: count,
      client_order_index: count,
      base_amount: count,
      price: count,
      is_ask: z.boolean(),
      order_type: z.literal(0),
      time_in_force: z.literal(1),
      reduce_only: z.boolean(),
      trigger_price: count,
      order_expiry: count,
    }),
  }),
  z.object({
    ...header,
    kind: z.literal('cancel_order'),
    fields: z.object({ ...attributes, market_index: count, index: count }),
  }),
  z.object({
    ...header,
    kind: z.literal('modify_order'),
    fields: z.object({
      ...attributes,
      market_index: count,
      index: count,
      base_amount: count,
      price: count,
      trigger_price: count,
    }),
  }),
  z.object({
    ...header,
    kind: z.literal('approve_integrator'),
    fields: z.object({
      integrator_account_index: count,
      max_perps_taker_fee: count,
      max_perps_maker_fee: count,
      max_spot_taker_fee: count,
      max_spot_maker_fee: count,
      approval_expiry: count,
      skip_nonce: count,
    }),
  }),
])
export type TransactionVector = z.infer<typeof TRANSACTION_VECTOR>

export function transactionOf(vector: TransactionVector): Transaction {
  const common = {
    chainId: vector.chain_id,
    accountIndex: vector.account_index,
    apiKeyIndex: vector.api_key_index,
    nonce: vector.nonce,
    expiredAt: vector.expired_at,
    attributes: attributesOf(vector),
  }
  switch (vector.kind) {
    case 'create_order':
      return {
        ...common,
        kind: vector.kind,
        marketIndex: vector.fields.market_index,
        clientOrderIndex: vector.fields.client_order_index,
        quantity: vector.fields.base_amount,
        limitPrice: vector.fields.price,
        side: vector.fields.is_ask ? 'sell' : 'buy',
        type: 'limit',
        timeInForce: 'gtt',
        reduceOnly: vector.fields.reduce_only,
        triggerPrice: vector.fields.trigger_price,
        orderExpiry: vector.fields.order_expiry,
      }
    case 'cancel_order':
      return {
        ...common,
        kind: vector.kind,
        marketIndex: vector.fields.market_index,
        orderIndex: BigInt(vector.fields.index),
      }
    case 'modify_order':
      return {
        ...common,
        kind: vector.kind,
        marketIndex: vector.fields.market_index,
        orderIndex: BigInt(vector.fields.index),
        quantity: vector.fields.base_amount,
        limitPrice: vector.fields.price,
        triggerPrice: vector.fields.trigger_price,
      }
    case 'approve_integrator':
      return {
        ...common,
        kind: vector.kind,
        integratorAccountIndex: vector.fields.integrator_account_index,
        maximumPerpsTakerFee: vector.fields.max_perps_taker_fee,
        maximumPerpsMakerFee: vector.fields.max_perps_maker_fee,
        maximumSpotTakerFee: vector.fields.max_spot_taker_fee,
        maximumSpotMakerFee: vector.fields.max_spot_maker_fee,
        approvalExpiry: vector.fields.approval_expiry,
      }
  }
}

/** The client that made the vectors always names an integrator for orders, and the nonce only where it is skipped. */
function attributesOf({ kind, fields }: TransactionVector): Transaction['attributes'] {
  const skip = fields.skip_nonce === 0 ? {} : { skipNonce: fields.skip_nonce }
  if (kind === 'approve_integrator' || kind === 'cancel_order') return skip
  return {
    ...skip,
    integratorAccountIndex: fields.integrator_account_index ?? 0,
    integratorTakerFee: fields.integrator_taker_fee ?? 0,
    integratorMakerFee: fields.integrator_maker_fee ?? 0,
  }
}
