import { setTimeout as sleep } from 'node:timers/promises'
import { err, type Result } from '../../src/domain/result.ts'
import type { Log } from '../../src/ports/observe.ts'
import { authenticateLogin, authenticateRequest, type SignedRequest } from '../wire/bybit/authenticate.ts'
import {
  failure,
  PERMISSION_DENIED,
  SERVER_ERROR,
  TOO_MANY_VISITS,
  type VenueFailure,
} from '../wire/bybit/codes.ts'
import { ordersIn } from '../wire/bybit/commands.ts'
import type { Query } from '../wire/bybit/page.ts'
import { answered, type Reply, refused } from '../wire/bybit/reply.ts'
import { type LimitRule, type Quota, RollingLimits } from '../wire/bybit/rolling-limits.ts'
import type { CommandRoute, QueryRoute } from '../wire/bybit/routes.ts'
import { type Peer, Subscribers } from '../wire/bybit/subscribers.ts'
import type { Answer, CommandRequest } from '../wire/bybit/trade-stream.ts'
import type { ApiKey, Venue } from '../wire/bybit/venue.ts'
import type { Faults } from './faults.ts'
import type { KeyRing } from './key-ring.ts'

export interface GatewayParts {
  readonly venue: Venue
  readonly keys: KeyRing
  readonly faults: Faults
  readonly limits: 'venue' | 'off'
  readonly log: Log
}

const SECOND_MS = 1_000
/** docs/v5/websocket/trade/guideline.mdx, 10403. */
const TRADE_REQUESTS: LimitRule = { requests: 3_000, perMs: SECOND_MS }

/** What REST and the trade stream share: who asks, how often, what goes wrong on purpose, and the answer. */
export class Gateway {
  /** Sockets by the account they are logged in as. */
  readonly logins = new Subscribers()
  readonly #parts: GatewayParts
  readonly #limits = new RollingLimits()
  #closed = false

  constructor(parts: GatewayParts) {
    this.#parts = parts
  }

  authenticate(request: SignedRequest): Result<ApiKey, VenueFailure> {
    const { keys, venue } = this.#parts
    return authenticateRequest(request, key => keys.find(key), venue.now())
  }

  login(args: readonly unknown[], peer: Peer): Result<ApiKey, VenueFailure> {
    const { keys, venue, faults } = this.#parts
    const result = authenticateLogin({ args, address: peer.address }, key => keys.find(key), venue.now())
    if (!result.ok) return result
    const { account } = result.value
    if (faults.strike('refuse_login', { account, target: null }) !== null)
      return err(failure(10016, 'Service is restarting, please log in again.'))
    this.logins.add(account, peer)
    return result
  }

  query(route: QueryRoute, key: ApiKey, query: Query): { readonly reply: Reply; readonly quota: Quota } {
    const { venue, faults } = this.#parts
    const occasion = { account: key.account, target: route.path }
    const quota = this.#quotaOf(key, route, 1)
    if (quota.granted === 0 || faults.strike('rate_limit', occasion) !== null)
      return { reply: refused(TOO_MANY_VISITS), quota }
    const reply = route.answer(venue, key, query)
    const hidden =
      'list' in reply.result && faults.strike('false_not_found', occasion) !== null
        ? answered({ ...reply.result, list: [], nextPageCursor: '' })
        : reply
    return { reply: hidden, quota }
  }

  /** Null: a fault keeps the answer. Never rejects. */
  async command(request: CommandRequest): Promise<Answer> {
    const { faults } = this.#parts
    const { route, key, body } = request
    const occasion = { account: key.account, target: route.name }
    if (!key.permissions.trade || key.permissions.readOnly)
      return { reply: refused(PERMISSION_DENIED), quota: this.#quotaOf(key, route, 0) }
    const quota = this.#quotaOf(key, route, ordersIn(body))
    if (quota.granted === 0 || faults.strike('rate_limit', occasion) !== null)
      return { reply: refused(TOO_MANY_VISITS), quota }
    const late = faults.strike('late_accept', occasion)
    if (late !== null) await sleep(late.delayMs, undefined, { ref: false })
    if (this.#closed) return null
    const reply = this.#handle(request, quota.granted)
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
