import { type Disturb, pickAccount, pickFollower, repeat, sometimes } from './disturb.ts'
import type { Simulation } from './simulation.ts'

/** What happens at the venue, and on the way to it. */

const streamDrops: Disturb = (simulation, random) =>
  repeat(simulation.clock, random, [1_000, 12_000], () => {
    const account = pickAccount(simulation, random)
    simulation.faults.note('streamDrop', { account })
    simulation.streamOf(account)?.drop(random.integer(10, 5_000))
  })

/** The connection stays up and says nothing, until it is noticed. */
const deafStreams: Disturb = (simulation, random) =>
  repeat(simulation.clock, random, [5_000, 30_000], () => {
    const account = pickAccount(simulation, random)
    const stream = simulation.streamOf(account)
    if (stream === null) return
    stream.deaf = true
    simulation.faults.note('streamDeaf', { account })
    simulation.clock.after(random.integer(200, 5_000), () => {
      stream.deaf = false
      if (random.chance(0.5)) stream.drop(random.integer(10, 1_000))
    })
  })

const silentMarket: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.7, paces: [[10_000, 60_000]] }, () => {
    const market = simulation.process?.venue.market
    if (market === undefined) return
    market.silent = true
    simulation.faults.note('marketSilent', {})
    simulation.clock.after(random.integer(1_000, 20_000), () => {
      market.silent = false
    })
  })

const maintenance: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.25, paces: [[20_000, 90_000]] }, () => {
    simulation.faults.note('maintenance', {})
    simulation.host.act(exchange => exchange.setMaintenance(true))
    dropAll(simulation)
    simulation.clock.after(random.integer(500, 15_000), () =>
      simulation.host.act(exchange => exchange.setMaintenance(simulation.host.isOut)),
    )
  })

const barredAddress: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.25, paces: [[20_000, 90_000]] }, () => {
    simulation.faults.note('addressRefused', {})
    simulation.host.addressRefused = true
    simulation.clock.after(random.integer(500, 10_000), () => {
      simulation.host.addressRefused = false
    })
  })

/** A symbol stops trading with whatever is held in it, and trades again later. */
const haltedSymbols: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.4, paces: [[10_000, 60_000]] }, () => {
    const symbol = random.pick(simulation.host.kind.symbols)
    simulation.faults.note('symbolClosed', { symbol })
    simulation.setTrading(symbol, false)
    simulation.clock.after(random.integer(500, 15_000), () => simulation.setTrading(symbol, true))
  })

/** A symbol that never trades again; some end while a copy is on its way, and those moments are short. */
const delistings: Disturb = (simulation, random) => {
  const delist = (): void => {
    const [, , symbol] = simulation.host.kind.symbols
    if (simulation.delisted.has(symbol)) return
    simulation.faults.note('delisted', { symbol })
    simulation.setTrading(symbol, false)
    simulation.delisted.add(symbol)
  }
  const probability = random.pick([0, 0, 0.01])
  const end = simulation.onSend(() => {
    if (random.chance(probability)) simulation.clock.after(random.next() * 25, delist)
  })
  const stop = sometimes(simulation, random, { share: 0.1, paces: [[20_000, 200_000]] }, delist)
  return () => {
    end()
    stop()
  }
}

/** A key loses its rights, or everything, until its owner renews it. */
const keys: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.6, paces: [[5_000, 30_000]] }, () => {
    const account = pickAccount(simulation, random)
    const isRevoked = random.chance(0.5)
    simulation.faults.note(isRevoked ? 'keyRevoked' : 'keyLimited', { account })
    simulation.host.setKey(account, isRevoked ? 'revoked' : 'limited')
    if (isRevoked) simulation.streamOf(account)?.drop(random.integer(1, 1_000))
    simulation.clock.after(random.integer(500, 15_000), () => simulation.renewKey(account))
  })

/** For a while an account may close and not open. */
const reducingOnly: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.3, paces: [[10_000, 40_000]] }, () => {
    const { onlyReducing } = simulation.host
    const account = pickFollower(simulation, random)
    onlyReducing.add(account)
    simulation.clock.after(random.integer(1_000, 20_000), () => onlyReducing.delete(account))
  })

/** Forwards: what is on its way is suddenly late. */
const venueClock: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.25, paces: [[20_000, 90_000]] }, () => {
    simulation.faults.note('venueClockJumped', {})
    simulation.host.jump(random.integer(1, random.pick([50, 2_000])))
  })

/** The one that was drawn, told at its end as well: what happens right behind it is still of it. */
const outages: Disturb = simulation => {
  const { clock, faults, host, outage } = simulation
  if (outage === null) return () => undefined
  const become = (isOut: boolean): void => {
    faults.note('outage', {})
    host.isOut = isOut
    host.act(exchange => exchange.setMaintenance(isOut))
  }
  return clock.after(outage.afterMs, () => {
    become(true)
    dropAll(simulation)
    clock.after(outage.forMs, () => {
      if (!host.isOut) return
      become(false)
      // Nobody trades at the prices of hours ago.
      host.act((exchange, at) => exchange.advance(at))
    })
  })
}

export const OUTAGE_DISTURBANCES = { outages } as const satisfies Record<string, Disturb>

export const VENUE_DISTURBANCES = {
  streamDrops,
  deafStreams,
  silentMarket,
  maintenance,
  barredAddress,
  haltedSymbols,
  keys,
  venueClock,
  delistings,
  reducingOnly,
} as const satisfies Record<string, Disturb>

function dropAll(simulation: Simulation): void {
  for (const { stream } of simulation.process?.venue.accounts ?? []) stream.drop(1)
}
