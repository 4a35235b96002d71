import { HAND_DISTURBANCES } from './disturb-hands.ts'
import { OWNER_DISTURBANCES } from './disturb-owner.ts'
import { PAIR_OWN_DISTURBANCES } from './disturb-pairs.ts'
import { PEOPLE_DISTURBANCES } from './disturb-people.ts'
import { PROCESS_DISTURBANCES } from './disturb-process.ts'
import { SIGNAL_DISTURBANCES } from './disturb-signals.ts'
import { OUTAGE_DISTURBANCES, VENUE_DISTURBANCES } from './disturb-venue.ts'
import { type FaultRates, NO_FAULTS } from './faults.ts'
import type { SeededRandom } from './seeded-random.ts'

export interface DrawnRates extends FaultRates {
  readonly slowDisk: number
}

export const NO_DRAWN_FAULTS: DrawnRates = { ...NO_FAULTS, slowDisk: 0 }

/** Each kind of fault is absent from some seeds, rare in most and frequent in a few. */
export function drawFaultRates(random: SeededRandom): DrawnRates {
  const rate = (usual: number): number => random.pick([0, usual, usual, 5 * usual])
  return {
    requestLost: rate(0.03),
    answerLost: rate(0.03),
    late: rate(0.03),
    refusedByReport: rate(0.2),
    rateLimited: rate(0.02),
    leverageRefused: rate(0.05),
    readFailed: rate(0.04),
    readStale: rate(0.1),
    readIncomplete: rate(0.05),
    reportLost: rate(0.02),
    reportTwice: rate(0.04),
    reportDelayed: rate(0.04),
    noBudget: rate(0.1),
    fillOutrun: rate(0.2),
    slowDisk: rate(0.01),
    takenAndLost: 0,
    cancelTakenAndLost: 0,
    nonceTaken: 0,
  }
}

/** Of a venue whose yes proves nothing. */
export function drawSequencedRates(random: SeededRandom): Partial<DrawnRates> {
  const rate = (usual: number): number => random.pick([0, usual, usual, 5 * usual])
  return { takenAndLost: rate(0.02), cancelTakenAndLost: rate(0.03), nonceTaken: rate(0.02) }
}

export const DISTURBANCES = {
  ...PROCESS_DISTURBANCES,
  ...VENUE_DISTURBANCES,
  ...OWNER_DISTURBANCES,
  ...PEOPLE_DISTURBANCES,
  ...SIGNAL_DISTURBANCES,
  ...HAND_DISTURBANCES,
} as const

const { newSettings: _links, stricterModes: _modes, ...ofProcesses } = PROCESS_DISTURBANCES
const { handTrades: _anywhere, ...ofOwners } = OWNER_DISTURBANCES

/** Without what is about links. */
export const PAIR_DISTURBANCES = {
  ...ofProcesses,
  ...VENUE_DISTURBANCES,
  ...ofOwners,
  ...HAND_DISTURBANCES,
  ...PAIR_OWN_DISTURBANCES,
} as const

/** What was thought of later, with chance of its own: what the others draw stays as it was. */
export const LATER_PAIR_DISTURBANCES = OUTAGE_DISTURBANCES
