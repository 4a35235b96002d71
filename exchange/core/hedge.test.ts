import { expect, test } from 'vitest'
import { decimal, ZERO } from '../../src/domain/decimal.ts'
import { accepted, outcomeOf, type Stage, SYMBOL, stage } from './fixture.ts'
import { DEFAULT_INSTRUMENTS } from './instruments.ts'

function hedged(): Stage {
  const world = stage()
  expect(outcomeOf(world.exchange.switchPositionMode('alice', SYMBOL, 'hedge'))).toBe('done')
  return world
}

const sides = ({ exchange }: Stage) =>
  ([1, 2] as const).map(index => exchange.position('alice', SYMBOL, index).quantity)

test('[XC60] in hedge mode a long and a short stand side by side, and each side closes its own', () => {
  const world = hedged()
  accepted(world.submit('alice', { side: 'buy', quantity: '0.03', positionIndex: 1 }))
  accepted(world.submit('alice', { side: 'sell', quantity: '0.02', positionIndex: 2 }))
  expect(sides(world)).toEqual([decimal('0.03'), decimal('-0.02')])

  accepted(world.submit('alice', { side: 'sell', quantity: '0.01', positionIndex: 1 }))
  expect(sides(world)).toEqual([decimal('0.02'), decimal('-0.02')])
  expect(world.exchange.executions('alice').map(({ positionIndex }) => positionIndex)).toEqual([1, 2, 1])
  expect(world.exchange.positions('alice').map(({ positionIndex }) => positionIndex)).toEqual([1, 2])
})

test('[XC61] a sell of the long side never opens a short, whatever it says of reducing', () => {
  const world = hedged()
  accepted(world.submit('alice', { side: 'buy', quantity: '0.01', positionIndex: 1 }))
  accepted(world.submit('alice', { side: 'sell', quantity: '5', positionIndex: 1 }))
  expect(sides(world)).toEqual([ZERO, ZERO])
  expect(world.submit('alice', { side: 'sell', quantity: '0.01', positionIndex: 1 })).toBe('reduce_only')
  expect(world.submit('alice', { side: 'buy', quantity: '0.01', positionIndex: 2 })).toBe('reduce_only')
})

test('[XC62] an index that is not of the mode is refused', () => {
  const world = hedged()
  const wish = { side: 'buy', quantity: '0.01' } as const
  expect(world.submit('alice', wish)).toBe('position_index_mismatch')
  expect(world.submit('bob', { ...wish, positionIndex: 1 })).toBe('position_index_mismatch')
})

test('[XC63] the mode stays while a position or an order is there', () => {
  const world = stage()
  const { exchange } = world
  const hedge = () => outcomeOf(exchange.switchPositionMode('alice', SYMBOL, 'hedge'))
  accepted(world.submit('alice', { side: 'buy', quantity: '0.01', limitPrice: '59000' }))
  expect(hedge()).toBe('orders_open')
  exchange.cancelAll('alice', null, world.now())
  accepted(world.submit('alice', { side: 'buy', quantity: '0.01' }))
  expect(hedge()).toBe('position_open')
  accepted(world.submit('alice', { side: 'sell', quantity: '0.01', reduceOnly: true }))
  expect(hedge()).toBe('done')
  expect(hedge()).toBe('position_mode_not_modified')
})

test('[XC64] a switch of all symbols leaves out those that are in use, and keeps the leverage', () => {
  const world = stage({ instruments: DEFAULT_INSTRUMENTS })
  const { exchange } = world
  exchange.setLeverage('alice', 'ETHUSDT', decimal('7'))
  accepted(world.submit('alice', { side: 'buy', quantity: '0.01' }))
  expect(outcomeOf(exchange.switchPositionMode('alice', null, 'hedge'))).toBe('done')
  expect(exchange.positionMode('alice', SYMBOL)).toBe('one_way')
  expect(exchange.positionMode('alice', 'ETHUSDT')).toBe('hedge')
  expect(exchange.position('alice', 'ETHUSDT', 2).leverage).toBe(decimal('7'))
})

test('[XC65] both sides of a hedge need margin, and gains of one do not hide losses of the other', () => {
  const world = hedged()
  accepted(world.submit('alice', { side: 'buy', quantity: '1', positionIndex: 1 }))
  const one = world.exchange.wallet('alice').positionMargin
  accepted(world.submit('alice', { side: 'sell', quantity: '1', positionIndex: 2 }))
  const both = world.exchange.wallet('alice')
  expect(both.positionMargin).toBeGreaterThan((one * 19n) / 10n)
  world.moveTo('61000')
  const { equity } = world.exchange.wallet('alice')
  expect(equity).toBe(both.equity)
})
