import type { Account } from '../domain/account.ts'
import type { Capability } from '../domain/capability.ts'
import type { Book } from '../domain/link-state.ts'
import { must } from '../domain/result.ts'
import type { Link, Source } from '../domain/strategy.ts'
import { MINUTE_MS } from './holdings.ts'
import { Ring, type RingLimits } from './ring.ts'
import { type AccountState, bookKey, type EngineState, type LinkRuntime, type SourceState } from './state.ts'

/** Longer than a trade counts as recent (intake.ts): an older one is looked up in the store. */
const RECENT_TRADES: RingLimits = { maximum: 20_000, keepMs: 11 * MINUTE_MS }
/** Late news about an older one brings it back from the store. */
const RECENT_ORDERS: RingLimits = { maximum: 1_000, keepMs: MINUTE_MS }

/** Makes room in memory for an account of which nothing is known yet. */
export function addAccount(state: EngineState, account: Account, capability: Capability): AccountState {
  const added: AccountState = {
    account,
    capability,
    leaseEpoch: 0,
    sync: null,
    wallet: null,
    refusal: null,
    isFlattened: false,
    holdings: new Map(),
    orders: new Map(),
    recentTrades: new Ring(RECENT_TRADES),
    recentOrders: new Ring(RECENT_ORDERS),
    session: null,
    openingTimes: [],
    openingsRestored: false,
    lookups: { waiting: 0, last: Promise.resolve() },
    source: null,
  }
  state.accounts.set(account.id, added)
  return added
}

/** @param lastSequence its count of fills so far */
export function addSource(state: EngineState, source: Source, lastSequence: number): SourceState {
  const added: SourceState = { source, lastSequence, books: new Map(), links: [] }
  state.sources.set(source.id, added)
  const account = must(state.accounts.get(source.accountId), 'a source has its account')
  account.source = added
  return added
}

/**
 * The books of a source whose account was counted before it became one: what it holds is where they begin.
 *
 * @returns the rows to store
 */
export function beginBooks(state: EngineState, { source, books }: SourceState): readonly Book[] {
  const account = must(state.accounts.get(source.accountId), 'a source has its account')
  for (const { position } of account.holdings.values()) {
    const { instrumentId, positionIndex, quantity, averagePrice, venueSequence } = position
    const of = { sourceId: source.id, instrumentId, positionIndex, leverage: null }
    books.set(bookKey(instrumentId, positionIndex), { ...of, quantity, averagePrice, venueSequence })
  }
  return [...books.values()]
}

export function addLink(state: EngineState, link: Link): LinkRuntime {
  const strategy = must(state.strategies.get(link.strategyId), 'a link has its strategy')
  const account = must(state.accounts.get(link.accountId), 'a link has its account')
  const source = must(state.sources.get(strategy.sourceId), 'a strategy has its source')
  const added = {
    link,
    strategy,
    account,
    source,
    holdings: new Map(),
    untraded: new Map(),
  }
  state.links.set(link.id, added)
  source.links.push(added)
  return added
}
