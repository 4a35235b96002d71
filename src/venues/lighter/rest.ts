import { err, ok, type Result } from '../../domain/result.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/observe.ts'
import type { HttpOutcome, HttpRequest, HttpTransport } from '../../ports/transport.ts'
import type { VenueError } from '../../ports/venue.ts'
import { attempt, integerField, optionalText, parseObject, type Row } from '../shared/fields.ts'
import { acquire, type Priority, type RateWindow } from '../shared/rate-budget.ts'
import { isUncertain, refused } from './errors.ts'
import { COOLDOWN_MS, DRAIN_MS, FIREWALL_MS, READ_TIMEOUT_MS, READ_WAIT_MS } from './limits.ts'
import type { SignedTransaction } from './signer.ts'

export type Query = Readonly<Record<string, string | number>>

export interface Reading {
  readonly path: string
  readonly query: Query
  /** An auth token; null for public routes. */
  readonly token: string | null
  /** The account's budgets that it counts against; the egress's is added. */
  readonly windows: readonly RateWindow[]
  readonly priority: Priority
  /** How long it may wait for its budget; READ_WAIT_MS where nothing is said. */
  readonly waitMs?: number
}

export interface Sending {
  readonly transaction: SignedTransaction
  readonly windows: readonly RateWindow[]
  readonly priority: Priority
  /** Monotonic, ms: not a byte leaves after it. */
  readonly sendBefore: number
  readonly timeoutMs: number
}

export interface Answer {
  readonly row: Row
  /** Our clock, ms. */
  readonly sentAt: number
  readonly answeredAt: number
}

export interface LighterRestOptions {
  readonly http: HttpTransport
  readonly clock: Clock
  readonly log: Log
  /** What everybody behind the same address shares. */
  readonly reads: RateWindow
  readonly sends: RateWindow
}

const SUCCESS = 200
/** Both are for too many requests (apidocs, "Rate Limits"): the API's own say so in JSON, a firewall's 405 does not. */
const TOO_MANY: ReadonlySet<number> = new Set([405, 429])
const FORBIDDEN = 403
/** The status tells whole seconds only: in the middle of one the error is half a second at most. */
const HALF_SECOND_MS = 500

/** Requests within their budgets, each answered by what is certain. Never retries. */
export class LighterRest {
  readonly #options: LighterRestOptions

  constructor(options: LighterRestOptions) {
    this.#options = options
  }

  /** Fails with `unavailable`, `refused` or `malformed`. */
  async read(reading: Reading): Promise<Result<Row, VenueError>> {
    const { path, query, token, windows, priority, waitMs = READ_WAIT_MS } = reading
    const { clock, reads } = this.#options
    const until = clock.monotonic() + waitMs
    const taken = await acquire({ clock, windows: [...windows, reads], priority, until })
    if (!taken) return unavailable(`${path}: no budget for the request in time`)
    const text = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) text.append(name, String(value))
    const answer = await this.#exchange(
      {
        method: 'GET',
        path: `${path}?${text}`,
        headers: token === null ? {} : { authorization: token },
        body: null,
        timeoutMs: READ_TIMEOUT_MS,
      },
      [...windows, reads],
    )
    if (answer.ok) return ok(answer.value.row)
    const { error } = answer
    return error.kind === 'not_sent' || error.kind === 'in_doubt'
      ? unavailable(`${path}: ${error.message}`)
      : answer
  }

  /**
   * Taken for processing, which is not executed. Fails with `not_sent`, `refused` or `in_doubt`: an answer that cannot
   * be read proves nothing.
   */
  async send(sending: Sending): Promise<Result<Answer, VenueError>> {
    const { clock, sends } = this.#options
    const { transaction, priority, sendBefore, timeoutMs } = sending
    const windows = [...sending.windows, sends]
    const taken = await acquire({ clock, windows, priority, until: sendBefore })
    if (!taken) return notSent('no budget for the transaction in time')
    // The process may have stood still since: looked at right before the write.
    if (clock.monotonic() > sendBefore) return notSent('too late to send')
    const form = new URLSearchParams({ tx_type: String(transaction.txType), tx_info: transaction.txInfo })
    const answer = await this.#exchange(
      {
        method: 'POST',
        path: '/api/v1/sendTx',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
        timeoutMs,
      },
      windows,
    )
    if (answer.ok || answer.error.kind !== 'malformed') return answer
    return err({ kind: 'in_doubt', message: answer.error.message })
  }

  /** The venue's clock, ms, to within half a second; null when there is no usable answer. Counts against no budget. */
  async time(): Promise<number | null> {
    const outcome = await this.#options.http.send({
      method: 'GET',
      path: '/',
      headers: {},
      body: null,
      timeoutMs: READ_TIMEOUT_MS,
    })
    if (outcome.kind !== 'answered' || outcome.status !== SUCCESS) return null
    const seconds = attempt(() => integerField(parseObject(outcome.body), 'timestamp'))
    return seconds.ok && seconds.value > 0 ? seconds.value * 1_000 + HALF_SECOND_MS : null
  }

  async #exchange(request: HttpRequest, windows: readonly RateWindow[]): Promise<Result<Answer, VenueError>> {
    const { http, clock } = this.#options
    const sentAt = clock.now()
    const outcome = await http.send(request)
    if (outcome.kind === 'not_sent') return notSent(outcome.message)
    if (outcome.kind === 'lost') return err({ kind: 'in_doubt', message: outcome.message })
    const row = this.#judge(outcome, windows)
    return row.ok ? ok({ row: row.value, sentAt, answeredAt: clock.now() }) : row
  }

  #judge(
    { status, body }: Extract<HttpOutcome, { kind: 'answered' }>,
    windows: readonly RateWindow[],
  ): Result<Row, VenueError> {
    if (status >= 500) return err({ kind: 'in_doubt', message: `HTTP ${status}` })
    const parsed = attempt(() => {
      const row = parseObject(body)
      return { row, code: integerField(row, 'code'), message: optionalText(row, 'message') ?? '' }
    })
    if (status === FORBIDDEN || (status === 405 && !parsed.ok)) return this.#stopEgress(status)
    if (!parsed.ok && status === 429) return this.#tooMany(windows, status, 'HTTP 429')
    if (!parsed.ok && status !== SUCCESS) return err(refused(status, `HTTP ${status}: ${parsed.error}`))
    if (!parsed.ok) return err({ kind: 'malformed', message: parsed.error })
    const { row, code, message } = parsed.value
    if (code === SUCCESS && status === SUCCESS) return ok(row)
    if (isUncertain(code)) return err({ kind: 'in_doubt', message: `${code}: ${message}` })
    const refusal = refused(code === SUCCESS ? status : code, message)
    if (refusal.reason === 'rate_limited' || TOO_MANY.has(status))
      return this.#tooMany(windows, code, message)
    return err(refusal)
  }

  #tooMany(windows: readonly RateWindow[], code: number, words: string): Result<never, VenueError> {
    for (const window of windows) window.drain(DRAIN_MS, COOLDOWN_MS)
    const message = `${words}; only exits, hedges and cancels leave in the next ${DRAIN_MS / 1_000} s, after ${COOLDOWN_MS} ms`
    this.#options.log.warn('venue_rate_limited', { message })
    return err({ kind: 'refused', reason: 'rate_limited', code: String(code), message })
  }

  /** It holds the address, not the account, and answers nobody in the meantime: nothing is let through. */
  #stopEgress(status: number): Result<never, VenueError> {
    const { reads, sends, log } = this.#options
    for (const window of [reads, sends]) window.drain(FIREWALL_MS)
    const message = `the venue refuses this address (HTTP ${status}); nothing is sent for ${FIREWALL_MS / 1_000} s, hedges included`
    log.error('egress_stopped', { message })
    return err({ kind: 'refused', reason: 'rate_limited', code: String(status), message })
  }
}

function unavailable(message: string): Result<never, VenueError> {
  return err({ kind: 'unavailable', message })
}

function notSent(message: string): Result<never, VenueError> {
  return err({ kind: 'not_sent', message })
}
