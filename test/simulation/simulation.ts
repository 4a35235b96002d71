import { createExchange } from '../../exchange/core/exchange.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from '../../exchange/core/instruments.ts'
import { seededPath } from '../../exchange/core/path-seeded.ts'
import type { Exchange } from '../../exchange/core/types.ts'
import { decimal } from '../../src/domain/decimal.ts'
import type { EngineOptions } from '../../src/engine/context.ts'
import type { Setup } from '../../src/engine/setup.ts'
import { type Log, SILENT } from '../../src/ports/observe.ts'
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/store.ts'
import { Faults } from './faults.ts'
import { Judge } from './judge.ts'
import { EngineProcess } from './process.ts'
import { SeededRandom } from './seeded-random.ts'
import { Trace } from './trace.ts'
import { VenueHost } from './venue-host.ts'
import { VirtualClock } from './virtual-clock.ts'
import { watchedStore } from './watched-store.ts'

const START_AT = 1_750_000_000_000
const SYMBOLS: readonly string[] = ['BTCUSDT', 'ETHUSDT']
const INSTALLATION_TAG = 'simulat'

export interface SimulationOptions {
  readonly seed: number
  readonly setup: Setup
  /** Quote, by account. */
  readonly deposits: ReadonlyMap<string, string>
  readonly engineOptions?: Partial<EngineOptions>
  /** The venue's clock minus ours, ms. */
  readonly offsetMs?: number
  readonly commitDelayMs?: () => number
  /** Quote that the best level of each book holds: thin books make many executions. */
  readonly levelNotional?: string
  readonly log?: Log
  readonly eventsKept?: number
}

/** Everything in one process and on one clock: exchange, engine, store, and those who watch. */
export class Simulation {
  readonly clock = new VirtualClock(START_AT)
  readonly exchange: Exchange
  readonly faults: Faults
  readonly host: VenueHost
  readonly judge: Judge
  readonly trace: Trace
  readonly #options: SimulationOptions
  readonly #random: SeededRandom
  readonly #onSend = new Set<() => void>()
  #store: MemoryStore
  #process: EngineProcess | null = null
  /** How often the engine was started again. */
  restarts = 0

  constructor(options: SimulationOptions) {
    const { seed, deposits, offsetMs = 0, levelNotional = '20000', commitDelayMs = () => 0 } = options
    this.#options = options
    this.#random = new SeededRandom(seed)
    this.faults = new Faults(this.#random.fork())
    const instruments = DEFAULT_INSTRUMENTS.filter(({ symbol }) => SYMBOLS.includes(symbol))
    this.exchange = createExchange({
      instruments,
      path: seededPath({ seed, instruments, basePrices: DEFAULT_BASE_PRICES }),
      seed,
      startAt: START_AT + offsetMs,
      levelNotional: decimal(levelNotional),
    })
    for (const [account, deposit] of deposits) this.exchange.createAccount(account, decimal(deposit))
    this.trace = new Trace(this.clock, options.eventsKept)
    this.judge = new Judge({
      exchange: this.exchange,
      clock: this.clock,
      offsetMs,
      trace: this.trace,
      tag: INSTALLATION_TAG,
    })
    this.host = new VenueHost({ exchange: this.exchange, clock: this.clock, offsetMs, faults: this.faults })
    this.host.onSend = (account, order) => {
      this.judge.sent(account, order)
      for (const listener of this.#onSend) listener()
    }
    this.#store = createMemoryStore({
      clock: this.clock,
      installationTag: INSTALLATION_TAG,
      commitDelayMs,
      onDurable: unit => this.judge.durable(unit),
    })
    this.start()
  }

  get process(): EngineProcess | null {
    return this.#process
  }

  get store(): MemoryStore {
    return this.#store
  }

  /** Starts the engine on what the store holds. */
  start(): void {
    const { setup, engineOptions = {}, log = SILENT } = this.#options
    const seen = watchedStore(this.#store, {
      // One process at a time: whatever it decides must be new.
      conflict: message => this.judge.violate('I3', `the store refused a unit: ${message}`),
      asked: unit => this.judge.asked(unit, this.#process?.venue.market.knownMarks ?? new Map()),
    })
    this.#process = new EngineProcess({
      clock: this.clock,
      random: this.#random.fork(),
      host: this.host,
      store: seen,
      setup,
      engineOptions,
      log,
      observer: { decided: (decision, order) => this.trace.decided(decision, order) },
      onFatal: message => {
        this.trace.note(`fatal ${message}`)
        this.restart({ afterMs: 1_000 })
      },
    })
  }

  /** kill -9. @param chance in [0, 1): how many of the units in flight reached the disk */
  kill({ chance = 0 }: { readonly chance?: number } = {}): void {
    this.#process?.end()
    this.#process = null
    this.#store = this.#store.crash(chance)
    this.judge.killed()
  }

  restart({ afterMs, chance = 0 }: { readonly afterMs: number; readonly chance?: number }): void {
    if (this.#process === null) return
    this.kill({ chance })
    this.restarts += 1
    this.clock.after(afterMs, () => {
      if (this.#process === null) this.start()
    })
  }

  /** Called whenever an order's bytes leave. @returns what ends it */
  onSend(listener: () => void): () => void {
    this.#onSend.add(listener)
    return () => this.#onSend.delete(listener)
  }

  /** Ends what would otherwise last: deaf streams hear again, prices flow, the process runs. */
  calm(): void {
    for (const account of this.#process?.venue.accounts ?? []) account.stream.deaf = false
    if (this.#process !== null) this.#process.venue.market.silent = false
  }

  async run({ ms }: { readonly ms: number }): Promise<void> {
    await this.clock.run(ms)
  }
}
