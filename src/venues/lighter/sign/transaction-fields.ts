import type { Attributes, CreateOrder, Transaction } from './transaction.ts'

/** A number of a transaction under the venue's name, with the range that the venue takes. */
export interface Field {
  readonly name: string
  readonly value: number | bigint
  readonly minimum: number | bigint
  readonly maximum: number | bigint
}

// Ranges and codes: elliottech/lighter-go, types/txtypes/constants.go.
const MAXIMUM_ACCOUNT_INDEX = 2 ** 48 - 2
const MAXIMUM_API_KEY_INDEX = 254
/** Of perpetual markets; spot begins at 2048. */
const MAXIMUM_MARKET_INDEX = 254
/** As a market: none. */
const NIL_MARKET_INDEX = 255
const MAXIMUM_CLIENT_ORDER_INDEX = 2 ** 48 - 1
const MAXIMUM_ORDER_INDEX = 2n ** 60n - 1n
const MAXIMUM_QUANTITY = 2 ** 48 - 1
const MAXIMUM_PRICE = 2 ** 32 - 1
const MAXIMUM_TIMESTAMP = 2 ** 48 - 1
const FEE_TICK = 1_000_000
const MARGIN_FRACTION_TICK = 10_000
const MAXIMUM_CHAIN_ID = 2 ** 32 - 1

const TRANSACTION_TYPE: Readonly<Record<Transaction['kind'], number>> = {
  create_order: 14,
  cancel_order: 15,
  cancel_all_orders: 16,
  modify_order: 17,
  update_leverage: 20,
  approve_integrator: 45,
}
const ORDER_TYPE: Readonly<Record<CreateOrder['type'], number>> = {
  limit: 0,
  market: 1,
  stop_loss: 2,
  stop_loss_limit: 3,
  take_profit: 4,
  take_profit_limit: 5,
  twap: 6,
}
const TIME_IN_FORCE: Readonly<Record<CreateOrder['timeInForce'], number>> = { ioc: 0, gtt: 1, post_only: 2 }
const CANCEL_ALL_MODE = { immediate: 0, scheduled: 1, abort_scheduled: 2 } as const
const MARGIN_MODE = { cross: 0, isolated: 1 } as const

export function transactionType(transaction: Transaction): number {
  return TRANSACTION_TYPE[transaction.kind]
}

export function chainField({ chainId }: Transaction): Field {
  return field('ChainId', chainId, MAXIMUM_CHAIN_ID, 1)
}

/** Who sends it: first in what is sent, after nonce and expiry in what is signed. */
export function senderFields({ accountIndex, apiKeyIndex }: Transaction): readonly Field[] {
  return [
    field('AccountIndex', accountIndex, MAXIMUM_ACCOUNT_INDEX),
    field('ApiKeyIndex', apiKeyIndex, MAXIMUM_API_KEY_INDEX),
  ]
}

export function expiryField({ expiredAt }: Transaction): Field {
  return field('ExpiredAt', expiredAt, MAXIMUM_TIMESTAMP)
}

export function nonceField({ nonce }: Transaction): Field {
  return field('Nonce', nonce, Number.MAX_SAFE_INTEGER)
}

/** What is particular to a kind, in the order that both the hash and the text have (txtypes, a file for each kind). */
export function ownFields(transaction: Transaction): readonly Field[] {
  switch (transaction.kind) {
    case 'create_order':
      return createOrderFields(transaction)
    case 'cancel_order':
      return [marketField(transaction.marketIndex), orderField(transaction.orderIndex)]
    case 'cancel_all_orders':
      return [
        field('TimeInForce', CANCEL_ALL_MODE[transaction.mode], 2),
        field('Time', transaction.at, MAXIMUM_TIMESTAMP),
      ]
    case 'modify_order':
      return [
        marketField(transaction.marketIndex),
        orderField(transaction.orderIndex),
        field('BaseAmount', transaction.quantity, MAXIMUM_QUANTITY, 1),
        field('Price', transaction.limitPrice, MAXIMUM_PRICE, 1),
        field('TriggerPrice', transaction.triggerPrice, MAXIMUM_PRICE),
      ]
    case 'update_leverage':
      return [
        marketField(transaction.marketIndex),
        field('InitialMarginFraction', transaction.initialMarginBps, MARGIN_FRACTION_TICK, 1),
        field('MarginMode', MARGIN_MODE[transaction.marginMode], 1),
      ]
    case 'approve_integrator':
      return [
        field('IntegratorAccountIndex', transaction.integratorAccountIndex, MAXIMUM_ACCOUNT_INDEX),
        field('MaxPerpsTakerFee', transaction.maximumPerpsTakerFee, FEE_TICK),
        field('MaxPerpsMakerFee', transaction.maximumPerpsMakerFee, FEE_TICK),
        field('MaxSpotTakerFee', transaction.maximumSpotTakerFee, FEE_TICK),
        field('MaxSpotMakerFee', transaction.maximumSpotMakerFee, FEE_TICK),
        field('ApprovalExpiry', transaction.approvalExpiry, MAXIMUM_TIMESTAMP),
      ]
  }
}

function createOrderFields(order: CreateOrder): readonly Field[] {
  return [
    marketField(order.marketIndex),
    // The venue takes 0 as "none"; an order that cannot be asked for by our own index must not be made.
    field('ClientOrderIndex', order.clientOrderIndex, MAXIMUM_CLIENT_ORDER_INDEX, 1),
    field('BaseAmount', order.quantity, MAXIMUM_QUANTITY, 1),
    field('Price', order.limitPrice, MAXIMUM_PRICE, 1),
    field('IsAsk', order.side === 'sell' ? 1 : 0, 1),
    field('Type', ORDER_TYPE[order.type], 6),
    field('TimeInForce', TIME_IN_FORCE[order.timeInForce], 2),
    field('ReduceOnly', order.reduceOnly ? 1 : 0, 1),
    field('TriggerPrice', order.triggerPrice, MAXIMUM_PRICE),
    field('OrderExpiry', order.orderExpiry, MAXIMUM_TIMESTAMP),
  ]
}

export interface AttributeField extends Field {
  /** The attribute's number at the venue; `name` is it as a text. */
  readonly type: number
  /** What the venue takes for not given. */
  readonly neutral: number
}

/** What is given, by the attribute's number (txtypes/tx_attributes.go, AttributeTypeToConfig). */
export function attributeFields(attributes: Attributes): readonly AttributeField[] {
  return [
    attribute(1, attributes.integratorAccountIndex, MAXIMUM_ACCOUNT_INDEX),
    attribute(2, attributes.integratorTakerFee, FEE_TICK),
    attribute(3, attributes.integratorMakerFee, FEE_TICK),
    attribute(4, attributes.skipNonce, 1),
    attribute(5, attributes.cancelAllMarketIndex, NIL_MARKET_INDEX, NIL_MARKET_INDEX),
  ].flat()
}

function attribute(type: number, value: number | undefined, maximum: number, neutral = 0): AttributeField[] {
  return value === undefined ? [] : [{ ...field(String(type), value, maximum), type, neutral }]
}

function marketField(marketIndex: number): Field {
  return field('MarketIndex', marketIndex, MAXIMUM_MARKET_INDEX)
}

function orderField(orderIndex: bigint): Field {
  return field('Index', orderIndex, MAXIMUM_ORDER_INDEX, 1)
}

function field(
  name: string,
  value: number | bigint,
  maximum: number | bigint,
  minimum: number | bigint = 0,
): Field {
  return { name, value, minimum, maximum }
}
