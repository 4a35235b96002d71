import type { Account } from '../domain/account.ts'
import type { Capability } from '../domain/capability.ts'
import { type Decimal, ZERO } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import {
  type AccountId,
  type ClientOrderId,
  type DecisionId,
  type InstrumentId,
  type LinkId,
  type PairId,
  type PositionIndex,
  type PositionKey,
  positionKey,
  type SourceId,
  type StrategyId,
} from '../domain/ids.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Book, LinkState } from '../domain/link-state.ts'
import type { Order } from '../domain/order.ts'
import type { Pair, PairState, Round } from '../domain/pair.ts'
import { NO_DAY } from '../domain/position.ts'
import type { Reason } from '../domain/reason.ts'
import type { Result } from '../domain/result.ts'
import type { Link, Source, Strategy } from '../domain/strategy.ts'
import type { MarketPrices } from '../logic/entry.ts'
import type { QuoteLevel } from '../logic/hedge/hedge-view.ts'
import type { AccountSync, StoredPosition } from '../ports/store.ts'
import type { VenueAccount, VenueError } from '../ports/venue.ts'
import type { Ring } from './ring.ts'

/** Memory is what is read; the store is what it is rebuilt from. */
export interface EngineState {
  readonly installationTag: string
  /** Our clock, ms: trades before it may be stored without memory knowing; 0 when the store was empty. */
  readonly restoredAt: number
  lastIntentSequence: number
  readonly accounts: Map<AccountId, AccountState>
  readonly sources: Map<SourceId, SourceState>
  readonly strategies: Map<StrategyId, Strategy>
  readonly links: Map<LinkId, LinkRuntime>
  readonly pairs: Map<PairId, PairRuntime>
  /** How many trades each pair has counted on its legs. */
  readonly pairSequences: Map<PairId, number>
  readonly holdings: Map<PositionKey, Holding>
  /** Every order whose story is not over. */
  readonly liveOrders: Set<OrderEntry>
}

/** What the rooms that trade see of a session. */
export interface AccountSession {
  readonly venueAccount: VenueAccount
  readonly market: MarketView
  /** Synchronised and on an authenticated stream. */
  isLive(): boolean
  /** Compares with the venue soon, once, however often it is asked. */
  resync(reason: string): void
  /** Reads all of the account before anything more of it is counted or sent. */
  beginAnew(reason: string): void
}

/** The public side as the rooms that trade see it. */
export interface MarketView {
  instrument(id: InstrumentId): Instrument | null
  /** Whether the venue's list has been read: before that an unknown symbol means nothing. */
  hasInstruments(): boolean
  /** Keeps the prices of an instrument coming. */
  watch(id: InstrumentId): void
  /** Null: unknown or too old. */
  prices(id: InstrumentId): MarketPrices | null
  /** Asks the venue for the limit prices at a depth of the book, 1 being the best. */
  depth(id: InstrumentId, level: number): Promise<Result<QuoteLevel, VenueError>>
  /** The venue's clock minus ours, ms; 0 until measured. */
  offsetMs(): number
  /** The same; null while it is not known: not measured, or a clock was set since. */
  knownOffsetMs(): number | null
}

export interface AccountState {
  account: Account
  readonly capability: Capability
  /** Epoch of our lease: every claim carries it. */
  leaseEpoch: number
  sync: AccountSync | null
  /** Without open PnL. `quote` is the part in the quote currency, which is what the stream tells of; `seenAt`: monotonic, ms. */
  wallet: { readonly total: Decimal; readonly quote: Decimal; readonly seenAt: number } | null
  /** What refuses every opening on this account now. */
  refusal: Reason | null
  /** A person has flattened it: its links open nothing until somebody resumes it. */
  isFlattened: boolean
  readonly holdings: Map<PositionKey, Holding>
  /** Of this account, by the id that the venue knows: live ones, and recently done ones. */
  readonly orders: Map<ClientOrderId, OrderEntry>
  readonly recentTrades: Ring<string>
  /** Done ones that late news may still be about. */
  readonly recentOrders: Ring<ClientOrderId>
  /** Null: no session, so nothing can be sent. */
  session: AccountSession | null
  /** When openings were sent in the last minute, our clock, ms, oldest first. */
  readonly openingTimes: number[]
  /** Whether those from before this start are among them. */
  openingsRestored: boolean
  /** Trades that are being looked up in the store: how many frames, and when the last of them is counted. */
  readonly lookups: { waiting: number; last: Promise<void> }
  /** The source that this account's trades feed. */
  source: SourceState | null
}

/** An order with the decisions it carries out: kept together while late news may still come. */
export interface OrderEntry {
  order: Order
  readonly holding: Holding
  readonly decisions: readonly Decision[]
  readonly inquiry: Inquiry
  /** Monotonic, ms: when it was last sent, answered or reported in this process. */
  heardAt: number
  /** Monotonic, ms: when it was made; long ago for what a former process made. */
  readonly madeAt: number
  /** Monotonic, ms: when its cancel was first asked for, and when last. */
  cancelAskedAt: number | null
  cancelSentAt: number | null
  /** What its end wrote out of desired, base units, and how often the leader had reduced by then. */
  forgone: { readonly size: Decimal; readonly reductions: number } | null
}

/** How the asking after an order stands. Ages are monotonic, ms: a wall clock that is set back would keep all waiting. */
export interface Inquiry {
  asking: boolean
  asks: number
  notBefore: number
  /** When an absence that counts as proof was first seen, the venue's clock; null: not yet. */
  absentAt: number | null
  doubtSince: number | null
  noticed: boolean
}

export interface SourceState {
  source: Source
  lastSequence: number
  readonly books: Map<string, Book>
  readonly links: LinkRuntime[]
}

export interface LinkRuntime {
  link: Link
  strategy: Strategy
  readonly account: AccountState
  readonly source: SourceState
  /** By the leader's instrument and position index. */
  readonly holdings: Map<string, Holding>
  /** The same where the link may not trade the symbol: how far its leader was followed all the same. */
  readonly untraded: Map<string, LinkState>
}

/** One account's place for one instrument: position, orders, and the link that trades it. */
export interface Holding {
  readonly key: PositionKey
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  position: StoredPosition
  /** Live ones, and done ones whose trades are still on their way. */
  readonly orders: Set<OrderEntry>
  link: HeldLink | null
  /** The pair whose leg this place is: then no link has it. */
  pair: { readonly runtime: PairRuntime; readonly leg: 'a' | 'b' } | null
  leverage: LeverageState
  /** Apart, because what keeps an opening waiting must never keep an exit waiting. */
  readonly exitPause: Pause
  readonly openingPause: Pause
  /** Size, base units: the last close of a pair that the venue would not take because of it; 0: none. */
  refusedClose: Decimal
  /** How often the leader reduced since start: what was forgone before the last time is no longer missing. */
  reductions: number
  /** The last trade counted since start: `at` by the venue's clock, `seenAt` monotonic, ms. */
  lastTrade: { readonly at: number; readonly seenAt: number; readonly fillPrice: Decimal } | null
  wake: (() => void) | null
}

export interface PairRuntime {
  pair: Pair
  state: PairState
  readonly a: Holding
  readonly b: Holding
  /** What is unhedged now, or was last; null: none yet since the last one ended. */
  round: Round | null
  /** The venue's clock, ms: the last trade on a leg. */
  lastTradeAt: number
  /** Read for the next quote, and used once. `seenAt`: monotonic, ms. */
  level: (QuoteLevel & { readonly seenAt: number }) | null
  isAsking: boolean
  /** Books in a row that were not as deep as a quote wants. */
  shallowReads: number
  /** Monotonic, ms: `unhedgedSince` of its state by the clock that nobody sets; null: hedged. */
  unhedgedAt: number | null
  /** Its settings were compared with its markets since they were set. */
  isFitted: boolean
  /** What the next quote waits for, in words for people. */
  waitsFor: string | null
  wake: (() => void) | null
}

/** When sending may be tried again after it came to nothing. */
export interface Pause {
  /** Monotonic, ms. */
  notBefore: number
  /** In a row. */
  refusals: number
}

export interface HeldLink {
  readonly runtime: LinkRuntime
  state: LinkState
  /** Not done ones, oldest first. */
  readonly decisions: Map<DecisionId, Decision>
}

export type LeverageState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'setting'; readonly wanted: Decimal }
  | { readonly kind: 'set'; readonly leverage: Decimal }
  | {
      readonly kind: 'refused'
      readonly wanted: Decimal
      readonly message: string
      /** Monotonic, ms. */
      readonly until: number
    }

/** Neither a link nor a pair has the place: what is traded there is a person's own. */
export function isFree({ link, pair }: Holding): boolean {
  return link === null && pair === null
}

export function bookKey(instrumentId: InstrumentId, positionIndex: PositionIndex): string {
  return `${instrumentId}/${positionIndex}`
}

export function holdingOf(
  state: EngineState,
  account: AccountState,
  instrumentId: InstrumentId,
  positionIndex: PositionIndex,
): Holding {
  const accountId = account.account.id
  const key = positionKey(accountId, instrumentId, positionIndex)
  const known = account.holdings.get(key)
  if (known !== undefined) return known
  const holding: Holding = {
    key,
    accountId,
    instrumentId,
    positionIndex,
    position: flatPosition({ accountId, instrumentId, positionIndex }),
    orders: new Set(),
    link: null,
    pair: null,
    leverage: { kind: 'unknown' },
    exitPause: { notBefore: 0, refusals: 0 },
    openingPause: { notBefore: 0, refusals: 0 },
    refusedClose: ZERO,
    reductions: 0,
    lastTrade: null,
    wake: null,
  }
  account.holdings.set(key, holding)
  state.holdings.set(key, holding)
  return holding
}

function flatPosition(
  of: Pick<StoredPosition, 'accountId' | 'instrumentId' | 'positionIndex'>,
): StoredPosition {
  return {
    ...of,
    openingQuantity: ZERO,
    quantity: ZERO,
    averagePrice: ZERO,
    baselineSequence: 0,
    venueSequence: 0,
    ...NO_DAY,
  }
}

/** Of an order that nothing was heard of yet in this process. */
export function newEntry(of: Pick<OrderEntry, 'order' | 'holding' | 'decisions'>): OrderEntry {
  const inquiry = { asking: false, asks: 0, notBefore: 0, absentAt: null, doubtSince: null, noticed: false }
  const longAgo = Number.NEGATIVE_INFINITY
  return {
    ...of,
    inquiry,
    heardAt: longAgo,
    madeAt: longAgo,
    cancelAskedAt: null,
    cancelSentAt: null,
    forgone: null,
  }
}
