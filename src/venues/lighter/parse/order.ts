import { divide, ZERO } from '../../../domain/decimal.ts'
import type { ClientOrderId, VenueOrderId } from '../../../domain/ids.ts'
import type { OrderType } from '../../../domain/order.ts'
import type { ExecutionReport } from '../../../ports/venue.ts'
import { decimalField, flagField, integerField, type Row, textField, wordField } from '../../shared/fields.ts'
import type { MarketList } from '../market-list.ts'
import { timeField } from './words.ts'

type Status = ExecutionReport['status']

/**
 * The OpenAPI's list of order statuses. What the sequencer ends because the account may not have the order is a
 * refusal; what the book or its owner ends is a cancel. "pending" waits for its trigger.
 */
const STATUSES: ReadonlyMap<string, Status> = new Map([
  ['in-progress', 'created'],
  ['pending', 'created'],
  ['open', 'open'],
  ['filled', 'filled'],
  ['canceled', 'canceled'],
  ['canceled-post-only', 'canceled'],
  ['canceled-reduce-only', 'rejected'],
  ['canceled-position-not-allowed', 'rejected'],
  ['canceled-margin-not-allowed', 'rejected'],
  ['canceled-invalid-balance', 'rejected'],
  ['canceled-too-much-slippage', 'canceled'],
  ['canceled-not-enough-liquidity', 'canceled'],
  ['canceled-self-trade', 'canceled'],
  ['canceled-expired', 'canceled'],
  ['canceled-oco', 'canceled'],
  ['canceled-child', 'canceled'],
  ['canceled-liquidation', 'canceled'],
])

const TYPES: ReadonlyMap<string, OrderType> = new Map([
  ['limit', 'limit'],
  ['market', 'market'],
  ['stop-loss', 'market'],
  ['stop-loss-limit', 'limit'],
  ['take-profit', 'market'],
  ['take-profit-limit', 'limit'],
  ['twap', 'market'],
  ['twap-sub', 'market'],
  ['liquidation', 'market'],
])

/** The list has grown before: whatever it is called, such an order is not on the book any more. */
const ENDED = /^canceled-[a-z-]+$/

/** No client's index: orders of the venue's pages have it. */
const NONE = '0'

/** A row of an order channel, of accountActiveOrders or accountInactiveOrders: one shape. Throws `Malformed`. */
export function parseOrder(row: Row, markets: MarketList): ExecutionReport {
  const type = wordField(row, 'type', TYPES)
  const venueStatus = textField(row, 'status')
  const said = ENDED.test(venueStatus)
    ? (STATUSES.get(venueStatus) ?? 'canceled')
    : wordField(row, 'status', STATUSES)
  const filled = decimalField(row, 'filled_base_amount')
  const ended = said === 'canceled' || said === 'rejected'
  return {
    instrumentId: markets.instrumentAt(integerField(row, 'market_index')),
    positionIndex: 0,
    ...orderIds(row),
    side: flagField(row, 'is_ask') ? 'sell' : 'buy',
    type,
    // What has traded stands, so an order that was refused for the rest of it ended as a cancelled one does.
    status: said === 'rejected' && filled > ZERO ? 'canceled' : said,
    quantity: decimalField(row, 'initial_base_amount'),
    filled,
    // Of a market order it is the worst price that it would have traded at.
    limitPrice: type === 'market' ? null : decimalField(row, 'price'),
    averagePrice: filled === ZERO ? null : divide(decimalField(row, 'filled_quote_amount'), filled),
    reduceOnly: flagField(row, 'reduce_only'),
    reason: ended && venueStatus !== 'canceled' ? venueStatus : null,
    at: timeField(row, 'updated_at'),
  }
}

/** Whose row it is. Throws `Malformed`. */
export function orderIds(row: Row): Pick<ExecutionReport, 'venueOrderId' | 'clientOrderId'> {
  return {
    venueOrderId: textField(row, 'order_id') as VenueOrderId,
    clientOrderId: clientOrderIdOf(textField(row, 'client_order_id')),
  }
}

export function clientOrderIdOf(text: string): ClientOrderId | null {
  return text === NONE ? null : (text as ClientOrderId)
}
