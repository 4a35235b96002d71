import { ZERO } from '../../../domain/decimal.ts'
import type { ClientOrderId, VenueOrderId } from '../../../domain/ids.ts'
import type { ExecutionReport } from '../../../ports/venue.ts'
import {
  decimalField,
  flagField,
  integerField,
  optionalDecimal,
  optionalText,
  type Row,
  textField,
  wordField,
} from '../../shared/fields.ts'
import { instrumentField, ORDER_TYPES, positionIndexField, SIDES } from './words.ts'

type Status = ExecutionReport['status']

/** bybit-exchange/docs, docs/v5/enum.mdx#orderstatus. A conditional order is not on the book before it triggers. */
const STATUSES: ReadonlyMap<string, Status> = new Map([
  ['Untriggered', 'created'],
  ['Triggered', 'created'],
  ['New', 'open'],
  ['PartiallyFilled', 'open'],
  ['Filled', 'filled'],
  ['Cancelled', 'canceled'],
  ['PartiallyFilledCanceled', 'canceled'],
  ['Deactivated', 'canceled'],
  ['Rejected', 'rejected'],
])

/** How Bybit writes that there is no reason. */
const NO_REASON: ReadonlySet<string> = new Set(['EC_NoError', 'UNKNOWN'])

/** A row of the order topic, of order/realtime or of order/history: one shape. Throws `Malformed`. */
export function parseOrder(row: Row): ExecutionReport {
  const type = wordField(row, 'orderType', ORDER_TYPES)
  const filled = decimalField(row, 'cumExecQty')
  const said = wordField(row, 'orderStatus', STATUSES)
  return {
    instrumentId: instrumentField(row),
    positionIndex: positionIndexField(row),
    venueOrderId: textField(row, 'orderId') as VenueOrderId,
    clientOrderId: optionalText(row, 'orderLinkId') as ClientOrderId | null,
    side: wordField(row, 'side', SIDES),
    type,
    // "Rejected" after a part of it has traded: the trades stand, so it ended as a cancelled order does.
    status: said === 'rejected' && filled > ZERO ? 'canceled' : said,
    quantity: decimalField(row, 'qty'),
    filled,
    // A market order shows the price of the limit that Bybit made of it: not one that anybody set.
    limitPrice: type === 'market' ? null : decimalField(row, 'price'),
    averagePrice: filled === ZERO ? null : optionalDecimal(row, 'avgPrice'),
    reduceOnly: flagField(row, 'reduceOnly'),
    reason: reasonOf(row),
    at: integerField(row, 'updatedTime'),
  }
}

/** The venue's own word for a cancel or refusal. */
export function reasonOf(row: Row): string | null {
  return reason(row, 'rejectReason') ?? reason(row, 'cancelType')
}

function reason(row: Row, field: string): string | null {
  const text = optionalText(row, field)
  return text === null || NO_REASON.has(text) ? null : text
}
