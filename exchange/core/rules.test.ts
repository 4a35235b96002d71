import { describe, expect, test } from 'vitest'
import { decimal, ZERO } from '../../src/domain/decimal.ts'
import { accepted, outcomeOf, positionOf, SYMBOL, stage } from './fixture.ts'
import { BYBIT_RULES, LIGHTER_RULES, OKX_RULES } from './rules.ts'

describe.each([BYBIT_RULES, OKX_RULES, LIGHTER_RULES])('as $name has it', rules => {
  test('[XC96] a reduce-only order larger than its position is trimmed or refused', () => {
    const world = stage({ rules })
    accepted(world.submit('alice', { side: 'buy', quantity: '0.01' }))
    const outcome = world.submit('alice', { side: 'sell', quantity: '0.02', reduceOnly: true })
    if (rules.reduceOnlyExcess === 'refuse') expect(outcome).toBe('reduce_only')
    else expect(positionOf(world, 'alice')).toBe(ZERO)
  })

  test('[XC97] a reduce-only order in vain is refused, or vanishes without a report', () => {
    const world = stage({ rules })
    world.events.length = 0
    const outcome = world.submit('alice', { side: 'sell', quantity: '0.02', reduceOnly: true })
    if (rules.reduceOnlyInVain === 'refuse') expect(outcome).toBe('reduce_only')
    else expect(accepted(outcome).status).toBe('canceled')
    expect(world.events).toEqual([])
    expect(world.exchange.openOrders('alice')).toEqual([])
  })

  test('[XC98] a client order id is free again after its order, or never', () => {
    const world = stage({ rules })
    const wish = { side: 'buy', quantity: '0.01', clientOrderId: 'a' } as const
    accepted(world.submit('alice', { ...wish, limitPrice: '59900' }))
    expect(world.submit('alice', wish)).toBe('duplicate_client_order_id')
    world.exchange.cancelAll('alice', null, world.now())
    const again = world.submit('alice', wish)
    if (rules.clientOrderIds === 'unique_for_ever') expect(again).toBe('duplicate_client_order_id')
    else expect(accepted(again).status).toBe('filled')
  })

  test('[XC150] a market order ignores a price, or takes nothing beyond it', () => {
    const world = stage({ rules })
    const outcome = accepted(world.submit('alice', { side: 'buy', quantity: '0.01', worstPrice: '59000' }))
    expect(outcome.status).toBe(rules.marketOrderPrice === 'worst' ? 'canceled' : 'filled')
    expect(accepted(world.submit('alice', { side: 'buy', quantity: '0.01' })).status).toBe('filled')
  })

  test('[XC151] ids are texts or numbers above every client’s own', () => {
    const { orderId } = accepted(stage({ rules }).submit('alice', { side: 'buy', quantity: '0.01' }))
    if (rules.ids === 'number') expect(Number(orderId)).toBeGreaterThanOrEqual(2 ** 48)
    else expect(orderId).toMatch(/^[0-9a-f]{8}-/)
  })

  test('[XC99] minima, price band and position modes are the venue’s own', () => {
    const world = stage({ rules })
    const far = world.submit('alice', { side: 'buy', quantity: '0.01', limitPrice: '64000' })
    if (rules.priceBandBps !== null && rules.priceBandBps < 600) expect(far).toBe('price_band')
    else expect(accepted(far).status).toBe('filled')
    accepted(world.submit('alice', { side: 'buy', quantity: '0.01' }))
    world.moveTo('60')
    const small = world.submit('alice', { side: 'sell', quantity: '0.001', reduceOnly: true })
    if (rules.minimumsBindReductions) expect(small).toBe('below_minimum_notional')
    else expect(accepted(small).filled).toBe(decimal('0.001'))
    const hedge = outcomeOf(world.exchange.switchPositionMode('carol', SYMBOL, 'hedge'))
    expect(hedge).toBe(rules.positionModes === 'both' ? 'done' : 'position_mode_unavailable')
  })
})
