import { ZERO } from '../../../domain/decimal.ts'
import type {
  ClosedPnl,
  ExecutionKind,
  VenueExecution,
  VenueOrder,
  VenueOrderStatus,
  WalletEntry,
} from '../../../domain/history.ts'
import { type ClientOrderId, instrumentId, type TradeId, type VenueOrderId } from '../../../domain/ids.ts'
import {
  decimalField,
  flagField,
  integerField,
  Malformed,
  optionalDecimal,
  optionalText,
  type Row,
  textField,
  wordField,
} from '../../shared/fields.ts'
import { reasonOf } from './order.ts'
import { instrumentField, isUsdtContract, ORDER_TYPES, positionIndexField, SIDES } from './words.ts'

/** Rows of the past. All throw `Malformed`; null is a contract that is not settled in USDT, counted nowhere here. */

/** A row of position/closed-pnl. It has no id of its own: what tells two of them apart is the caller's to count. */
export function parseClosedPnl(row: Row): ClosedPnl | null {
  if (!isUsdtContract(row)) return null
  return {
    instrumentId: instrumentField(row),
    venueOrderId: textField(row, 'orderId') as VenueOrderId,
    side: wordField(row, 'side', SIDES),
    closedQuantity: decimalField(row, 'closedSize'),
    averageEntryPrice: decimalField(row, 'avgEntryPrice'),
    averageExitPrice: decimalField(row, 'avgExitPrice'),
    entryNotional: decimalField(row, 'cumEntryValue'),
    exitNotional: decimalField(row, 'cumExitValue'),
    // Since 2025 only: older rows have neither.
    openFee: optionalDecimal(row, 'openFee'),
    closeFee: optionalDecimal(row, 'closeFee'),
    closedPnl: decimalField(row, 'closedPnl'),
    fillCount: integerField(row, 'fillCount'),
    leverage: optionalDecimal(row, 'leverage'),
    cause: textField(row, 'execType'),
    createdAt: timeField(row, 'createdTime'),
    at: timeField(row, 'updatedTime'),
  }
}

/** bybit-exchange/docs, docs/v5/enum.mdx#orderstatus. A conditional order that waits is open: it may still change. */
const STATUSES: ReadonlyMap<string, VenueOrderStatus> = new Map([
  ['Untriggered', 'open'],
  ['Triggered', 'open'],
  ['New', 'open'],
  ['PartiallyFilled', 'open'],
  ['Filled', 'filled'],
  ['Cancelled', 'canceled'],
  ['PartiallyFilledCanceled', 'canceled'],
  ['Deactivated', 'canceled'],
  ['Rejected', 'rejected'],
])

/** A row of order/realtime or order/history. A status that is in no list is kept as it is said, and asked for again. */
export function parseVenueOrder(row: Row): VenueOrder | null {
  if (!isUsdtContract(row)) return null
  const type = wordField(row, 'orderType', ORDER_TYPES)
  const filled = decimalField(row, 'cumExecQty')
  const venueStatus = textField(row, 'orderStatus')
  const said = STATUSES.get(venueStatus) ?? 'unrecognized'
  return {
    instrumentId: instrumentField(row),
    positionIndex: positionIndexField(row),
    venueOrderId: textField(row, 'orderId') as VenueOrderId,
    clientOrderId: optionalText(row, 'orderLinkId') as ClientOrderId | null,
    side: wordField(row, 'side', SIDES),
    type,
    status: said === 'rejected' && filled > ZERO ? 'canceled' : said,
    venueStatus,
    quantity: decimalField(row, 'qty'),
    filled,
    limitPrice: type === 'market' ? null : decimalField(row, 'price'),
    averagePrice: filled === ZERO ? null : optionalDecimal(row, 'avgPrice'),
    fee: optionalDecimal(row, 'cumExecFee'),
    reduceOnly: flagField(row, 'reduceOnly'),
    reason: reasonOf(row),
    createdAt: timeField(row, 'createdTime'),
    at: timeField(row, 'updatedTime'),
  }
}

/** docs/v5/enum.mdx#exectype. Kept with their money whatever they are called: nothing here moves a position. */
const EXECUTIONS: ReadonlyMap<string, ExecutionKind> = new Map<string, ExecutionKind>([
  ['Trade', 'trade'],
  ['BlockTrade', 'trade'],
  ['MovePosition', 'trade'],
  ['FutureSpread', 'trade'],
  ['BustTrade', 'liquidation'],
  ['AdlTrade', 'adl'],
  ['Settle', 'settlement'],
  ['Delivery', 'settlement'],
  ['Funding', 'funding'],
])

/** A row of execution/list, funding too. */
export function parseVenueExecution(row: Row): VenueExecution | null {
  if (!isUsdtContract(row)) return null
  return {
    instrumentId: instrumentField(row),
    tradeId: textField(row, 'execId') as TradeId,
    venueOrderId: textField(row, 'orderId') as VenueOrderId,
    clientOrderId: optionalText(row, 'orderLinkId') as ClientOrderId | null,
    kind: EXECUTIONS.get(textField(row, 'execType')) ?? 'other',
    side: wordField(row, 'side', SIDES),
    quantity: decimalField(row, 'execQty'),
    fillPrice: decimalField(row, 'execPrice'),
    fee: decimalField(row, 'execFee'),
    liquidity: flagField(row, 'isMaker') ? 'maker' : 'taker',
    at: timeField(row, 'execTime'),
  }
}

/** A row of account/transaction-log, of every currency and category: money is counted by currency. */
export function parseWalletEntry(row: Row): WalletEntry {
  const symbol = optionalText(row, 'symbol')
  return {
    entryId: textField(row, 'id'),
    type: textField(row, 'type'),
    currency: textField(row, 'currency'),
    instrumentId: symbol === null ? null : instrumentId('bybit', symbol),
    venueOrderId: optionalText(row, 'orderId'),
    tradeId: optionalText(row, 'tradeId'),
    cashFlow: decimalField(row, 'cashFlow'),
    funding: optionalDecimal(row, 'funding'),
    fee: optionalDecimal(row, 'fee') ?? ZERO,
    change: decimalField(row, 'change'),
    balanceAfter: decimalField(row, 'cashBalance'),
    at: timeField(row, 'transactionTime'),
  }
}

const NANOSECONDS = /^(\d{13})\d{6}$/
/** The year 2100: what is later is no time in ms. */
const LATEST = 4_102_444_800_000

/** The venue's own example of a closed PnL has nanoseconds where it says ms (docs/v5/position/close-pnl.mdx). */
function timeField(row: Row, field: string): number {
  const value = row[field]
  const milliseconds = typeof value === 'string' ? NANOSECONDS.exec(value)?.[1] : undefined
  const at = milliseconds === undefined ? integerField(row, field) : Number(milliseconds)
  if (at <= 0 || at > LATEST) throw new Malformed(`${field} is not a time in ms: ${at}`)
  return at
}
