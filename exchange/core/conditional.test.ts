import { expect, test } from 'vitest'
import { decimal, ZERO } from '../../src/domain/decimal.ts'
import { accepted, outcomeOf, positionOf, type Stage, selectorOf, stage, trigger } from './fixture.ts'

const statusesOf = (world: Stage, orderId: string) =>
  world.events.flatMap(event =>
    event.kind === 'order' && event.order.orderId === orderId ? [event.order.status] : [],
  )

test('[XC66] a conditional order waits without margin, then wakes, and trades or rests', () => {
  const world = stage()
  const wish = { side: 'buy', quantity: '0.1', trigger: trigger('rise', '60500') } as const
  const market = accepted(world.submit('alice', wish))
  const limit = accepted(world.submit('alice', { ...wish, limitPrice: '60400' }))
  expect(market.status).toBe('untriggered')
  expect(world.exchange.wallet('alice').orderMargin).toBe(ZERO)
  expect(world.exchange.openOrders('alice')).toHaveLength(2)

  world.moveTo('60499.9')
  expect(positionOf(world, 'alice')).toBe(ZERO)
  world.moveTo('60500')

  expect(statusesOf(world, market.orderId)).toEqual(['untriggered', 'triggered', 'filled'])
  expect(statusesOf(world, limit.orderId)).toEqual(['untriggered', 'triggered', 'new'])
  expect(positionOf(world, 'alice')).toBe(decimal('0.1'))
  expect(world.exchange.order('alice', selectorOf(limit))?.condition?.triggeredAt).toBe(world.now())
})

test('[XC67] the last, the mark and the index price are watched apart', () => {
  const world = stage()
  const wait = (by: 'last' | 'mark') => {
    const condition = { triggerPrice: decimal('60001'), direction: 'rise', by } as const
    return accepted(world.submit('alice', { side: 'buy', quantity: '0.01', trigger: condition }))
  }
  const [byLast, byMark] = [wait('last'), wait('mark')]
  // A trade moves the last price; the mark stands still.
  accepted(world.submit('bob', { side: 'buy', quantity: '0.01' }))
  expect(world.exchange.order('alice', selectorOf(byLast))?.status).toBe('filled')
  expect(world.exchange.order('alice', selectorOf(byMark))?.status).toBe('untriggered')
})

test('[XC68] a condition that is met already is refused', () => {
  const world = stage()
  const wish = { side: 'buy', quantity: '0.01' } as const
  expect(world.submit('alice', { ...wish, trigger: trigger('rise', '60000') })).toBe('trigger_price_passed')
  expect(world.submit('alice', { ...wish, trigger: trigger('fall', '60000') })).toBe('trigger_price_passed')
  expect(world.submit('alice', { ...wish, trigger: trigger('fall', '59000.01') })).toBe('price_tick')
})

test('[XC69] waiting orders are amended and cancelled like others', () => {
  const world = stage()
  const order = accepted(
    world.submit('alice', { side: 'buy', quantity: '0.01', trigger: trigger('rise', '60500') }),
  )
  const change = { quantity: decimal('0.02'), limitPrice: null, triggerPrice: decimal('61000') }
  expect(outcomeOf(world.exchange.amend('alice', selectorOf(order), change, world.now()))).toBe('done')
  expect(outcomeOf(world.exchange.amend('alice', selectorOf(order), change, world.now()))).toBe(
    'not_modified',
  )
  world.moveTo('60600')
  expect(world.exchange.order('alice', selectorOf(order))).toMatchObject({
    status: 'untriggered',
    quantity: decimal('0.02'),
  })
  const canceled = world.exchange.cancel('alice', selectorOf(order), world.now())
  expect(canceled).toMatchObject({ value: { status: 'canceled', condition: { triggeredAt: 0 } } })
  world.moveTo('61500')
  expect(positionOf(world, 'alice')).toBe(ZERO)
})

test('[XC70] an order that wakes and cannot be paid is cancelled', () => {
  const world = stage()
  world.exchange.createAccount('dave', decimal('100'))
  const order = accepted(
    world.submit('dave', { side: 'buy', quantity: '1', trigger: trigger('rise', '60500') }),
  )
  world.moveTo('60600')
  expect(world.exchange.order('dave', selectorOf(order))).toMatchObject({
    status: 'canceled',
    reason: 'insufficient_balance',
  })
})

test('[XC71] closeOnTrigger closes what there is, never more, and without a position is cancelled', () => {
  const world = stage()
  const wish = {
    side: 'sell',
    quantity: '0',
    reduceOnly: true,
    closeOnTrigger: true,
    trigger: trigger('fall', '59500'),
  } as const
  accepted(world.submit('alice', { side: 'buy', quantity: '0.03' }))
  accepted(world.submit('alice', wish))
  const idle = accepted(world.submit('bob', { ...wish, quantity: '1' }))
  world.moveTo('59400')
  expect(positionOf(world, 'alice')).toBe(ZERO)
  expect(world.exchange.order('bob', selectorOf(idle))?.reason).toBe('reduce_only')
})

test('[XC72] an account has at most ten conditional orders per symbol', () => {
  const world = stage()
  const wish = { side: 'buy', quantity: '0.01', trigger: trigger('rise', '60500') } as const
  for (let count = 0; count < 10; count += 1) accepted(world.submit('alice', wish))
  expect(world.submit('alice', wish)).toBe('too_many_conditional_orders')
})
