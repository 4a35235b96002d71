import type { Configuration } from './configuration.ts'
import type { Disturb } from './disturb.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Simulation } from './simulation.ts'

export interface Wish {
  /** What the venue remembers is read whatever the seed says. */
  readonly readsPast: boolean
  /** What was thought of later draws from it, so that all else stays as it was. */
  readonly later: SeededRandom
}

/** What a seed is about: what is set up, who trades, and what goes wrong. */
export interface World {
  readonly draw: (random: SeededRandom, wish: Wish) => Configuration
  /** The same with fewer followers or pairs, the first ones. */
  readonly withFirst: (configuration: Configuration, count: number) => Configuration
  readonly disturbances: Readonly<Record<string, Disturb>>
  /** Those with chance of their own. */
  readonly laterDisturbances: Readonly<Record<string, Disturb>>
  /** People begin to trade at the venue. @returns what ends it */
  readonly trade: (
    simulation: Simulation,
    random: SeededRandom,
    pace: Configuration['leaderPaceMs'],
  ) => () => void
  /** Nothing that people left at the venue trades any more. @param closes they also close what they hold */
  readonly leave: (simulation: Simulation, closes: boolean) => void
  /** Ends what would never come to rest by itself. */
  readonly finish: (simulation: Simulation) => Promise<void>
}
