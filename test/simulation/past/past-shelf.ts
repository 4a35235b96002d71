import { seedOf, unitNoise } from '../../../exchange/core/noise.ts'
import type { HistoryKind } from '../../../src/domain/history.ts'
import type { HistoryRule } from '../../../src/ports/history.ts'
import type { SeededRandom } from '../seeded-random.ts'
import type { PastConfiguration } from './past-configuration.ts'

export const LAG_MS = 3_000
const OVERDUE_MS = 60_000
const LATENCY_MS = { from: 1, to: 20 }
/** Short windows and pages, so that every reading has several of both. */
const RULE: HistoryRule = {
  maximumWindowMs: 60_000,
  retentionMs: 15 * 60_000,
  lagMs: LAG_MS,
  keepsEveryRow: true,
}
export const ROWS_PER_PAGE = 20

/** When the venue shows what it has, and how well it answers: the same for every process that asks. */
export class PastShelf {
  readonly configuration: PastConfiguration
  readonly #random: SeededRandom
  /** Nothing fails any more. */
  isQuiet = false

  constructor(configuration: PastConfiguration, random: SeededRandom) {
    this.configuration = configuration
    this.#random = random
  }

  rule(kind: HistoryKind): HistoryRule {
    return { ...RULE, keepsEveryRow: kind !== 'orders' }
  }

  /** @param at of its last change, the venue's clock, ms */
  isShown(id: string, at: number, now: number): boolean {
    return at + this.#lateMs(id) <= now
  }

  /** What is later than the venue promises is found in the end, and not missed before. */
  isOverdue(id: string): boolean {
    return this.#lateMs(id) >= LAG_MS
  }

  latencyMs(): number {
    return this.#random.integer(LATENCY_MS.from, LATENCY_MS.to)
  }

  fails(): boolean {
    return this.#random.chance(this.configuration.failRate) && !this.isQuiet
  }

  backfills(): boolean {
    return this.#random.chance(this.configuration.backfillRate) && !this.isQuiet
  }

  /** Of its own for each row, and always the same. */
  #lateMs(id: string): number {
    const number = seedOf(1, id)
    const isOverdue = unitNoise(number, 1) < this.configuration.overdueRate
    return Math.floor(unitNoise(number, 2) * (isOverdue ? OVERDUE_MS : LAG_MS))
  }
}
