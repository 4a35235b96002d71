import type { MarginMode } from '../../exchange/core/records.ts'
import type { Exchange } from '../../exchange/core/types.ts'
import { ZERO } from '../../src/domain/decimal.ts'
import type { Decision } from '../../src/domain/decision.ts'
import { DEFAULT_ENGINE_OPTIONS, type EngineOptions } from '../../src/engine/context.ts'
import type { Setup } from '../../src/engine/setup.ts'
import { type Log, SILENT } from '../../src/ports/observe.ts'
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/store.ts'
import { Coverage } from './coverage.ts'
import { Faults } from './faults.ts'
import { Judge } from './judge.ts'
import type { PastConfiguration } from './past/past-configuration.ts'
import { PastWatch } from './past/past-watch.ts'
import { EngineProcess } from './process.ts'
import { SeededRandom } from './seeded-random.ts'
import { createSimulatedExchange } from './simulated-exchange.ts'
import type { SimulatedStream } from './simulated-stream.ts'
import { Trace } from './trace.ts'
import { VenueHost } from './venue-host.ts'
import { BYBIT, type Outage, type VenueKind } from './venue-kinds.ts'
import { VirtualClock } from './virtual-clock.ts'

const START_AT = 1_750_000_000_000
const INSTALLATION_TAG = 'simulat'
/** How often somebody looks whether the engine leaves anything lying. */
const LOOK_EVERY_MS = 500

export interface SimulationOptions {
  readonly seed: number
  readonly setup: Setup
  /** Quote, by account. */
  readonly deposits: ReadonlyMap<string, string>
  /** By account; cross where nothing is said. */
  readonly marginModes?: ReadonlyMap<string, MarginMode>
  readonly engineOptions?: Partial<EngineOptions>
  /** The venue's clock minus ours, ms. */
  readonly offsetMs?: number
  readonly commitDelayMs?: () => number
  /** Quote that the best level of each book holds: thin books make many executions. */
  readonly levelNotional?: string
  readonly log?: Log
  readonly eventsKept?: number
  /** What the venue remembers is read as well; null or left out: it is not. */
  readonly past?: PastConfiguration | null
  /** Bybit if left out. */
  readonly venueKind?: VenueKind
  readonly outage?: Outage | null
}

/** Everything in one process and on one clock: exchange, engine, store, and those who watch. */
export class Simulation {
  readonly clock = new VirtualClock(START_AT)
  readonly exchange: Exchange
  readonly faults: Faults
  readonly host: VenueHost
  readonly judge: Judge
  readonly trace: Trace
  readonly coverage: Coverage
  readonly past: PastWatch | null
  readonly outage: Outage | null
  readonly #options: SimulationOptions
  readonly #random: SeededRandom
  readonly #onSend = new Set<() => void>()
  #store: MemoryStore
  #process: EngineProcess | null = null
  /** Of another process before, which does not know yet that it is no longer wanted. */
  readonly #former = new Set<EngineProcess>()
  /** What the next process is told to do. */
  setup: Setup
  /** Symbols that will never trade again. */
  readonly delisted = new Set<string>()
  /** How often the engine was started again. */
  restarts = 0

  constructor(options: SimulationOptions) {
    const { seed, offsetMs = 0, commitDelayMs = () => 0, past = null } = options
    const { venueKind: kind = BYBIT, outage = null } = options
    this.#options = options
    this.outage = outage
    this.setup = options.setup
    this.#random = new SeededRandom(seed)
    this.faults = new Faults(this.#random.fork())
    this.exchange = createSimulatedExchange({ ...options, startAt: START_AT + offsetMs })
    this.exchange.onAudit(({ kind, account }) => {
      if (kind === 'triggered') this.faults.note('stoppedOut', { account })
    })
    this.trace = new Trace(this.clock, options.eventsKept)
    this.judge = new Judge({
      exchange: this.exchange,
      clock: this.clock,
      venueNow: () => this.host.now(),
      trace: this.trace,
      tag: INSTALLATION_TAG,
      queryLagMs: kind.capability.queryLagMs,
      doubtNoticeMs: options.engineOptions?.doubtNoticeMs ?? DEFAULT_ENGINE_OPTIONS.doubtNoticeMs,
    })
    const { ledger } = this.judge
    this.coverage = new Coverage({ clock: this.clock, ledger, engine: () => this.#process?.engine ?? null })
    this.judge.onOver = order => this.coverage.ended(order)
    this.faults.onFault = (fault, target) => {
      this.coverage.happened(fault, target)
      this.judge.troubles.note(fault, target, this.clock.monotonic())
    }
    const { clock, exchange, faults } = this
    this.host = new VenueHost({ kind, exchange, clock, offsetMs, faults })
    this.host.onSend = (account, order) => {
      this.judge.sent(account, order)
      for (const listener of this.#onSend) listener()
    }
    this.past = past === null ? null : new PastWatch(past, seed, this)
    this.#store = createMemoryStore({
      clock: this.clock,
      installationTag: INSTALLATION_TAG,
      commitDelayMs,
      onDurable: unit => this.judge.durable(unit),
    })
    this.start()
    this.#look()
  }

  get process(): EngineProcess | null {
    return this.#process
  }

  get store(): MemoryStore {
    return this.#store
  }

  /** Starts the engine on what the store holds. */
  start(): void {
    const { engineOptions = {}, log = SILENT } = this.#options
    const isMine = (): boolean => this.#process === process
    const process = new EngineProcess({
      clock: this.clock,
      random: this.#random.fork(),
      host: this.host,
      store: this.#store,
      watch: {
        // One process at a time: whatever it decides must be new.
        conflict: message => {
          if (isMine()) this.judge.violate('I3', `the store refused a unit: ${message}`)
        },
        acknowledged: unit => this.judge.acknowledged(unit),
        loaded: image => this.judge.loaded(image),
        asked: unit => {
          if (isMine()) this.judge.asked(unit, process.venue.market.known)
        },
      },
      setup: this.setup,
      engineOptions,
      log,
      pastWorld: this.past?.world ?? null,
      observer: { decided: (decision, order) => this.trace.decided(decision, order) },
      onFatal: message => {
        this.trace.note(`fatal ${message}`)
        if (isMine()) this.restart({ afterMs: 1_000 })
      },
    })
    this.#process = process
  }

  /** SIGSTOP, then SIGCONT. */
  freeze({ forMs }: { readonly forMs: number }): void {
    const process = this.#process
    process?.stop()
    this.clock.after(forMs, () => process?.resume())
  }

  /**
   * The process is stopped, another one takes its accounts over, and then the first goes on: what it may
   * still send it had made durable before; its store takes no claim from it any more.
   */
  takeOver(how: { readonly frozenMs: number; readonly aliveMs: number; readonly chance: number }): void {
    const former = this.#process
    if (former === null) return
    former.stop()
    former.leavePast()
    this.#former.add(former)
    this.#store = this.#store.takeOver(how.chance)
    this.#died()
    this.start()
    this.clock.after(how.frozenMs, () => former.resume())
    this.clock.after(how.frozenMs + how.aliveMs, () => this.#endFormer(former))
  }

  #died(): void {
    this.judge.killed()
    void this.past?.died()
  }

  /** To be asked when nothing is in flight and no fault is active. */
  async atRest(): Promise<void> {
    this.judge.atRest()
    await this.past?.atRest(this.#process?.past ?? null, ms => this.run({ ms }))
  }

  #look(): void {
    const { engine = null, venue, isStopped = true } = this.#process ?? {}
    if (engine !== null && !isStopped && !engine.context.halted)
      this.judge.looked(engine.context.state, venue?.market.tickedAt ?? new Map())
    this.clock.after(LOOK_EVERY_MS, () => this.#look())
  }

  #endFormer(former: EngineProcess): void {
    former.end()
    this.#former.delete(former)
  }

  /** kill -9. @param chance in [0, 1): how many of the units in flight reached the disk */
  kill({ chance = 0 }: { readonly chance?: number } = {}): void {
    this.#process?.end()
    this.#process = null
    this.#store = this.#store.crash(chance)
    this.#died()
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

  /** The account's connection of the process that runs; null when none does. */
  streamOf(account: string): SimulatedStream | null {
    return this.#process?.venue.accounts.findLast(({ name }) => name === account)?.stream ?? null
  }

  /** The key is good again, and a person says so. */
  renewKey(account: string): void {
    this.host.setKey(account, 'good')
    this.#process?.past?.renew()
    const engine = this.#process?.engine ?? null
    for (const state of engine?.context.state.accounts.values() ?? []) {
      if (state.account.name === account) void engine?.sessions.reset(state, 'the key was renewed')
    }
  }

  setTrading(symbol: string, isTrading: boolean): void {
    if (this.delisted.has(symbol)) return
    const status = isTrading ? 'trading' : 'closed'
    this.host.act((exchange, at) => exchange.setSymbolStatus(symbol, status, at))
  }

  /** Accounts with an increase that is durable and wants an order. */
  waiting(): readonly string[] {
    const isWaiting = ({ id, part }: Decision): boolean =>
      part === 'increase' && this.judge.ledger.decisions.get(id)?.status === 'pending'
    const accounts = [...(this.#process?.engine?.context.state.accounts.values() ?? [])]
    return accounts
      .filter(({ holdings }) =>
        [...holdings.values()].some(({ link }) => [...(link?.decisions.values() ?? [])].some(isWaiting)),
      )
      .map(({ account }) => account.name)
  }

  /** Of every symbol. @returns false where something is held or rests */
  setPositionMode(account: string, mode: 'one_way' | 'hedge'): boolean {
    const isIdle =
      this.exchange.positions(account).every(({ quantity }) => quantity === ZERO) &&
      this.exchange.openOrders(account).length === 0
    const isKnown = mode === 'one_way' || this.exchange.rules.positionModes === 'both'
    if (!isIdle || !isKnown || this.exchange.maintenance) return false
    this.host.act(exchange => exchange.switchPositionMode(account, null, mode))
    return true
  }

  /** Ends what would otherwise last: everything answers, streams speak, prices flow, one process runs. */
  calm(): void {
    for (const former of this.#former) this.#endFormer(former)
    this.#process?.resume()
    this.host.addressRefused = false
    this.host.onlyReducing.clear()
    this.host.isOut = false
    this.host.act(exchange => exchange.setMaintenance(false))
    for (const symbol of this.host.kind.symbols) this.setTrading(symbol, true)
    for (const account of this.exchange.accounts()) {
      this.streamOf(account)?.hear()
      this.setPositionMode(account, 'one_way')
      if (this.host.keyOf(account) !== 'good') this.renewKey(account)
    }
    if (this.#process !== null) this.#process.venue.market.silent = false
  }

  async run({ ms }: { readonly ms: number }): Promise<void> {
    await this.clock.run(ms)
  }
}
