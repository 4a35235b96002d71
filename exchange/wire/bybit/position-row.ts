import { absolute, type Decimal, divide, formatDecimal, multiply, ZERO } from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import type { ExchangePosition } from '../../core/types.ts'
import { ONE_WAY_INDEX } from './order-row.ts'
import { notionalOf, stepped, timeText, unrealizedPnl } from './text.ts'
import type { Venue } from './venue.ts'

/** Half a percent of the value, the first risk tier's rate at the venue: shown, not enforced. */
const MAINTENANCE_DIVISOR = 200n

/** A row of /v5/position/list. */
export function positionRow(
  venue: Venue,
  position: ExchangePosition,
  positionIndex: number,
): Record<string, unknown> {
  const at = must(venue.exchange.instruments.get(position.symbol), position.symbol)
  return {
    ...commonRow(venue, position, positionIndex),
    avgPrice: formatAverage(position.averagePrice, at.tickSize),
  }
}

/** A row of the `position` topic, which calls the average `entryPrice`. */
export function positionReportRow(venue: Venue, position: ExchangePosition): Record<string, unknown> {
  const at = must(venue.exchange.instruments.get(position.symbol), position.symbol)
  const row = commonRow(venue, position, ONE_WAY_INDEX)
  return {
    ...row,
    category: 'linear',
    entryPrice: formatAverage(position.averagePrice, at.tickSize),
    sessionAvgPrice: '',
    positionIMByMp: row['positionIM'],
    positionMMByMp: row['positionMM'],
  }
}

function commonRow(venue: Venue, position: ExchangePosition, positionIndex: number): Record<string, unknown> {
  const { symbol, quantity } = position
  const instrument = must(venue.exchange.instruments.get(symbol), symbol)
  const mark = venue.exchange.ticker(symbol).mark
  const value = notionalOf(quantity, mark)
  return {
    positionIdx: positionIndex,
    symbol,
    // An empty position has no side (docs/v5/position/position.mdx).
    side: quantity === ZERO ? '' : quantity > ZERO ? 'Buy' : 'Sell',
    size: stepped(absolute(quantity), instrument.lotSize),
    positionValue: formatDecimal(multiply(absolute(quantity), position.averagePrice)),
    leverage: formatDecimal(position.leverage),
    markPrice: stepped(mark, instrument.tickSize),
    positionIM: formatDecimal(divide(value, position.leverage)),
    positionMM: formatDecimal((value / MAINTENANCE_DIVISOR) as Decimal),
    unrealisedPnl: formatDecimal(unrealizedPnl(position, mark)),
    curRealisedPnl: formatDecimal(position.realizedPnl),
    cumRealisedPnl: formatDecimal(position.cumulativeRealizedPnl),
    // "-1" is the venue's word for a symbol this account never traded.
    seq: position.sequence > 0 ? position.sequence : -1,
    createdTime: timeText(venue.wallAt(position.createdAt)),
    updatedTime: timeText(venue.wallAt(position.updatedAt)),
    ...UNUSED,
  }
}

function formatAverage(average: Decimal, tickSize: Decimal): string {
  return average === ZERO ? '0' : stepped(average, tickSize)
}

/** Deprecated, or of isolated margin, stops, ADL and liquidation, which this exchange does not have yet. */
const UNUSED = {
  riskId: 1,
  riskLimitValue: '2000000',
  tradeMode: 0,
  positionStatus: 'Normal',
  autoAddMargin: 0,
  adlRankIndicator: 0,
  positionBalance: '0',
  liqPrice: '',
  bustPrice: '',
  tpslMode: 'Full',
  takeProfit: '',
  stopLoss: '',
  trailingStop: '0',
  isReduceOnly: false,
  mmrSysUpdatedTime: '',
  leverageSysUpdatedTime: '',
}
