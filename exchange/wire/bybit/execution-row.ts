import { formatDecimal, ZERO } from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import type { ExecutionKind } from '../../core/records.ts'
import type { ExchangeExecution, ExchangeInstrument } from '../../core/types.ts'
import { originText } from './order-row.ts'
import { notionalOf, sideText, stepped, timeText } from './text.ts'
import type { Venue } from './venue.ts'

export const EXECUTION_TYPES: Record<ExecutionKind, string> = {
  trade: 'Trade',
  liquidation: 'BustTrade',
  adl: 'AdlTrade',
  settlement: 'Delivery',
  funding: 'Funding',
}

/** A row of /v5/execution/list. */
export function executionRow(venue: Venue, execution: ExchangeExecution): Record<string, unknown> {
  const instrument = must(venue.exchange.instruments.get(execution.symbol), execution.symbol)
  return {
    ...commonRow(venue, execution),
    ...ofKind(execution, instrument),
    execFeeV2: '',
    extraFees: '',
  }
}

/** A row of the `execution` topic: no positionIdx, and the whole order's quantity with it. */
export function executionReportRow(venue: Venue, execution: ExchangeExecution): Record<string, unknown> {
  const instrument = must(venue.exchange.instruments.get(execution.symbol), execution.symbol)
  return {
    category: 'linear',
    ...commonRow(venue, execution),
    isLeverage: '0',
    ...ofKind(execution, instrument),
    execPnl: formatDecimal(execution.realizedPnl),
    extraFees: '',
    marketUnit: '',
  }
}

/** A row of the `execution.fast` topic; a maker's own id is left out there (docs: always ""). */
export function fastExecutionRow(venue: Venue, execution: ExchangeExecution): Record<string, unknown> {
  const instrument = must(venue.exchange.instruments.get(execution.symbol), execution.symbol)
  return {
    category: 'linear',
    symbol: execution.symbol,
    execId: execution.tradeId,
    execPrice: stepped(execution.price, instrument.tickSize),
    execQty: stepped(execution.quantity, instrument.lotSize),
    orderId: execution.orderId,
    isMaker: execution.isMaker,
    orderLinkId: execution.isMaker ? '' : execution.clientOrderId,
    side: sideText(execution.side),
    execTime: timeText(venue.wallAt(execution.at)),
    seq: execution.sequence,
  }
}

/** Funding has no order: the venue says UNKNOWN and '' of it, and makes an id up. */
function ofKind({ kind, orderType, origin }: ExchangeExecution, { quote }: ExchangeInstrument) {
  if (kind === 'funding') return { orderType: 'UNKNOWN', createType: '', feeCurrency: '' }
  const { createType } = originText(origin)
  return { orderType: orderType === 'market' ? 'Market' : 'Limit', createType, feeCurrency: quote }
}

function commonRow(venue: Venue, execution: ExchangeExecution): Record<string, unknown> {
  const { tickSize, lotSize } = must(venue.exchange.instruments.get(execution.symbol), execution.symbol)
  const { symbol, orderId, clientOrderId } = execution
  return {
    symbol,
    orderId: orderId || execution.tradeId,
    orderLinkId: clientOrderId,
    side: sideText(execution.side),
    orderPrice: stepped(execution.limitPrice ?? ZERO, tickSize),
    orderQty: stepped(execution.orderQuantity, lotSize),
    leavesQty: stepped(execution.leaves, lotSize),
    stopOrderType: originText(execution.origin).stopOrderType || 'UNKNOWN',
    execFee: formatDecimal(execution.fee),
    execId: execution.tradeId,
    execPrice: stepped(execution.price, tickSize),
    execQty: stepped(execution.quantity, lotSize),
    execType: EXECUTION_TYPES[execution.kind],
    execValue: formatDecimal(notionalOf(execution.quantity, execution.price)),
    execTime: timeText(venue.wallAt(execution.at)),
    isMaker: execution.isMaker,
    feeRate: formatDecimal(execution.feeRate),
    tradeIv: '',
    markIv: '',
    markPrice: stepped(execution.markPrice, tickSize),
    indexPrice: '',
    underlyingPrice: '',
    blockTradeId: '',
    closedSize: stepped(execution.closedSize, lotSize),
    seq: execution.sequence,
  }
}
