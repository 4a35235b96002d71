import { fromUnits, ZERO } from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import type { ExchangeOrder } from '../../core/types.ts'
import { type Market, priceText, priceUnits, sizeText, sizeUnits } from './markets.ts'
import { microseconds, quoteText } from './text.ts'
import type { LighterVenue } from './venue.ts'

type Row = Record<string, unknown>

/** Why an order ended, in the venue's words where it has any. */
const CANCELED: Readonly<Record<string, string>> = {
  post_only: 'canceled-post-only',
  reduce_only: 'canceled-reduce-only',
  position_closed: 'canceled-reduce-only',
  insufficient_balance: 'canceled-margin-not-allowed',
  no_liquidity: 'canceled-too-much-slippage',
  ioc: 'canceled-too-much-slippage',
  liquidation: 'canceled-liquidation',
}

const OPEN: ReadonlySet<string> = new Set(['new', 'partially_filled', 'triggered'])

/** Where more may still be traded. */
export function isOpen({ status }: ExchangeOrder): boolean {
  return OPEN.has(status) || status === 'untriggered'
}

function statusText(order: ExchangeOrder, expired: boolean): string {
  if (order.status === 'untriggered') return 'pending'
  if (OPEN.has(order.status)) return 'open'
  if (order.status === 'filled') return 'filled'
  return expired ? 'canceled-expired' : (CANCELED[order.reason] ?? 'canceled')
}

/** A row of accountActiveOrders, accountInactiveOrders and of the channels of orders. */
export function orderRow(venue: LighterVenue, order: ExchangeOrder): Row {
  const market = must(venue.markets.named(order.symbol), order.symbol)
  const owner = must(venue.accounts.named(order.account), order.account)
  const note = venue.notes.of(order.account, order.clientOrderId)
  const created = Math.trunc(venue.wallAt(order.createdAt))
  const updated = Math.trunc(venue.wallAt(order.updatedAt))
  const isAsk = order.side === 'sell'
  return {
    order_index: Number(order.orderId),
    client_order_index: Number(order.clientOrderId),
    order_id: order.orderId,
    client_order_id: order.clientOrderId || '0',
    market_index: market.index,
    owner_account_index: owner.index,
    ...amountsOf(market, order),
    nonce: note?.nonce ?? 0,
    is_ask: isAsk,
    side: isAsk ? 'sell' : 'buy',
    type: typeText(order),
    time_in_force: timeInForceText(order),
    reduce_only: order.reduceOnly,
    ...triggerOf(venue, market, order),
    order_expiry: note?.orderExpiry ?? 0,
    status: statusText(order, note?.expired ?? false),
    ...UNGROUPED,
    block_height: Number(order.orderId),
    timestamp: created,
    created_at: created,
    updated_at: updated,
    transaction_time: microseconds(updated),
  }
}

function amountsOf(market: Market, order: ExchangeOrder): Row {
  const price = order.limitPrice ?? ZERO
  // What an ended order left untraded is told as it was: the status says that it is gone.
  const remaining = fromUnits(order.quantity - order.filled)
  return {
    initial_base_amount: sizeText(market, order.quantity),
    price: priceText(market, price),
    remaining_base_amount: sizeText(market, remaining),
    base_size: sizeUnits(market, order.quantity),
    base_price: priceUnits(market, price),
    filled_base_amount: sizeText(market, order.filled),
    filled_quote_amount: quoteText(order.filledNotional),
  }
}

/** The direction tells a stop-loss from a take-profit: both are conditions to the core. */
function typeText({ type, condition, side, origin }: ExchangeOrder): string {
  if (origin === 'liquidation') return 'liquidation'
  if (condition === null) return type
  const isStop = (condition.direction === 'fall') === (side === 'sell')
  return `${isStop ? 'stop-loss' : 'take-profit'}${type === 'limit' ? '-limit' : ''}`
}

function timeInForceText({ postOnly, timeInForce }: ExchangeOrder): string {
  if (postOnly) return 'post-only'
  return timeInForce === 'gtc' ? 'good-till-time' : 'immediate-or-cancel'
}

function triggerOf(venue: LighterVenue, market: Market, { condition }: ExchangeOrder): Row {
  const triggeredAt = condition?.triggeredAt ?? 0
  return {
    trigger_price: priceText(market, condition?.triggerPrice ?? ZERO),
    trigger_status: condition === null ? 'na' : triggeredAt === 0 ? 'mark-price' : 'ready',
    trigger_time: Math.trunc(venue.wallAt(triggeredAt)),
  }
}

/** Groups of orders and integrators' fees are not offered here. */
const UNGROUPED = {
  parent_order_index: 0,
  parent_order_id: '0',
  to_trigger_order_id_0: '0',
  to_trigger_order_id_1: '0',
  to_cancel_order_id_0: '0',
  integrator_fee_collector_index: '0',
  integrator_taker_fee: '0',
  integrator_maker_fee: '0',
}
