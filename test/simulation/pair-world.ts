import type { SetupPair } from '../../src/engine/setup.ts'
import type { Configuration } from './configuration.ts'
import { repeat } from './disturb.ts'
import { LATER_PAIR_DISTURBANCES, PAIR_DISTURBANCES } from './disturbances.ts'
import { drawPairs, withPairs } from './pair-configuration.ts'
import { resumePaused } from './pair-hands.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Simulation } from './simulation.ts'
import { closeAll, enterAndLeave, takeQuote } from './traders.ts'
import type { World } from './world.ts'

/** From one look at what is paused to the next: so long a failure keeps a pair from trading, ms. */
const RESUME_PACE_MS = [500, 6_000] as const
/** A quote meets somebody as often as a leader trades, but not within a few ms of being made. */
const SLOWEST_QUOTE_MS = 200
/** Until a process runs again that was killed at the last moment, ms. */
const BACK_AFTER_MS = 8_000
const FINISH_MS = 12_000

/** Legs of which one follows the other, mirrored or by quotes of their own. */
export const PAIRS: World = {
  draw: drawPairs,
  withFirst: withPairs,
  disturbances: PAIR_DISTURBANCES,
  laterDisturbances: LATER_PAIR_DISTURBANCES,
  trade: (simulation, random, pace) => {
    const { clock, setup } = simulation
    const people = random.fork()
    const stops = setup.pairs.map(pair => tradeOn(simulation, random.fork(), pair, pace))
    stops.push(repeat(clock, people, RESUME_PACE_MS, () => resumePaused(simulation, people)))
    return () => {
      for (const stop of stops) stop()
    }
  },
  leave: (simulation, closes) => {
    const { clock, host, setup } = simulation
    for (const { a } of setup.pairs.filter(isMirror)) {
      host.act((exchange, at) => exchange.cancelAll(a.account, a.symbol, at))
      if (closes) closeAll(host, a.account)
    }
    // Half of the seeds end with pairs that go on, the others with pauses that nobody has ended.
    if (closes) clock.after(BACK_AFTER_MS, () => resumePaused(simulation, null))
  },
  finish: async simulation => {
    const { engine = null } = simulation.process ?? {}
    for (const { pair } of engine?.context.state.pairs.values() ?? [])
      if (pair.quoting !== null) void engine?.pairHands.pause(pair.id)
    await simulation.run({ ms: FINISH_MS })
  },
}

function isMirror({ quoting }: SetupPair): boolean {
  return quoting === null
}

function tradeOn(
  { clock, host }: Simulation,
  random: SeededRandom,
  { a, quoting }: SetupPair,
  [from, to]: Configuration['leaderPaceMs'],
): () => void {
  if (quoting === null) return repeat(clock, random, [from, to], () => enterAndLeave(host, random, a))
  return repeat(clock, random, [from, Math.max(to, SLOWEST_QUOTE_MS)], () => takeQuote(host, random, a))
}
