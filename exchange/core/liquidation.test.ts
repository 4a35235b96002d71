import { describe, expect, test } from 'vitest'
import { absolute, decimal, subtract, ZERO } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { accepted, positionOf, type Stage, SYMBOL, stage, type Wish } from './fixture.ts'

/** Dave buys a whole coin on 1000 of margin: 1.6 % down and nothing is left. */
function leveraged(
  options: Parameters<typeof stage>[0] = {},
  wish: Wish = { side: 'buy', quantity: '1' },
): Stage {
  const world = stage(options)
  world.exchange.createAccount('dave', decimal('1000'))
  world.exchange.setLeverage('dave', SYMBOL, decimal('100'))
  accepted(world.submit('dave', wish))
  return world
}

const kindsOf = ({ exchange }: Stage, account: string) => exchange.executions(account).map(({ kind }) => kind)

describe('an account below maintenance', () => {
  test('[XC83] loses its orders and its positions at the bankruptcy price, and is left with next to nothing', () => {
    const world = leveraged()
    accepted(world.submit('dave', { side: 'sell', quantity: '0.5', limitPrice: '63000' }))
    world.moveTo('59200')

    const [execution] = world.exchange.executions('dave')
    expect(execution).toMatchObject({ kind: 'liquidation', quantity: decimal('1'), origin: 'liquidation' })
    expect(positionOf(world, 'dave')).toBe(ZERO)
    const { balance, equity } = world.exchange.wallet('dave')
    expect(balance).toBe(equity)
    expect(balance >= ZERO && balance < decimal('0.2')).toBe(true)
    const reasons = world.exchange.closedOrders('dave').map(({ reason }) => reason)
    expect(reasons).toContain('liquidation')
    expect(world.exchange.openOrders('dave')).toEqual([])
  })

  test('[XC84] falls where its liquidation price said, and not before', () => {
    const world = leveraged()
    const { liquidationPrice, bankruptcyPrice } = world.exchange.risk('dave', SYMBOL)
    const price = must(liquidationPrice, 'a leveraged position has one')
    expect(must(bankruptcyPrice, 'and one of these')).toBeLessThan(price)
    const whole = price / 10n ** 18n
    world.moveTo(String(whole + 1n))
    expect(kindsOf(world, 'dave')).not.toContain('liquidation')
    world.moveTo(String(whole))
    expect(kindsOf(world, 'dave')).toContain('liquidation')
  })

  test('[XC84] shorts fall by rising prices', () => {
    const world = leveraged({}, { side: 'sell', quantity: '1' })
    world.moveTo('60800')
    expect(kindsOf(world, 'dave')).toContain('liquidation')
    expect(world.exchange.wallet('dave').balance).toBeGreaterThanOrEqual(ZERO)
  })

  test('[XC85] is sold to whoever bids, and the insurance fund keeps or pays the difference', () => {
    const world = leveraged()
    const before = world.exchange.ledger().insurance
    world.moveTo('59300')
    expect(kindsOf(world, 'dave')).toContain('liquidation')
    expect(world.exchange.ledger().insurance).toBeGreaterThan(before)

    const late = leveraged()
    late.moveTo('55000')
    expect(late.exchange.ledger().insurance).toBeLessThan(before)
    expect(late.exchange.wallet('dave').balance).toBeGreaterThanOrEqual(ZERO)
  })

  test('[XC86] is set against the opposite accounts that gained most when the fund cannot pay', () => {
    const world = leveraged({ insuranceFund: ZERO })
    world.exchange.setLeverage('alice', SYMBOL, decimal('5'))
    world.exchange.setLeverage('bob', SYMBOL, decimal('50'))
    accepted(world.submit('alice', { side: 'sell', quantity: '0.8' }))
    accepted(world.submit('bob', { side: 'sell', quantity: '0.8' }))
    world.moveTo('55000')

    expect(world.exchange.executions('bob')[0]).toMatchObject({ kind: 'adl', quantity: decimal('0.8') })
    expect(world.exchange.executions('alice')[0]).toMatchObject({ kind: 'adl', quantity: decimal('0.2') })
    expect(positionOf(world, 'bob')).toBe(ZERO)
    expect(positionOf(world, 'alice')).toBe(decimal('-0.6'))
    const [taken] = world.exchange.executions('dave')
    expect(world.exchange.executions('bob')[0]?.price).toBe(taken?.price)
    expect(world.exchange.ledger().insurance).toBe(ZERO)
  })

  test('[XC87] is one account: others with the same position and more money keep it', () => {
    const world = leveraged()
    accepted(world.submit('alice', { side: 'buy', quantity: '1' }))
    world.moveTo('55000')
    expect(kindsOf(world, 'alice')).toEqual(kindsOf(world, 'alice').map(() => 'trade'))
    expect(positionOf(world, 'alice')).toBe(decimal('1'))
  })
})

test('[XC88] an order to deleverage closes so much at mark, and one to liquidate all of an account', () => {
  const world = stage()
  accepted(world.submit('alice', { side: 'buy', quantity: '0.3' }))
  const position = { symbol: SYMBOL, positionIndex: 0 } as const
  world.exchange.deleverage('alice', position, decimal('0.1'), world.now())
  expect(world.exchange.executions('alice')[0]).toMatchObject({ kind: 'adl', price: decimal('60000') })
  expect(positionOf(world, 'alice')).toBe(decimal('0.2'))

  world.exchange.liquidate('alice', world.now())
  expect(world.exchange.executions('alice')[0]?.kind).toBe('liquidation')
  expect(positionOf(world, 'alice')).toBe(ZERO)
})

test('[XC89] thousands of accounts are watched, and the one that falls is found', () => {
  const world = stage()
  for (let index = 0; index < 2_000; index += 1) {
    world.exchange.createAccount(`small-${index}`, decimal('2000'))
    accepted(world.submit(`small-${index}`, { side: index % 2 ? 'buy' : 'sell', quantity: '0.001' }))
  }
  world.exchange.createAccount('dave', decimal('1000'))
  world.exchange.setLeverage('dave', SYMBOL, decimal('100'))
  accepted(world.submit('dave', { side: 'buy', quantity: '1' }))
  for (let step = 1; step <= 80; step += 1) world.moveTo(String(60_000 - step * 20))
  const liquidated = world.exchange
    .accounts()
    .filter(account => world.exchange.executions(account).some(({ kind }) => kind === 'liquidation'))
  expect(liquidated).toEqual(['dave'])
  const { price } = must(world.exchange.executions('dave')[0], 'its execution')
  expect(absolute(subtract(price, decimal('59000')))).toBeLessThan(decimal('100'))
})
