import { ENVIRONMENTS } from '../domain/account.ts'
import { ZERO } from '../domain/decimal.ts'
import { type AccountId, type InstrumentId, instrumentId, symbolOf } from '../domain/ids.ts'
import type { Vault } from '../ports/vault.ts'
import type { Venue } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { MarketSession } from './market-session.ts'
import { Session } from './session.ts'
import type { AccountState } from './state.ts'

/** The venue that an account is at, in its environment; null: this server does not speak it. */
export type VenueOf = (account: AccountState['account']) => Venue | null

interface Shared {
  readonly session: Session
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
  readonly #sessions = new Map<AccountId, Shared>()
  readonly #markets = new Map<Venue, MarketSession>()

  constructor(parts: { context: EngineContext; vault: Vault; venueOf: VenueOf }) {
    this.#context = parts.context
    this.#vault = parts.vault
    this.#venueOf = parts.venueOf
  }

  /** @returns null when the account is virtual or inactive, its venue is not spoken, or its key is not to be had */
  acquire(account: AccountState, user: string): Session | null {
    const { kind, status } = account.account
    if (kind === 'virtual' || status === 'inactive') return null
    const shared = this.#sessions.get(account.account.id)
    if (shared !== undefined) {
      shared.users.add(user)
      shared.endLinger?.()
      shared.endLinger = null
      return shared.session
    }
    const session = this.#create(account)
    if (session === null) return null
    this.#sessions.set(account.account.id, { session, users: new Set([user]), endLinger: null })
    session.open()
    return session
  }

  release(accountId: AccountId, user: string): void {
    const shared = this.#sessions.get(accountId)
    if (shared === undefined || !shared.users.delete(user) || shared.users.size > 0) return
    const { lingerMs } = this.#context.options
    shared.endLinger = this.#context.ports.clock.after(
      lingerMs,
      () => void this.#end(accountId, 'no user left'),
    )
  }

  /** Ends a session and opens a new one for the same users: the key changed, or a person asked. */
  async reset(account: AccountState, reason: string): Promise<void> {
    const shared = this.#sessions.get(account.account.id)
    if (shared === undefined) return
    await this.#end(account.account.id, reason)
    account.refusal = null
    for (const user of shared.users) this.acquire(account, user)
  }

  /** The prices that an account is measured by; null: this server does not speak its venue. */
  marketOf(account: AccountState['account']): MarketSession | null {
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
    return Array.from(this.#sessions.values(), shared => shared.session)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map(id => this.#end(id, 'the server stops')))
    await Promise.all([...this.#markets.values()].map(market => market.close()))
    await Promise.all([...this.#markets.keys()].map(venue => venue.close()))
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
    for (const { position, orders, link, instrumentId: id } of this.#context.state.holdings.values()) {
      const isWanted = link !== null && link.decisions.size > 0
      if (position.quantity !== ZERO || orders.size > 0 || isWanted) held.add(id)
    }
    return held
  }

  /** What waited for instruments or for a price goes on: risk measures everything that an account holds. */
  #revisit(market: MarketSession): void {
    this.#context.run(turn => {
      for (const holding of this.#context.state.holdings.values()) {
        const session = this.#context.state.accounts.get(holding.accountId)?.session
        if (session?.market === market && holding.link !== null) turn.revisit(holding)
      }
    })
  }

  async #end(id: AccountId, reason: string): Promise<void> {
    const shared = this.#sessions.get(id)
    if (shared === undefined) return
    this.#sessions.delete(id)
    shared.endLinger?.()
    await shared.session.close(reason)
  }
}
