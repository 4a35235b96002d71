import { expect, test } from 'vitest'
import { decimal, ZERO } from '../../src/domain/decimal.ts'
import { accepted, positionOf, SYMBOL, selectorOf, stage } from './fixture.ts'

const openLong = (quantity: string) => {
  const world = stage()
  accepted(world.submit('alice', { side: 'buy', quantity }))
  return world
}

test('[XC12] closing more than there is closes what there is', () => {
  const world = openLong('0.01')
  const order = accepted(world.submit('alice', { side: 'sell', quantity: '5', reduceOnly: true }))
  expect(order).toMatchObject({ status: 'filled', quantity: decimal('0.01') })
  expect(positionOf(world, 'alice')).toBe(ZERO)
})

test('[XC13] there is nothing to reduce without a position, or on its own side', () => {
  const world = openLong('0.01')
  expect(world.submit('bob', { side: 'sell', quantity: '0.01', reduceOnly: true })).toBe('reduce_only')
  expect(world.submit('alice', { side: 'buy', quantity: '0.01', reduceOnly: true })).toBe('reduce_only')
})

test('[XC14] a resting exit is cut with its position, and cancelled with its end', () => {
  const world = openLong('0.03')
  const exit = accepted(
    world.submit('alice', { side: 'sell', quantity: '0.03', limitPrice: '61000', reduceOnly: true }),
  )
  const current = () => world.exchange.order('alice', selectorOf(exit))

  world.submit('alice', { side: 'sell', quantity: '0.01' })
  expect(current()).toMatchObject({ status: 'new', quantity: decimal('0.02') })

  world.submit('alice', { side: 'sell', quantity: '0.02', reduceOnly: true })
  expect(current()).toMatchObject({ status: 'canceled', reason: 'reduce_only' })
  // The price reaches the exit: had it stayed, it would open a short now.
  world.moveTo('61500')
  expect(positionOf(world, 'alice')).toBe(ZERO)
})

test('[XC14] a position that turns takes its exits with it', () => {
  const world = openLong('0.01')
  const exit = accepted(
    world.submit('alice', { side: 'sell', quantity: '0.01', limitPrice: '61000', reduceOnly: true }),
  )
  world.submit('alice', { side: 'sell', quantity: '0.02' })
  expect(world.exchange.order('alice', selectorOf(exit))?.reason).toBe('reduce_only')
})

test('[XC14] of two exits that the price reaches, only one trades', () => {
  const world = openLong('0.01')
  const exit = { side: 'sell', quantity: '0.01', reduceOnly: true } as const
  accepted(world.submit('alice', { ...exit, limitPrice: '61000' }))
  accepted(world.submit('alice', { ...exit, limitPrice: '61100' }))
  world.moveTo('62000')
  expect(positionOf(world, 'alice')).toBe(ZERO)
  expect(world.exchange.closedOrders('alice').map(order => order.status)).toEqual([
    'canceled',
    'filled',
    'filled',
  ])
})

test('[XC15] an exit passes with no free balance and below the minimum notional', () => {
  const world = stage()
  world.exchange.createAccount('dave', decimal('620'))
  accepted(world.submit('dave', { side: 'buy', quantity: '0.1' }))
  world.moveTo('58000')
  expect(world.exchange.wallet('dave').available).toBeLessThan(ZERO)
  const exit = { side: 'sell', quantity: '0.1', limitPrice: '61000', reduceOnly: true } as const
  expect(accepted(world.submit('dave', exit)).status).toBe('new')
  expect(world.exchange.wallet('dave').orderMargin).toBe(ZERO)

  accepted(world.submit('alice', { side: 'buy', quantity: '0.1' }))
  world.moveTo('60')
  accepted(world.submit('alice', { ...exit, quantity: '0.001', limitPrice: '62' }))
  expect(world.submit('bob', { side: 'buy', quantity: '0.001', limitPrice: '62' })).toBe(
    'below_minimum_notional',
  )
})

test('[XC16] two exits of one position do not promise it twice to a FOK order', () => {
  // Each exit alone may close the whole 0.01; together they offer 0.01, not 0.02.
  const world = openLong('0.01')
  const exit = { side: 'sell', quantity: '0.01', limitPrice: '60001', reduceOnly: true } as const
  accepted(world.submit('alice', exit))
  accepted(world.submit('alice', exit))
  const wish = { side: 'buy', limitPrice: '60001', timeInForce: 'fok' } as const

  expect(accepted(world.submit('bob', { ...wish, quantity: '0.02' }))).toMatchObject({
    status: 'canceled',
    filled: ZERO,
  })
  expect(accepted(world.submit('bob', { ...wish, quantity: '0.01' })).status).toBe('filled')
  expect(positionOf(world, 'alice')).toBe(ZERO)
  expect(world.exchange.openOrders('alice')).toEqual([])
  expect(world.exchange.position('bob', SYMBOL).quantity).toBe(decimal('0.01'))
})
