import type { Credential } from '../../domain/account.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/observe.ts'
import type { HttpOutcome, HttpRequest, HttpTransport } from '../../ports/transport.ts'
import type { VenueError } from '../../ports/venue.ts'
import { attempt, integerField, isRow, optionalText, parseObject, type Row } from '../shared/fields.ts'
import { acquire, type Priority, type RateWindow, takeNow } from '../shared/rate-budget.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import { isUncertain, type Refusal, refused } from './errors.ts'
import { EGRESS_STOP_MS, READ_RECEIVE_WINDOW_MS, READ_TIMEOUT_MS, READ_WAIT_MS } from './limits.ts'
import { drainWindows, type LimitHeaders, observeLimits } from './quota.ts'
import { signedHeaders } from './sign.ts'

/** What an answer says when the venue said yes. */
export interface Answer {
  readonly result: Row
  /** The venue's clock, ms. */
  readonly time: number
  /** Our clock, ms. */
  readonly sentAt: number
  readonly answeredAt: number
}

export interface Reading {
  readonly path: string
  /** As it is signed and sent, without the question mark. */
  readonly query: string
  /** Null for public endpoints. */
  readonly credential: Credential | null
  /** The account's budgets that it counts against; the egress's is added. */
  readonly windows: readonly RateWindow[]
  readonly priority: Priority
  /** How long it may wait for its budget; READ_WAIT_MS where nothing is said. */
  readonly waitMs?: number
}

export interface Command {
  readonly path: string
  readonly body: string
  readonly credential: Credential
  readonly windows: readonly RateWindow[]
  readonly priority: Priority
  /** The venue's clock, ms. */
  readonly timestamp: number
  readonly receiveWindowMs: number
  /** Monotonic, ms: not a byte leaves after it. */
  readonly sendBefore: number
  readonly timeoutMs: number
}

export interface BybitRestOptions {
  readonly http: HttpTransport
  readonly clock: Clock
  readonly venueClock: VenueClock
  readonly log: Log
  /** What everybody behind the same address shares. */
  readonly egress: RateWindow
}

/** Signed requests within their budgets, each answered by what is certain. Never retries. */
export class BybitRest {
  readonly #options: BybitRestOptions

  constructor(options: BybitRestOptions) {
    this.#options = options
  }

  /** Fails with `unavailable`, `refused` or `malformed`. */
  async read(reading: Reading): Promise<Result<Answer, VenueError>> {
    const { clock } = this.#options
    const sendBefore = clock.monotonic() + (reading.waitMs ?? READ_WAIT_MS)
    const headers = await this.#readHeaders(reading)
    if (headers === null) return unavailable("the venue's time is not known yet")
    const admitted = await this.#admit({ ...reading, sendBefore })
    if (admitted !== null) return unavailable(admitted)
    const path = reading.query === '' ? reading.path : `${reading.path}?${reading.query}`
    const request: HttpRequest = {
      method: 'GET',
      path,
      headers: headers(),
      body: null,
      timeoutMs: READ_TIMEOUT_MS,
    }
    const answer = await this.#exchange(request, reading.windows)
    if (answer.ok || (answer.error.kind !== 'not_sent' && answer.error.kind !== 'in_doubt')) return answer
    return unavailable(`${reading.path}: ${answer.error.message}`)
  }

  /** Fails with `not_sent`, `refused` or `in_doubt`: an answer that cannot be read proves nothing. */
  async command(command: Command): Promise<Result<Answer, VenueError>> {
    const late = await this.#admit(command)
    if (late !== null) return err({ kind: 'not_sent', message: late })
    const headers = signedHeaders(command.credential, { ...command, payload: command.body })
    const request: HttpRequest = {
      method: 'POST',
      path: command.path,
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: command.body,
      timeoutMs: command.timeoutMs,
    }
    const answer = await this.#exchange(request, command.windows)
    if (answer.ok || answer.error.kind !== 'malformed') return answer
    return err({ kind: 'in_doubt', message: answer.error.message })
  }

  /** The venue's clock, ms; null when there is no usable answer at once. Never waits for a budget. */
  async time(): Promise<number | null> {
    const { clock, egress } = this.#options
    if (!takeNow({ clock, windows: [egress], priority: 'exit' })) return null
    const path = '/v5/market/time'
    const request: HttpRequest = { method: 'GET', path, headers: {}, body: null, timeoutMs: READ_TIMEOUT_MS }
    const answer = await this.#exchange(request, [])
    if (!answer.ok) return null
    // Nanoseconds as text, because they are too many for a JSON number; fractions of a ms survive this.
    const nanoseconds = Number(answer.value.result['timeNano'])
    return nanoseconds > 0 ? nanoseconds / 1e6 : null
  }

  /** Signing waits until the budget is there: the timestamp must be the moment of sending. */
  async #readHeaders({ query, credential }: Reading): Promise<(() => Record<string, string>) | null> {
    if (credential === null) return () => ({})
    const venueClock = this.#options.venueClock
    const known = await venueClock.known()
    if (known === null) return null
    return () => {
      const timestamp = Math.trunc(venueClock.now() ?? known)
      return signedHeaders(credential, { timestamp, receiveWindowMs: READ_RECEIVE_WINDOW_MS, payload: query })
    }
  }

  /** @returns why it may not be sent, or null when it may, now */
  async #admit(call: Pick<Command, 'windows' | 'priority' | 'sendBefore'>): Promise<string | null> {
    const { clock, egress } = this.#options
    const windows = [...call.windows, egress]
    const taken = await acquire({ clock, windows, priority: call.priority, until: call.sendBefore })
    if (!taken) return 'no budget for the request in time'
    // The process may have stood still since: looked at right before the write.
    return clock.monotonic() > call.sendBefore ? 'too late to send' : null
  }

  async #exchange(request: HttpRequest, windows: readonly RateWindow[]): Promise<Result<Answer, VenueError>> {
    const { http, clock } = this.#options
    const sentAt = clock.now()
    const outcome = await http.send(request)
    if (outcome.kind === 'not_sent') return err({ kind: 'not_sent', message: outcome.message })
    if (outcome.kind === 'lost') return err({ kind: 'in_doubt', message: outcome.message })
    const answer = this.#judge(outcome, windows)
    return answer.ok ? ok({ ...answer.value, sentAt, answeredAt: clock.now() }) : answer
  }

  #judge(
    answered: Extract<HttpOutcome, { kind: 'answered' }>,
    windows: readonly RateWindow[],
  ): Result<Pick<Answer, 'result' | 'time'>, VenueError> {
    const { status, headers, body } = answered
    if (status === 403) return this.#stopEgress()
    if (status >= 500) return err({ kind: 'in_doubt', message: `HTTP ${status}` })
    const limits = {
      limit: headers['x-bapi-limit'],
      left: headers['x-bapi-limit-status'],
      resetAt: headers['x-bapi-limit-reset-timestamp'],
    }
    if (status === 429) return this.#refuse(refused(429, 'HTTP 429'), windows, limits)
    const parsed = attempt(() => parseAnswer(body))
    if (!parsed.ok && status !== 200) return err(refused(`HTTP ${status}`, parsed.error))
    if (!parsed.ok) return err({ kind: 'malformed', message: parsed.error })
    const { code, message, ...answer } = parsed.value
    observeLimits(windows, limits)
    if (code === 0) return ok(answer)
    if (isUncertain(code)) return err({ kind: 'in_doubt', message: `${code}: ${message}` })
    return this.#refuse(refused(code, message), windows, limits)
  }

  #refuse(refusal: Refusal, windows: readonly RateWindow[], limits: LimitHeaders): Result<never, VenueError> {
    const { venueClock, log } = this.#options
    if (refusal.reason === 'time_window') void venueClock.measure()
    if (refusal.reason === 'rate_limited') {
      drainWindows(windows, limits, venueClock.now())
      log.warn('venue_rate_limited', { message: refusal.message })
    }
    return err(refusal)
  }

  /** 403 is for the address, not for the key: going on would make the stop longer for every account. */
  #stopEgress(): Result<never, VenueError> {
    this.#options.egress.drain(EGRESS_STOP_MS)
    const message = `the venue refuses this address (HTTP 403); nothing is sent for ${EGRESS_STOP_MS / 60_000} minutes`
    this.#options.log.error('egress_stopped', { message })
    return err({ kind: 'refused', reason: 'rate_limited', code: '403', message })
  }
}

function parseAnswer(body: string): Pick<Answer, 'result' | 'time'> & { code: number; message: string } {
  const answer = parseObject(body)
  const result = answer['result']
  return {
    code: integerField(answer, 'retCode'),
    message: optionalText(answer, 'retMsg') ?? '',
    result: isRow(result) ? result : {},
    time: integerField(answer, 'time'),
  }
}

function unavailable(message: string): Result<never, VenueError> {
  return err({ kind: 'unavailable', message })
}
