import type { Clock } from '../../src/ports/clock.ts'
import { type FaultRates, NO_FAULTS } from './faults.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Simulation } from './simulation.ts'
import { ownerTrades } from './traders.ts'

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
    readFailed: rate(0.04),
    readStale: rate(0.1),
    reportLost: rate(0.02),
    reportTwice: rate(0.04),
    reportDelayed: rate(0.04),
    noBudget: rate(0.1),
    slowDisk: rate(0.01),
  }
}

/** Begins something that goes wrong again and again. @returns what ends it */
export type Disturb = (simulation: Simulation, random: SeededRandom) => () => void

/** Does something at random times, both ends of the pause in ms. @returns what ends it */
export function repeat(
  clock: Clock,
  random: SeededRandom,
  [from, to]: readonly [number, number],
  task: () => void,
): () => void {
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

const kills: Disturb = (simulation, random) =>
  repeat(
    simulation.clock,
    random,
    random.pick([
      [2_000, 15_000],
      [10_000, 60_000],
    ]),
    () => {
      simulation.faults.note('kill')
      simulation.restart({ afterMs: random.integer(10, 4_000), chance: random.next() })
    },
  )

/** The moments at which a copy is on its way are short: some kills aim at them. */
const killsAtSend: Disturb = (simulation, random) => {
  const probability = random.pick([0, 0, 0.02])
  return simulation.onSend(() => {
    if (!random.chance(probability)) return
    simulation.clock.after(random.next() * 25, () => {
      simulation.faults.note('kill')
      simulation.restart({ afterMs: random.integer(10, 4_000), chance: random.next() })
    })
  })
}

const streamDrops: Disturb = (simulation, random) =>
  repeat(simulation.clock, random, [1_000, 12_000], () => {
    const account = pickAccount(simulation, random)
    simulation.faults.note('streamDrop')
    account?.stream.drop(random.integer(10, 5_000))
  })

/** The connection stays up and says nothing, until it is noticed. */
const deafStreams: Disturb = (simulation, random) =>
  repeat(simulation.clock, random, [5_000, 30_000], () => {
    const account = pickAccount(simulation, random)
    if (account === null) return
    account.stream.deaf = true
    simulation.faults.note('streamDeaf')
    simulation.clock.after(random.integer(200, 5_000), () => {
      account.stream.deaf = false
      if (random.chance(0.5)) account.stream.drop(random.integer(10, 1_000))
    })
  })

const silentMarket: Disturb = (simulation, random) =>
  repeat(simulation.clock, random, [10_000, 60_000], () => {
    const market = simulation.process?.venue.market
    if (market === undefined) return
    market.silent = true
    simulation.faults.note('marketSilent')
    simulation.clock.after(random.integer(1_000, 20_000), () => {
      market.silent = false
    })
  })

const owners: Disturb = (simulation, random) => {
  const followers = simulation.exchange.accounts().slice(1)
  return repeat(
    simulation.clock,
    random,
    random.pick([
      [2_000, 10_000],
      [20_000, 60_000],
    ]),
    () => {
      const name = followers[random.integer(0, followers.length - 1)]
      if (name === undefined) return
      simulation.faults.note('foreignTrade')
      ownerTrades(simulation.host, name, random)
    },
  )
}

const failingDisk: Disturb = (simulation, random) =>
  repeat(
    simulation.clock,
    random,
    random.pick([
      [15_000, 60_000],
      [100_000, 100_000],
    ]),
    () => {
      simulation.faults.note('diskFailed')
      simulation.store.failNext({ durable: random.chance(0.5) })
    },
  )

export const DISTURBANCES: readonly Disturb[] = [
  kills,
  killsAtSend,
  streamDrops,
  deafStreams,
  silentMarket,
  owners,
  failingDisk,
]

function pickAccount({ process }: Simulation, random: SeededRandom) {
  const accounts = process?.venue.accounts ?? []
  return accounts[random.integer(0, accounts.length - 1)] ?? null
}
