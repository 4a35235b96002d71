import { DISTURBANCES, LATER_PAIR_DISTURBANCES, NO_DRAWN_FAULTS, PAIR_DISTURBANCES } from './disturbances.ts'
import type { WorldName } from './world-name.ts'

/** A kind of trouble that a seed may draw: at a rate (faults.ts), or again and again (disturb-*.ts). */
export type Switch =
  | keyof typeof NO_DRAWN_FAULTS
  | keyof typeof DISTURBANCES
  | keyof typeof PAIR_DISTURBANCES
  | keyof typeof LATER_PAIR_DISTURBANCES

/** What of a seed may not happen. All else is drawn as it would be without it, as far as it goes. */
export interface Mask {
  readonly without: readonly Switch[]
  /** For how long the leader trades; null: as drawn. */
  readonly tradingMs: number | null
  /** How many of its followers or pairs there are, the first of them; null: as drawn. */
  readonly followers: number | null
}

export const NO_MASK: Mask = { without: [], tradingMs: null, followers: null }

/** Of any world; what a world does not draw is never missed there. */
export const SWITCHES: readonly Switch[] = [
  ...new Set([
    ...(Object.keys(NO_DRAWN_FAULTS) as (keyof typeof NO_DRAWN_FAULTS)[]),
    ...(Object.keys(DISTURBANCES) as (keyof typeof DISTURBANCES)[]),
    ...(Object.keys(PAIR_DISTURBANCES) as (keyof typeof PAIR_DISTURBANCES)[]),
    ...(Object.keys(LATER_PAIR_DISTURBANCES) as (keyof typeof LATER_PAIR_DISTURBANCES)[]),
  ]),
]

/** @param names with commas between @returns null when one of them is no switch */
export function parseSwitches(names: string): readonly Switch[] | null {
  const asked = names === '' ? [] : names.split(',')
  const known = asked.flatMap(name => SWITCHES.find(each => each === name) ?? [])
  return known.length === asked.length ? known : null
}

export interface Run {
  readonly world: WorldName
  readonly seed: number
  readonly mask: Mask
}

/** The flags of `npm run simulate` that run a seed just so. */
export function flagsOf({ world, seed, mask: { without, tradingMs, followers } }: Run): string {
  return [
    ...(world === 'pairs' ? ['--pairs'] : []),
    `--seed ${seed}`,
    ...(without.length === 0 ? [] : [`--without ${without.join(',')}`]),
    ...(tradingMs === null ? [] : [`--trading-ms ${tradingMs}`]),
    ...(followers === null ? [] : [`--followers ${followers}`]),
  ].join(' ')
}
