import type { VenueName } from '../../src/domain/ids.ts'
import type { Log } from '../../src/ports/observe.ts'
import type { Configuration } from './configuration.ts'
import { COPIES } from './copy-world.ts'
import { type DrawnRates, drawFaultRates, drawSequencedRates, NO_DRAWN_FAULTS } from './disturbances.ts'
import type { Pair } from './fault-kinds.ts'
import { NO_FAULTS } from './faults.ts'
import type { Violation } from './judge.ts'
import { flagsOf, type Mask, NO_MASK, type Switch } from './mask.ts'
import { PAIRS } from './pair-world.ts'
import { SeededRandom } from './seeded-random.ts'
import { Simulation } from './simulation.ts'
import { hold } from './traders.ts'
import type { UnhedgedRound } from './unhedged.ts'
import type { World } from './world.ts'
import type { WorldName } from './world-name.ts'

export interface SimulateOptions {
  readonly seed: number
  /** Default: copies. */
  readonly world?: WorldName
  /** Default: everything that it draws may happen. */
  readonly mask?: Mask
  readonly log?: Log
  /** What the venue remembers is read whatever the seed says. */
  readonly readsPast?: boolean
  /** How many of the last events a failing run keeps. */
  readonly events?: number
}

export interface SimulationReport {
  readonly world: WorldName
  readonly venue: VenueName
  readonly seed: number
  readonly mask: Mask
  /** Orders of ours that the exchange received. */
  readonly orders: number
  readonly faults: number
  /** Tasks of the virtual clock. */
  readonly steps: number
  readonly virtualMs: number
  readonly traceHash: string
  /** How often a fault met an order in a state. */
  readonly pairs: ReadonlyMap<Pair, number>
  /** Exposures of hedged pairs that have ended. */
  readonly rounds: readonly UnhedgedRound[]
  readonly violations: readonly Violation[]
  /** What happened last, for a seed that failed. */
  readonly lastEvents: readonly string[]
}

const WARM_UP_MS = 3_000
/** Long enough for the slowest doubt: deadline, lag, a second question, and its longest wait. */
const SETTLE_MS = 60_000
/** What traded at the last moment is told and counted. */
const STILL_MS = 5_000
const SLOW_DISK_MS = 4_000
const RECONCILE_EVERY_MS = 10_000
const DOUBT_NOTICE_MS = 5_000
const LAST_EVENTS = 60

const WORLDS: Readonly<Record<WorldName, World>> = { copies: COPIES, pairs: PAIRS }

/** One run of everything, decided by its seed. */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const {
    seed,
    world: name = 'copies',
    mask = NO_MASK,
    events = LAST_EVENTS,
    readsPast = false,
    ...rest
  } = options
  const world = WORLDS[name]
  const random = new SeededRandom(seed)
  // No seed has this number: what it draws is drawn by nothing else.
  const later = new SeededRandom(~seed)
  const configuration = masked(world, world.draw(random.fork(), { readsPast, later: later.fork() }), mask)
  const diskRandom = random.fork()
  const isSequenced = configuration.venueKind.proof === 'report'
  const more = isSequenced ? drawSequencedRates(later.fork()) : {}
  const drawn = maskedRates({ ...drawFaultRates(random.fork()), ...more }, mask)
  const rates = configuration.isQuiet ? NO_DRAWN_FAULTS : drawn
  const disk = new SimulatedDisk(diskRandom, rates.slowDisk)
  const simulation = new Simulation({
    ...rest,
    ...configuration,
    seed,
    eventsKept: events,
    engineOptions: {
      reconcileEveryMs: RECONCILE_EVERY_MS,
      doubtNoticeMs: DOUBT_NOTICE_MS,
      linksPerTurn: configuration.linksPerTurn,
    },
    commitDelayMs: () => disk.delayMs(),
  })
  disk.onSlow = () => simulation.faults.note('diskSlow', {})
  for (const held of configuration.heldBefore) hold(simulation.host, held)
  await simulation.run({ ms: WARM_UP_MS })
  disk.isQuiet = false
  await tradeThrough(simulation, random, { world, configuration, rates, mask, later })
  disk.isQuiet = true
  await settle(simulation, world, random.chance(0.5))
  return reportOf(simulation, { world: name, seed, mask }, events)
}

function masked(
  world: World,
  configuration: Configuration,
  { without, tradingMs, followers }: Mask,
): Configuration {
  const few = followers === null ? configuration : world.withFirst(configuration, followers)
  // Nobody trades longer because of an outage that does not happen.
  const awayMs = without.includes('outages') ? (few.outage?.forMs ?? 0) : 0
  return { ...few, tradingMs: tradingMs ?? few.tradingMs - awayMs }
}

function maskedRates(drawn: DrawnRates, { without }: Mask): DrawnRates {
  const rates: Record<string, number> = { ...drawn }
  for (const name of without) if (name in drawn) rates[name] = 0
  return { ...drawn, ...rates }
}

/** How long each unit takes to become durable: under a millisecond, or now and then seconds. */
class SimulatedDisk {
  readonly #random: SeededRandom
  readonly #slowRate: number
  isQuiet = true
  onSlow: (() => void) | null = null

  constructor(random: SeededRandom, slowRate: number) {
    this.#random = random
    this.#slowRate = slowRate
  }

  delayMs(): number {
    const isSlow = !this.isQuiet && this.#random.chance(this.#slowRate)
    if (!isSlow) return this.#random.next()
    this.onSlow?.()
    return this.#random.integer(1, SLOW_DISK_MS)
  }
}

/** People trade, and everything goes wrong that the rates allow. */
async function tradeThrough(simulation: Simulation, random: SeededRandom, drawn: Drawn): Promise<void> {
  const { world, configuration, rates, mask, later } = drawn
  const stops = [world.trade(simulation, random.fork(), configuration.leaderPaceMs)]
  simulation.faults.rates = rates
  const off: ReadonlySet<string> = new Set<Switch>(mask.without)
  const begin = (disturbances: World['disturbances'], from: SeededRandom): void => {
    for (const [name, disturb] of Object.entries(disturbances)) {
      // What is switched off takes its chance all the same, so that the others keep theirs.
      const own = from.fork()
      if (!off.has(name) && !configuration.isQuiet) stops.push(disturb(simulation, own))
    }
  }
  begin(world.disturbances, random)
  begin(world.laterDisturbances, later)
  await simulation.run({ ms: configuration.tradingMs })
  for (const stop of stops) stop()
  simulation.faults.rates = NO_FAULTS
  simulation.calm()
}

interface Drawn {
  readonly world: World
  readonly configuration: Configuration
  readonly rates: DrawnRates
  readonly mask: Mask
  readonly later: SeededRandom
}

/** Nothing goes wrong any more, nobody trades, and at last not even prices move. */
async function settle(simulation: Simulation, world: World, closes: boolean): Promise<void> {
  world.leave(simulation, closes)
  await simulation.run({ ms: SETTLE_MS })
  await world.finish(simulation)
  simulation.host.still = true
  await simulation.run({ ms: STILL_MS })
  await simulation.atRest()
}

function reportOf(
  { judge, trace, faults, clock, coverage, host }: Simulation,
  of: Pick<SimulationReport, 'world' | 'seed' | 'mask'>,
  events: number,
): SimulationReport {
  return {
    ...of,
    venue: host.kind.capability.venue,
    orders: judge.orders,
    faults: faults.total,
    steps: clock.steps,
    virtualMs: clock.monotonic(),
    traceHash: trace.hash(),
    pairs: coverage.pairs,
    rounds: judge.unhedged.rounds,
    violations: judge.violations,
    lastEvents: judge.violations.length === 0 ? [] : trace.last(events),
  }
}

/** A failing seed in words: what is broken, and how to see it again. */
export function describeFailure(report: SimulationReport): string {
  const { seed, venue, violations, lastEvents } = report
  const broken = violations.map(({ invariant, text, at }) => `  ${at.toFixed(0)} ms [${invariant}] ${text}`)
  return [
    `seed ${seed} (${venue}) breaks ${violations.length} (again: npm run simulate -- ${flagsOf(report)})`,
    ...broken,
    'last events:',
    ...lastEvents.map(line => `  ${line.slice(0, 300)}`),
  ].join('\n')
}
