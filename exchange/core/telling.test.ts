import { expect, test } from 'vitest'
import { accepted, commandOf, START_AT, type Stage, SYMBOL, stage } from './fixture.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from './instruments.ts'
import { seededPath } from './path-seeded.ts'

/** Two accounts meet twice and the world fills one of them once. */
function trade(world: Stage): void {
  accepted(world.submit('bob', { side: 'sell', quantity: '0.02', limitPrice: '60001', clientOrderId: 'b1' }))
  accepted(world.submit('alice', { side: 'buy', quantity: '0.01', clientOrderId: 'a1' }))
  accepted(world.submit('alice', { side: 'buy', quantity: '0.01', clientOrderId: 'a2' }))
  accepted(world.submit('carol', { side: 'buy', quantity: '0.01', limitPrice: '59900' }))
  world.moveTo('59800')
}

test('[XC34] each fill has a number of its own, and the position told after it carries it', () => {
  const world = stage()
  trade(world)
  const executions = world.events.flatMap(event =>
    event.kind === 'execution' ? [event.execution.sequence] : [],
  )
  const positions = world.events.flatMap(event =>
    event.kind === 'position' ? [event.position.sequence] : [],
  )
  expect(executions).toEqual([1, 2, 3, 4, 5])
  expect(positions).toEqual(executions)
  expect(world.exchange.position('carol', SYMBOL).sequence).toBe(5)
})

test('[XC35] a fill is told as execution, order, position, wallet before the command returns', () => {
  const world = stage()
  world.submit('alice', { side: 'buy', quantity: '0.01' })
  expect(world.events.map(event => event.kind)).toEqual(['execution', 'order', 'position', 'wallet'])
})

test('[XC36] a report that was kept says later what it said then', () => {
  const world = stage()
  const returned = accepted(world.submit('bob', { side: 'sell', quantity: '0.02', limitPrice: '60001' }))
  const position = world.exchange.position('bob', SYMBOL)
  const told = [...world.events]
  const before = structuredClone([told, returned, position])

  accepted(world.submit('alice', { side: 'buy', quantity: '0.02' }))
  accepted(world.submit('bob', { side: 'buy', quantity: '0.05' }))

  expect([told, returned, position]).toEqual(before)
})

test('[XC37] a listener that answers a fill with an order is told of its own fills afterwards', () => {
  const world = stage()
  let answered = false
  world.exchange.subscribe(event => {
    if (event.kind !== 'execution' || answered) return
    answered = true
    world.exchange.submit('bob', commandOf({ side: 'sell', quantity: '0.01' }), START_AT)
  })
  world.submit('alice', { side: 'buy', quantity: '0.01' })
  const tellers = world.events.flatMap(event => (event.kind === 'order' ? [event.order.account] : []))
  expect(tellers).toEqual(['alice', 'bob'])
  expect(world.events.map(event => event.kind).slice(0, 5)).toEqual([
    'execution',
    'order',
    'position',
    'wallet',
    'execution',
  ])
})

test('[XC38] one seed, one story', () => {
  const tell = (seed: number) => {
    const world = stage({ seed })
    trade(world)
    return { audit: world.exchange.audit(0, 1000), events: world.events }
  }
  expect(tell(7)).toEqual(tell(7))
  const ids = (seed: number) => tell(seed).audit.flatMap(entry => ('orderId' in entry ? [entry.orderId] : []))
  expect(ids(7).filter(id => ids(8).includes(id))).toEqual([])
  expect(ids(7)[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('[XC39] a full audit forgets its oldest entries and keeps counting', () => {
  const world = stage({ auditLimit: 4 })
  const heard: number[] = []
  const stop = world.exchange.onAudit(entry => heard.push(entry.number))
  trade(world)
  stop()

  expect(heard).toEqual(heard.map((_, index) => index + 1))
  const kept = world.exchange.audit(0, 100)
  expect(kept.map(entry => entry.number)).toEqual(heard.slice(-4))
  expect(world.exchange.audit(heard.length - 2, 1).map(entry => entry.number)).toEqual([heard.length - 1])
  world.submit('alice', { side: 'buy', quantity: '0' })
  expect(world.exchange.audit(heard.length, 100).map(entry => entry.kind)).toEqual(['received', 'refused'])
  expect(heard).not.toContain(heard.length + 1)
})

test('[XC40] a ticker holds together at every time of a day', () => {
  const path = seededPath({ seed: 3, instruments: DEFAULT_INSTRUMENTS, basePrices: DEFAULT_BASE_PRICES })
  const { exchange } = stage({ instruments: DEFAULT_INSTRUMENTS, path })
  for (let hour = 1; hour <= 24; hour += 1) {
    exchange.advance(START_AT + hour * 3_600_000)
    for (const symbol of exchange.instruments.keys()) {
      const ticker = exchange.ticker(symbol)
      expect(ticker.bid).toBeLessThan(ticker.mark)
      expect(ticker.ask).toBeGreaterThan(ticker.mark)
      expect(ticker.low24h).toBeLessThanOrEqual(ticker.last)
      expect(ticker.high24h).toBeGreaterThanOrEqual(ticker.last)
      expect(ticker.volume24h).toBeGreaterThan(0n)
    }
  }
})

test('[XC46] a clock that steps back changes nothing', () => {
  const path = seededPath({ seed: 3, instruments: DEFAULT_INSTRUMENTS, basePrices: DEFAULT_BASE_PRICES })
  const { exchange, events } = stage({ path })
  exchange.advance(START_AT + 60_000)
  const before = exchange.ticker(SYMBOL)
  events.length = 0
  exchange.advance(START_AT + 30_000)
  expect(exchange.ticker(SYMBOL)).toEqual(before)
  expect(events).toEqual([])
})
