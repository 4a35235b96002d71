import type { Clock } from '../../src/ports/clock.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Simulation } from './simulation.ts'

/** Begins something that goes wrong again and again. @returns what ends it */
export type Disturb = (simulation: Simulation, random: SeededRandom) => () => void

type Pause = readonly [from: number, to: number]

/** Does something at random times, both ends of the pause in ms. @returns what ends it */
export function repeat(clock: Clock, random: SeededRandom, [from, to]: Pause, task: () => void): () => void {
  let cancel = (): void => undefined
  const next = (): void => {
    cancel = clock.after(random.integer(from, to) + random.next(), () => {
      task()
      next()
    })
  }
  next()
  return () => cancel()
}

/** The same in some seeds, in each at a pace of its own; in the others it never happens. */
export function sometimes(
  simulation: Simulation,
  random: SeededRandom,
  { share, paces }: { readonly share: number; readonly paces: readonly [Pause, ...Pause[]] },
  task: () => void,
): () => void {
  if (!random.chance(share)) return () => undefined
  return repeat(simulation.clock, random, random.pick(paces), task)
}

export function pickFollower({ exchange }: Simulation, random: SeededRandom): string {
  const followers = exchange.accounts().slice(1)
  return followers[random.integer(0, followers.length - 1)] ?? ''
}

/** The leader too. */
export function pickAccount({ exchange }: Simulation, random: SeededRandom): string {
  const accounts = exchange.accounts()
  return accounts[random.integer(0, accounts.length - 1)] ?? ''
}
