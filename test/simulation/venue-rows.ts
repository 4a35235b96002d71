import type {
  Exchange,
  ExchangeEvent,
  ExchangeExecution,
  ExchangeInstrument,
  ExchangeOrder,
  ExchangePosition,
  Refusal,
} from '../../exchange/core/types.ts'
import type { Balance } from '../../src/domain/account.ts'
import type { Capability } from '../../src/domain/capability.ts'
import { add, divide, subtract, ZERO } from '../../src/domain/decimal.ts'
import type { Fill } from '../../src/domain/fill.ts'
import {
  type AccountId,
  type ClientOrderId,
  instrumentId,
  type TradeId,
  type VenueName,
  type VenueOrderId,
} from '../../src/domain/ids.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import type {
  ExecutionReport,
  PositionReport,
  RefusalReason,
  Ticker,
  VenueReport,
} from '../../src/ports/venue.ts'

const STATUS: Record<ExchangeOrder['status'], ExecutionReport['status']> = {
  untriggered: 'open',
  triggered: 'open',
  new: 'open',
  partially_filled: 'open',
  filled: 'filled',
  canceled: 'canceled',
  partially_filled_canceled: 'canceled',
  rejected: 'rejected',
}

export function orderReport(venue: VenueName, order: ExchangeOrder): ExecutionReport {
  return {
    instrumentId: instrumentId(venue, order.symbol),
    positionIndex: order.positionIndex,
    venueOrderId: order.orderId as VenueOrderId,
    clientOrderId: order.clientOrderId === '' ? null : (order.clientOrderId as ClientOrderId),
    side: order.side,
    type: order.type,
    status: STATUS[order.status],
    quantity: order.quantity,
    filled: order.filled,
    limitPrice: order.limitPrice,
    averagePrice: order.filled === ZERO ? null : divide(order.filledNotional, order.filled),
    reduceOnly: order.reduceOnly,
    reason: order.reason === '' ? null : order.reason,
    at: order.updatedAt,
  }
}

/** Whose fill it is, only the connection knows: the exchange has names, the engine ids. */
export function fillOf(venue: VenueName, accountId: AccountId, execution: ExchangeExecution): Fill {
  return {
    accountId,
    instrumentId: instrumentId(venue, execution.symbol),
    positionIndex: execution.positionIndex,
    tradeId: execution.tradeId as TradeId,
    venueOrderId: execution.orderId as VenueOrderId,
    clientOrderId: execution.clientOrderId === '' ? null : (execution.clientOrderId as ClientOrderId),
    side: execution.side,
    quantity: execution.quantity,
    fillPrice: execution.price,
    orderQuantity: execution.orderQuantity,
    fee: execution.fee,
    liquidity: execution.isMaker ? 'maker' : 'taker',
    // Funding is no fill: whoever asks for fills has left it out.
    cause: execution.kind === 'funding' ? 'settlement' : execution.kind,
    venueSequence: execution.sequence,
    at: execution.at,
  }
}

export function positionReport(venue: VenueName, position: ExchangePosition): PositionReport {
  return {
    instrumentId: instrumentId(venue, position.symbol),
    positionIndex: position.positionIndex,
    quantity: position.quantity,
    averagePrice: position.averagePrice,
    markPrice: null,
    leverage: position.leverage,
    unrealizedPnl: null,
    liquidationPrice: null,
    venueSequence: position.sequence,
    at: position.updatedAt,
  }
}

/** An account that has traded nothing has its money in what contracts settle in, whatever the exchange calls it. */
export function balancesOf(
  { settlementCurrency: currency }: Capability,
  exchange: Exchange,
  account: string,
): readonly Balance[] {
  const wallet = exchange.wallet(account)
  const { balance: total, available, equity, unrealizedPnl, orderMargin, positionMargin } = wallet
  const marginUsed = add(orderMargin, positionMargin)
  return [{ currency, total, available, equity, unrealizedPnl, marginUsed }]
}

export function instrumentOf(venue: VenueName, listed: ExchangeInstrument): Instrument {
  const { takerFeeRate: _taker, makerFeeRate: _maker, ...rest } = listed
  return {
    ...rest,
    id: instrumentId(venue, listed.symbol),
    venue,
    status: listed.status === 'trading' ? 'trading' : 'closed',
  }
}

/** Not dated yet: it is by whom it reaches. */
export function tickerOf(venue: VenueName, exchange: Exchange, symbol: string): Omit<Ticker, 'at'> {
  const { last, mark, bid, ask, previous24h, volume24h, fundingRate } = exchange.ticker(symbol)
  const change24h = divide(subtract(last, previous24h), previous24h)
  return {
    instrumentId: instrumentId(venue, symbol),
    last,
    mark,
    bid,
    ask,
    change24h,
    volume24h,
    fundingRate,
  }
}

/** By account, one frame per topic, in the order in which the venue writes them. */
export function reportsOf(
  capability: Capability,
  exchange: Exchange,
  events: readonly ExchangeEvent[],
): ReadonlyMap<string, readonly (readonly VenueReport[])[]> {
  const { venue } = capability
  const accounts = new Map<string, Record<Topic, VenueReport[]>>()
  const at = (account: string): Record<Topic, VenueReport[]> => {
    const known = accounts.get(account) ?? { execution: [], order: [], position: [], wallet: [] }
    accounts.set(account, known)
    return known
  }
  for (const event of events) {
    if (event.kind === 'execution') {
      // A payment, not a fill: the venue's stream carries both under one name.
      if (event.execution.kind === 'funding') continue
      const { account } = event.execution
      // The connection puts its own account id here.
      at(account).execution.push({ kind: 'fill', fill: fillOf(venue, '' as AccountId, event.execution) })
    } else if (event.kind === 'order') {
      at(event.order.account).order.push({ kind: 'order', report: orderReport(venue, event.order) })
    } else if (event.kind === 'position') {
      at(event.account).position.push({ kind: 'position', position: positionReport(venue, event.position) })
    } else if (event.kind === 'wallet') {
      at(event.account).wallet = [
        { kind: 'balance', balances: balancesOf(capability, exchange, event.account) },
      ]
    }
  }
  return new Map(
    [...accounts].map(([account, { execution, order, position, wallet }]) => [
      account,
      [execution, order, position, wallet].filter(frame => frame.length > 0),
    ]),
  )
}

type Topic = 'execution' | 'order' | 'position' | 'wallet'

const REASONS: Partial<Record<Refusal, RefusalReason>> = {
  unknown_symbol: 'symbol',
  symbol_closed: 'symbol',
  quantity_step: 'quantity',
  below_minimum_quantity: 'quantity',
  above_maximum_quantity: 'quantity',
  below_minimum_notional: 'quantity',
  price_tick: 'price',
  price_band: 'price',
  price_missing: 'price',
  insufficient_balance: 'balance',
  reduce_only: 'reduce_only',
  duplicate_client_order_id: 'duplicate_id',
  order_unknown: 'order_unknown',
  order_done: 'order_unknown',
  leverage_out_of_range: 'leverage',
  leverage_would_liquidate: 'leverage',
  not_modified: 'not_modified',
  position_index_mismatch: 'position_mode',
}

export function refusalReason(refusal: Refusal): RefusalReason {
  return REASONS[refusal] ?? 'other'
}
