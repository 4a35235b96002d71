import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Decimal,
  decimal,
  fromUnits,
  maximum,
  subtract,
  truncateToStep,
} from '../../src/domain/decimal.ts'
import { opposite } from '../../src/domain/order.ts'
import { must } from '../../src/domain/result.ts'
import type { OrderCommand } from '../core/types.ts'
import { type Reply, refused } from '../wire/bybit/reply.ts'
import { parseCreate, parseSelector } from '../wire/bybit/requests.ts'
import { stepped } from '../wire/bybit/text.ts'
import type { CommandRequest } from '../wire/bybit/trade-stream.ts'
import type { Venue } from '../wire/bybit/venue.ts'
import { REFUSING } from './fault-catalogue.ts'
import type { Faults, Occasion } from './faults.ts'
import type { ReportLine } from './report-line.ts'

/** The account that breaks an order into pieces by resting in its way. */
export const CROWD = 'lockstep-crowd'
const CROWD_DEPOSIT = decimal('1000000000')
const PIECES = 50n

export interface FaultParts {
  readonly venue: Venue
  readonly faults: Faults
}

/** A no that a fault says before the exchange is asked, or null. */
export function refusalOf(faults: Faults, { route }: CommandRequest, occasion: Occasion): Reply | null {
  const struck = REFUSING.find(
    ({ name, commands }) => commands.has(route.name) && faults.strike(name, occasion) !== null,
  )
  return struck === undefined ? null : refused(struck.failure)
}

/** The command as the exchange gets it, and what is to be undone afterwards. */
export interface Prepared {
  readonly body: unknown
  readonly finish: () => void
}

export function prepare(
  { venue, faults }: FaultParts,
  { route, body }: CommandRequest,
  occasion: Occasion,
): Prepared {
  const untouched = { body, finish: () => undefined }
  if (route.name !== 'create') return untouched
  const command = parseCreate(body)
  if (!command.ok || !venue.exchange.instruments.has(command.value.symbol)) return untouched
  if (faults.has('acked_then_refused') && faults.strike('acked_then_refused', occasion) !== null)
    return { ...untouched, body: unfillable(venue, command.value, body) }
  if (faults.has('many_executions') && faults.strike('many_executions', occasion) !== null)
    return { body, finish: crowd(venue, command.value) }
  return untouched
}

/** What follows a command: reports that overtake its answer, an old report told again. */
export async function follow(
  { venue, faults, reports }: FaultParts & { readonly reports: ReportLine },
  { route, key, body }: CommandRequest,
  occasion: Occasion,
): Promise<void> {
  const early = faults.strike('fill_before_ack', occasion)
  if (early !== null) {
    reports.flush()
    await sleep(early.delayMs, undefined, { ref: false })
  }
  if (route.name !== 'cancel' || !faults.has('second_filled_after_cancel')) return
  const selector = parseSelector(body)
  const order = selector.ok ? venue.exchange.order(key.account, selector.value) : null
  if (order?.status !== 'filled' || faults.strike('second_filled_after_cancel', occasion) === null) return
  reports.tell({ kind: 'order', order })
}

/** The same order as fill-or-kill behind the book: the exchange takes it, and ends it without a trade. */
function unfillable(venue: Venue, { symbol, side }: OrderCommand, body: unknown): unknown {
  const { bid, ask } = venue.exchange.ticker(symbol)
  const { tickSize } = must(venue.exchange.instruments.get(symbol), symbol)
  const price = stepped(side === 'buy' ? bid : ask, tickSize)
  const given = typeof body === 'object' && body !== null ? body : {}
  return { ...given, orderType: 'Limit', timeInForce: 'FOK', price, reduceOnly: false }
}

/** Small orders of an account of the exchange's own in front of the book, and how they are taken away. */
function crowd(venue: Venue, { symbol, side, quantity }: OrderCommand): () => void {
  const { exchange } = venue
  if (!exchange.accounts().includes(CROWD)) exchange.createAccount(CROWD, CROWD_DEPOSIT)
  const { lotSize } = must(exchange.instruments.get(symbol), symbol)
  const { bid, ask } = exchange.ticker(symbol)
  const piece = maximum(truncateToStep(fromUnits(quantity / PIECES), lotSize), lotSize)
  let left: Decimal = quantity
  for (let count = 1n; count <= PIECES && left > 0n; count += 1n) {
    const size = count === PIECES || left < piece ? left : piece
    left = subtract(left, size)
    const order = { symbol, side: opposite(side), type: 'limit', timeInForce: 'gtc', postOnly: true } as const
    const resting = { reduceOnly: false, limitPrice: side === 'buy' ? ask : bid, clientOrderId: '' }
    exchange.submit(CROWD, { ...order, ...resting, quantity: size }, venue.worldNow())
  }
  return () => exchange.cancelAll(CROWD, symbol, venue.worldNow())
}
