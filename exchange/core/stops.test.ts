import { expect, test } from 'vitest'
import { decimal, ZERO } from '../../src/domain/decimal.ts'
import { accepted, outcomeOf, positionOf, type Stage, SYMBOL, stage, target } from './fixture.ts'
import type { TradingStopCommand } from './stop.ts'

function longOf(quantity: string): Stage {
  const world = stage()
  accepted(world.submit('alice', { side: 'buy', quantity }))
  return world
}

const setStops = (world: Stage, stops: Partial<TradingStopCommand>, account = 'alice') =>
  outcomeOf(
    world.exchange.setTradingStop(
      account,
      { symbol: SYMBOL, positionIndex: 0, mode: 'full', ...stops },
      world.now(),
    ),
  )
const waiting = ({ exchange }: Stage) =>
  exchange.openOrders('alice').map(({ origin, quantity }) => [origin, quantity] as const)

test('[XC73] whole-position stops have the size of the position and go with it', () => {
  const world = longOf('0.03')
  expect(setStops(world, { takeProfit: target('61000'), stopLoss: target('59000') })).toBe('done')
  expect(world.exchange.position('alice', SYMBOL).stops).toMatchObject({
    takeProfit: { triggerPrice: decimal('61000') },
    stopLoss: { triggerPrice: decimal('59000') },
  })
  accepted(world.submit('alice', { side: 'buy', quantity: '0.01' }))
  expect(waiting(world)).toEqual([
    ['take_profit', decimal('0.04')],
    ['stop_loss', decimal('0.04')],
  ])

  world.moveTo('58900')
  expect(positionOf(world, 'alice')).toBe(ZERO)
  expect(waiting(world)).toEqual([])
  expect(world.exchange.position('alice', SYMBOL).stops).toBe(null)
  expect(world.exchange.closedOrders('alice').map(({ origin, reason }) => [origin, reason])).toContainEqual([
    'take_profit',
    'position_closed',
  ])
})

test('[XC73] a position that is closed by hand or turned leaves no stop behind', () => {
  const world = longOf('0.01')
  setStops(world, { stopLoss: target('59000') })
  accepted(world.submit('alice', { side: 'sell', quantity: '0.02' }))
  expect(waiting(world)).toEqual([])
  world.moveTo('58000')
  expect(positionOf(world, 'alice')).toBe(decimal('-0.01'))
})

test('[XC74] setting a stop again moves it, null takes it away, leaving it out keeps it', () => {
  const world = longOf('0.01')
  setStops(world, { takeProfit: target('61000'), stopLoss: target('59000') })
  setStops(world, { takeProfit: target('62000') })
  expect(waiting(world)).toHaveLength(2)
  expect(setStops(world, { takeProfit: null })).toBe('done')
  expect(world.exchange.position('alice', SYMBOL).stops).toMatchObject({
    takeProfit: null,
    stopLoss: { triggerPrice: decimal('59000') },
  })
  expect(setStops(world, {})).toBe('not_modified')
})

test('[XC75] stops on the wrong side of the price, off the tick or without a position are refused', () => {
  const world = longOf('0.01')
  expect(setStops(world, { takeProfit: target('59000') })).toBe('stop_price_invalid')
  expect(setStops(world, { stopLoss: target('61000') })).toBe('stop_price_invalid')
  expect(setStops(world, { stopLoss: target('59000.01') })).toBe('price_tick')
  expect(setStops(world, { trailing: { distance: ZERO, activationPrice: null } })).toBe('stop_price_invalid')
  expect(setStops(world, { stopLoss: target('59000') }, 'bob')).toBe('position_flat')
})

test('[XC76] partial stops close their part, and of two set together one ends the other', () => {
  const world = longOf('0.03')
  const part = { mode: 'partial', takeProfit: target('61000'), stopLoss: target('59000') } as const
  expect(setStops(world, { ...part, quantity: decimal('0.04') })).toBe('stop_quantity_invalid')
  expect(setStops(world, { ...part, quantity: decimal('0.01') })).toBe('done')
  world.moveTo('61100')
  expect(positionOf(world, 'alice')).toBe(decimal('0.02'))
  expect(waiting(world)).toEqual([])
  const [first] = world.exchange.closedOrders('alice')
  expect([first?.origin, world.exchange.closedOrders('alice')[1]?.reason]).toEqual([
    'partial_take_profit',
    'paired_stop',
  ])
})

test('[XC77] a trailing stop follows the best price, from its activation on, and closes behind it', () => {
  const world = longOf('0.01')
  const trailing = { distance: decimal('500'), activationPrice: decimal('60500') }
  expect(setStops(world, { trailing })).toBe('done')
  world.moveTo('59000')
  expect(positionOf(world, 'alice')).toBe(decimal('0.01'))
  for (const price of ['60600', '62000', '61600']) world.moveTo(price)
  expect(positionOf(world, 'alice')).toBe(decimal('0.01'))
  world.moveTo('61500')
  expect(positionOf(world, 'alice')).toBe(ZERO)
  expect(world.exchange.closedOrders('alice')[0]?.origin).toBe('trailing_stop')
})

test('[XC78] an order brings its stops when it fills; partial ones grow with its fills', () => {
  const world = stage({ levelNotional: decimal('1000') })
  const stops = { mode: 'full', takeProfit: target('61000'), stopLoss: target('59000') } as const
  accepted(world.submit('bob', { side: 'sell', quantity: '0.02', limitPrice: '60000' }))
  accepted(world.submit('bob', { side: 'sell', quantity: '0.01', limitPrice: '60001' }))
  const order = { side: 'buy', quantity: '0.03', limitPrice: '60001' } as const
  accepted(world.submit('alice', { ...order, stops: { ...stops, mode: 'partial' } }))
  expect(waiting(world)).toEqual([
    ['partial_take_profit', decimal('0.03')],
    ['partial_stop_loss', decimal('0.03')],
  ])
  accepted(world.submit('alice', { side: 'buy', quantity: '0.001', stops }))
  expect(waiting(world).slice(2)).toEqual([
    ['take_profit', decimal('0.031')],
    ['stop_loss', decimal('0.031')],
  ])
  const wrong = { ...stops, takeProfit: target('59000') }
  expect(world.submit('carol', { side: 'buy', quantity: '0.01', stops: wrong })).toBe('stop_price_invalid')
})
