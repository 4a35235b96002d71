import {
  absolute,
  type Decimal,
  decimal,
  divide,
  formatDecimal,
  maximum,
  multiply,
  subtract,
  truncateToStep,
  ZERO,
} from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import type { StopTarget } from '../../core/stop.ts'
import type { ExchangePosition } from '../../core/types.ts'
import { RISK_LIMIT_VALUE } from './market-row.ts'
import { stepped, timeText, unrealizedPnl } from './text.ts'
import type { Venue } from './venue.ts'

const LEAST_EXIT_RATE = decimal('0.00055')

/** A row of /v5/position/list. */
export function positionRow(
  venue: Venue,
  account: string,
  position: ExchangePosition,
): Record<string, unknown> {
  const at = must(venue.exchange.instruments.get(position.symbol), position.symbol)
  return {
    ...commonRow(venue, account, position),
    avgPrice: formatAverage(position.averagePrice, at.tickSize),
  }
}

/** A row of the `position` topic, which calls the average `entryPrice`. */
export function positionReportRow(
  venue: Venue,
  account: string,
  position: ExchangePosition,
): Record<string, unknown> {
  const at = must(venue.exchange.instruments.get(position.symbol), position.symbol)
  return {
    ...commonRow(venue, account, position),
    category: 'linear',
    entryPrice: formatAverage(position.averagePrice, at.tickSize),
    ...NO_GREEKS,
  }
}

function commonRow(venue: Venue, account: string, position: ExchangePosition): Record<string, unknown> {
  const { symbol, quantity, positionIndex } = position
  const { lotSize, tickSize, takerFeeRate } = must(venue.exchange.instruments.get(symbol), symbol)
  const mark = venue.exchange.mark(symbol)
  const risk = venue.exchange.risk(account, symbol, positionIndex)
  const initialMargin = formatDecimal(risk.initialMargin)
  const maintenanceMargin = formatDecimal(risk.maintenanceMargin)
  const priceText = (value: Decimal | null) =>
    value === null ? '' : stepped(truncateToStep(value, tickSize), tickSize)
  return {
    positionIdx: positionIndex,
    symbol,
    // An empty position has no side (docs/v5/position/position.mdx).
    side: quantity === ZERO ? '' : quantity > ZERO ? 'Buy' : 'Sell',
    size: stepped(absolute(quantity), lotSize),
    positionValue: formatDecimal(multiply(absolute(quantity), position.averagePrice)),
    leverage: formatDecimal(position.leverage),
    markPrice: stepped(mark, tickSize),
    positionIM: initialMargin,
    positionMM: maintenanceMargin,
    positionIMByMp: initialMargin,
    positionMMByMp: maintenanceMargin,
    liqPrice: priceText(risk.liquidationPrice),
    breakEvenPrice: priceText(breakEven(position, takerFeeRate)),
    adlRankIndicator: risk.adlRank,
    unrealisedPnl: formatDecimal(unrealizedPnl(position, mark)),
    // Trading fees and funding are part of it: a position just opened shows its fee.
    curRealisedPnl: formatDecimal(subtract(position.realizedPnl, position.fees)),
    cumRealisedPnl: formatDecimal(subtract(position.cumulativeRealizedPnl, position.cumulativeFees)),
    // "-1" is the venue's word for a symbol this account never traded.
    seq: position.sequence > 0 ? position.sequence : -1,
    createdTime: timeText(venue.wallAt(position.createdAt)),
    updatedTime: timeText(venue.wallAt(position.updatedAt)),
    openTime: Math.trunc(venue.wallAt(position.createdAt)),
    ...stopTexts(position, tickSize),
    ...UNUSED,
    // Cross margin binds nothing to a position.
    positionBalance: venue.exchange.marginMode(account) === 'cross' ? '0' : initialMargin,
  }
}

/** The venue's formula, which takes a taker's way out for granted (docs/v5/position/position.mdx, breakEvenPrice). */
function breakEven(position: ExchangePosition, takerFeeRate: Decimal): Decimal | null {
  const { quantity, averagePrice, realizedPnl, fees } = position
  if (quantity === ZERO) return null
  const exitRate = maximum(takerFeeRate, LEAST_EXIT_RATE)
  const cost = subtract(multiply(averagePrice, quantity), subtract(realizedPnl, fees))
  return divide(cost, subtract(quantity, multiply(absolute(quantity), exitRate)))
}

function stopTexts({ stops }: ExchangePosition, tickSize: Decimal): Record<string, string> {
  const { takeProfit = null, stopLoss = null, trailing = null } = stops ?? {}
  const text = (target: StopTarget | null) => (target === null ? '' : stepped(target.triggerPrice, tickSize))
  return {
    takeProfit: text(takeProfit),
    stopLoss: text(stopLoss),
    trailingStop: trailing === null ? '0' : stepped(trailing.distance, tickSize),
  }
}

function formatAverage(average: Decimal, tickSize: Decimal): string {
  return average === ZERO ? '0' : stepped(average, tickSize)
}

/** Deprecated, or of what this exchange does not have. */
const UNUSED = {
  riskId: 1,
  riskLimitValue: RISK_LIMIT_VALUE,
  bustPrice: '',
  tradeMode: 0,
  positionStatus: 'Normal',
  autoAddMargin: 0,
  tpslMode: 'Full',
  isReduceOnly: false,
  mmrSysUpdatedTime: '',
  leverageSysUpdatedTime: '',
  sessionAvgPrice: '',
}
const NO_GREEKS = { delta: '', gamma: '', vega: '', theta: '' }
