import type { Side } from '../../../domain/order.ts'

/**
 * The transactions that Lockstep signs. Amounts and prices are the venue's whole numbers: size times
 * 10^size_decimals, price times 10^price_decimals of the market. Names and ranges are checked in `transaction-fields.ts`.
 */
export type Transaction =
  | CreateOrder
  | CancelOrder
  | CancelAllOrders
  | ModifyOrder
  | UpdateLeverage
  | ApproveIntegrator

interface Header {
  /** 304 is the main network, 300 the test network. */
  readonly chainId: number
  readonly accountIndex: number
  readonly apiKeyIndex: number
  /** One more than the last of this account and API key. */
  readonly nonce: number
  /** The venue takes the transaction until then, its clock, ms. */
  readonly expiredAt: number
  readonly attributes: Attributes
}

/** Only what is named is sent; what is sent with its neutral value is not signed over (tx_attributes.go, IsEmpty). */
export interface Attributes {
  readonly integratorAccountIndex?: number
  readonly integratorTakerFee?: number
  readonly integratorMakerFee?: number
  /** 1: the nonce may leave others out. */
  readonly skipNonce?: number
  /** cancel_all_orders: in this market only. */
  readonly cancelAllMarketIndex?: number
}

export interface CreateOrder extends Header {
  readonly kind: 'create_order'
  readonly marketIndex: number
  readonly clientOrderIndex: number
  readonly quantity: number
  /** Of a market order: the worst price that it may trade at. */
  readonly limitPrice: number
  readonly side: Side
  readonly type: LighterOrderType
  readonly timeInForce: LighterTimeInForce
  readonly reduceOnly: boolean
  /** 0: none. */
  readonly triggerPrice: number
  /** ms since 1970; 0: none. */
  readonly orderExpiry: number
}

export type LighterOrderType =
  | 'limit'
  | 'market'
  | 'stop_loss'
  | 'stop_loss_limit'
  | 'take_profit'
  | 'take_profit_limit'
  | 'twap'

/** gtt: good till time. */
export type LighterTimeInForce = 'ioc' | 'gtt' | 'post_only'

export interface CancelOrder extends Header {
  readonly kind: 'cancel_order'
  readonly marketIndex: number
  /** The client's index of the order, or the venue's: that one begins at 2^48. */
  readonly orderIndex: bigint
}

export interface CancelAllOrders extends Header {
  readonly kind: 'cancel_all_orders'
  readonly mode: 'immediate' | 'scheduled' | 'abort_scheduled'
  /** When, ms since 1970, of a scheduled one; otherwise 0. */
  readonly at: number
}

export interface ModifyOrder extends Header {
  readonly kind: 'modify_order'
  readonly marketIndex: number
  readonly orderIndex: bigint
  readonly quantity: number
  readonly limitPrice: number
  readonly triggerPrice: number
}

export interface UpdateLeverage extends Header {
  readonly kind: 'update_leverage'
  readonly marketIndex: number
  /** Hundredths of a percent: 10,000 / leverage. */
  readonly initialMarginBps: number
  readonly marginMode: 'cross' | 'isolated'
}

/** Lets an integrator take fees of up to so many millionths. */
export interface ApproveIntegrator extends Header {
  readonly kind: 'approve_integrator'
  readonly integratorAccountIndex: number
  readonly maximumPerpsTakerFee: number
  readonly maximumPerpsMakerFee: number
  readonly maximumSpotTakerFee: number
  readonly maximumSpotMakerFee: number
  /** ms since 1970; 0 takes the approval back. */
  readonly approvalExpiry: number
}
