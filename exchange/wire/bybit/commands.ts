import { err, type Result } from '../../../src/domain/result.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { ExchangeOrder, OrderSelector } from '../../core/types.ts'
import { failure, refusalFailure, TOO_MANY_VISITS, unknownSymbol, type VenueFailure } from './codes.ts'
import { answered, type Reply, refused } from './reply.ts'
import { parseAmend, parseBatch, parseCategory, parseCreate, parseSelector } from './requests.ts'
import { timeText } from './text.ts'
import type { ApiKey, Venue } from './venue.ts'

/** One command by one key. `granted`: how many orders of it the rate limit lets through. */
export interface CommandCall {
  readonly key: ApiKey
  readonly body: unknown
  readonly granted: number
}

export type CommandHandler = (venue: Venue, call: CommandCall) => Reply

type Extra = (venue: Venue, order: ExchangeOrder | null) => Record<string, string>
type One = (venue: Venue, key: ApiKey, body: unknown) => Result<ExchangeOrder, VenueFailure>

/** What REST has under /v5/order/ and the trade stream as `order.`: the same commands, the same answers. */
export const ORDER_COMMANDS: Readonly<Record<string, CommandHandler>> = {
  create: single(create),
  amend: single(amend),
  cancel: single(cancel),
  'create-batch': batch(create, createAt),
  'amend-batch': batch(amend, () => ({})),
  'cancel-batch': batch(cancel, () => ({})),
}

/** How many orders a body carries: what a batch costs of the rate limit. */
export function ordersIn(body: unknown): number {
  if (typeof body !== 'object' || body === null || !('request' in body)) return 1
  return Array.isArray(body.request) ? Math.max(1, body.request.length) : 1
}

function create(venue: Venue, key: ApiKey, body: unknown): Result<ExchangeOrder, VenueFailure> {
  const command = parseCreate(body)
  if (!command.ok) return command
  const { symbol, trigger } = command.value
  const order = venue.exchange.submit(key.account, command.value, venue.worldNow())
  if (order.ok) return order
  // The venue has a code for either direction of a trigger that lies behind its price.
  if (order.error === 'trigger_price_passed' && trigger?.direction === 'fall')
    return err(failure(110093, 'expect Falling, but trigger_price >= current'))
  return err(refusalWords(order.error, symbol))
}

function amend(venue: Venue, key: ApiKey, body: unknown): Result<ExchangeOrder, VenueFailure> {
  const parsed = parseAmend(body)
  if (!parsed.ok) return parsed
  const { selector, change } = parsed.value
  const order = venue.exchange.amend(key.account, selector, change, venue.worldNow())
  if (order.ok) return order
  // The same code as a cancel, other words.
  const gone = order.error === 'order_unknown' || order.error === 'order_done'
  return err(
    gone
      ? failure(110001, 'order not exists or too late to replace')
      : refusalWords(order.error, selector.symbol),
  )
}

function cancel(venue: Venue, key: ApiKey, body: unknown): Result<ExchangeOrder, VenueFailure> {
  const selector = parseSelector(body)
  if (!selector.ok) return selector
  const order = venue.exchange.cancel(key.account, selector.value, venue.worldNow())
  return order.ok ? order : err(refusalWords(order.error, selector.value.symbol))
}

function single(one: One): CommandHandler {
  return (venue, { key, body }) => {
    const categorized = parseCategory(body)
    if (!categorized.ok) return refused(categorized.error)
    const order = one(venue, key, body)
    return order.ok ? answered(ids(order.value)) : refused(order.error)
  }
}

/** Each order stands alone: one list says what came of it, the other of which it speaks, in the same order. */
function batch(one: One, extra: Extra): CommandHandler {
  return (venue, { key, body, granted }) => {
    const requests = parseBatch(body)
    if (!requests.ok) return refused(requests.error)
    const list: Record<string, unknown>[] = []
    const codes: { code: number; msg: string }[] = []
    for (const [index, request] of requests.value.entries()) {
      // What exceeds the limit fails alone (docs/v5/rate-limit, instructions for batch endpoints).
      const order = index < granted ? one(venue, key, request) : err(TOO_MANY_VISITS)
      codes.push(order.ok ? { code: 0, msg: 'OK' } : { code: order.error.code, msg: order.error.message })
      const named = order.ok ? ids(order.value) : namesIn(request)
      const more = extra(venue, order.ok ? order.value : null)
      list.push({ category: 'linear', symbol: symbolIn(request), ...named, ...more })
    }
    return answered({ list }, { list: codes })
  }
}

/** '' for an order that was refused. */
function createAt(venue: Venue, order: ExchangeOrder | null): Record<string, string> {
  return { createAt: order === null ? '' : timeText(venue.wallAt(order.createdAt)) }
}

function ids(order: ExchangeOrder): { orderId: string; orderLinkId: string } {
  return { orderId: order.orderId, orderLinkId: order.clientOrderId }
}

/** What a refused request of a batch called its order, where it can be read. */
function namesIn(request: unknown): { orderId: string; orderLinkId: string } {
  const named = parseSelector(request)
  const { orderId, clientOrderId }: Partial<OrderSelector> = named.ok ? named.value : {}
  return { orderId: orderId ?? '', orderLinkId: clientOrderId ?? '' }
}

function symbolIn(request: unknown): string {
  const named = typeof request === 'object' && request !== null && 'symbol' in request ? request.symbol : ''
  return typeof named === 'string' ? named.slice(0, 40) : ''
}

export function refusalWords(refusal: Refusal, symbol: string): VenueFailure {
  return refusal === 'unknown_symbol' ? unknownSymbol(symbol) : refusalFailure(refusal)
}
