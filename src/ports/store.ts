import type { Account } from '../domain/account.ts'
import type { Decimal } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import type { Fill } from '../domain/fill.ts'
import type {
  AccountId,
  InstrumentId,
  IntentId,
  LinkId,
  PairId,
  PositionIndex,
  SourceId,
} from '../domain/ids.ts'
import type { Book, LinkState } from '../domain/link-state.ts'
import type { Notice } from '../domain/notice.ts'
import type { Order } from '../domain/order.ts'
import type { Pair, PairExposure, PairState, Round } from '../domain/pair.ts'
import type { DayPnl } from '../domain/position.ts'
import type { Result } from '../domain/result.ts'
import type { Link, Source, Strategy } from '../domain/strategy.ts'
import type { PairFillFilter, Records, RecordWrite } from './records.ts'

/** A fill and whose it is. */
export interface StoredFill {
  readonly fill: Fill
  /** Ours when an intent stands behind it; foreign otherwise. */
  readonly intentId: IntentId | null
  /** The link whose `attributed` it moved, with the signed part that did, base units. */
  readonly linkId: LinkId | null
  readonly attributed: Decimal
  /** The source that it is a leader's fill of, with that source's own count. */
  readonly sourceId: SourceId | null
  readonly sourceSequence: number | null
  /** The pair on whose leg it was, with that pair's own count, and how the pair stood after it. */
  readonly pairId: PairId | null
  readonly pairSequence: number | null
  readonly exposure: PairExposure | null
  readonly receivedAt: number
}

/** What an account holds by our own count: opening quantity plus every fill since (I4). */
export interface StoredPosition extends DayPnl {
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  /** Signed, base units: what was there before our first fill. */
  readonly openingQuantity: Decimal
  readonly quantity: Decimal
  readonly averagePrice: Decimal
  /** Executions at or below it are in the opening quantity. */
  readonly baselineSequence: number
  /** The highest sequence seen in an execution of ours. */
  readonly venueSequence: number
}

/** From when an account is counted, and how far the venue has been read. The venue's clock, ms. */
export interface AccountSync {
  readonly accountId: AccountId
  /** What the account held then is its opening quantity; executions before it are not its story here. */
  readonly baselineAt: number
  /** Executions before it are all stored. */
  readonly syncedAt: number
}

/** One change of the store. Units are applied whole or not at all. */
export type Write = TradingWrite | RecordWrite

export type TradingWrite =
  | { readonly kind: 'account'; readonly row: Account }
  | { readonly kind: 'source'; readonly row: Source }
  | { readonly kind: 'strategy'; readonly row: Strategy }
  | { readonly kind: 'link'; readonly row: Link }
  | { readonly kind: 'pair'; readonly row: Pair }
  | { readonly kind: 'book'; readonly row: Book }
  | { readonly kind: 'link_state'; readonly row: LinkState }
  | { readonly kind: 'pair_state'; readonly row: PairState }
  | { readonly kind: 'round'; readonly row: Round }
  | { readonly kind: 'decision'; readonly row: Decision }
  /**
   * Refused with `conflict` when the intent, its sequence or its client order id exists, or when the row
   * carries a claim whose epoch is not the account's lease epoch (decision 0004).
   */
  | { readonly kind: 'intent_insert'; readonly row: Order }
  | { readonly kind: 'intent_update'; readonly row: Order }
  /** Refused with `conflict` when (account, instrument, trade id) exists. */
  | { readonly kind: 'fill'; readonly row: StoredFill }
  | { readonly kind: 'position'; readonly row: StoredPosition }
  | { readonly kind: 'account_sync'; readonly row: AccountSync }
  | { readonly kind: 'notice'; readonly row: Notice }

export type StoreError =
  /** A row that must be new exists, or a claim came too late. The unit left no trace. */
  | { readonly kind: 'conflict'; readonly message: string }
  /**
   * Full or failing disk, lost connection: it is not certain whether the unit is durable. Every later unit
   * is refused too until load() has said what is, so that none becomes durable without one it builds on.
   */
  | { readonly kind: 'unavailable'; readonly message: string }

/** What lives in memory while the server runs. What is removed is not in it. */
export interface StoreImage {
  readonly installationTag: string
  readonly lastIntentSequence: number
  readonly accounts: readonly Account[]
  readonly sources: readonly Source[]
  readonly strategies: readonly Strategy[]
  readonly links: readonly Link[]
  readonly pairs: readonly Pair[]
  readonly pairStates: readonly PairState[]
  /** Open ones only. */
  readonly rounds: readonly Round[]
  readonly books: readonly Book[]
  readonly linkStates: readonly LinkState[]
  /** Not done ones only. */
  readonly decisions: readonly Decision[]
  /** Not terminal ones, and those terminal whose fills do not yet add up. */
  readonly intents: readonly Order[]
  readonly positions: readonly StoredPosition[]
  readonly syncs: readonly AccountSync[]
}

export interface DecisionFilter {
  readonly linkId?: LinkId
  readonly limit: number
}

/** Where truth lives. Every implementation passes test/contract/store. */
export interface Store extends Records {
  load(): Promise<StoreImage>
  /**
   * Makes one unit durable; the promise settles after it is. Units become durable in the order of the
   * calls. Never blocks the event loop on a disk.
   */
  commit(unit: readonly Write[]): Promise<Result<void, StoreError>>
  /** Takes (or renews) the account's lease: the epoch that claims are fenced by. */
  acquireLease(accountId: AccountId): Promise<Result<number, StoreError>>
  /** A source's fills after a sequence, in order; what replay and late links need. */
  sourceFills(sourceId: SourceId, after: number, limit: number): Promise<readonly StoredFill[]>
  lastSourceSequence(sourceId: SourceId): Promise<number>
  intent(id: IntentId): Promise<Order | null>
  /** Those that there are, in the order of their ids here. */
  intents(ids: readonly IntentId[]): Promise<readonly Order[]>
  intentByClientOrderId(accountId: AccountId, clientOrderId: string): Promise<Order | null>
  /** Which of these trade ids of one account and instrument are stored. */
  knownTrades(
    accountId: AccountId,
    instrumentId: InstrumentId,
    tradeIds: readonly string[],
  ): Promise<ReadonlySet<string>>
  /** Newest first. */
  decisions(filter: DecisionFilter): Promise<readonly Decision[]>
  fills(accountId: AccountId): Promise<readonly StoredFill[]>
  pairFills(filter: PairFillFilter): Promise<readonly StoredFill[]>
  notices(limit: number): Promise<readonly Notice[]>
  /**
   * Forgets idempotent answers that were kept before a time (our clock, ms), at most so many. One that is on its way to
   * its table may stay until it is asked for again.
   *
   * @returns how many
   */
  forgetAnswers(before: number, limit: number): Promise<Result<number, StoreError>>
  close(): Promise<void>
}
