import { z } from 'zod'
import { err, must, ok, type Result } from '../../../src/domain/result.ts'
import type {
  Attributes,
  CancelAllOrders,
  CreateOrder,
  LighterOrderType,
  LighterTimeInForce,
  Transaction,
} from '../../../src/venues/lighter/sign/transaction.ts'
import { checkTransaction } from '../../../src/venues/lighter/sign/transaction-rules.ts'
import { parseJson } from '../shared/json.ts'
import { failure, type LighterFailure, UNSUPPORTED_TX } from './codes.ts'

/** A transaction as it came in: nothing about it is proven but that it can be read. */
export interface ReceivedTransaction {
  readonly txType: number
  /** As the transaction's row shows it. */
  readonly txInfo: string
  readonly transaction: Transaction
  /** 80 bytes, or whatever else was sent. */
  readonly signature: Uint8Array
}

const ORDER_TYPES: readonly LighterOrderType[] = [
  'limit',
  'market',
  'stop_loss',
  'stop_loss_limit',
  'take_profit',
  'take_profit_limit',
  'twap',
]
const TIMES_IN_FORCE: readonly LighterTimeInForce[] = ['ioc', 'gtt', 'post_only']
const CANCEL_ALL_MODES: readonly CancelAllOrders['mode'][] = ['immediate', 'scheduled', 'abort_scheduled']

/** Ranges are checked with the transaction as a whole, by the rules that signing has too. */
const number = z.number().int()
const flag = z.union([z.literal(0), z.literal(1)])
/** A place in a list of meanings. */
const code = (meanings: readonly string[]) => number.min(0).max(meanings.length - 1)
const attribute = number.optional()
const headerFields = {
  AccountIndex: number,
  ApiKeyIndex: number,
  ExpiredAt: number,
  Nonce: number,
  Sig: z.string().max(256),
  L2TxAttributes: z
    .strictObject({ 1: attribute, 2: attribute, 3: attribute, 4: attribute, 5: attribute })
    .nullish(),
}
const createShape = z.strictObject({
  ...headerFields,
  MarketIndex: number,
  ClientOrderIndex: number,
  BaseAmount: number,
  Price: number,
  IsAsk: flag,
  Type: code(ORDER_TYPES),
  TimeInForce: code(TIMES_IN_FORCE),
  ReduceOnly: flag,
  TriggerPrice: number,
  OrderExpiry: number,
})
const cancelShape = z.strictObject({ ...headerFields, MarketIndex: number, Index: number })
const cancelAllShape = z.strictObject({ ...headerFields, TimeInForce: code(CANCEL_ALL_MODES), Time: number })
const modifyShape = z.strictObject({
  ...headerFields,
  MarketIndex: number,
  Index: number,
  BaseAmount: number,
  Price: number,
  TriggerPrice: number,
})
const leverageShape = z.strictObject({
  ...headerFields,
  MarketIndex: number,
  InitialMarginFraction: number,
  MarginMode: flag,
})

type Header = z.infer<z.ZodObject<typeof headerFields>>
type Own<Kind extends Transaction['kind']> = Omit<
  Extract<Transaction, { readonly kind: Kind }>,
  'chainId' | 'accountIndex' | 'apiKeyIndex' | 'nonce' | 'expiredAt' | 'attributes'
>
type OwnFields =
  | Own<'create_order'>
  | Own<'cancel_order'>
  | Own<'cancel_all_orders'>
  | Own<'modify_order'>
  | Own<'update_leverage'>
interface Parsed {
  readonly header: Header
  readonly own: OwnFields
}

/** By the venue's number of the kind. */
const PARSERS: ReadonlyMap<number, (info: unknown) => Result<Parsed, LighterFailure>> = new Map([
  [14, parser(createShape, createOrder)],
  [15, parser(cancelShape, info => ({ ...orderOf(info), kind: 'cancel_order' }))],
  [
    16,
    parser(cancelAllShape, ({ TimeInForce, Time }) => ({
      kind: 'cancel_all_orders',
      mode: meant(CANCEL_ALL_MODES, TimeInForce),
      at: Time,
    })),
  ],
  [
    17,
    parser(modifyShape, info => ({
      ...orderOf(info),
      kind: 'modify_order',
      quantity: info.BaseAmount,
      limitPrice: info.Price,
      triggerPrice: info.TriggerPrice,
    })),
  ],
  [
    20,
    parser(leverageShape, ({ MarketIndex, InitialMarginFraction, MarginMode }) => ({
      kind: 'update_leverage',
      marketIndex: MarketIndex,
      initialMarginBps: InitialMarginFraction,
      marginMode: MarginMode === 0 ? 'cross' : 'isolated',
    })),
  ],
])

/**
 * Reads what `sendTx` was sent, and checks all that is wrong whatever the venue's state. A field that is not signed over
 * is refused, because it would be believed.
 *
 * @param txInfo a text of JSON
 */
export function readTransaction(
  txType: number,
  txInfo: string,
  chainId: number,
): Result<ReceivedTransaction, LighterFailure> {
  const parse = PARSERS.get(txType)
  if (parse === undefined) return err(UNSUPPORTED_TX)
  const json = parseJson(txInfo)
  if (!json.ok) return err(failure(21501, 'invalid tx info: not JSON'))
  const parsed = parse(json.value)
  if (!parsed.ok) return parsed
  const { header, own } = parsed.value
  const transaction: Transaction = {
    ...own,
    chainId,
    accountIndex: header.AccountIndex,
    apiKeyIndex: header.ApiKeyIndex,
    nonce: header.Nonce,
    expiredAt: header.ExpiredAt,
    attributes: attributesOf(header),
  }
  const checked = checkTransaction(transaction)
  if (!checked.ok) return err(failure(21501, `invalid tx info: ${checked.error}`))
  return ok({ txType, txInfo, transaction, signature: Buffer.from(header.Sig, 'base64') })
}

function parser<T extends Header>(
  shape: z.ZodType<T>,
  read: (info: T) => OwnFields,
): (info: unknown) => Result<Parsed, LighterFailure> {
  return info => {
    const parsed = shape.safeParse(info)
    if (parsed.success) return ok({ header: parsed.data, own: read(parsed.data) })
    const [issue] = parsed.error.issues
    return err(failure(21501, `invalid tx info: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`))
  }
}

function createOrder(info: z.infer<typeof createShape>): Own<'create_order'> {
  return {
    kind: 'create_order',
    marketIndex: info.MarketIndex,
    clientOrderIndex: info.ClientOrderIndex,
    quantity: info.BaseAmount,
    limitPrice: info.Price,
    side: info.IsAsk === 1 ? 'sell' : 'buy',
    type: meant(ORDER_TYPES, info.Type),
    timeInForce: meant(TIMES_IN_FORCE, info.TimeInForce),
    reduceOnly: info.ReduceOnly === 1,
    triggerPrice: info.TriggerPrice,
    orderExpiry: info.OrderExpiry,
  }
}

function orderOf({ MarketIndex, Index }: { readonly MarketIndex: number; readonly Index: number }) {
  return { marketIndex: MarketIndex, orderIndex: BigInt(Index) }
}

function meant<T>(meanings: readonly T[], index: number): T {
  return must(meanings[index], 'the shape keeps codes within their list')
}

function attributesOf({ L2TxAttributes }: Header): Attributes {
  const given = L2TxAttributes ?? {}
  return {
    ...(given[1] !== undefined && { integratorAccountIndex: given[1] }),
    ...(given[2] !== undefined && { integratorTakerFee: given[2] }),
    ...(given[3] !== undefined && { integratorMakerFee: given[3] }),
    ...(given[4] !== undefined && { skipNonce: given[4] }),
    ...(given[5] !== undefined && { cancelAllMarketIndex: given[5] }),
  }
}

export function leavesOutNonces({ attributes }: Transaction): boolean {
  return attributes.skipNonce === 1
}

/** Trades at once or not at all. */
export function isTaker({ type, timeInForce }: CreateOrder): boolean {
  return type === 'market' || (type === 'limit' && timeInForce === 'ioc')
}
