import type { Credential, KeyPermissions } from '../../domain/account.ts'
import { type Decimal, formatDecimal } from '../../domain/decimal.ts'
import type { Fill } from '../../domain/fill.ts'
import { type AccountId, type InstrumentId, symbolOf } from '../../domain/ids.ts'
import type { Claim, Purpose } from '../../domain/order.ts'
import { assert, err, ok, type Result } from '../../domain/result.ts'
import type {
  Absent,
  AccountListener,
  AccountSnapshot,
  Acked,
  CancelRef,
  ExecutionQuery,
  ExecutionReport,
  OrderRef,
  OrderRequest,
  VenueAccount,
  VenueError,
} from '../../ports/venue.ts'
import { BYBIT_CAPABILITY } from './capability.ts'
import { BybitCommands, cancelArgument, createArgument } from './commands.ts'
import type { BybitConnections } from './connections.ts'
import { findOrder } from './find.ts'
import { READ_RECEIVE_WINDOW_MS, READ_TIMEOUT_MS, READ_WAIT_MS, SEND_BUDGET_MS } from './limits.ts'
import { BybitPrivateStream } from './private-stream.ts'
import { BybitQueries } from './queries.ts'
import type { AccountQuota } from './quota.ts'
import type { BybitRest } from './rest.ts'
import { BybitTradeStream } from './trade-stream.ts'

/** For claims that are stored nowhere. */
const NO_LEASE = 0

export interface BybitAccountOptions {
  readonly accountId: AccountId
  readonly credential: Credential
  readonly connections: BybitConnections
  readonly rest: BybitRest
  readonly quota: AccountQuota
  readonly onClose: () => void
}

/** One Bybit key: its two streams, its budgets, its commands and its queries. */
export class BybitAccount implements VenueAccount {
  readonly accountId: AccountId
  readonly #options: BybitAccountOptions
  readonly #quota: AccountQuota
  readonly #trade: BybitTradeStream | null
  readonly #commands: BybitCommands
  readonly #queries: BybitQueries
  #private: BybitPrivateStream | null = null
  #closed = false

  constructor(options: BybitAccountOptions) {
    const { accountId, credential, connections, rest, quota } = options
    const { clock, venueClock, urls } = connections
    this.accountId = accountId
    this.#options = options
    this.#quota = quota
    this.#trade =
      urls.tradeStream === null
        ? null
        : new BybitTradeStream({ accountId, credential, connections, url: urls.tradeStream })
    this.#commands = new BybitCommands({ credential, connections, rest, trade: this.#trade })
    this.#queries = new BybitQueries({ accountId, credential, rest, quota: this.#quota, clock, venueClock })
  }

  open(listener: AccountListener): void {
    assert(this.#private === null, 'an account is opened once')
    if (this.#closed) return
    const { accountId, credential, connections } = this.#options
    this.#private = new BybitPrivateStream({
      accountId,
      credential,
      connections,
      listener: {
        reports: (reports, receivedAt) => listener.reports(reports, receivedAt),
        stream: state => {
          // The same key would be refused there too.
          if (state.kind === 'refused') this.#trade?.close()
          listener.stream(state)
        },
      },
    })
    // Reports first: an order whose report nobody hears becomes doubtful.
    this.#private.open()
    this.#trade?.open()
  }

  /** Orders that wait for answers are in doubt from here on. */
  async close(): Promise<void> {
    this.#closed = true
    this.#private?.close()
    this.#trade?.close()
    this.#options.onClose()
  }

  isAlive(): boolean {
    return this.#private?.isAlive() ?? false
  }

  stamp(leaseEpoch: number): Result<Claim, VenueError> {
    const { clock, venueClock } = this.#options.connections
    if (this.#closed) return notSent('the account is closed')
    const now = venueClock.now()
    if (now === null) return notSent("the venue's time is not known")
    const venueTimestamp = Math.trunc(now)
    return ok({
      route: this.#trade?.isReady() === true ? 'stream' : 'request',
      venueTimestamp,
      deadlineAt: venueTimestamp + BYBIT_CAPABILITY.receiveWindowMs,
      sendBefore: clock.monotonic() + SEND_BUDGET_MS,
      leaseEpoch,
    })
  }

  budgetWaitMs(purpose: Purpose): number {
    const { clock, egress } = this.#options.connections
    const readyAt = Math.max(this.#quota.create.readyAt(purpose), egress.trade.readyAt(purpose))
    return Math.max(0, readyAt - clock.monotonic())
  }

  submit(order: OrderRequest): Promise<Result<Acked, VenueError>> {
    const { claim, purpose } = order
    const argument = createArgument(order)
    return this.#commands.send({ kind: 'create', argument, claim, purpose, window: this.#quota.create })
  }

  /** Its claim is made here: a cancel that comes late or twice does no harm, so nothing of it is stored. */
  async cancel(order: CancelRef, purpose: Purpose): Promise<Result<Acked, VenueError>> {
    const claim = this.stamp(NO_LEASE)
    if (!claim.ok) return claim
    const argument = cancelArgument(order)
    const window = this.#quota.cancel
    return this.#commands.send({ kind: 'cancel', argument, claim: claim.value, purpose, window })
  }

  find(order: OrderRef): Promise<Result<ExecutionReport | Absent, VenueError>> {
    return findOrder(this.#queries, this.#options.connections.venueClock, order)
  }

  snapshot(): Promise<Result<AccountSnapshot, VenueError>> {
    return this.#queries.snapshot()
  }

  executions(query: ExecutionQuery): Promise<Result<readonly Fill[], VenueError>> {
    return this.#queries.executions(query)
  }

  async setLeverage(instrumentId: InstrumentId, leverage: Decimal): Promise<Result<void, VenueError>> {
    const { credential, rest, connections } = this.#options
    const now = await connections.venueClock.known()
    if (now === null) return notSent("the venue's time is not known")
    const text = formatDecimal(leverage)
    const symbol = symbolOf(instrumentId)
    const answer = await rest.command({
      path: '/v5/position/set-leverage',
      body: JSON.stringify({ category: 'linear', symbol, buyLeverage: text, sellLeverage: text }),
      credential,
      windows: [this.#quota.settings],
      priority: 'entry',
      timestamp: Math.trunc(now),
      receiveWindowMs: READ_RECEIVE_WINDOW_MS,
      sendBefore: connections.clock.monotonic() + READ_WAIT_MS,
      timeoutMs: READ_TIMEOUT_MS,
    })
    if (answer.ok || (answer.error.kind === 'refused' && answer.error.reason === 'not_modified')) return ok()
    return answer
  }

  permissions(): Promise<Result<KeyPermissions, VenueError>> {
    return this.#queries.permissions()
  }
}

function notSent(message: string): Result<never, VenueError> {
  return err({ kind: 'not_sent', message })
}
