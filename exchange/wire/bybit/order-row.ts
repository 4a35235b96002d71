import { type Decimal, formatDecimal, ZERO } from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import type { ExchangeOrder, ExchangeOrderStatus } from '../../core/types.ts'
import { averageText, leavesOf, notionalOf, sideText, stepped, timeText } from './text.ts'
import type { PositionMode, Venue } from './venue.ts'

/** Linear has no PartiallyFilledCanceled: a cancelled order may have an executed quantity (docs/v5/enum.mdx). */
const STATUS: Record<ExchangeOrderStatus, string> = {
  new: 'New',
  partially_filled: 'PartiallyFilled',
  filled: 'Filled',
  canceled: 'Cancelled',
  partially_filled_canceled: 'Cancelled',
  rejected: 'Rejected',
}

interface Ending {
  readonly cancelType: string
  readonly rejectReason: string
}

const NO_ERROR: Ending = { cancelType: 'UNKNOWN', rejectReason: 'EC_NoError' }

const ENDINGS: Readonly<Record<string, Ending>> = {
  user: { cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' },
  admin: { cancelType: 'CancelByAdmin', rejectReason: 'EC_PerCancelRequest' },
  reduce_only: { cancelType: 'CancelByReduceOnly', rejectReason: 'EC_NoError' },
  post_only: { cancelType: 'UNKNOWN', rejectReason: 'EC_PostOnlyWillTakeLiquidity' },
  fok: { cancelType: 'UNKNOWN', rejectReason: 'EC_CancelForNoFullFill' },
  ioc: { cancelType: 'UNKNOWN', rejectReason: 'EC_NoImmediateQtyToFill' },
  no_liquidity: { cancelType: 'UNKNOWN', rejectReason: 'EC_NoImmediateQtyToFill' },
}

export function orderStatusText(status: ExchangeOrderStatus): string {
  return STATUS[status]
}

/** A row of /v5/order/realtime and /v5/order/history. */
export function orderRow(venue: Venue, order: ExchangeOrder): Record<string, unknown> {
  return { ...commonRow(venue, order), isLeverage: '' }
}

/** A row of the `order` topic. */
export function orderReportRow(venue: Venue, order: ExchangeOrder): Record<string, unknown> {
  return {
    category: 'linear',
    ...commonRow(venue, order),
    feeCurrency: must(venue.exchange.instruments.get(order.symbol), order.symbol).quote,
    createType: 'CreateByUser',
  }
}

/** Orders in hedge mode are refused, so every order stands at index 0. */
export const ONE_WAY_INDEX = 0

export function indexesOf(mode: PositionMode): readonly number[] {
  return mode === 'hedge' ? [1, 2] : [ONE_WAY_INDEX]
}

function commonRow(venue: Venue, order: ExchangeOrder): Record<string, unknown> {
  const instrument = must(venue.exchange.instruments.get(order.symbol), order.symbol)
  const leaves = leavesOf(order)
  // A market order is an IOC limit at the venue's slippage bound; ours has none to show.
  const limit = order.limitPrice ?? ZERO
  return {
    orderId: order.orderId,
    orderLinkId: order.clientOrderId,
    blockTradeId: '',
    symbol: order.symbol,
    price: stepped(limit, instrument.tickSize),
    qty: stepped(order.quantity, instrument.lotSize),
    side: sideText(order.side),
    positionIdx: ONE_WAY_INDEX,
    orderStatus: STATUS[order.status],
    ...(ENDINGS[order.reason] ?? NO_ERROR),
    avgPrice: averageText(order.filledNotional, order.filled),
    leavesQty: stepped(leaves, instrument.lotSize),
    leavesValue: leavesValue(leaves, order.limitPrice),
    cumExecQty: stepped(order.filled, instrument.lotSize),
    cumExecValue: formatDecimal(order.filledNotional),
    cumExecFee: formatDecimal(order.fee),
    timeInForce: order.postOnly ? 'PostOnly' : order.timeInForce.toUpperCase(),
    orderType: order.type === 'market' ? 'Market' : 'Limit',
    reduceOnly: order.reduceOnly,
    lastPriceOnCreated: '',
    ...NO_CONDITIONS,
    createdTime: timeText(venue.wallAt(order.createdAt)),
    updatedTime: timeText(venue.wallAt(order.updatedAt)),
  }
}

function leavesValue(leaves: Decimal, limitPrice: Decimal | null): string {
  return limitPrice === null ? '0' : formatDecimal(notionalOf(leaves, limitPrice))
}

/** Fields of conditional, option and self-match-prevented orders: always there, never used here. */
const NO_CONDITIONS = {
  stopOrderType: '',
  orderIv: '',
  triggerPrice: '',
  takeProfit: '',
  stopLoss: '',
  tpTriggerBy: '',
  slTriggerBy: '',
  triggerDirection: 0,
  triggerBy: '',
  closeOnTrigger: false,
  smpType: 'None',
  smpGroup: 0,
  smpOrderId: '',
  tpslMode: '',
  tpLimitPrice: '',
  slLimitPrice: '',
  placeType: '',
}
