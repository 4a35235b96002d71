import type { AuditEntry, Exchange } from '../../exchange/core/types.ts'
import type { Order } from '../../src/domain/order.ts'
import type { Signal } from '../../src/domain/signal.ts'
import type { EngineState } from '../../src/engine/state.ts'
import type { StoreImage, Write } from '../../src/ports/store.ts'
import type { OrderRequest } from '../../src/ports/venue.ts'
import { BoundsChecker } from './checkers/bounds.ts'
import type { Checker, Evidence, KnownPrices } from './checkers/checker.ts'
import { DecisionsChecker } from './checkers/decisions.ts'
import { DoubtsChecker } from './checkers/doubts.ts'
import { DurabilityChecker } from './checkers/durability.ts'
import { ExposuresChecker } from './checkers/exposures.ts'
import { FillsChecker } from './checkers/fills.ts'
import { GateChecker } from './checkers/gate.ts'
import { HedgeBoundChecker } from './checkers/hedge-bound.ts'
import { LatenessChecker } from './checkers/lateness.ts'
import { LeaderTrades } from './checkers/leader-trades.ts'
import { LeasesChecker } from './checkers/leases.ts'
import { isOver, Ledger } from './checkers/ledger.ts'
import { OrdersChecker } from './checkers/orders.ts'
import { OutcomesChecker } from './checkers/outcomes.ts'
import { PairPausesChecker } from './checkers/pair-pauses.ts'
import { PairTradesChecker } from './checkers/pair-trades.ts'
import { PausesChecker } from './checkers/pauses.ts'
import { RestChecker } from './checkers/rest.ts'
import { RiskChecker } from './checkers/risk.ts'
import { SignalsChecker } from './checkers/signals.ts'
import { SizingChecker } from './checkers/sizing.ts'
import { StopsChecker } from './checkers/stops.ts'
import { Truth } from './checkers/truth.ts'
import { WaitingChecker } from './checkers/waiting.ts'
import type { Trace } from './trace.ts'
import { Troubles } from './troubles.ts'
import { UnhedgedTimes } from './unhedged.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface Violation {
  readonly invariant: string
  readonly text: string
  /** Virtual ms since the start. */
  readonly at: number
}

export interface JudgeOptions {
  readonly exchange: Exchange
  readonly clock: VirtualClock
  /** The venue's clock, ms. */
  readonly venueNow: () => number
  readonly trace: Trace
  readonly tag: string
  /** For so long the venue's queries may not know of an order that it has taken. */
  readonly queryLagMs: number
  /** As the engine has it. */
  readonly doubtNoticeMs: number
}

/** More of them would tell no more. */
const MAXIMUM_VIOLATIONS = 20

/** Sees everything that the exchange writes down and that becomes durable, and holds it against the invariants. */
export class Judge implements Evidence {
  readonly ledger = new Ledger()
  readonly truth: Truth
  readonly leaderTrades = new LeaderTrades()
  readonly exchange: Exchange
  readonly venueNow: () => number
  readonly doubtNoticeMs: number
  readonly troubles = new Troubles()
  readonly unhedged: UnhedgedTimes
  readonly violations: Violation[] = []
  /** Orders of ours that the exchange received. */
  orders = 0
  /** Told of an order whose end is durable. */
  onOver: ((order: Order) => void) | null = null
  readonly #clock: VirtualClock
  readonly #trace: Trace
  readonly #checkers: readonly Checker[]
  readonly #signals: SignalsChecker
  readonly #pairPauses: PairPausesChecker
  /** Intents that became durable in the life of the process that runs. */
  readonly #ownIntents = new Set<string>()

  constructor({ exchange, clock, venueNow, trace, tag, queryLagMs, doubtNoticeMs }: JudgeOptions) {
    this.exchange = exchange
    this.truth = new Truth(exchange.rules)
    this.venueNow = venueNow
    this.doubtNoticeMs = doubtNoticeMs
    this.#clock = clock
    this.#trace = trace
    this.#signals = new SignalsChecker(this)
    this.#pairPauses = new PairPausesChecker(this)
    this.unhedged = new UnhedgedTimes(this)
    this.#checkers = [
      new OrdersChecker(this, { tag, queryLagMs }),
      new FillsChecker(this),
      new DecisionsChecker(this),
      new OutcomesChecker(this),
      new LatenessChecker(this),
      new SizingChecker(this),
      new BoundsChecker(this),
      new RiskChecker(this),
      new PausesChecker(this),
      new StopsChecker(this),
      new DoubtsChecker(this),
      new LeasesChecker(this),
      new DurabilityChecker(this),
      this.#signals,
      new WaitingChecker(this),
      new RestChecker(this),
      new GateChecker(this),
      new ExposuresChecker(this),
      new HedgeBoundChecker(this),
      this.#pairPauses,
      new PairTradesChecker(this),
      this.unhedged,
    ]
    exchange.onAudit(entry => this.#audit(entry))
  }

  now(): number {
    return this.#clock.now()
  }

  monotonic(): number {
    return this.#clock.monotonic()
  }

  steadyForMs(): number {
    return this.#clock.steadyForMs()
  }

  readonly violate = (invariant: string, text: string): void => {
    this.#trace.note(`VIOLATION ${invariant} ${text}`)
    if (this.violations.length < MAXIMUM_VIOLATIONS)
      this.violations.push({ invariant, text, at: this.#clock.monotonic() })
  }

  asked(unit: readonly Write[], known: ReadonlyMap<string, KnownPrices>): void {
    for (const checker of this.#checkers) checker.asked?.(unit, known)
  }

  /** Whoever sent it was told that it is taken. */
  answered(signal: Signal): void {
    this.#signals.answered(signal)
  }

  /** A person lets a pair go on; it may until they have their answer. @returns to be called then */
  resuming(pairId: string): () => void {
    return this.#pairPauses.resuming(pairId)
  }

  isFormers(intentId: string): boolean {
    return !this.#ownIntents.has(intentId)
  }

  acknowledged(unit: readonly Write[]): void {
    for (const checker of this.#checkers) checker.acknowledged?.(unit)
  }

  loaded(image: StoreImage): void {
    for (const checker of this.#checkers) checker.loaded?.(image)
  }

  looked(state: EngineState, tickedAt: ReadonlyMap<string, number>): void {
    for (const checker of this.#checkers) checker.looked?.(state, tickedAt)
  }

  durable(unit: readonly Write[]): void {
    this.#trace.durable(unit)
    this.leaderTrades.take(unit, this.ledger)
    for (const checker of this.#checkers) checker.durable?.(unit)
    for (const { kind, row } of unit) if (kind === 'intent_insert') this.#ownIntents.add(row.intentId)
    for (const { kind, row } of unit)
      if (kind === 'intent_update' && isOver(row) && this.ledger.liveIntents.has(row.intentId))
        this.onOver?.(row)
    this.ledger.apply(unit)
    for (const checker of this.#checkers) checker.applied?.(unit)
  }

  sent(account: string, order: OrderRequest): void {
    this.#trace.note(`sent ${account} ${order.clientOrderId}`)
    for (const checker of this.#checkers) checker.sent?.(account, order)
  }

  killed(): void {
    this.#trace.note('killed')
    this.#ownIntents.clear()
    for (const checker of this.#checkers) checker.killed?.()
  }

  /** To be asked when nothing is in flight and no fault is active. */
  atRest(): void {
    for (const checker of this.#checkers) checker.atRest?.()
  }

  #audit(entry: AuditEntry): void {
    this.#trace.audit(entry)
    this.truth.add(entry)
    if (entry.kind === 'received' && entry.command === 'submit' && entry.clientOrderId !== '')
      this.orders += 1
    for (const checker of this.#checkers) checker.audit?.(entry)
  }
}
