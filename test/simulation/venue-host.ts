import type { Exchange, ExchangeEvent } from '../../exchange/core/types.ts'
import type { OrderRequest, VenueReport } from '../../src/ports/venue.ts'
import type { Faults } from './faults.ts'
import { VenueHistory } from './venue-history.ts'
import type { VenueKind } from './venue-kinds.ts'
import { reportsOf } from './venue-rows.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** What hears the reports of one account: one connection of one process. */
export interface ReportSink {
  readonly account: string
  push(reports: readonly VenueReport[]): void
}

export interface TickerSink {
  tick(symbol: string): void
}

export interface VenueHostOptions {
  readonly kind: VenueKind
  readonly exchange: Exchange
  readonly clock: VirtualClock
  /** The venue's clock minus ours, ms. */
  readonly offsetMs: number
  readonly faults: Faults
}

/** limited: it may not trade any more. revoked: nothing at all is answered. */
export type KeyState = 'good' | 'limited' | 'revoked'

/** How often prices move, ms. */
const ADVANCE_EVERY_MS = 1_000

/** The venue itself: it outlives every process that trades on it, and remembers what it looked like before. */
export class VenueHost {
  readonly kind: VenueKind
  readonly exchange: Exchange
  readonly clock: VirtualClock
  readonly faults: Faults
  readonly history: VenueHistory
  readonly sinks = new Set<ReportSink>()
  readonly markets = new Set<TickerSink>()
  /** The prices stand still, so that nothing that rests can trade. */
  still = false
  /** Told when an order's bytes leave, before anything can become of them. */
  onSend: ((account: string, order: OrderRequest) => void) | null = null
  /** Away for minutes or hours: maintenance that is shorter does not end it. */
  isOut = false
  /** The venue answers nobody who comes from our address. */
  addressRefused = false
  /** Accounts that the venue lets close, and not open (Bybit's 110023). */
  readonly onlyReducing = new Set<string>()
  readonly #keys = new Map<string, KeyState>()
  #aheadMs: number
  #events: ExchangeEvent[] = []

  constructor({ kind, exchange, clock, offsetMs, faults }: VenueHostOptions) {
    this.kind = kind
    this.exchange = exchange
    this.clock = clock
    this.#aheadMs = clock.now() - clock.monotonic() + offsetMs
    this.faults = faults
    this.history = new VenueHistory(exchange, () => this.now())
    exchange.subscribe(event => this.#events.push(event))
    this.#advance()
  }

  /** The venue's clock: whole ms. */
  now(): number {
    return Math.trunc(this.clock.monotonic() + this.#aheadMs)
  }

  /** The venue's clock minus our monotonic one, ms. */
  get aheadMs(): number {
    return this.#aheadMs
  }

  /** The venue sets its clock: forwards only, as it would never date trades back. */
  jump(byMs: number): void {
    this.#aheadMs += byMs
  }

  keyOf(account: string): KeyState {
    return this.#keys.get(account) ?? 'good'
  }

  setKey(account: string, state: KeyState): void {
    this.#keys.set(account, state)
  }

  /** Does something on the exchange, then tells everyone what it made of it. */
  act<T>(work: (exchange: Exchange, at: number) => T): T {
    const result = work(this.exchange, this.now())
    this.#tell()
    return result
  }

  /** To one account, whoever hears it. */
  push(account: string, reports: readonly VenueReport[]): void {
    for (const sink of this.sinks) if (sink.account === account) sink.push(reports)
  }

  #advance(): void {
    if (!this.still) this.act((exchange, at) => exchange.advance(at))
    this.clock.after(ADVANCE_EVERY_MS, () => this.#advance())
  }

  #tell(): void {
    const events = this.#events
    this.#events = []
    for (const event of events) this.history.record(event)
    for (const event of events) {
      if (event.kind === 'ticker') for (const market of this.markets) market.tick(event.symbol)
    }
    for (const [account, frames] of reportsOf(this.kind.capability, this.exchange, events)) {
      for (const frame of frames) this.push(account, frame)
    }
  }
}
