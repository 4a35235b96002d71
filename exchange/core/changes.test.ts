import { describe, expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import {
  accepted,
  commandOf,
  positionOf,
  START_AT,
  type Stage,
  SYMBOL,
  selectorOf,
  stage,
  type Wish,
} from './fixture.ts'
import type { ExchangeOrder, OrderSelector } from './types.ts'

const OFFER: Wish = { side: 'sell', quantity: '0.02', limitPrice: '60001' }

function amend(world: Stage, order: ExchangeOrder, change: { quantity?: string; limitPrice?: string }) {
  const decimals = {
    quantity: change.quantity === undefined ? null : decimal(change.quantity),
    limitPrice: change.limitPrice === undefined ? null : decimal(change.limitPrice),
  }
  const result = world.exchange.amend(order.account, selectorOf(order), decimals, START_AT)
  return result.ok ? result.value : result.error
}

function cancel(world: Stage, account: string, selector: OrderSelector) {
  const result = world.exchange.cancel(account, selector, START_AT)
  return result.ok ? result.value : result.error
}

describe('amending', () => {
  test.each([
    { change: { quantity: '0.01' }, first: 'alice' },
    { change: { quantity: '0.03' }, first: 'bob' },
  ])('[XC17] after $change the queue begins with $first', ({ change, first }) => {
    const world = stage()
    const order = accepted(world.submit('alice', OFFER))
    accepted(world.submit('bob', OFFER))

    accepted(amend(world, order, change))

    world.submit('carol', { side: 'buy', quantity: '0.005' })
    expect(positionOf(world, first)).toBe(decimal('-0.005'))
  })

  test('[XC18] a bid amended up to an offer trades with it', () => {
    const world = stage()
    accepted(world.submit('bob', OFFER))
    const bid = accepted(world.submit('alice', { side: 'buy', quantity: '0.01', limitPrice: '59000' }))
    expect(accepted(amend(world, bid, { limitPrice: '60001' })).status).toBe('filled')
    expect(world.exchange.wallet('alice').orderMargin).toBe(0n)
  })

  test('[XC19] a refused amendment leaves the order where it was', () => {
    const world = stage()
    const order = accepted(world.submit('alice', OFFER))
    world.submit('bob', { side: 'buy', quantity: '0.01', limitPrice: '60001' })
    const before = [world.exchange.order('alice', selectorOf(order)), world.exchange.wallet('alice')]

    expect(amend(world, order, { quantity: '0.02' })).toBe('not_modified')
    expect(amend(world, order, { quantity: '0.01' })).toBe('below_filled_quantity')
    expect(amend(world, order, { limitPrice: '60001.05' })).toBe('price_tick')
    expect(amend(world, order, { quantity: '1000' })).toBe('insufficient_balance')

    expect([world.exchange.order('alice', selectorOf(order)), world.exchange.wallet('alice')]).toEqual(before)
  })
})

describe('cancelling', () => {
  test('[XC20] what is unknown and what is done are told apart', () => {
    const world = stage()
    const order = accepted(world.submit('alice', { ...OFFER, clientOrderId: 'mine' }))
    expect(cancel(world, 'bob', selectorOf(order))).toBe('order_unknown')
    expect(cancel(world, 'alice', { symbol: SYMBOL, orderId: '', clientOrderId: 'mine' })).toMatchObject({
      status: 'canceled',
      reason: 'user',
    })
    expect(cancel(world, 'alice', selectorOf(order))).toBe('order_done')
    expect(world.exchange.wallet('alice').orderMargin).toBe(0n)
    world.submit('bob', { side: 'buy', quantity: '0.01' })
    expect(positionOf(world, 'alice')).toBe(0n)
  })

  test('[XC21] cancelAll ends all orders of the account, or those of one symbol', () => {
    const world = stage()
    accepted(world.submit('alice', OFFER))
    accepted(world.submit('alice', { ...OFFER, limitPrice: '60002' }))
    accepted(world.submit('bob', OFFER))
    expect(world.exchange.cancelAll('alice', 'ETHUSDT', START_AT)).toEqual([])
    expect(world.exchange.cancelAll('alice', null, START_AT)).toHaveLength(2)
    expect(world.exchange.openOrders('alice')).toEqual([])
    expect(world.exchange.openOrders('bob')).toHaveLength(1)
  })
})

describe('what is refused', () => {
  test('[XC22] a client order id is taken for ever, even when the order is long forgotten', () => {
    const world = stage()
    const wish: Wish = { side: 'buy', quantity: '0.001', limitPrice: '59000', clientOrderId: 'once' }
    // A refused order does not use its id up.
    expect(world.submit('alice', { ...wish, quantity: '0' })).toBe('below_minimum_quantity')
    const order = accepted(world.submit('alice', wish))
    cancel(world, 'alice', selectorOf(order))
    for (let count = 0; count < 10_001; count += 1)
      world.submit('alice', { side: 'buy', quantity: '0.001', limitPrice: '59000', timeInForce: 'ioc' })

    expect(world.exchange.order('alice', selectorOf(order))).toBeNull()
    expect(world.submit('alice', wish)).toBe('duplicate_client_order_id')
    expect(cancel(world, 'alice', { ...selectorOf(order), orderId: '', clientOrderId: 'once' })).toBe(
      'order_done',
    )
    expect(accepted(world.submit('bob', wish)).clientOrderId).toBe('once')
  })

  test('[XC23] the 501st open order of a symbol is refused', () => {
    const world = stage()
    const wish: Wish = { side: 'buy', quantity: '0.001', limitPrice: '59000' }
    for (let count = 0; count < 500; count += 1) accepted(world.submit('alice', wish))
    expect(world.submit('alice', wish)).toBe('too_many_open_orders')
    world.exchange.cancelAll('alice', SYMBOL, START_AT)
    accepted(world.submit('alice', wish))
  })

  test.each<[string, Partial<Wish>]>([
    ['unknown_symbol', { symbol: 'NOPEUSDT' }],
    ['below_minimum_quantity', { quantity: '0.0005' }],
    ['below_minimum_quantity', { quantity: '-1' }],
    ['quantity_step', { quantity: '0.0105' }],
    ['above_maximum_quantity', { quantity: '1191' }],
    ['price_tick', { limitPrice: '60000.05' }],
    ['price_tick', { limitPrice: '0' }],
    ['price_band', { limitPrice: '66000.1' }],
    ['below_minimum_notional', { quantity: '0.001', limitPrice: '4999.9' }],
  ])('[XC24] %s: %j', (refusal, wrong) => {
    const world = stage()
    expect(world.submit('alice', { side: 'buy', quantity: '0.01', limitPrice: '60000', ...wrong })).toBe(
      refusal,
    )
    expect(world.exchange.audit(1, 10)).toMatchObject([{ kind: 'refused', refusal, command: 'submit' }])
  })

  test('[XC24] a limit order without a price, a market order over its own maximum, a stranger', () => {
    const { exchange, submit } = stage()
    const command = { ...commandOf({ side: 'sell', quantity: '0.01' }), type: 'limit' } as const
    expect(exchange.submit('alice', command, START_AT)).toMatchObject({ error: 'price_missing' })
    expect(submit('alice', { side: 'sell', quantity: '119.001' })).toBe('above_maximum_quantity')
    expect(submit('nobody', { side: 'sell', quantity: '1' })).toBe('unknown_account')
  })

  test('[XC25] of a closed symbol one can only get out of the book', () => {
    const world = stage()
    const order = accepted(world.submit('alice', OFFER))
    const instrument = world.exchange.instruments.get(SYMBOL)
    if (instrument !== undefined) instrument.status = 'closed'
    expect(world.submit('alice', OFFER)).toBe('symbol_closed')
    expect(amend(world, order, { quantity: '0.01' })).toBe('symbol_closed')
    expect(cancel(world, 'alice', selectorOf(order))).toMatchObject({ status: 'canceled' })
  })
})
