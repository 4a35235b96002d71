import type { PairId } from '../../src/domain/ids.ts'
import type { PairState } from '../../src/domain/pair.ts'
import type { PairHands } from '../../src/engine/pairs/pair-hands.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Simulation } from './simulation.ts'

/** What people do with pairs through Lockstep. A process that is stopped hears nobody. */
export function pairHandsOf({ process }: Simulation): PairHands | null {
  return process === null || process.isStopped ? null : (process.engine?.pairHands ?? null)
}

/** Somebody has looked at what paused a pair, and lets it go on. @param random picks one of them; null: all of them */
export function resumePaused(simulation: Simulation, random: SeededRandom | null): void {
  const isPaused = ({ pause, phase }: PairState): boolean => pause !== null && phase !== 'closing'
  const paused = [...simulation.judge.ledger.pairStates.values()].filter(isPaused)
  const one = random === null ? undefined : paused[random.integer(0, paused.length - 1)]
  for (const { pairId } of random === null ? paused : one === undefined ? [] : [one])
    resume(simulation, pairId)
}

export function resume(simulation: Simulation, pairId: PairId): void {
  const { judge } = simulation
  const hands = pairHandsOf(simulation)
  if (hands === null) return
  const resumed = judge.resuming(pairId)
  void hands.resume(pairId).then(resumed)
}
