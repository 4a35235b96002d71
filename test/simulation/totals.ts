import { type Pair, possiblePairs } from './fault-kinds.ts'
import type { SimulationReport } from './simulate.ts'
import type { UnhedgedRound } from './unhedged.ts'
import type { WorldName } from './world-name.ts'

/** A pair counts as covered when it was met this often. */
const COVERED_AT = 100
const HOUR_MS = 3_600_000

/** What many seeds come to, whoever ran them and in whatever order. */
export class Totals {
  readonly #world: WorldName
  #seeds = 0
  #onLighter = 0
  #orders = 0
  #faults = 0
  #steps = 0
  #virtualMs = 0
  #violations = 0
  #isStable = true
  readonly #failing: number[] = []
  readonly #pairs = new Map<Pair, number>()
  /** ms, of every round and of those that no fault touched. */
  readonly #unhedged: number[] = []
  readonly #untouched: number[] = []

  constructor(world: WorldName) {
    this.#world = world
  }

  add(
    report: Pick<
      SimulationReport,
      'seed' | 'venue' | 'orders' | 'faults' | 'steps' | 'virtualMs' | 'rounds'
    > &
      SeedFigures,
  ): void {
    this.#seeds += 1
    if (report.venue === 'lighter') this.#onLighter += 1
    this.#orders += report.orders
    this.#faults += report.faults
    this.#steps += report.steps
    this.#virtualMs += report.virtualMs
    this.#violations += report.violationCount
    this.#isStable &&= report.isStable
    if (report.violationCount > 0) this.#failing.push(report.seed)
    for (const round of report.rounds) this.#addRound(round)
    for (const [pair, count] of report.pairs) this.#pairs.set(pair, (this.#pairs.get(pair) ?? 0) + count)
  }

  get seeds(): number {
    return this.#seeds
  }

  get isClean(): boolean {
    return this.#violations === 0 && this.#isStable
  }

  /** One line while seeds are still running. */
  progress(of: number): string {
    const rounds = this.#world === 'pairs' ? `${this.#unhedged.length} rounds, ` : ''
    return `${this.#seeds} of ${of} seeds, ${rounds}${this.#orders} orders, ${this.#faults} faults, ${this.#violations} violations`
  }

  figures(seconds: number) {
    const possible = possiblePairs(this.#world)
    const counts = possible.map(pair => this.#pairs.get(pair) ?? 0)
    return {
      seeds: this.#seeds,
      ...(this.#world === 'pairs' ? this.#roundFigures() : {}),
      orders: this.#orders,
      hours: Number((this.#virtualMs / HOUR_MS).toFixed(2)),
      faults: this.#faults,
      steps: this.#steps,
      stepsPerSecond: Math.round(this.#steps / seconds),
      seconds: Number(seconds.toFixed(1)),
      pairsCovered: counts.filter(count => count >= COVERED_AT).length,
      pairsPossible: possible.length,
      pairsMinimum: Math.min(...counts),
      violations: this.#violations,
      traceHashStable: this.#isStable,
      failingSeeds: this.#failing.sort((a, b) => a - b),
    }
  }

  #addRound({ ms, isTouched }: UnhedgedRound): void {
    this.#unhedged.push(ms)
    if (!isTouched) this.#untouched.push(ms)
  }

  /** By the exchange's clock: of all rounds, faults in the way included, and of those that none touched. */
  #roundFigures() {
    return {
      seedsOnLighter: this.#onLighter,
      rounds: this.#unhedged.length,
      unhedgedP50Ms: quantile(this.#unhedged, 0.5),
      unhedgedP99Ms: quantile(this.#unhedged, 0.99),
      untouchedRounds: this.#untouched.length,
      untouchedP50Ms: quantile(this.#untouched, 0.5),
      untouchedP99Ms: quantile(this.#untouched, 0.99),
    }
  }

  /** Each possible pair with how often it was met, the rarest first. */
  pairLines(): readonly string[] {
    const rows = possiblePairs(this.#world).map(pair => ({ pair, count: this.#pairs.get(pair) ?? 0 }))
    rows.sort((a, b) => a.count - b.count)
    return rows.map(({ pair, count }) => `${String(count).padStart(9)} ${pair}`)
  }
}

export interface SeedFigures {
  readonly violationCount: number
  /** The same seed left the same trace, where it was run twice. */
  readonly isStable: boolean
  readonly pairs: Iterable<readonly [Pair, number]>
}

/** @returns null when there is none */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}
