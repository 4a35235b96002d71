import { decimal, divide, fromUnits, ONE } from '../../../src/domain/decimal.ts'
import { err, must, ok, type Result } from '../../../src/domain/result.ts'
import type {
  CancelAllOrders,
  CreateOrder,
  LighterOrderType,
  ModifyOrder,
  Transaction,
  UpdateLeverage,
} from '../../../src/venues/lighter/sign/transaction.ts'
import type { Trigger } from '../../core/stop.ts'
import type { OrderCommand, OrderSelector, Refusal } from '../../core/types.ts'
import {
  INVALID_MARGIN_MODE,
  INVALID_NONCE,
  type LighterFailure,
  refusalFailure,
  TX_EXPIRED,
  UNSUPPORTED_ORDER,
  UNSUPPORTED_TX,
} from './codes.ts'
import { type Market, priceFrom, quantityFrom } from './markets.ts'
import type { LoggedTransaction } from './transaction-log.ts'
import { isTaker, leavesOutNonces } from './transaction-shape.ts'
import type { LighterVenue } from './venue.ts'

const FULL_MARGIN_BPS = decimal('10000')
/** Of orders the venue's own numbers begin here. */
const FIRST_ORDER_INDEX = 2n ** 48n

interface Failed {
  readonly failure: LighterFailure
  readonly usesNonce: boolean
}
type Outcome = Result<void, Failed>

/**
 * Carries out a transaction that the API took, and writes down what became of it. What the API could not know is found
 * here: then nothing happens but that the transaction has failed.
 */
export function sequence(venue: LighterVenue, logged: LoggedTransaction): void {
  const { transaction } = logged.received
  const { nonces } = must(
    logged.account.keys.get(transaction.apiKeyIndex),
    'an admitted transaction has a key',
  )
  const outcome = carryOut(venue, logged, nonces.isDue(transaction.nonce, leavesOutNonces(transaction)))
  logged.executedAt = venue.now()
  logged.status = outcome.ok ? 'executed' : 'failed'
  logged.failure = outcome.ok ? null : outcome.error.failure
  if (outcome.ok || outcome.error.usesNonce) nonces.use(transaction.nonce)
  else nonces.fallBack()
}

/** What the sequencer says of a transaction that never reached the exchange. */
export function failUnused(venue: LighterVenue, logged: LoggedTransaction, failure: LighterFailure): void {
  const { transaction } = logged.received
  const key = must(logged.account.keys.get(transaction.apiKeyIndex), 'an admitted transaction has a key')
  Object.assign(logged, { executedAt: venue.now(), status: 'failed', failure })
  key.nonces.fallBack()
}

function carryOut(venue: LighterVenue, logged: LoggedTransaction, isDue: boolean): Outcome {
  const { transaction } = logged.received
  if (!isDue) return err({ failure: INVALID_NONCE, usesNonce: false })
  if (transaction.expiredAt <= venue.now()) return err({ failure: TX_EXPIRED, usesNonce: false })
  const { name } = logged.account
  switch (transaction.kind) {
    case 'create_order':
      return create(venue, name, transaction)
    case 'cancel_order':
      return used(venue.exchange.cancel(name, selectorOf(venue, transaction), venue.worldNow()))
    case 'modify_order':
      return modify(venue, name, transaction)
    case 'cancel_all_orders':
      return cancelAll(venue, name, transaction)
    case 'update_leverage':
      return setLeverage(venue, name, transaction)
    case 'approve_integrator':
      return err({ failure: UNSUPPORTED_TX, usesNonce: true })
  }
}

function create(venue: LighterVenue, account: string, order: CreateOrder): Outcome {
  const market = marketOf(venue, order)
  if (order.type === 'twap') return err({ failure: UNSUPPORTED_ORDER, usesNonce: true })
  const command = commandOf(market, order)
  const { orderExpiry, nonce } = order
  const { symbol, clientOrderId } = command
  const isKnown = venue.notes.of(account, clientOrderId) !== undefined
  if (!isKnown) venue.notes.write({ account, clientOrderId, symbol, orderExpiry, nonce, expired: false })
  const submitted = venue.exchange.submit(account, command, venue.worldNow())
  if (submitted.ok) return ok()
  // An order that would rest and has no margin is not even begun; one that takes has begun when that is found.
  const usesNonce = submitted.error !== 'insufficient_balance' || isTaker(order)
  return err({ failure: refusalFailure(submitted.error), usesNonce })
}

function commandOf(market: Market, order: CreateOrder): OrderCommand {
  const isMarket = order.type === 'market' || order.type === 'stop_loss' || order.type === 'take_profit'
  return {
    symbol: market.instrument.symbol,
    side: order.side,
    type: isMarket ? 'market' : 'limit',
    timeInForce: order.timeInForce === 'ioc' ? 'ioc' : 'gtc',
    postOnly: order.timeInForce === 'post_only',
    reduceOnly: order.reduceOnly,
    quantity: quantityFrom(market, order.quantity),
    limitPrice: priceFrom(market, order.limitPrice),
    clientOrderId: String(order.clientOrderIndex),
    ...(order.triggerPrice !== 0 && { trigger: triggerOf(market, order) }),
  }
}

const STOPS: ReadonlySet<LighterOrderType> = new Set(['stop_loss', 'stop_loss_limit'])

/** A stop-loss sells below and buys above, a take-profit the other way round; the mark decides. */
function triggerOf(market: Market, { type, side, triggerPrice }: CreateOrder): Trigger {
  const falls = STOPS.has(type) === (side === 'sell')
  return { triggerPrice: priceFrom(market, triggerPrice), direction: falls ? 'fall' : 'rise', by: 'mark' }
}

function modify(venue: LighterVenue, account: string, change: ModifyOrder): Outcome {
  const market = marketOf(venue, change)
  const amended = venue.exchange.amend(
    account,
    selectorOf(venue, change),
    {
      quantity: quantityFrom(market, change.quantity),
      limitPrice: priceFrom(market, change.limitPrice),
      triggerPrice: change.triggerPrice === 0 ? null : priceFrom(market, change.triggerPrice),
    },
    venue.worldNow(),
  )
  return used(amended)
}

function cancelAll(venue: LighterVenue, account: string, { mode, at, attributes }: CancelAllOrders): Outcome {
  const { exchange } = venue
  const now = venue.worldNow()
  if (mode === 'scheduled') return used(exchange.cancelAllAfter(account, venue.worldAt(at), now))
  if (mode === 'abort_scheduled') return used(exchange.cancelAllAfter(account, null, now))
  const market = venue.markets.at(attributes.cancelAllMarketIndex ?? -1)
  exchange.cancelAll(account, market?.instrument.symbol ?? null, now)
  return ok()
}

/** The fraction that a position must have as margin, in hundredths of a percent, is its leverage turned over. */
function setLeverage(venue: LighterVenue, account: string, wish: UpdateLeverage): Outcome {
  if (wish.marginMode !== venue.exchange.marginMode(account))
    return err({ failure: INVALID_MARGIN_MODE, usesNonce: true })
  const { symbol } = marketOf(venue, wish).instrument
  const fraction = fromUnits(BigInt(wish.initialMarginBps) * ONE)
  const changed = venue.exchange.setLeverage(account, symbol, divide(FULL_MARGIN_BPS, fraction))
  return !changed.ok && changed.error === 'leverage_not_modified' ? ok() : used(changed)
}

function used(result: Result<unknown, Refusal>): Outcome {
  return result.ok ? ok() : err({ failure: refusalFailure(result.error), usesNonce: true })
}

/** By the client's index, or by the venue's, which begins where clients' end. */
function selectorOf(
  venue: LighterVenue,
  order: Extract<Transaction, { readonly orderIndex: bigint }>,
): OrderSelector {
  const { symbol } = marketOf(venue, order).instrument
  const text = String(order.orderIndex)
  if (order.orderIndex >= FIRST_ORDER_INDEX) return { symbol, orderId: text, clientOrderId: '' }
  return { symbol, orderId: '', clientOrderId: text }
}

function marketOf({ markets }: LighterVenue, { marketIndex }: { readonly marketIndex: number }): Market {
  return must(markets.at(marketIndex), 'an admitted transaction names a market')
}
