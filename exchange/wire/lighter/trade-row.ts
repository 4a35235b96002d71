import { multiply, subtract } from '../../../src/domain/decimal.ts'
import { signedQuantity } from '../../../src/domain/order.ts'
import { must } from '../../../src/domain/result.ts'
import type { ExecutionKind } from '../../core/records.ts'
import type { ExchangeExecution } from '../../core/types.ts'
import { WORLD_ACCOUNT_INDEX } from './accounts.ts'
import { priceText, sizeText } from './markets.ts'
import { microseconds, quoteText } from './text.ts'
import type { LighterVenue } from './venue.ts'

type Row = Record<string, unknown>

const KINDS: Record<Exclude<ExecutionKind, 'funding'>, string> = {
  trade: 'trade',
  liquidation: 'liquidation',
  adl: 'deleverage',
  settlement: 'market-settlement',
}
const MILLIONTHS = 1_000_000n
const ONE_UNITS = 10n ** 18n

/**
 * A row of `trades` and of the channels of trades; null for funding, which is no trade. The other side is always the
 * world: of a trade between two accounts each sees its own half, under a number of its own.
 */
export function tradeRow(venue: LighterVenue, execution: ExchangeExecution): Row | null {
  const { kind } = execution
  if (kind === 'funding') return null
  const market = must(venue.markets.named(execution.symbol), execution.symbol)
  const at = Math.trunc(venue.wallAt(execution.at))
  return {
    trade_id: Number(execution.tradeId),
    trade_id_str: execution.tradeId,
    tx_hash: Number(execution.tradeId).toString(16).padStart(80, '0'),
    type: KINDS[kind],
    market_id: market.index,
    size: sizeText(market, execution.quantity),
    price: priceText(market, execution.price),
    usd_amount: quoteText(multiply(execution.quantity, execution.price)),
    ...sidesOf(venue, execution),
    is_maker_ask: (execution.side === 'sell') === execution.isMaker,
    block_height: execution.sequence,
    timestamp: at,
    ...positionBefore(venue, execution),
    ...feeOf(execution),
    transaction_time: microseconds(at),
  }
}

function sidesOf(venue: LighterVenue, { account, orderId, clientOrderId, side }: ExchangeExecution): Row {
  const own = {
    id: Number(orderId),
    client: Number(clientOrderId),
    account: must(venue.accounts.named(account), account).index,
  }
  const other = { id: 0, client: 0, account: WORLD_ACCOUNT_INDEX }
  const [ask, bid] = side === 'sell' ? [own, other] : [other, own]
  return {
    ask_id: ask.id,
    ask_id_str: String(ask.id),
    bid_id: bid.id,
    bid_id_str: String(bid.id),
    ask_client_id: ask.client,
    ask_client_id_str: String(ask.client),
    bid_client_id: bid.client,
    bid_client_id_str: String(bid.client),
    ask_account_id: ask.account,
    bid_account_id: bid.account,
  }
}

/** What this half's position was, under the name of its role. */
function positionBefore(venue: LighterVenue, execution: ExchangeExecution): Row {
  const market = must(venue.markets.named(execution.symbol), execution.symbol)
  const before = subtract(execution.positionAfter, signedQuantity(execution.side, execution.quantity))
  const role = execution.isMaker ? 'maker' : 'taker'
  return { [`${role}_position_size_before`]: sizeText(market, before) }
}

/** In millionths, left out where there is none. */
function feeOf({ feeRate, isMaker }: ExchangeExecution): Row {
  const millionths = Number((feeRate * MILLIONTHS) / ONE_UNITS)
  if (millionths === 0) return {}
  return isMaker ? { maker_fee: millionths } : { taker_fee: millionths }
}
