import { type Decimal, formatDecimal, ZERO } from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import type { OrderOrigin, StopMode, StopTarget, TriggerBy } from '../../core/stop.ts'
import type { ExchangeInstrument, ExchangeOrder, ExchangeOrderStatus } from '../../core/types.ts'
import { averageText, leavesOf, notionalOf, sideText, stepped, timeText } from './text.ts'
import type { Venue } from './venue.ts'

/** Linear has no PartiallyFilledCanceled: a cancelled order may have an executed quantity (docs/v5/enum.mdx). */
const STATUS: Record<ExchangeOrderStatus, string> = {
  untriggered: 'Untriggered',
  triggered: 'Triggered',
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

/** By the core's reason; what a user did not do himself is told as the venue tells it (docs/v5/enum.mdx). */
const ENDINGS: Readonly<Record<string, Ending>> = {
  user: { cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' },
  admin: { cancelType: 'CancelByAdmin', rejectReason: 'EC_PerCancelRequest' },
  reduce_only: { cancelType: 'CancelByReduceOnly', rejectReason: 'EC_NoError' },
  position_closed: { cancelType: 'CancelByTpSlTsClear', rejectReason: 'EC_NoError' },
  paired_stop: { cancelType: 'CancelByTpSlTsClear', rejectReason: 'EC_NoError' },
  liquidation: { cancelType: 'CancelByPrepareLiq', rejectReason: 'EC_NoError' },
  adl: { cancelType: 'CancelByPrepareAdl', rejectReason: 'EC_NoError' },
  delisted: { cancelType: 'CancelBySettle', rejectReason: 'EC_NoError' },
  disconnect: { cancelType: 'CancelByDCP', rejectReason: 'EC_NoError' },
  insufficient_balance: { cancelType: 'CancelByCannotAffordOrderCost', rejectReason: 'EC_NoError' },
  invalid: { cancelType: 'UNKNOWN', rejectReason: 'EC_Others' },
  post_only: { cancelType: 'UNKNOWN', rejectReason: 'EC_PostOnlyWillTakeLiquidity' },
  fok: { cancelType: 'UNKNOWN', rejectReason: 'EC_CancelForNoFullFill' },
  ioc: { cancelType: 'UNKNOWN', rejectReason: 'EC_NoImmediateQtyToFill' },
  no_liquidity: { cancelType: 'UNKNOWN', rejectReason: 'EC_NoImmediateQtyToFill' },
}

const ORIGINS: Record<OrderOrigin, { readonly createType: string; readonly stopOrderType: string }> = {
  user: { createType: 'CreateByUser', stopOrderType: '' },
  conditional: { createType: 'CreateByStopOrder', stopOrderType: 'Stop' },
  take_profit: { createType: 'CreateByTakeProfit', stopOrderType: 'TakeProfit' },
  partial_take_profit: { createType: 'CreateByPartialTakeProfit', stopOrderType: 'PartialTakeProfit' },
  stop_loss: { createType: 'CreateByStopLoss', stopOrderType: 'StopLoss' },
  partial_stop_loss: { createType: 'CreateByPartialStopLoss', stopOrderType: 'PartialStopLoss' },
  trailing_stop: { createType: 'CreateByTrailingStop', stopOrderType: 'TrailingStop' },
  liquidation: { createType: 'CreateByTakeOver_PassThrough', stopOrderType: '' },
  adl: { createType: 'CreateByAdl_PassThrough', stopOrderType: '' },
  settlement: { createType: 'CreateBySettle', stopOrderType: '' },
}

/** A stop of a position is of one mode itself. */
const STOP_MODES: Partial<Record<OrderOrigin, StopMode>> = {
  take_profit: 'full',
  stop_loss: 'full',
  trailing_stop: 'full',
  partial_take_profit: 'partial',
  partial_stop_loss: 'partial',
}

const TRIGGERS: Record<TriggerBy, string> = { last: 'LastPrice', mark: 'MarkPrice', index: 'IndexPrice' }

/** A conditional order that was cancelled before it came alive is deactivated, not cancelled. */
export function orderStatusText({ status, condition }: ExchangeOrder): string {
  return status === 'canceled' && condition?.triggeredAt === 0 ? 'Deactivated' : STATUS[status]
}

export function originText(origin: OrderOrigin): {
  readonly createType: string
  readonly stopOrderType: string
} {
  return ORIGINS[origin]
}

/** '' where there is no target. */
export function triggerText(target: { readonly by: TriggerBy } | null): string {
  return target === null ? '' : TRIGGERS[target.by]
}

/** A row of /v5/order/realtime and /v5/order/history. */
export function orderRow(venue: Venue, order: ExchangeOrder): Record<string, unknown> {
  return {
    ...commonRow(venue, order),
    isLeverage: '',
    slippageToleranceType: 'UNKNOWN',
    slippageTolerance: '',
    basePrice: '',
    extraFees: '',
  }
}

/** A row of the `order` topic. */
export function orderReportRow(venue: Venue, order: ExchangeOrder): Record<string, unknown> {
  const { quote } = must(venue.exchange.instruments.get(order.symbol), order.symbol)
  return {
    category: 'linear',
    ...commonRow(venue, order),
    isLeverage: '',
    feeCurrency: quote,
    closedPnl: formatDecimal(order.closedPnl),
    rpiTakerAccess: false,
    rpiMatchedQty: '0',
  }
}

function commonRow(venue: Venue, order: ExchangeOrder): Record<string, unknown> {
  const instrument = must(venue.exchange.instruments.get(order.symbol), order.symbol)
  const { tickSize, lotSize } = instrument
  const leaves = leavesOf(order)
  return {
    orderId: order.orderId,
    orderLinkId: order.clientOrderId,
    parentOrderLinkId: '',
    blockTradeId: '',
    symbol: order.symbol,
    // A market order is an IOC limit at the venue's slippage bound; ours has none to show.
    price: stepped(order.limitPrice ?? ZERO, tickSize),
    qty: stepped(order.quantity, lotSize),
    side: sideText(order.side),
    positionIdx: order.positionIndex,
    orderStatus: orderStatusText(order),
    ...(ENDINGS[order.reason] ?? NO_ERROR),
    avgPrice: averageText(order.filledNotional, order.filled),
    leavesQty: stepped(leaves, lotSize),
    leavesValue: leavesValue(leaves, order.limitPrice),
    cumExecQty: stepped(order.filled, lotSize),
    cumExecValue: formatDecimal(order.filledNotional),
    cumExecFee: formatDecimal(order.fee),
    cumFeeDetail: order.filled === ZERO ? {} : { [instrument.quote]: formatDecimal(order.fee) },
    timeInForce: order.postOnly ? 'PostOnly' : order.timeInForce.toUpperCase(),
    orderType: order.type === 'market' ? 'Market' : 'Limit',
    reduceOnly: order.reduceOnly,
    lastPriceOnCreated: '',
    ...ORIGINS[order.origin],
    ...conditionOf(order, instrument),
    ...stopsOf(order, instrument),
    ...NOT_OF_LINEAR,
    createdTime: timeText(venue.wallAt(order.createdAt)),
    updatedTime: timeText(venue.wallAt(order.updatedAt)),
  }
}

function conditionOf(
  { condition }: ExchangeOrder,
  { tickSize }: ExchangeInstrument,
): Record<string, unknown> {
  if (condition === null)
    return { triggerPrice: '', triggerDirection: 0, triggerBy: '', closeOnTrigger: false, ocoTriggerType: '' }
  return {
    // docs/v5/order/open-order.mdx: "If stopOrderType=TrailingStop, it is activate price".
    triggerPrice: stepped(condition.trailing?.activationPrice ?? condition.triggerPrice, tickSize),
    triggerDirection: condition.direction === 'rise' ? 1 : 2,
    triggerBy: triggerText(condition),
    closeOnTrigger: condition.closeOnTrigger,
    ocoTriggerType: '',
  }
}

function modeText(mode: StopMode | undefined): string {
  if (mode === undefined) return ''
  return mode === 'full' ? 'Full' : 'Partial'
}

function stopsOf({ stops, origin }: ExchangeOrder, { tickSize }: ExchangeInstrument): Record<string, string> {
  const { takeProfit = null, stopLoss = null, mode } = stops ?? {}
  const price = (target: StopTarget | null) => (target === null ? '' : stepped(target.triggerPrice, tickSize))
  const limit = (target: StopTarget | null) =>
    target === null || target.limitPrice === null ? '' : stepped(target.limitPrice, tickSize)
  return {
    takeProfit: price(takeProfit),
    stopLoss: price(stopLoss),
    tpTriggerBy: triggerText(takeProfit),
    slTriggerBy: triggerText(stopLoss),
    tpLimitPrice: limit(takeProfit),
    slLimitPrice: limit(stopLoss),
    tpslMode: modeText(mode ?? STOP_MODES[origin]),
  }
}

function leavesValue(leaves: Decimal, limitPrice: Decimal | null): string {
  return limitPrice === null ? '0' : formatDecimal(notionalOf(leaves, limitPrice))
}

/** Fields of options, spot and self-match prevention: always there, never used here. */
const NOT_OF_LINEAR = {
  orderIv: '',
  marketUnit: '',
  placeType: '',
  smpType: 'None',
  smpGroup: 0,
  smpOrderId: '',
}
