import type { PairId } from '../../src/domain/ids.ts'
import { type Disturb, repeat, sometimes } from './disturb.ts'
import { redrawPair } from './pair-configuration.ts'
import { pairHandsOf, resume } from './pair-hands.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Simulation } from './simulation.ts'
import { closeOrOpen } from './traders.ts'

/** What people do to pairs and their legs, at the venue and through Lockstep. */

const SHARE = 0.6

/** By hand at the venue: on B, where only hedges should trade, and on the A of quotes. */
const legTrades: Disturb = (simulation, random) =>
  sometimes(
    simulation,
    random,
    {
      share: 0.7,
      paces: [
        [2_000, 10_000],
        [20_000, 60_000],
      ],
    },
    () => {
      const { pairs } = simulation.setup
      const pair = pairs[random.integer(0, pairs.length - 1)]
      if (pair === undefined) return
      const leg = random.chance(0.75) ? pair.b : pair.a
      simulation.faults.note('foreignTrade', { account: leg.account })
      closeOrOpen(simulation.host, random, leg)
    },
  )

const pairSettings: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.4, paces: [[20_000, 90_000]] }, () => {
    simulation.faults.note('settingsChanged', {})
    simulation.setup = redrawPair(simulation.host.kind, simulation.setup, random)
    simulation.restart({ afterMs: random.integer(10, 2_000), chance: random.next() })
  })

/** Pauses, resumes and flattens, whatever goes on. */
const pairHands: Disturb = (simulation, random) => {
  if (!random.chance(SHARE)) return () => undefined
  const pace = random.pick([
    [500, 10_000],
    [5_000, 40_000],
  ] as const)
  return repeat(simulation.clock, random, pace, () => meddle(simulation, random))
}

function meddle(simulation: Simulation, random: SeededRandom): void {
  const { pairs, accounts } = simulation.judge.ledger
  const known = [...pairs.values()]
  const pair = known[random.integer(0, known.length - 1)]
  const kind = random.next()
  if (pair === undefined) return
  const id: PairId = pair.id
  if (kind < 0.5) void pairHandsOf(simulation)?.pause(id)
  else if (kind < 0.7) {
    simulation.faults.note('flattened', { account: accounts.get(pair.a.accountId)?.name ?? '' })
    void pairHandsOf(simulation)?.flatten(id)
  } else resume(simulation, id)
}

export const PAIR_OWN_DISTURBANCES = { legTrades, pairSettings, pairHands } as const satisfies Record<
  string,
  Disturb
>
