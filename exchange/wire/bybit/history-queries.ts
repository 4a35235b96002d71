import { divide, formatDecimal, ZERO } from '../../../src/domain/decimal.ts'
import { err, must, ok, type Result } from '../../../src/domain/result.ts'
import type { ClosedPnl, Transaction } from '../../core/records.ts'
import { NOT_ON_DEMO, unknownSymbol, type VenueFailure } from './codes.ts'
import { EXECUTION_TYPES } from './execution-row.ts'
import { instrumentNamed } from './named.ts'
import { limitOf, pageOf, type Query, timesOf, windowOf } from './page.ts'
import { sideText, stepped, timeText } from './text.ts'
import type { ApiKey, Venue } from './venue.ts'

type Answer = Result<Record<string, unknown>, VenueFailure>

const DAY_MS = 24 * 3_600_000
const CLOSED_PNL_PAGE = {
  usual: 50,
  maximum: 100,
  placeOf: (row: ClosedPnl) => ({ id: `${row.orderId}.${row.number}`, at: row.updatedAt }),
}
const TRANSACTION_PAGE = {
  usual: 20,
  maximum: 50,
  placeOf: (row: Transaction) => ({ id: row.id, at: row.at }),
}
const FUNDING = { usual: 200, maximum: 200 }

/** docs/v5/enum.mdx, type(uta-translog). What the insurance fund pays in ends a liquidation. */
const TRANSACTION_TYPES: Record<Transaction['kind'], string> = {
  trade: 'TRADE',
  funding: 'SETTLEMENT',
  liquidation: 'LIQUIDATION',
  adl: 'ADL',
  settlement: 'DELIVERY',
  deposit: 'TRANSFER_IN',
  withdrawal: 'TRANSFER_OUT',
  insurance: 'LIQUIDATION',
}

/** GET /v5/position/closed-pnl: one row per closing order, which later fills of the same order still change. */
export function closedPnl(venue: Venue, key: ApiKey, query: Query): Answer {
  if (key.isDemo) return err(NOT_ON_DEMO)
  const { symbol } = query
  if (symbol && !venue.exchange.instruments.has(symbol)) return err(unknownSymbol(symbol))
  const window = windowOf(query, venue.now())
  if (!window.ok) return window
  const { from, to } = window.value
  const rows = venue.exchange.closedPnl(key.account).filter(row => {
    const at = venue.wallAt(row.updatedAt)
    return at >= from && at <= to && (!symbol || row.symbol === symbol)
  })
  const page = pageOf(rows, query, CLOSED_PNL_PAGE)
  if (!page.ok) return page
  const list = page.value.rows.map(row => closedPnlRow(venue, row))
  return ok({ nextPageCursor: page.value.nextCursor, category: 'linear', list })
}

function closedPnlRow(venue: Venue, row: ClosedPnl): Record<string, unknown> {
  const { tickSize, lotSize } = must(venue.exchange.instruments.get(row.symbol), row.symbol)
  return {
    symbol: row.symbol,
    orderId: row.orderId,
    side: sideText(row.side),
    qty: stepped(row.orderQuantity, lotSize),
    orderPrice: stepped(row.limitPrice ?? ZERO, tickSize),
    orderType: row.orderType === 'market' ? 'Market' : 'Limit',
    // Not `Delivery`, as the execution has it (docs/v5/position/close-pnl.mdx, execType).
    execType: row.kind === 'settlement' ? 'Settle' : EXECUTION_TYPES[row.kind],
    closedSize: stepped(row.closedSize, lotSize),
    openFee: formatDecimal(row.openFee),
    closeFee: formatDecimal(row.closeFee),
    cumEntryValue: formatDecimal(row.entryNotional),
    avgEntryPrice: formatDecimal(divide(row.entryNotional, row.closedSize)),
    cumExitValue: formatDecimal(row.exitNotional),
    avgExitPrice: formatDecimal(divide(row.exitNotional, row.closedSize)),
    closedPnl: formatDecimal(row.closedPnl),
    fillCount: String(row.fillCount),
    leverage: formatDecimal(row.leverage),
    createdTime: timeText(venue.wallAt(row.createdAt)),
    updatedTime: timeText(venue.wallAt(row.updatedAt)),
  }
}

/** GET /v5/account/transaction-log: a day unless told, at most seven. */
export function transactionLog(venue: Venue, key: ApiKey, query: Query): Answer {
  const window = windowOf(query, venue.now(), DAY_MS)
  if (!window.ok) return window
  const { from, to } = window.value
  const { type, currency, baseCoin, category } = query
  const held = venue.exchange.wallet(key.account).currency
  const foreign = (category && category !== 'linear') || (currency && currency !== held)
  const rows = venue.exchange.transactions(key.account).filter(row => {
    const at = venue.wallAt(row.at)
    const base = venue.exchange.instruments.get(row.symbol)?.base
    return (
      at >= from &&
      at <= to &&
      (!type || TRANSACTION_TYPES[row.kind] === type) &&
      (!baseCoin || base === baseCoin)
    )
  })
  const page = pageOf(foreign ? [] : rows, query, TRANSACTION_PAGE)
  if (!page.ok) return page
  const list = page.value.rows.map(row => transactionRow(venue, row, held))
  return ok({ nextPageCursor: page.value.nextCursor, list })
}

function transactionRow(venue: Venue, row: Transaction, currency: string): Record<string, unknown> {
  const instrument = venue.exchange.instruments.get(row.symbol)
  const price = instrument === undefined ? '0' : stepped(row.price, instrument.tickSize)
  return {
    id: row.id,
    symbol: row.symbol,
    category: 'linear',
    side: row.side === null ? 'None' : sideText(row.side),
    transactionTime: timeText(venue.wallAt(row.at)),
    type: TRANSACTION_TYPES[row.kind],
    transSubType: '',
    qty: formatDecimal(row.quantity),
    size: formatDecimal(row.positionAfter),
    currency,
    tradePrice: price,
    funding: row.kind === 'funding' ? formatDecimal(row.funding) : '',
    fee: formatDecimal(row.fee),
    cashFlow: formatDecimal(row.cashFlow),
    change: formatDecimal(row.change),
    cashBalance: formatDecimal(row.balanceAfter),
    feeRate: formatDecimal(row.feeRate),
    bonusChange: '',
    tradeId: row.tradeId,
    // Funding has no order here, and one by no other name at the venue.
    orderId: row.orderId || row.tradeId,
    orderLinkId: row.clientOrderId,
    extraFees: '',
  }
}

/** GET /v5/market/funding/history: newest first. */
export function fundingHistory(venue: Venue, query: Query): Answer {
  const instrument = instrumentNamed(venue, query)
  if (!instrument.ok) return instrument
  const limit = limitOf(query, FUNDING)
  if (!limit.ok) return limit
  const times = timesOf(query, 'startTime', 'endTime')
  if (!times.ok) return times
  const { symbol } = instrument.value
  const { from, to } = times.value
  const before = to === null ? venue.worldNow() : Math.min(venue.worldAt(to), venue.worldNow())
  const list = venue.exchange
    .fundingPayments(symbol, before + 1, limit.value)
    .map(({ at, rate }) => ({ at: venue.wallAt(at), rate }))
    .filter(({ at }) => from === null || at >= from)
    .map(({ at, rate }) => ({
      symbol,
      fundingRate: formatDecimal(rate),
      fundingRateTimestamp: timeText(at),
    }))
  return ok({ category: 'linear', list })
}
