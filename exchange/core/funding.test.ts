import { expect, test } from 'vitest'
import { add, type Decimal, decimal, multiply, negate, subtract, ZERO } from '../../src/domain/decimal.ts'
import { accepted, START_AT, SYMBOL, stage } from './fixture.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from './instruments.ts'
import { seededPath } from './path-seeded.ts'

const HOUR_MS = 3_600_000

test('[XC79] at each interval longs pay shorts the rate of their value, as an execution that moves no position', () => {
  const world = stage()
  accepted(world.submit('alice', { side: 'buy', quantity: '0.1' }))
  accepted(world.submit('bob', { side: 'sell', quantity: '0.1' }))
  const before = world.exchange.wallet('alice').balance
  const { nextFundingAt } = world.exchange.ticker(SYMBOL)
  world.events.length = 0
  world.moveTo('60000', nextFundingAt - world.now() - 1)
  expect(world.exchange.executions('alice')[0]?.kind).toBe('trade')
  world.moveTo('60000', 1)

  // The price stood still: what is paid is the interest alone.
  const [payment] = world.exchange.executions('alice')
  expect(payment).toMatchObject({
    kind: 'funding',
    quantity: decimal('0.1'),
    price: decimal('60000'),
    feeRate: decimal('0.0001'),
    fee: decimal('0.6'),
    closedSize: ZERO,
    at: nextFundingAt,
  })
  expect(world.exchange.wallet('alice').balance).toBe(subtract(before, decimal('0.6')))
  expect(world.exchange.executions('bob')[0]?.fee).toBe(decimal('-0.6'))
  expect(world.exchange.position('alice', SYMBOL).quantity).toBe(decimal('0.1'))
  expect(world.exchange.ticker(SYMBOL).nextFundingAt).toBe(nextFundingAt + 8 * HOUR_MS)
})

test('[XC80] the rate is a function of the path, inside its cap, and the history repeats what was paid', () => {
  const path = seededPath({ seed: 5, instruments: DEFAULT_INSTRUMENTS, basePrices: DEFAULT_BASE_PRICES })
  const { exchange, submit } = stage({ path })
  accepted(submit('alice', { side: 'buy', quantity: '0.1' }))
  for (let hour = 1; hour <= 72; hour += 1) exchange.advance(START_AT + hour * HOUR_MS)
  const paid = exchange.executions('alice').filter(({ kind }) => kind === 'funding')
  const history = exchange.fundingPayments(SYMBOL, Number.MAX_SAFE_INTEGER, 9)
  expect(paid.map(({ at, feeRate }) => ({ at, rate: feeRate }))).toEqual(history)
  expect(history).toHaveLength(9)
  for (const { rate } of history) expect(rate <= decimal('0.00375') && rate >= decimal('-0.00375')).toBe(true)
  expect(new Set(history.map(({ rate }) => rate)).size).toBeGreaterThan(3)
})

test('[XC81] what accounts pay for funding is what the others and the exchange receive', () => {
  const world = stage()
  accepted(world.submit('alice', { side: 'buy', quantity: '0.3' }))
  accepted(world.submit('bob', { side: 'sell', quantity: '0.1' }))
  world.moveTo('60500', 8 * HOUR_MS)
  const fees = ['alice', 'bob', 'carol'].flatMap(account =>
    world.exchange.executions(account).filter(({ kind }) => kind === 'funding'),
  )
  const net: Decimal = fees.reduce((total, { fee }) => add(total, fee), ZERO)
  expect(fees).toHaveLength(2)
  expect(world.exchange.ledger().funding).toBe(net)
  const [alice] = fees
  expect(net).toBe(multiply(multiply(decimal('0.2'), alice?.price ?? ZERO), alice?.feeRate ?? ZERO))
})

test('[XC82] a jump over a long time pays the newest intervals only', () => {
  const world = stage()
  accepted(world.submit('alice', { side: 'buy', quantity: '0.001' }))
  world.moveTo('60000', 365 * 24 * HOUR_MS)
  expect(world.exchange.executions('alice').filter(({ kind }) => kind === 'funding')).toHaveLength(30)
  expect(negate(world.exchange.ledger().funding)).toBeLessThan(ZERO)
})
