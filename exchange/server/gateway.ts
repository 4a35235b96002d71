import { setTimeout as sleep } from 'node:timers/promises'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { Log } from '../../src/ports/observe.ts'
import { authenticateLogin, authenticateRequest, type SignedRequest } from '../wire/bybit/authenticate.ts'
import {
  failure,
  KEY_EXPIRED,
  NOT_ON_DEMO,
  PERMISSION_DENIED,
  SERVER_ERROR,
  TOO_MANY_VISITS,
  UNMATCHED_ADDRESS,
  type VenueFailure,
} from '../wire/bybit/codes.ts'
import { ordersIn } from '../wire/bybit/commands.ts'
import type { Query } from '../wire/bybit/page.ts'
import { type Reply, refused } from '../wire/bybit/reply.ts'
import type { CommandRoute, QueryRoute } from '../wire/bybit/routes.ts'
import type { Answer, CommandRequest } from '../wire/bybit/trade-stream.ts'
import type { ApiKey, Venue } from '../wire/bybit/venue.ts'
import { type LimitRule, type Quota, RollingLimits } from '../wire/shared/rolling-limits.ts'
import { type Peer, Subscribers } from '../wire/shared/subscribers.ts'
import { follow, prepare, refusalOf } from './command-faults.ts'
import type { Faults, Occasion } from './faults.ts'
import type { KeyRing } from './key-ring.ts'
import type { ReportLine } from './report-line.ts'
import { StaleAnswers } from './stale-answers.ts'

export interface GatewayParts {
  readonly venue: Venue
  readonly keys: KeyRing
  readonly faults: Faults
  readonly reports: ReportLine
  readonly limits: 'venue' | 'off'
  readonly log: Log
}

const POSITIONS = '/v5/position/list'
const SECOND_MS = 1_000
/** docs/v5/websocket/trade/guideline.mdx, 10403. */
const TRADE_REQUESTS: LimitRule = { requests: 3_000, perMs: SECOND_MS }

/** What REST and the trade stream share: who asks, how often, what goes wrong on purpose, and the answer. */
export class Gateway {
  /** Sockets by the account they are logged in as. */
  readonly logins = new Subscribers()
  readonly #parts: GatewayParts
  readonly #limits = new RollingLimits()
  readonly #stale = new StaleAnswers()
  #closed = false

  constructor(parts: GatewayParts) {
    this.#parts = parts
  }

  authenticate(request: SignedRequest): Result<ApiKey, VenueFailure> {
    const { keys, venue } = this.#parts
    const result = authenticateRequest(request, key => keys.find(key), venue.now())
    return result.ok ? this.#admitted(result.value) : result
  }

  login(args: readonly unknown[], peer: Peer): Result<ApiKey, VenueFailure> {
    const { keys, venue, faults } = this.#parts
    const known = authenticateLogin({ args, address: peer.address }, key => keys.find(key), venue.now())
    const result = known.ok ? this.#admitted(known.value) : known
    if (!result.ok) return result
    const { account } = result.value
    if (venue.exchange.maintenance || faults.strike('refuse_login', { account, target: null }) !== null)
      return err(failure(10016, 'Service is restarting, please log in again.'))
    this.logins.add(account, peer)
    return result
  }

  /** docs/v5/demo.mdx: demo accounts have no trade stream. */
  tradeLogin(args: readonly unknown[], peer: Peer): Result<ApiKey, VenueFailure> {
    const result = this.login(args, peer)
    return result.ok && result.value.isDemo ? err(NOT_ON_DEMO) : result
  }

  query(route: QueryRoute, key: ApiKey, query: Query): { readonly reply: Reply; readonly quota: Quota } {
    const { venue, faults } = this.#parts
    const occasion = { account: key.account, target: route.path }
    const quota = this.#quotaOf(key, route, 1)
    if (quota.granted === 0 || faults.strike('rate_limit', occasion) !== null)
      return { reply: refused(TOO_MANY_VISITS), quota }
    const reply = this.#stale.answer(faults, { ...occasion, query }, () => route.answer(venue, key, query))
    return { reply: this.#isHidden(reply, occasion) ? withoutRows(reply) : reply, quota }
  }

  /** Null: a fault keeps the answer. Never rejects. */
  async command(request: CommandRequest): Promise<Answer> {
    const { faults, reports } = this.#parts
    const { route, key, body } = request
    const occasion = { account: key.account, target: route.name }
    if (!key.permissions.trade || key.permissions.readOnly)
      return { reply: refused(PERMISSION_DENIED), quota: this.#quotaOf(key, route, 0) }
    const quota = this.#quotaOf(key, route, ordersIn(body))
    if (quota.granted === 0 || faults.strike('rate_limit', occasion) !== null)
      return { reply: refused(TOO_MANY_VISITS), quota }
    const refusal = refusalOf(faults, request, occasion)
    if (refusal !== null) return { reply: refusal, quota }
    const late = faults.strike('late_accept', occasion)
    if (late !== null) await sleep(late.delayMs, undefined, { ref: false })
    if (this.#closed) return null
    const prepared = prepare(this.#parts, request, occasion)
    const reply = this.#handle({ ...request, body: prepared.body }, quota.granted)
    prepared.finish()
    if (faults.any()) await follow({ ...this.#parts, reports }, request, occasion)
    const kept = late !== null || faults.strike('drop_answer', occasion) !== null
    return kept ? null : { reply, quota }
  }

  /** The trade stream's limit per address: 3000 requests in a second. */
  async streamCommand(peer: Peer, request: CommandRequest): Promise<Answer> {
    const quota = this.#quota(`trade ${peer.address}`, TRADE_REQUESTS, 1)
    if (quota.granted === 1) return this.command(request)
    return { reply: refused(failure(10403, 'Exceeded IP rate limit.')), quota }
  }

  close(): void {
    this.#closed = true
  }

  /** A key as the faults see it. */
  #admitted(key: ApiKey): Result<ApiKey, VenueFailure> {
    const { faults } = this.#parts
    const occasion = { account: key.account, target: null }
    if (faults.strike('key_expired', occasion) !== null) return err(KEY_EXPIRED)
    return faults.strike('ip_not_allowed', occasion) === null ? ok(key) : err(UNMATCHED_ADDRESS)
  }

  #isHidden(reply: Reply, occasion: Occasion): boolean {
    const { faults } = this.#parts
    if (!('list' in reply.result)) return false
    if (faults.strike('false_not_found', occasion) !== null) return true
    return occasion.target === POSITIONS && faults.strike('position_report_missing', occasion) !== null
  }

  /** A bug in one command must not take the venue down for everyone. */
  #handle({ route, key, body }: CommandRequest, granted: number): Reply {
    try {
      return route.handle(this.#parts.venue, { key, body, granted })
    } catch (error) {
      this.#parts.log.error('exchange_command_failed', { command: route.name, error: String(error) })
      return refused(SERVER_ERROR)
    }
  }

  #quotaOf(key: ApiKey, route: QueryRoute | CommandRoute, count: number): Quota {
    const rule = { requests: route.perSecond, perMs: SECOND_MS }
    return this.#quota(`${key.account} ${route.path}`, rule, count)
  }

  #quota(name: string, rule: LimitRule, count: number): Quota {
    const now = this.#parts.venue.now()
    if (this.#parts.limits === 'venue') return this.#limits.take(name, count, rule, now)
    return { granted: count, limit: rule.requests, remaining: rule.requests, resetAt: now }
  }
}

function withoutRows(reply: Reply): Reply {
  return { ...reply, result: { ...reply.result, list: [], nextPageCursor: '' } }
}
