import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { type AccountId, instrumentId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { DEFAULT_ENGINE_OPTIONS } from '../../src/engine/context.ts'
import type { Ticker } from '../../src/ports/venue.ts'
import { Onlooker } from '../simulation/onlooker.ts'
import { Simulation } from '../simulation/simulation.ts'
import { trade } from '../simulation/traders.ts'

const ADA = 'ada'
const BEN = 'ben'
const BTC = instrumentId('bybit', 'BTCUSDT')
const { lingerMs } = DEFAULT_ENGINE_OPTIONS
/** A connection, a key and a snapshot later. */
const CONNECT_MS = 3_000

/** Two accounts that nobody copies to or from; ben is not active. */
async function begin(seed: number): Promise<Simulation> {
  const account = { venue: 'bybit', environment: 'paper', maximumLeverage: decimal('10') } as const
  const simulation = new Simulation({
    seed,
    deposits: new Map([
      [ADA, '1000000'],
      [BEN, '1000000'],
    ]),
    setup: {
      accounts: [
        { ...account, name: ADA, status: 'active' },
        { ...account, name: BEN, status: 'inactive' },
      ],
      sources: [],
      strategies: [],
      links: [],
      pairs: [],
    },
  })
  await simulation.run({ ms: CONNECT_MS })
  return simulation
}

function connections(simulation: Simulation): number {
  return [...simulation.host.sinks].filter(({ account }) => account === ADA).length
}

function engineOf(simulation: Simulation) {
  return must(simulation.process?.engine, 'the engine runs')
}

function buy(simulation: Simulation, quantity: string): void {
  trade(simulation.host, ADA, { symbol: 'BTCUSDT', side: 'buy', quantity: decimal(quantity) })
}

test('[WA31] an account that is only watched has a session from its first watcher to its last, and a while more', async () => {
  const simulation = await begin(1)
  expect(connections(simulation)).toBe(0)
  const phone = new Onlooker(simulation, ADA, 'a phone')
  expect(phone.watching.state).toBe('connecting')
  expect(phone.watching.view()).toBeNull()
  const tablet = new Onlooker(simulation, ADA, 'a tablet')
  await simulation.run({ ms: CONNECT_MS })
  expect(phone.kinds).toEqual(['replaced'])
  expect(phone.balances).toMatchObject([{ currency: 'USDT', equity: decimal('1000000') }])
  phone.watching.end()
  await simulation.run({ ms: lingerMs * 2 })
  expect(connections(simulation)).toBe(1)
  tablet.watching.end()
  await simulation.run({ ms: lingerMs - 1_000 })
  expect(connections(simulation)).toBe(1)
  await simulation.run({ ms: 2_000 })
  expect(connections(simulation)).toBe(0)
})

test('[WA31] whoever comes back within the linger time sees everything at once', async () => {
  const simulation = await begin(2)
  const before = new Onlooker(simulation, ADA)
  await simulation.run({ ms: CONNECT_MS })
  before.watching.end()
  buy(simulation, '0.01')
  await simulation.run({ ms: lingerMs / 2 })
  const after = new Onlooker(simulation, ADA)
  expect(after.watching.state).toBe('live')
  expect(after.positions).toEqual(['BTCUSDT long 0.01'])
  expect(after.orders).toEqual(['buy 0.01 filled venue'])
  await simulation.run({ ms: lingerMs * 2 })
  expect(after.states).toEqual([])
})

test('[WA31] what was traded while nobody watched is seen by the next who does', async () => {
  const simulation = await begin(3)
  const before = new Onlooker(simulation, ADA)
  await simulation.run({ ms: CONNECT_MS })
  before.watching.end()
  await simulation.run({ ms: lingerMs * 2 })
  buy(simulation, '0.02')
  const after = new Onlooker(simulation, ADA)
  await simulation.run({ ms: CONNECT_MS })
  expect(after.states).toEqual(['syncing', 'live'])
  expect(after.positions).toEqual(['BTCUSDT long 0.02'])
})

test('[WA38] one who leaves takes nothing from the others, also under the same name', async () => {
  const simulation = await begin(10)
  const phone = new Onlooker(simulation, ADA, 'ada')
  const tablet = new Onlooker(simulation, ADA, 'ada')
  await simulation.run({ ms: CONNECT_MS })
  phone.watching.end()
  phone.watching.end()
  await simulation.run({ ms: lingerMs * 2 })
  expect(connections(simulation)).toBe(1)
  buy(simulation, '0.01')
  await simulation.run({ ms: 1_000 })
  expect(phone.kinds).toEqual(['replaced'])
  expect(tablet.positions).toEqual(['BTCUSDT long 0.01'])
})

test('[WA32] an account that is unknown or not active cannot be watched', async () => {
  const { watch, context } = engineOf(await begin(4))
  const listener = { changed: () => {}, state: () => {} }
  const ben = [...context.state.accounts.values()].find(({ account }) => account.name === BEN)
  expect(watch.watch(must(ben, BEN).account.id, 'a phone', listener)).toBeNull()
  expect(watch.watch('nobody' as AccountId, 'a phone', listener)).toBeNull()
})

test('[WA32] a key that may not trade is enough to be watched', async () => {
  const simulation = await begin(5)
  simulation.host.setKey(ADA, 'limited')
  const onlooker = new Onlooker(simulation, ADA)
  await simulation.run({ ms: CONNECT_MS })
  expect(onlooker.watching.state).toBe('live')
})

test('[WA32] a key that the venue refuses leaves its watchers waiting for another one', async () => {
  const simulation = await begin(6)
  simulation.host.setKey(ADA, 'revoked')
  const onlooker = new Onlooker(simulation, ADA)
  await simulation.run({ ms: CONNECT_MS })
  expect(onlooker.states).toEqual(['degraded'])
  expect(onlooker.watching.view()).toBeNull()
  simulation.renewKey(ADA)
  await simulation.run({ ms: CONNECT_MS })
  expect(onlooker.watching.state).toBe('live')
  expect(onlooker.kinds).toEqual(['replaced'])
})

test('[WA42] tickers flow for whoever asks, the last one at once, and end with the last who listens', async () => {
  const simulation = await begin(7)
  const { tickers } = engineOf(simulation)
  const seen: Ticker[] = []
  const end = must(
    tickers.watch(BTC, ticker => seen.push(ticker)),
    'listed',
  )
  expect(seen).toEqual([])
  await simulation.run({ ms: 5_000 })
  expect(seen.length).toBeGreaterThan(3)
  expect(seen.at(-1)).toMatchObject({ instrumentId: BTC, fundingRate: expect.any(BigInt) })
  const late: Ticker[] = []
  const endLate = must(
    tickers.watch(BTC, ticker => late.push(ticker)),
    'listed',
  )
  expect(late).toEqual([seen.at(-1)])
  end()
  await simulation.run({ ms: lingerMs * 2 })
  expect(late.length).toBeGreaterThan(10)
  endLate()
  await simulation.run({ ms: lingerMs + 2_000 })
  const { tickedAt } = must(simulation.process, 'runs').venue.market
  expect(simulation.clock.monotonic() - must(tickedAt.get('BTCUSDT'), 'ticked')).toBeGreaterThan(1_500)
})

test('[WA42] an instrument that no venue of this server lists has no ticker', async () => {
  const simulation = await begin(8)
  const { tickers } = engineOf(simulation)
  expect(tickers.watch(instrumentId('okx', 'BTC-USDT-SWAP'), () => {})).toBeNull()
  must(
    tickers.watch(BTC, () => {}),
    'until the list is there nobody knows',
  )
  await simulation.run({ ms: 1_000 })
  expect(tickers.watch(instrumentId('bybit', 'NOSUCHUSDT'), () => {})).toBeNull()
})

test('[WA43] the price of what is held goes on coming when nobody listens any more', async () => {
  const simulation = await begin(9)
  const onlooker = new Onlooker(simulation, ADA)
  await simulation.run({ ms: CONNECT_MS })
  buy(simulation, '0.01')
  await simulation.run({ ms: 1_000 })
  const end = engineOf(simulation).tickers.watch(BTC, () => {})
  end?.()
  await simulation.run({ ms: lingerMs * 2 })
  expect(onlooker.pnl?.unrealized).not.toBeNull()
})
