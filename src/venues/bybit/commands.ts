import type { Credential } from '../../domain/account.ts'
import { formatDecimal } from '../../domain/decimal.ts'
import { symbolOf, type VenueOrderId } from '../../domain/ids.ts'
import type { Claim, Purpose } from '../../domain/order.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Acked, CancelRef, OrderRequest, VenueError } from '../../ports/venue.ts'
import type { Row } from '../shared/fields.ts'
import { acquire, type RateWindow, takeNow } from '../shared/rate-budget.ts'
import { BYBIT_CAPABILITY } from './capability.ts'
import type { BybitConnections } from './connections.ts'
import { isUncertain, refused } from './errors.ts'
import { ANSWER_MARGIN_MS } from './limits.ts'
import { drainWindows, observeLimits } from './quota.ts'
import type { BybitRest } from './rest.ts'
import type { BybitTradeStream, TradeOutcome } from './trade-stream.ts'

const RECEIVE_WINDOW_MS = BYBIT_CAPABILITY.receiveWindowMs
const ANSWER_TIMEOUT_MS = RECEIVE_WINDOW_MS + ANSWER_MARGIN_MS

/** Creating or cancelling one order, by either way: the same argument, the same answer. */
export interface OrderCommand {
  readonly kind: 'create' | 'cancel'
  /** JSON. */
  readonly argument: string
  readonly claim: Claim
  readonly purpose: Purpose
  readonly window: RateWindow
}

/** JSON, joined by hand: of everything in it only the symbol is not our own, and it comes from the venue's list. */
export function createArgument(order: OrderRequest): string {
  const { clientOrderId, instrumentId, limitPrice, positionIndex, quantity, reduceOnly, type } = order
  const side = order.side === 'buy' ? 'Buy' : 'Sell'
  const kind = type === 'market' ? 'Market' : 'Limit'
  const price = limitPrice === null ? '' : `"price":"${formatDecimal(limitPrice)}",`
  // "Market order will always use IOC" (docs/v5/order/create-order.mdx).
  const timeInForce = type === 'market' ? 'IOC' : order.timeInForce.toUpperCase()
  return (
    `{"category":"linear","symbol":${JSON.stringify(symbolOf(instrumentId))},"side":"${side}","orderType":"${kind}",` +
    `"qty":"${formatDecimal(quantity)}",${price}"timeInForce":"${timeInForce}","positionIdx":${positionIndex},` +
    `"orderLinkId":"${clientOrderId}","reduceOnly":${reduceOnly}}`
  )
}

/** By the client's id alone: given both, Bybit goes by its own and would not notice that they differ. */
export function cancelArgument({ instrumentId, clientOrderId, venueOrderId }: CancelRef): string {
  const id = clientOrderId === null ? { orderId: venueOrderId } : { orderLinkId: clientOrderId }
  return JSON.stringify({ category: 'linear', symbol: symbolOf(instrumentId), ...id })
}

/** Sends order commands by the route that their claim names, once. */
export class BybitCommands {
  readonly #credential: Credential
  readonly #connections: BybitConnections
  readonly #rest: BybitRest
  readonly #trade: BybitTradeStream | null

  constructor(options: {
    readonly credential: Credential
    readonly connections: BybitConnections
    readonly rest: BybitRest
    readonly trade: BybitTradeStream | null
  }) {
    this.#credential = options.credential
    this.#connections = options.connections
    this.#rest = options.rest
    this.#trade = options.trade
  }

  send(command: OrderCommand): Promise<Result<Acked, VenueError>> {
    return command.claim.route === 'stream' ? this.#byStream(command) : this.#byRequest(command)
  }

  async #byStream(command: OrderCommand): Promise<Result<Acked, VenueError>> {
    const { clock, egress } = this.#connections
    const { claim, purpose, window } = command
    if (this.#trade === null) return notSent('this environment has no trade stream')
    const windows = [window, egress.trade]
    // Mostly there is budget: then nothing is waited for, and an order leaves in the turn it was made.
    const wanted = { clock, windows, priority: purpose, until: claim.sendBefore }
    if (!takeNow(wanted) && !(await acquire(wanted))) return notSent('no budget for the order in time')
    const outcome = await this.#trade.send({
      op: `order.${command.kind}`,
      timestamp: claim.venueTimestamp,
      receiveWindowMs: RECEIVE_WINDOW_MS,
      argument: command.argument,
      sendBefore: claim.sendBefore,
      timeoutMs: ANSWER_TIMEOUT_MS,
    })
    return this.#judge(outcome, window)
  }

  async #byRequest(command: OrderCommand): Promise<Result<Acked, VenueError>> {
    const { claim } = command
    const answer = await this.#rest.command({
      path: `/v5/order/${command.kind}`,
      body: command.argument,
      credential: this.#credential,
      windows: [command.window],
      priority: command.purpose,
      timestamp: claim.venueTimestamp,
      receiveWindowMs: RECEIVE_WINDOW_MS,
      sendBefore: claim.sendBefore,
      timeoutMs: ANSWER_TIMEOUT_MS,
    })
    return answer.ok ? acked(answer.value.result, answer.value) : answer
  }

  #judge(outcome: TradeOutcome, window: RateWindow): Result<Acked, VenueError> {
    if (outcome.kind === 'not_sent') return notSent(outcome.message)
    if (outcome.kind === 'lost') return err({ kind: 'in_doubt', message: outcome.message })
    const { code, message, header, data } = outcome
    const { venueClock } = this.#connections
    const limits = {
      limit: header['X-Bapi-Limit'],
      left: header['X-Bapi-Limit-Status'],
      resetAt: header['X-Bapi-Limit-Reset-Timestamp'],
    }
    observeLimits([window], limits)
    if (code === 0) return acked(data, outcome)
    if (isUncertain(code)) return err({ kind: 'in_doubt', message: `${code}: ${message}` })
    const refusal = refused(code, message)
    if (refusal.reason === 'rate_limited') drainWindows([window], limits, venueClock.now())
    if (refusal.reason === 'time_window') void venueClock.measure()
    return err(refusal)
  }
}

/** A yes without an order id is not the documented yes: the order may well be there. */
function acked(
  data: Row,
  times: { readonly sentAt: number; readonly answeredAt: number },
): Result<Acked, VenueError> {
  const orderId = data['orderId']
  if (typeof orderId !== 'string' || orderId === '')
    return err({ kind: 'in_doubt', message: 'accepted, but the answer carries no order id' })
  return ok({ venueOrderId: orderId as VenueOrderId, sentAt: times.sentAt, ackedAt: times.answeredAt })
}

function notSent(message: string): Result<never, VenueError> {
  return err({ kind: 'not_sent', message })
}
