import { ok } from '../../src/domain/result.ts'
import { NO_LIMITS } from '../../src/domain/strategy.ts'
import { DEFAULT_ENGINE_OPTIONS, type EngineObserver, type EngineOptions } from '../../src/engine/context.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import type { Setup } from '../../src/engine/setup.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Log } from '../../src/ports/observe.ts'
import type { Store } from '../../src/ports/store.ts'
import { PastOfProcess, type PastWorld } from './past/past-of-process.ts'
import { ProcessClock } from './process-clock.ts'
import type { SeededRandom } from './seeded-random.ts'
import { SimulatedVenue } from './simulated-venue.ts'
import type { VenueHost } from './venue-host.ts'
import { type StoreWatch, watchedStore } from './watched-store.ts'

export interface ProcessOptions {
  readonly clock: Clock
  readonly random: SeededRandom
  readonly host: VenueHost
  readonly store: Store
  readonly watch: StoreWatch
  readonly setup: Setup
  readonly engineOptions: Partial<EngineOptions>
  readonly log: Log
  readonly observer: EngineObserver
  /** Null: nobody reads what the venue remembers. */
  readonly pastWorld: PastWorld | null
  /** The engine gave up, or could not start: this process is over. */
  readonly onFatal: (message: string) => void
}

/** One life of the engine, from its start until it is killed. */
export class EngineProcess {
  readonly venue: SimulatedVenue
  readonly #options: ProcessOptions
  readonly #clock: ProcessClock
  engine: Engine | null = null
  past: PastOfProcess | null = null
  #hasLeftPast = false

  constructor(options: ProcessOptions) {
    this.#options = options
    this.#clock = new ProcessClock(options.clock)
    this.venue = new SimulatedVenue(options.host, this.#clock)
    void this.#start()
  }

  get isAlive(): boolean {
    return this.#clock.alive
  }

  get isStopped(): boolean {
    return this.#clock.isStopped
  }

  stop(): void {
    this.#clock.stop()
  }

  resume(): void {
    this.#clock.resume()
  }

  /** Another process has the file of history from now on. */
  leavePast(): void {
    this.#hasLeftPast = true
  }

  /** The death of the process: its sockets close, its memory is gone. */
  end(): void {
    this.#clock.alive = false
    for (const account of this.venue.accounts) void account.close()
    void this.venue.close()
  }

  async #start(): Promise<void> {
    const { random, log, observer, setup, engineOptions, watch, onFatal } = this.#options
    const clock = this.#clock
    const store = watchedStore(this.#options.store, watch, answer => clock.seen(answer))
    const created = await createEngine({
      ports: { clock, random, log, observer, onFatal, store },
      options: { ...DEFAULT_ENGINE_OPTIONS, systemLimits: NO_LIMITS, ...engineOptions },
      setup,
      vault: { credential: account => ok({ key: account.name, secret: '' }) },
      venueOf: () => this.venue,
      capabilityOf: () => this.venue.capability,
    })
    if (!this.#clock.alive) return
    if (!created.ok) {
      onFatal(created.error.join(' '))
      return
    }
    this.engine = created.value
    this.engine.start()
    await this.#readPast(this.engine)
  }

  async #readPast(engine: Engine): Promise<void> {
    const { host, pastWorld: world } = this.#options
    if (world === null || this.#hasLeftPast) return
    const { venueClock } = this.venue
    const clock = this.#clock
    const isGone = (): boolean => this.#hasLeftPast || !clock.alive
    this.past = await PastOfProcess.begin({ world, host, clock, venueClock, engine, isGone })
  }
}
