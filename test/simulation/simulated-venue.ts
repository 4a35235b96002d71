import type { Credential } from '../../src/domain/account.ts'
import type { Capability } from '../../src/domain/capability.ts'
import { type AccountId, type InstrumentId, symbolOf } from '../../src/domain/ids.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type {
  BookLevel,
  MarketListener,
  Venue,
  VenueAccount,
  VenueError,
  VenueMarket,
} from '../../src/ports/venue.ts'
import type { KnownPrices } from './checkers/checker.ts'
import { MeasuredClock } from './measured-clock.ts'
import { SimulatedAccount } from './simulated-account.ts'
import type { TickerSink, VenueHost } from './venue-host.ts'
import { instrumentOf, tickerOf } from './venue-rows.ts'

/** One process's way to the venue. Its clock dies with the process, and with it everything on its way back. */
export class SimulatedVenue implements Venue {
  readonly capability: Capability
  readonly environment = 'paper'
  readonly market: SimulatedMarket
  readonly accounts: SimulatedAccount[] = []
  readonly venueClock: MeasuredClock
  readonly #host: VenueHost
  readonly #clock: Clock

  constructor(host: VenueHost, clock: Clock) {
    this.capability = host.kind.capability
    this.#host = host
    this.#clock = clock
    this.venueClock = new MeasuredClock(host, clock)
    this.market = new SimulatedMarket(host, clock, this.venueClock)
  }

  /** The key is the account's name on the exchange. */
  account(accountId: AccountId, credential: Credential): VenueAccount {
    const account = new SimulatedAccount({
      accountId,
      name: credential.key,
      host: this.#host,
      clock: this.#clock,
      venueClock: this.venueClock,
    })
    this.accounts.push(account)
    return account
  }

  async close(): Promise<void> {
    await this.market.close()
  }
}

class SimulatedMarket implements VenueMarket, TickerSink {
  readonly #host: VenueHost
  readonly #clock: Clock
  readonly #venueClock: MeasuredClock
  #listener: MarketListener | null = null
  #watched: ReadonlySet<string> = new Set()
  /** No ticker arrives: prices grow old. */
  silent = false
  /** The last prices that arrived, by symbol: what this process can know. */
  readonly known = new Map<string, KnownPrices>()
  /** When that was, our monotonic clock, ms. */
  readonly tickedAt = new Map<string, number>()

  constructor(host: VenueHost, clock: Clock, venueClock: MeasuredClock) {
    this.#host = host
    this.#clock = clock
    this.#venueClock = venueClock
  }

  instruments(): Promise<Result<readonly Instrument[], VenueError>> {
    const { faults, exchange, kind } = this.#host
    return new Promise(resolve => {
      this.#clock.after(faults.latencyMs(), () => {
        if (exchange.maintenance || faults.hit('readFailed', {}))
          resolve(err({ kind: 'unavailable', message: 'no answer' }))
        else
          resolve(
            ok(Array.from(exchange.instruments.values(), each => instrumentOf(kind.capability.venue, each))),
          )
      })
    })
  }

  open(listener: MarketListener): void {
    this.#listener = listener
    this.#host.markets.add(this)
  }

  watch(instruments: readonly InstrumentId[]): void {
    const watched = new Set(instruments.map(symbolOf))
    const added = [...watched].filter(symbol => !this.#watched.has(symbol))
    this.#watched = watched
    for (const symbol of added) this.tick(symbol)
  }

  /** The book as it was when the question reached the venue. */
  depth(instrumentId: InstrumentId, level: number): Promise<Result<BookLevel, VenueError>> {
    const { faults, exchange } = this.#host
    return new Promise(resolve => {
      this.#clock.after(faults.latencyMs(), () => {
        if (exchange.maintenance || faults.hit('readFailed', {})) {
          resolve(err({ kind: 'unavailable', message: 'no answer' }))
          return
        }
        const { bids, asks } = exchange.depth(symbolOf(instrumentId), level)
        const [bid, ask] = [bids[level - 1]?.price ?? null, asks[level - 1]?.price ?? null]
        this.#clock.after(faults.latencyMs(), () => resolve(ok({ bid, ask, at: this.#clock.now() })))
      })
    })
  }

  clockOffsetMs(): number | null {
    return this.#venueClock.offsetMs()
  }

  tick(symbol: string): void {
    if (!this.#watched.has(symbol) || this.silent) return
    const { exchange, kind } = this.#host
    const ticker = tickerOf(kind.capability.venue, exchange, symbol)
    this.#clock.after(this.#host.faults.latencyMs(), () => {
      this.known.set(symbol, {
        mark: ticker.mark,
        bid: ticker.bid ?? ticker.last,
        ask: ticker.ask ?? ticker.last,
      })
      this.tickedAt.set(symbol, this.#clock.monotonic())
      this.#listener?.ticker({ ...ticker, at: this.#clock.now() })
    })
  }

  async close(): Promise<void> {
    this.#host.markets.delete(this)
  }
}
