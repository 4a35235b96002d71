import { ZERO } from '../domain/decimal.ts'
import type { AccountId } from '../domain/ids.ts'
import { ok, type Result } from '../domain/result.ts'
import type { KeyProblem } from '../logic/key-check.ts'
import type { AccountListener, StreamState, VenueAccount, VenueError, VenueReport } from '../ports/venue.ts'
import type { EngineContext, SessionState } from './context.ts'
import { followersSized } from './followers-sized.ts'
import { takeFrame } from './intake.ts'
import { KeyWatch } from './key-watch.ts'
import { tellSession } from './session-events.ts'
import type { AccountSession, AccountState, MarketView } from './state.ts'
import { syncAccount } from './sync.ts'

/** Reports that wait while the account is synchronised; beyond it the synchronisation begins anew. */
const BUFFER_LIMIT = 10_000
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000
const RESYNC_AFTER_MS = 200

interface BufferedFrame {
  readonly reports: readonly VenueReport[]
  readonly receivedAt: number
}

/**
 * One account's live state: connecting -> syncing -> live -> degraded -> closed.
 *
 * Live means that the stream is authenticated and that everything before it has been fetched. Reports
 * that come while fetching wait, so that they are counted after what they follow.
 */
export class Session implements AccountSession, AccountListener {
  readonly venueAccount: VenueAccount
  readonly market: MarketView
  readonly #context: EngineContext
  readonly #account: AccountState
  #state: SessionState = 'connecting'
  #since = 0
  #buffer: BufferedFrame[] = []
  #buffered = 0
  /** Grows with every stream: what an older one began must not end a newer one. */
  #attempt = 0
  #failures = 0
  #syncing = false
  #syncAgain = false
  #onceMore = false
  readonly #key: KeyWatch
  #timer: (() => void) | null = null

  constructor(parts: {
    context: EngineContext
    account: AccountState
    venueAccount: VenueAccount
    market: MarketView
  }) {
    this.#context = parts.context
    this.#account = parts.account
    this.venueAccount = parts.venueAccount
    this.market = parts.market
    const { context, account, venueAccount } = parts
    this.#key = new KeyWatch({ context, account, venueAccount, refuse: problem => this.#refuse(problem) })
  }

  get accountId(): AccountId {
    return this.#account.account.id
  }

  open(): void {
    this.#account.session = this
    this.#move('connecting', 'session opened')
    this.venueAccount.open(this)
  }

  async close(reason: string): Promise<void> {
    if (this.#state === 'closed') return
    this.#attempt += 1
    this.#timer?.()
    this.#key.end()
    if (this.#account.session === this) this.#account.session = null
    this.#move('closed', reason)
    await this.venueAccount.close()
  }

  /** A stream that has stopped answering is not live, even before it is noticed to be dead. */
  isLive(): boolean {
    return this.#state === 'live' && this.venueAccount.isAlive()
  }

  /** Reads the account anew. @returns whether the venue answered */
  async validate(): Promise<boolean> {
    const result = await this.#context.syncs.run(() => syncAccount(this.#parts()))
    if (result.ok)
      tellSession(this.#context, this.#account, { kind: 'validated', reason: 'it was read anew' })
    return result.ok
  }

  /** Judges the key anew: what it is needed for has changed. */
  async checkKey(): Promise<void> {
    if (this.#key.isChecked) await this.#key.check()
  }

  get state(): SessionState {
    return this.#state
  }

  /** Our clock, ms: when it came into its state. */
  get since(): number {
    return this.#since
  }

  stream(state: StreamState): void {
    if (this.#state === 'closed') return
    switch (state.kind) {
      case 'live':
        this.#begin('stream authenticated')
        return
      case 'lost':
        this.#drop(state.message)
        return
      case 'refused':
        this.#refuse({
          text: sentence(state.error.message),
          action: 'Renew it, and see that it may trade and that this address is allowed.',
        })
        return
      case 'connecting':
        return
    }
  }

  reports(reports: readonly VenueReport[], receivedAt: number): void {
    if (this.#state === 'live') {
      takeFrame(this.#context, this.#account, reports, receivedAt)
      return
    }
    if (this.#state !== 'syncing') return
    this.#buffered += reports.length
    if (this.#buffered > BUFFER_LIMIT) this.#begin('too many reports waited while synchronising')
    else this.#buffer.push({ reports, receivedAt })
  }

  /** Only followers share a leader's order out: a hedge must not wait for its size. */
  needsOrderQuantity(): boolean {
    return this.#account.source !== null
  }

  resync(reason: string): void {
    if (this.#state !== 'live' || this.#syncAgain) return
    this.#syncAgain = true
    this.#context.ports.log.info('session_resync', { account: this.#account.account.name, reason })
    this.#context.ports.clock.after(RESYNC_AFTER_MS, () => {
      this.#syncAgain = false
      this.#context.detach(this.reconcile())
    })
  }

  /** Compares with the venue while staying live. */
  async reconcile(): Promise<void> {
    if (this.#state !== 'live') return
    if (this.#syncing) {
      // What is being read may be older than the reason to read.
      this.#onceMore = true
      return
    }
    this.#syncing = true
    const attempt = this.#attempt
    const result = await this.#context.syncs.run(() => syncAccount(this.#parts()))
    this.#syncing = false
    if (attempt !== this.#attempt) return
    if (!result.ok) this.#log('reconcile_failed', result.error.message)
    else this.#revisitAll()
    if (!this.#onceMore) return
    this.#onceMore = false
    await this.reconcile()
  }

  beginAnew(reason: string): void {
    if (this.#state === 'live') this.#begin(reason)
  }

  #begin(reason: string): void {
    this.#attempt += 1
    this.#buffer = []
    this.#buffered = 0
    this.#move('syncing', reason)
    this.#context.detach(this.#sync(this.#attempt))
  }

  async #sync(attempt: number): Promise<void> {
    const { source } = this.#account
    // Outside the turnstile: leaders who wait in it would keep out those they wait for.
    if (source !== null && !this.#key.isChecked) await followersSized(this.#context, source)
    if (attempt !== this.#attempt || this.#context.halted) return
    // While it waited for its turn another one may have begun: then it reads nothing.
    const result = await this.#context.syncs.run(async () =>
      attempt === this.#attempt ? this.#checkAndSync() : ok(),
    )
    if (attempt !== this.#attempt || this.#context.halted) return
    if (!result.ok) {
      this.#log('sync_failed', result.error.message)
      this.#retry(attempt)
      return
    }
    this.#failures = 0
    for (const holding of this.#account.holdings.values()) {
      if (holding.position.quantity !== ZERO) this.market.watch(holding.instrumentId)
    }
    this.#move('live', 'synchronised')
    tellSession(this.#context, this.#account, { kind: 'validated', reason: 'synchronised' })
    const frames = this.#buffer
    this.#buffer = []
    for (const frame of frames) takeFrame(this.#context, this.#account, frame.reports, frame.receivedAt)
    this.#revisitAll()
  }

  async #checkAndSync(): Promise<Result<void, VenueError>> {
    const checked = this.#key.isChecked ? ok(true) : await this.#key.check()
    if (!checked.ok) return checked
    return checked.value ? syncAccount(this.#parts()) : ok()
  }

  #retry(attempt: number): void {
    const { clock, random } = this.#context.ports
    const cap = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10))
    this.#failures += 1
    this.#timer = clock.after(cap * (0.5 + random.next() / 2), () => {
      if (attempt === this.#attempt) this.#context.detach(this.#sync(attempt))
    })
  }

  #drop(message: string): void {
    this.#attempt += 1
    this.#timer?.()
    this.#move('degraded', message)
  }

  #refuse({ text, action }: KeyProblem): void {
    this.#drop(`${text} ${action}`)
    this.#account.refusal = 'key_refused'
    const { name, id } = this.#account.account
    this.#context.run(turn =>
      this.#context.notice(turn, {
        code: 'key_refused',
        level: 'critical',
        accountId: id,
        text: `The key of account ${name} is refused: ${text}`,
        action,
      }),
    )
  }

  #revisitAll(): void {
    this.#context.run(turn => {
      for (const holding of this.#account.holdings.values()) turn.revisit(holding)
    })
  }

  #parts() {
    return { context: this.#context, account: this.#account, venueAccount: this.venueAccount }
  }

  #move(state: SessionState, message: string): void {
    this.#state = state
    this.#since = this.#context.now()
    this.#context.ports.log.info('session', { account: this.#account.account.name, state, reason: message })
    this.#context.ports.observer.session?.(this.#account.account.id, state, message)
    this.#context.sessionMoves.tell({ accountId: this.#account.account.id, state, message })
  }

  #log(event: string, message: string): void {
    this.#context.ports.log.warn(event, {
      account: this.#account.account.name,
      message,
      action: 'tried again by itself',
    })
  }
}

/** Venues' words have no full stop, ours have. */
function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`
}
