import {
  accountStream,
  LIVE_LIMITS,
  pairStream,
  type RequestPayload,
  type StreamName,
  type StreamPosition,
  tickerStream,
} from '../../protocol/live.ts'
import { type Problem, problem } from '../../protocol/problem.ts'
import {
  type AccountId,
  type InstrumentId,
  instrumentId,
  type PairId,
  parseId,
  VENUES,
} from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Authority, Principal } from '../ports/authority.ts'
import type { Hub, Wanted } from './hub.ts'
import type { LiveObserver } from './observer.ts'
import type { Subscriber } from './room.ts'

export type Positions = Readonly<Record<StreamName, StreamPosition>>

/** @see subscribed of protocol/live.ts */
export interface Subscribed {
  readonly streams: Positions
  readonly unwatched: readonly string[]
}

/** Each is subscribed as a whole: a new set replaces the former one. */
const GROUPS = ['trading', 'tickers', 'pairs'] as const
type Group = (typeof GROUPS)[number]

/** One name of a subscription. */
interface Named {
  readonly name: string
  /** Null: there is no such thing, or it is not for this one to see, which look the same. */
  readonly wanted: Wanted | null
  /** Those that it shows something of. */
  readonly accounts: readonly AccountId[]
}

type Find = (principal: Principal) => Result<readonly Named[], Problem>

interface Subscription {
  /** What is read, with the accounts that it shows, which stay the same for life. */
  readonly streams: ReadonlyMap<StreamName, readonly AccountId[]>
  readonly find: Find
}

const NOTHING: Subscription = { streams: new Map(), find: () => ok([]) }

interface SubscriptionsParts {
  readonly hub: Hub
  readonly authority: Authority
  readonly observer: LiveObserver
  readonly subscriber: Subscriber
}

/** The streams of one socket. */
export class Subscriptions {
  readonly #parts: SubscriptionsParts
  readonly #groups: Record<Group, Subscription> = { trading: NOTHING, tickers: NOTHING, pairs: NOTHING }

  constructor({ hub, authority, observer, subscriber }: SubscriptionsParts) {
    this.#parts = { hub, authority, observer, subscriber }
  }

  get size(): number {
    return GROUPS.reduce((sum, group) => sum + this.#groups[group].streams.size, 0)
  }

  get names(): readonly StreamName[] {
    return GROUPS.flatMap(group => [...this.#groups[group].streams.keys()])
  }

  /** @returns where the streams are, after their frames were sent */
  trading(principal: Principal, payload: RequestPayload<'subscribe_trading'>): Result<Subscribed, Problem> {
    const find: Find = who => this.#accounts(who, payload)
    // Who names none has those that can be watched, be it none yet.
    const refusal = payload.accounts === undefined ? null : accountNotFound
    return this.#subscribe('trading', { principal, find, refusal })
  }

  ticker(principal: Principal, { symbols }: RequestPayload<'subscribe_ticker'>): Result<Subscribed, Problem> {
    const named = [...new Set(symbols)].map(tickerNamed)
    const find: Find = who =>
      this.#parts.authority.may(who, 'market.read', null)
        ? ok(named)
        : err(problem('forbidden', 'This token may not read prices.'))
    return this.#subscribe('tickers', { principal, find, refusal: symbolUnknown })
  }

  pairs(principal: Principal, { pairs }: RequestPayload<'subscribe_pairs'>): Result<Subscribed, Problem> {
    const find: Find = who => ok([...new Set(pairs)].map(name => this.#pair(who, name)))
    return this.#subscribe('pairs', { principal, find, refusal: pairNotFound })
  }

  /** Joins what could not be watched when it was asked for and can be now: a key was put, an account was added. */
  gain(principal: Principal): void {
    for (const group of GROUPS) {
      const { streams, find } = this.#groups[group]
      const found = find(principal)
      if (!found.ok) continue
      const missing = found.value.filter(({ wanted }) => wanted !== null && !isIn(streams, wanted))
      if (missing.length === 0) continue
      this.#groups[group] = { find, streams: new Map([...streams, ...this.#join(missing).streams]) }
    }
  }

  resync(name: StreamName): Result<Positions, Problem> {
    if (!this.#isRead(name))
      return err(problem('not_found', 'This socket has not subscribed to that stream: subscribe first.'))
    this.#parts.observer.resynced()
    this.#parts.hub.resync(this.#parts.subscriber, name)
    return ok(this.positions([name]))
  }

  /** @returns how many others read each of the streams that are left */
  end(group: Group): Readonly<Record<StreamName, number>> {
    const former = this.#groups[group].streams
    this.#groups[group] = NOTHING
    return this.#leave(former.keys())
  }

  endAll(): Readonly<Record<StreamName, number>> {
    return Object.assign({}, ...GROUPS.map(group => this.end(group)))
  }

  /** Whether every account is still one that the principal may see. */
  areAllowed(principal: Principal): boolean {
    const { authority } = this.#parts
    for (const [accountId] of this.#groups.trading.streams.values())
      if (accountId !== undefined && !authority.may(principal, 'account.read', accountId)) return false
    for (const legs of this.#groups.pairs.streams.values()) if (!this.#maySee(principal, legs)) return false
    return true
  }

  positions(names: readonly StreamName[]): Positions {
    return Object.fromEntries(
      names.flatMap(name => {
        const position = this.#parts.hub.position(name)
        return position === null ? [] : [[name, position]]
      }),
    )
  }

  /** @param asked.refusal of what to say when nothing can be watched; null: then nothing is */
  #subscribe(
    group: Group,
    asked: { principal: Principal; find: Find; refusal: ((name: string) => Problem) | null },
  ): Result<Subscribed, Problem> {
    const { principal, find, refusal } = asked
    const found = find(principal)
    if (!found.ok) return found
    const { streams, unwatched } = this.#join(found.value)
    const [first] = unwatched
    if (first !== undefined && streams.size === 0 && refusal !== null) return err(refusal(first))
    const former = this.#groups[group].streams
    this.#groups[group] = { streams, find }
    this.#leave(former.keys())
    return ok({ streams: this.positions([...streams.keys()]), unwatched })
  }

  #join(named: readonly Named[]): { streams: Subscription['streams']; unwatched: readonly string[] } {
    const { hub, subscriber } = this.#parts
    const wanted = named.flatMap(each => (each.wanted === null ? [] : [each.wanted]))
    const joined = new Set<Wanted | null>(hub.join(subscriber, wanted))
    const streams = new Map<StreamName, readonly AccountId[]>()
    for (const { wanted: each, accounts } of named)
      if (each !== null && joined.has(each))
        for (const name of each.streams.keys()) streams.set(name, accounts)
    return { streams, unwatched: named.filter(each => !joined.has(each.wanted)).map(({ name }) => name) }
  }

  /** Leaves those streams that are in no set by now. */
  #leave(former: Iterable<StreamName>): Readonly<Record<StreamName, number>> {
    const { hub, subscriber } = this.#parts
    const left = [...former].filter(name => !this.#isRead(name))
    return Object.fromEntries(left.map(name => [name, hub.leave(subscriber, name)]))
  }

  #isRead(name: StreamName): boolean {
    return GROUPS.some(group => this.#groups[group].streams.has(name))
  }

  #pair(principal: Principal, name: string): Named {
    const id = parseId<PairId>(name)
    const legs = id === undefined ? null : this.#parts.hub.accountsOf(id)
    if (id === undefined || legs === null || !this.#maySee(principal, legs)) return unknown(name)
    return { name, wanted: { pairId: id, streams: new Map([[pairStream(id), null]]) }, accounts: legs }
  }

  /** A pair shows what both of its accounts hold. */
  #maySee(principal: Principal, legs: readonly AccountId[]): boolean {
    const may = (accountId: AccountId | null): boolean =>
      this.#parts.authority.may(principal, 'pair.read', accountId)
    return may(null) || legs.every(may)
  }

  #accounts(
    principal: Principal,
    { types, accounts, cursors = {} }: RequestPayload<'subscribe_trading'>,
  ): Result<readonly Named[], Problem> {
    const names = accounts === undefined ? this.#ownAccounts(principal) : ok([...new Set(accounts)])
    if (!names.ok) return names
    return ok(
      names.value.map(name => {
        const accountId = parseId<AccountId>(name)
        if (accountId === undefined || !this.#parts.authority.may(principal, 'account.read', accountId))
          return unknown(name)
        const streams = types.map(type => accountStream(accountId, type))
        const wanted = { accountId, streams: new Map(streams.map(each => [each, cursors[each] ?? null])) }
        return { name, wanted, accounts: [accountId] }
      }),
    )
  }

  #ownAccounts(principal: Principal): Result<readonly AccountId[], Problem> {
    const own = this.#parts.authority.visibleAccounts(principal)
    if (own === null) return err(problem('invalid', 'You may see every account: name those that you mean.'))
    if (own.size <= LIVE_LIMITS.accountsPerSubscribe) return ok([...own])
    const most = LIVE_LIMITS.accountsPerSubscribe
    return err(problem('invalid', `You have ${own.size} accounts: name at most ${most} of them.`))
  }
}

function unknown(name: string): Named {
  return { name, wanted: null, accounts: [] }
}

function tickerNamed(name: string): Named {
  const id = instrumentOf(name)
  if (id === null) return unknown(name)
  return { name, wanted: { instrumentId: id, streams: new Map([[tickerStream(id), null]]) }, accounts: [] }
}

function isIn(streams: Subscription['streams'], wanted: Wanted): boolean {
  return [...wanted.streams.keys()].every(name => streams.has(name))
}

function accountNotFound(accountId: string): Problem {
  return problem('not_found', `There is no account ${accountId} that you can watch, or it is inactive.`)
}

function pairNotFound(pairId: string): Problem {
  return problem('not_found', `There is no pair ${pairId} that you can watch.`)
}

function symbolUnknown(text: string): Problem {
  return problem('symbol_unknown', `No venue of this server lists ${text}: write it like bybit:BTCUSDT.`)
}

function instrumentOf(text: string): InstrumentId | null {
  const venue = VENUES.find(name => text.startsWith(`${name}:`))
  return venue === undefined ? null : instrumentId(venue, text.slice(venue.length + 1))
}
