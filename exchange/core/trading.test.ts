import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  type Decimal,
  decimal,
  divide,
  formatDecimal,
  multiply,
  ZERO,
} from '../../src/domain/decimal.ts'
import { accepted, positionOf, SYMBOL, selectorOf, stage } from './fixture.ts'

describe('market orders', () => {
  test('[XC1] a market order fills level by level, best first, and never better than the best', () => {
    const world = stage()
    const { asks } = world.exchange.depth(SYMBOL, 3)
    const wanted = asks.reduce((total, level) => add(total, level.quantity), ZERO)

    const order = accepted(world.submit('alice', { side: 'buy', quantity: textOf(wanted) }))

    expect(order.status).toBe('filled')
    const fills = world.exchange.executions('alice').toReversed()
    expect(fills.map(fill => [fill.price, fill.quantity])).toEqual(
      asks.map(level => [level.price, level.quantity]),
    )
    expect(fills.every(fill => !fill.isMaker)).toBe(true)
  })

  test('[XC2] the larger a market order, the worse its average price', () => {
    const sizes = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(sizes, sizes, fc.constantFrom('buy', 'sell'), (a, b, side) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)].map(size => averagePaid(size, side))
        // Truncation may hide one unit in the last of eighteen places.
        const worse = side === 'buy' ? (large ?? 0n) - (small ?? 0n) : (small ?? 0n) - (large ?? 0n)
        expect(worse).toBeGreaterThanOrEqual(-1n)
      }),
      { numRuns: 30 },
    )
  })

  test('[XC3] a market order stops where the liquidity near the mark ends', () => {
    const world = stage({ levelNotional: decimal('100') })
    // Beyond the 3 % bound this offer is out of a market order's reach.
    world.submit('bob', { side: 'sell', quantity: '1', limitPrice: '62000' })

    const order = accepted(world.submit('alice', { side: 'buy', quantity: '10' }))

    expect(order).toMatchObject({ status: 'partially_filled_canceled', reason: 'no_liquidity' })
    expect(order.filled).toBe(positionOf(world, 'alice'))
    expect(positionOf(world, 'bob')).toBe(ZERO)
  })

  test('[XC4] the second taker of a moment pays more, and the next moment offers anew', () => {
    const world = stage()
    const [best] = world.exchange.depth(SYMBOL, 1).asks
    world.submit('alice', { side: 'buy', quantity: textOf(best?.quantity ?? ZERO) })
    expect(world.exchange.depth(SYMBOL, 1).asks[0]?.price).toBeGreaterThan(best?.price ?? ZERO)

    world.moveTo('60000')

    expect(world.exchange.depth(SYMBOL, 1).asks[0]?.price).toBe(best?.price)
  })
})

describe('resting orders', () => {
  test('[XC5] an offer inside the spread is taken first, at its own price and the maker fee', () => {
    const world = stage()
    accepted(world.submit('bob', { side: 'sell', quantity: '0.01', limitPrice: '60001' }))

    accepted(world.submit('alice', { side: 'buy', quantity: '0.02' }))

    const [maker] = world.exchange.executions('bob')
    expect(maker).toMatchObject({ isMaker: true, price: decimal('60001'), quantity: decimal('0.01') })
    expect(maker?.fee).toBe(multiply(decimal('600.01'), decimal('0.0002')))
    const [worse, better] = world.exchange.executions('alice')
    expect(better?.price).toBe(decimal('60001'))
    expect(worse?.price).toBeGreaterThan(decimal('60001'))
  })

  test('[XC6] the better price trades first, and at one price the earlier order', () => {
    const world = stage()
    const offer = (account: string, limitPrice: string) =>
      accepted(world.submit(account, { side: 'sell', quantity: '0.01', limitPrice }))
    offer('alice', '60002')
    offer('bob', '60001')
    offer('carol', '60001')
    world.exchange.createAccount('dave', decimal('100000'))

    world.submit('dave', { side: 'buy', quantity: '0.03', limitPrice: '60002' })

    const makers = world.exchange
      .audit(0, 100)
      .filter(entry => entry.kind === 'filled' && entry.side === 'sell')
    expect(makers.map(entry => entry.account)).toEqual(['bob', 'carol', 'alice'])
  })

  test("[XC7] the path fills what it crosses, at the order's own price", () => {
    const world = stage()
    const order = accepted(world.submit('alice', { side: 'buy', quantity: '0.1', limitPrice: '59900' }))
    world.moveTo('59950')
    expect(world.exchange.order('alice', selectorOf(order))?.status).toBe('new')

    world.moveTo('59800')

    expect(world.exchange.executions('alice')).toMatchObject([{ price: decimal('59900'), isMaker: true }])
    expect(world.exchange.order('alice', selectorOf(order))?.status).toBe('filled')
  })

  test('[XC7] a large crossed order fills by and by, as liquidity comes', () => {
    const world = stage({ levelNotional: decimal('1000') })
    const order = accepted(world.submit('alice', { side: 'buy', quantity: '0.1', limitPrice: '59900' }))
    const filled = () => world.exchange.order('alice', selectorOf(order))?.filled ?? ZERO

    world.moveTo('59890')
    const first = filled()
    expect(first).toBeGreaterThan(ZERO)
    expect(first).toBeLessThan(decimal('0.1'))
    world.moveTo('59890')
    expect(filled()).toBeGreaterThan(first)
  })

  test('[XC11] only an order that rests untouched is told as new', () => {
    const world = stage()
    world.submit('alice', { side: 'buy', quantity: '0.01' })
    world.submit('alice', { side: 'buy', quantity: '0.01', limitPrice: '59000' })
    const statuses = world.events.flatMap(event => (event.kind === 'order' ? [event.order.status] : []))
    expect(statuses).toEqual(['filled', 'new'])
  })
})

describe('time in force', () => {
  test('[XC8] an IOC order takes what is inside its limit and no more', () => {
    const world = stage()
    const [best] = world.exchange.depth(SYMBOL, 1).asks
    const order = accepted(
      world.submit('alice', {
        side: 'buy',
        quantity: '5',
        limitPrice: textOf(best?.price ?? ZERO),
        timeInForce: 'ioc',
      }),
    )
    expect(order).toMatchObject({
      status: 'partially_filled_canceled',
      reason: 'ioc',
      filled: best?.quantity,
    })
    expect(world.exchange.openOrders('alice')).toEqual([])
  })

  test('[XC9] a FOK order that cannot fill in full leaves the book untouched', () => {
    const world = stage()
    const before = world.exchange.depth(SYMBOL, 5)
    const wish = { side: 'buy', limitPrice: '60010', timeInForce: 'fok' } as const

    const large = accepted(world.submit('alice', { ...wish, quantity: '50' }))
    expect(large).toMatchObject({ status: 'canceled', reason: 'fok', filled: ZERO })
    expect(world.exchange.depth(SYMBOL, 5)).toEqual(before)

    expect(accepted(world.submit('alice', { ...wish, quantity: '0.01' })).status).toBe('filled')
  })

  test('[XC10] a post-only order through the market is accepted, then cancelled by report', () => {
    const world = stage()
    const order = accepted(
      world.submit('alice', { side: 'buy', quantity: '0.01', limitPrice: '60100', postOnly: true }),
    )
    expect(order).toMatchObject({ status: 'canceled', reason: 'post_only', filled: ZERO })
    expect(world.exchange.audit(0, 10).map(entry => entry.kind)).toEqual(['received', 'accepted', 'ended'])

    const passive = { side: 'buy', quantity: '0.01', limitPrice: '59900', postOnly: true } as const
    expect(accepted(world.submit('alice', passive)).status).toBe('new')
  })
})

/** @param lots thousandths of a coin */
function averagePaid(lots: number, side: 'buy' | 'sell'): Decimal {
  const world = stage()
  const order = accepted(world.submit('alice', { side, quantity: String(lots / 1000) }))
  return divide(order.filledNotional, order.filled)
}

function textOf(value: Decimal): string {
  return formatDecimal(value)
}
