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

/** The streams of one socket: account streams, pairs and tickers are a set each, and a new set replaces the former one. */
export class Subscriptions {
  readonly #hub: Hub
  readonly #authority: Authority
  readonly #observer: LiveObserver
  readonly #subscriber: Subscriber
  #trading: ReadonlyMap<StreamName, AccountId> = new Map()
  #tickers: ReadonlySet<StreamName> = new Set()
  /** With the accounts of its legs, which stay the same for life. */
  #pairs: ReadonlyMap<StreamName, readonly AccountId[]> = new Map()

  constructor(parts: { hub: Hub; authority: Authority; observer: LiveObserver; subscriber: Subscriber }) {
    this.#hub = parts.hub
    this.#authority = parts.authority
    this.#observer = parts.observer
    this.#subscriber = parts.subscriber
  }

  get size(): number {
    return this.#trading.size + this.#tickers.size + this.#pairs.size
  }

  get names(): readonly StreamName[] {
    return [...this.#trading.keys(), ...this.#tickers, ...this.#pairs.keys()]
  }

  /** @returns where the streams are, after their frames were sent */
  trading(
    principal: Principal,
    { types, accounts, cursors = {} }: RequestPayload<'subscribe_trading'>,
  ): Result<Positions, Problem> {
    const named = this.#accountsOf(principal, accounts)
    if (!named.ok) return named
    const wanted = named.value.map(accountId => {
      const names = types.map(type => accountStream(accountId, type))
      return { accountId, streams: new Map(names.map(name => [name, cursors[name] ?? null])) }
    })
    // Who named none means those that can be watched: one that is inactive or gone must not hide the others.
    const unknown = accounts === undefined ? null : this.#hub.join(this.#subscriber, wanted)
    if (unknown !== null) return err(accountNotFound(unknown.accountId ?? ''))
    const joined = accounts === undefined ? this.#hub.joinKnown(this.#subscriber, wanted) : wanted
    const former = this.#trading
    this.#trading = new Map(
      joined.flatMap(({ accountId, streams }) => Array.from(streams.keys(), name => [name, accountId])),
    )
    this.#leave(former.keys())
    return ok(this.positions([...this.#trading.keys()]))
  }

  ticker(principal: Principal, { symbols }: RequestPayload<'subscribe_ticker'>): Result<Positions, Problem> {
    if (!this.#authority.may(principal, 'market.read', null))
      return err(problem('forbidden', 'This token may not read prices.'))
    const wanted: Wanted[] = []
    for (const text of new Set(symbols)) {
      const id = instrumentOf(text)
      if (id === null) return err(symbolUnknown(text))
      wanted.push({ instrumentId: id, streams: new Map([[tickerStream(id), null]]) })
    }
    const unknown = this.#hub.join(this.#subscriber, wanted)
    if (unknown !== null) return err(symbolUnknown(unknown.instrumentId ?? ''))
    const former = this.#tickers
    this.#tickers = new Set(wanted.flatMap(each => [...each.streams.keys()]))
    this.#leave(former)
    return ok(this.positions([...this.#tickers]))
  }

  pairs(principal: Principal, { pairs }: RequestPayload<'subscribe_pairs'>): Result<Positions, Problem> {
    const wanted: Wanted[] = []
    const accounts = new Map<StreamName, readonly AccountId[]>()
    for (const text of new Set(pairs)) {
      const id = parseId<PairId>(text)
      const legs = id === undefined ? null : this.#hub.accountsOf(id)
      // Unknown and foreign look the same.
      if (id === undefined || legs === null || !this.#maySee(principal, legs)) return err(pairNotFound(text))
      wanted.push({ pairId: id, streams: new Map([[pairStream(id), null]]) })
      accounts.set(pairStream(id), legs)
    }
    const unknown = this.#hub.join(this.#subscriber, wanted)
    if (unknown !== null) return err(pairNotFound(unknown.pairId ?? ''))
    const former = this.#pairs
    this.#pairs = accounts
    this.#leave(former.keys())
    return ok(this.positions([...accounts.keys()]))
  }

  resync(name: StreamName): Result<Positions, Problem> {
    if (!this.#isRead(name))
      return err(problem('not_found', 'This socket has not subscribed to that stream: subscribe first.'))
    this.#observer.resynced()
    this.#hub.resync(this.#subscriber, name)
    return ok(this.positions([name]))
  }

  /** @returns how many others read each of the streams that are left */
  endTrading(): Readonly<Record<StreamName, number>> {
    const former = this.#trading
    this.#trading = new Map()
    return this.#leave(former.keys())
  }

  endTickers(): Readonly<Record<StreamName, number>> {
    const former = this.#tickers
    this.#tickers = new Set()
    return this.#leave(former)
  }

  endPairs(): Readonly<Record<StreamName, number>> {
    const former = this.#pairs
    this.#pairs = new Map()
    return this.#leave(former.keys())
  }

  /** Whether every account is still one that the principal may see. */
  areAllowed(principal: Principal): boolean {
    for (const accountId of new Set(this.#trading.values()))
      if (!this.#authority.may(principal, 'account.read', accountId)) return false
    for (const legs of this.#pairs.values()) if (!this.#maySee(principal, legs)) return false
    return true
  }

  positions(names: readonly StreamName[]): Positions {
    return Object.fromEntries(
      names.flatMap(name => {
        const position = this.#hub.position(name)
        return position === null ? [] : [[name, position]]
      }),
    )
  }

  /** Leaves those streams that are in neither set by now. */
  #leave(former: Iterable<StreamName>): Readonly<Record<StreamName, number>> {
    const left = [...former].filter(name => !this.#isRead(name))
    return Object.fromEntries(left.map(name => [name, this.#hub.leave(this.#subscriber, name)]))
  }

  #isRead(name: StreamName): boolean {
    return this.#trading.has(name) || this.#tickers.has(name) || this.#pairs.has(name)
  }

  /** A pair shows what both of its accounts hold. */
  #maySee(principal: Principal, legs: readonly AccountId[]): boolean {
    const may = (accountId: AccountId | null): boolean =>
      this.#authority.may(principal, 'pair.read', accountId)
    return may(null) || legs.every(may)
  }

  #accountsOf(
    principal: Principal,
    named: readonly string[] | undefined,
  ): Result<readonly AccountId[], Problem> {
    if (named === undefined) return this.#ownAccounts(principal)
    const accounts: AccountId[] = []
    for (const text of new Set(named)) {
      const id = parseId<AccountId>(text)
      // Unknown and foreign look the same: what is not one's own is not to be known of.
      if (id === undefined || !this.#authority.may(principal, 'account.read', id))
        return err(accountNotFound(text))
      accounts.push(id)
    }
    return ok(accounts)
  }

  #ownAccounts(principal: Principal): Result<readonly AccountId[], Problem> {
    const own = this.#authority.visibleAccounts(principal)
    if (own === null) return err(problem('invalid', 'You may see every account: name those that you mean.'))
    if (own.size <= LIVE_LIMITS.accountsPerSubscribe) return ok([...own])
    const most = LIVE_LIMITS.accountsPerSubscribe
    return err(problem('invalid', `You have ${own.size} accounts: name at most ${most} of them.`))
  }
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
