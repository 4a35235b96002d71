import { type Account, ENVIRONMENTS } from '../domain/account.ts'
import { ZERO } from '../domain/decimal.ts'
import { type AccountId, type InstrumentId, instrumentId, symbolOf } from '../domain/ids.ts'
import type { Vault } from '../ports/vault.ts'
import type { Venue } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { MarketSession } from './market-session.ts'
import { Session } from './session.ts'
import { tellSession } from './session-events.ts'
import { type AccountState, isFree } from './state.ts'

/** The venue that an account is at, in its environment; null: this server does not speak it. */
export type VenueOf = (account: AccountState['account']) => Venue | null

interface Shared {
  readonly account: AccountState
  /** Null while the account is inactive, or another one is about to take its place. */
  session: Session | null
  readonly users: Set<string>
  endLinger: (() => void) | null
}

/**
 * Sessions are shared and counted: one per account, kept for a linger time after the last user.
 *
 * Copying is a user like any other, so that an account that is only watched and an account that trades
 * have the same one.
 */
export class SessionRegistry {
  readonly #context: EngineContext
  readonly #vault: Vault
  readonly #venueOf: VenueOf
  readonly #shared = new Map<AccountId, Shared>()
  readonly #markets = new Map<Venue, MarketSession>()

  constructor(parts: { context: EngineContext; vault: Vault; venueOf: VenueOf }) {
    this.#context = parts.context
    this.#vault = parts.vault
    this.#venueOf = parts.venueOf
  }

  /** @returns null when the account is virtual or inactive, its venue is not spoken, or its key is not to be had */
  acquire(account: AccountState, user: string): Session | null {
    const { id, kind, status } = account.account
    if (kind === 'virtual' || status === 'inactive') return null
    const shared = this.#shared.get(id) ?? {
      account,
      session: null,
      users: new Set<string>(),
      endLinger: null,
    }
    shared.endLinger?.()
    shared.endLinger = null
    const isNew = !shared.users.has(user)
    shared.users.add(user)
    if (shared.session === null) this.#open(shared, `for ${user}`)
    else if (isNew) this.#reuse(shared, shared.session, user)
    if (shared.session !== null) this.#shared.set(id, shared)
    else if (isNew) shared.users.delete(user)
    return shared.session
  }

  release(accountId: AccountId, user: string): void {
    const shared = this.#shared.get(accountId)
    if (shared === undefined || !shared.users.delete(user) || shared.users.size > 0) return
    const { lingerMs } = this.#context.options
    shared.endLinger = this.#context.ports.clock.after(lingerMs, () => {
      this.#context.detach(this.drop(accountId, 'no user left'))
    })
  }

  /** Ends a session and opens a new one for the same users: the key changed, or a person asked. */
  async reset(account: AccountState, reason: string): Promise<void> {
    const shared = this.#shared.get(account.account.id)
    account.refusal = null
    if (shared === undefined) return
    await this.#close(shared, reason)
    // Who came meanwhile has opened one already, and the last one may have gone.
    this.resume(account.account.id, reason)
  }

  /** The account is inactive now: its users wait, without a session, until it is active again. */
  suspend(accountId: AccountId, reason: string): void {
    const shared = this.#shared.get(accountId)
    if (shared !== undefined) this.#context.detach(this.#close(shared, reason))
  }

  resume(accountId: AccountId, reason: string): void {
    const shared = this.#shared.get(accountId)
    if (shared === undefined || shared.account.account.status === 'inactive') return
    if (shared.session === null && shared.users.size > 0) this.#open(shared, reason)
  }

  /** Ends the session, whoever uses it. */
  async drop(accountId: AccountId, reason: string): Promise<void> {
    const shared = this.#shared.get(accountId)
    this.#shared.delete(accountId)
    shared?.endLinger?.()
    if (shared !== undefined) await this.#close(shared, reason)
  }

  /** The prices that an account is measured by; null: this server does not speak its venue. */
  marketOf(account: Account): MarketSession | null {
    const venue = this.#venueOf(account)
    return venue === null ? null : this.#market(venue)
  }

  /** The market of an instrument, in the most real environment that an active account is in; null: nobody is there. */
  marketFor(instrument: InstrumentId): MarketSession | null {
    const accounts = Array.from(this.#context.state.accounts.values(), ({ account }) => account)
    const there = accounts.filter(
      ({ venue, status }) => status === 'active' && instrument === instrumentId(venue, symbolOf(instrument)),
    )
    for (const environment of ENVIRONMENTS) {
      const account = there.find(each => each.environment === environment)
      const market = account === undefined ? null : this.marketOf(account)
      if (market !== null) return market
    }
    return null
  }

  sessions(): readonly Session[] {
    return Array.from(this.#shared.values(), ({ session }) => session).filter(session => session !== null)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#shared.keys()].map(id => this.drop(id, 'the server stops')))
    await Promise.all([...this.#markets.values()].map(market => market.close()))
    await Promise.all([...this.#markets.keys()].map(venue => venue.close()))
  }

  /** One that has stopped answering is read anew, and replaced when even that does not answer. */
  #reuse({ account }: Shared, session: Session, user: string): void {
    if (session.state !== 'live' || session.isLive()) {
      tellSession(this.#context, account, { kind: 'reused', reason: `by ${user}, it is ${session.state}` })
      return
    }
    tellSession(this.#context, account, { kind: 'invalid', reason: 'its stream has stopped answering' })
    const replace = async (): Promise<void> => {
      if (await session.validate()) return
      if (account.session === session) await this.reset(account, 'it did not answer')
    }
    this.#context.detach(replace())
  }

  #open(shared: Shared, reason: string): void {
    const session = this.#create(shared.account)
    if (session === null) return
    shared.session = session
    session.open()
    tellSession(this.#context, shared.account, { kind: 'created', reason })
  }

  #create(account: AccountState): Session | null {
    const { name, id, venue: venueName, environment } = account.account
    const { log } = this.#context.ports
    const venue = this.#venueOf(account.account)
    if (venue === null) {
      account.refusal = 'account_offline'
      log.error('venue_unknown', {
        account: name,
        venue: venueName,
        environment,
        action: 'use a venue and environment that this version speaks',
      })
      return null
    }
    const credential = this.#vault.credential(account.account)
    if (!credential.ok) {
      account.refusal = 'key_refused'
      log.error('key_missing', { account: name, message: credential.error.message })
      return null
    }
    const venueAccount = venue.account(id, credential.value)
    return new Session({ context: this.#context, account, venueAccount, market: this.#market(venue) })
  }

  #market(venue: Venue): MarketSession {
    const known = this.#markets.get(venue)
    if (known !== undefined) return known
    const market = new MarketSession({
      context: this.#context,
      market: venue.market,
      onNews: () => this.#revisit(market),
      held: () => this.#heldInstruments(),
    })
    this.#markets.set(venue, market)
    market.open()
    return market
  }

  /** What somebody holds, has ordered, or is about to. */
  #heldInstruments(): ReadonlySet<InstrumentId> {
    const held = new Set<InstrumentId>()
    for (const { position, orders, link, pair, instrumentId: id } of this.#context.state.holdings.values()) {
      const isWanted = pair !== null || (link !== null && link.decisions.size > 0)
      if (position.quantity !== ZERO || orders.size > 0 || isWanted) held.add(id)
    }
    return held
  }

  /** What waited for instruments or for a price goes on: risk measures everything that an account holds. */
  #revisit(market: MarketSession): void {
    this.#context.run(turn => {
      for (const holding of this.#context.state.holdings.values()) {
        const session = this.#context.state.accounts.get(holding.accountId)?.session
        if (session?.market === market && !isFree(holding)) turn.revisit(holding)
      }
    })
  }

  async #close(shared: Shared, reason: string): Promise<void> {
    const { session, account } = shared
    if (session === null) return
    shared.session = null
    tellSession(this.#context, account, { kind: 'dropped', reason })
    await session.close(reason)
  }
}
