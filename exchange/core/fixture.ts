import { type Decimal, decimal } from '../../src/domain/decimal.ts'
import type { PositionIndex } from '../../src/domain/ids.ts'
import type { Side } from '../../src/domain/order.ts'
import type { Result } from '../../src/domain/result.ts'
import { createExchange, type ExchangeOptions } from './exchange.ts'
import { DEFAULT_INSTRUMENTS } from './instruments.ts'
import type { AttachedStops, StopTarget, Trigger } from './stop.ts'
import type { Exchange, ExchangeEvent, ExchangeOrder, OrderCommand, OrderSelector, Refusal } from './types.ts'

/** For this folder's tests: an exchange whose one price is moved by hand, and orders in few words. */
export const SYMBOL = 'BTCUSDT'
export const START_AT = 1_700_000_000_000
const START_PRICE = '60000'

export interface Stage {
  readonly exchange: Exchange
  readonly events: ExchangeEvent[]
  now(): number
  /** Moves the mid there, one second later if nothing else is said. */
  moveTo(mid: string, laterMs?: number): void
  submit(account: string, wish: Wish): ExchangeOrder | Refusal
}

/** A market order unless a limit price is given. */
export interface Wish {
  readonly side: Side
  readonly quantity: string
  readonly limitPrice?: string
  /** Of a market order. */
  readonly worstPrice?: string
  readonly timeInForce?: OrderCommand['timeInForce']
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
  readonly clientOrderId?: string
  readonly symbol?: string
  readonly positionIndex?: PositionIndex
  readonly trigger?: Trigger
  readonly closeOnTrigger?: boolean
  readonly stops?: AttachedStops
}

export function stage(options: Partial<ExchangeOptions> = {}): Stage {
  let mid = decimal(START_PRICE)
  let at = START_AT
  const exchange = createExchange({
    instruments: DEFAULT_INSTRUMENTS.filter(instrument => instrument.symbol === SYMBOL),
    path: { priceAt: () => mid },
    seed: 1,
    startAt: START_AT,
    ...options,
  })
  const events: ExchangeEvent[] = []
  exchange.subscribe(event => events.push(event))
  for (const name of ['alice', 'bob', 'carol']) exchange.createAccount(name, decimal('1000000'))
  return {
    exchange,
    events,
    now: () => at,
    moveTo(price, laterMs = 1000) {
      mid = decimal(price)
      at += laterMs
      exchange.advance(at)
    },
    submit(account, wish) {
      const result = exchange.submit(account, commandOf(wish), at)
      return result.ok ? result.value : result.error
    },
  }
}

export function commandOf(wish: Wish): OrderCommand {
  const limitPrice = wish.limitPrice === undefined ? null : decimal(wish.limitPrice)
  const { positionIndex, trigger, closeOnTrigger, stops } = wish
  return {
    ...(positionIndex !== undefined && { positionIndex }),
    ...(trigger !== undefined && { trigger }),
    ...(closeOnTrigger !== undefined && { closeOnTrigger }),
    ...(stops !== undefined && { stops }),
    symbol: wish.symbol ?? SYMBOL,
    side: wish.side,
    type: limitPrice === null ? 'market' : 'limit',
    timeInForce: wish.timeInForce ?? 'gtc',
    postOnly: wish.postOnly ?? false,
    reduceOnly: wish.reduceOnly ?? false,
    quantity: decimal(wish.quantity),
    limitPrice: wish.worstPrice === undefined ? limitPrice : decimal(wish.worstPrice),
    clientOrderId: wish.clientOrderId ?? '',
  }
}

/** For wishes that must be accepted. */
export function accepted(outcome: ExchangeOrder | Refusal): ExchangeOrder {
  if (typeof outcome === 'string') throw new Error(`refused: ${outcome}`)
  return outcome
}

export function selectorOf({ symbol, orderId }: ExchangeOrder): OrderSelector {
  return { symbol, orderId, clientOrderId: '' }
}

export function positionOf({ exchange }: Stage, account: string): Decimal {
  return exchange.position(account, SYMBOL).quantity
}

/** By the last price, with a market order. */
export function target(triggerPrice: string, limitPrice: string | null = null): StopTarget {
  return {
    triggerPrice: decimal(triggerPrice),
    by: 'last',
    limitPrice: limitPrice === null ? null : decimal(limitPrice),
  }
}

export function trigger(direction: Trigger['direction'], triggerPrice: string): Trigger {
  return { triggerPrice: decimal(triggerPrice), direction, by: 'mark' }
}

/** The error of what was refused, or `done`. */
export function outcomeOf(result: Result<unknown, Refusal>): string {
  return result.ok ? 'done' : result.error
}
