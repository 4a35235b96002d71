import { describe, expect, test } from 'vitest'
import { decimal, subtract, ZERO } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { accepted, outcomeOf, positionOf, type Stage, SYMBOL, stage, trigger } from './fixture.ts'
import { DEFAULT_INSTRUMENTS } from './instruments.ts'

const OTHER = 'ETHUSDT'

/** Dave has 10 000 in isolated margin, and may borrow fifty times his margin. */
function alone(options: Parameters<typeof stage>[0] = {}): Stage {
  const world = stage(options)
  world.exchange.createAccount('dave', decimal('10000'))
  expect(outcomeOf(world.exchange.switchMarginMode('dave', 'isolated'))).toBe('done')
  world.exchange.setLeverage('dave', SYMBOL, decimal('50'))
  return world
}

/** Two symbols that stand and fall together: both at 60 000. */
function pair(): Stage {
  const instruments = [SYMBOL, OTHER].map(symbol => ({
    ...must(
      DEFAULT_INSTRUMENTS.find(each => each.symbol === SYMBOL),
      SYMBOL,
    ),
    symbol,
  }))
  const world = stage({ instruments })
  world.exchange.createAccount('dave', decimal('3000'))
  world.exchange.switchMarginMode('dave', 'isolated')
  world.exchange.setLeverage('dave', SYMBOL, decimal('50'))
  world.exchange.setLeverage('dave', OTHER, decimal('5'))
  accepted(world.submit('dave', { side: 'buy', quantity: '0.5' }))
  accepted(world.submit('dave', { side: 'buy', quantity: '0.1', symbol: OTHER }))
  return world
}

const kindsOf = ({ exchange }: Stage) => exchange.executions('dave').map(({ kind }) => kind)
const margin = ({ exchange }: Stage) => exchange.wallet('dave').positionMargin

describe('the mode of margin', () => {
  test("[XC110] is the account's, stays while it has a position or an order, and may be set again", () => {
    const { exchange, submit, now } = stage()
    expect(exchange.marginMode('alice')).toBe('cross')
    const set = (mode: 'cross' | 'isolated') => outcomeOf(exchange.switchMarginMode('alice', mode))
    expect(outcomeOf(exchange.switchMarginMode('nobody', 'isolated'))).toBe('unknown_account')
    expect(set('cross')).toBe('done')
    accepted(submit('alice', { side: 'buy', quantity: '0.01', trigger: trigger('rise', '61000') }))
    expect(set('isolated')).toBe('orders_open')
    exchange.cancelAll('alice', null, now())
    accepted(submit('alice', { side: 'buy', quantity: '0.01' }))
    expect([set('isolated'), set('cross')]).toEqual(['position_open', 'done'])
    accepted(submit('alice', { side: 'sell', quantity: '0.01' }))
    expect(set('isolated')).toBe('done')
    expect(exchange.marginMode('alice')).toBe('isolated')
    expect(exchange.marginMode('bob')).toBe('cross')
  })
})

describe('what an account in isolated margin can spend', () => {
  test('[XC111] is its balance less the margins, whatever its positions have gained or lost', () => {
    const world = alone()
    accepted(world.submit('dave', { side: 'buy', quantity: '1' }))
    accepted(world.submit('dave', { side: 'buy', quantity: '0.1', limitPrice: '59000' }))
    const before = world.exchange.wallet('dave')
    expect(before.available).toBe(before.balance - before.positionMargin - before.orderMargin)
    world.moveTo('60500')
    const { available, equity, unrealizedPnl } = world.exchange.wallet('dave')
    expect(available).toBe(before.available)
    expect(unrealizedPnl).toBeGreaterThan(decimal('400'))
    expect(equity).toBe(before.balance + unrealizedPnl)
    const withdrawn = world.exchange.transfer('dave', -(available + 1n) as typeof available, world.now())
    expect(outcomeOf(withdrawn)).toBe('insufficient_balance')
  })

  test('[XC111] must cover the loss that a turn realizes, and a plain way out is never refused', () => {
    const world = alone()
    accepted(world.submit('dave', { side: 'buy', quantity: '6' }))
    world.moveTo('59500')
    // 3000 are lost, 2600 were not bound, and the new short would need 1200 of the 7200 that come free.
    accepted(world.submit('dave', { side: 'sell', quantity: '7' }))
    expect(positionOf(world, 'dave')).toBe(decimal('-1'))
    expect(world.exchange.wallet('dave').available).toBeGreaterThanOrEqual(ZERO)

    const bound = alone()
    accepted(bound.submit('dave', { side: 'buy', quantity: '7' }))
    bound.moveTo('59500')
    expect(bound.submit('dave', { side: 'sell', quantity: '13' })).toBe('insufficient_balance')
    accepted(bound.submit('dave', { side: 'sell', quantity: '7' }))
    expect(positionOf(bound, 'dave')).toBe(ZERO)
  })

  test('[XC112] a position that would not stand on its own margin is not opened, nor left with less by leverage', () => {
    // A book so thin that four contracts cost more than half a percent beyond the mark.
    const thin = alone({ levelNotional: decimal('200') })
    thin.exchange.setLeverage('dave', SYMBOL, decimal('100'))
    expect(thin.submit('dave', { side: 'buy', quantity: '4' })).toBe('insufficient_balance')
    thin.exchange.setLeverage('dave', SYMBOL, decimal('30'))
    accepted(thin.submit('dave', { side: 'buy', quantity: '4' }))

    const world = alone()
    world.exchange.setLeverage('dave', SYMBOL, decimal('20'))
    accepted(world.submit('dave', { side: 'buy', quantity: '1' }))
    world.moveTo('59200')
    const raise = (leverage: string) =>
      outcomeOf(world.exchange.setLeverage('dave', SYMBOL, decimal(leverage)))
    expect(raise('75')).toBe('leverage_would_liquidate')
    expect(world.exchange.position('dave', SYMBOL).leverage).toBe(decimal('20'))
    expect(raise('50')).toBe('done')
    world.moveTo('59050')
    expect(kindsOf(world)).toContain('liquidation')
  })
})

describe('a position that stands alone', () => {
  test('[XC113] falls where its liquidation price said, and costs no more than its margin', () => {
    const world = alone()
    accepted(world.submit('dave', { side: 'buy', quantity: '1' }))
    accepted(world.submit('dave', { side: 'sell', quantity: '0.5', limitPrice: '63000' }))
    const { balance } = world.exchange.wallet('dave')
    const lost = margin(world)
    const risk = world.exchange.risk('dave', SYMBOL)
    const whole = must(risk.liquidationPrice, 'a leveraged position has one') / 10n ** 18n
    world.moveTo(String(whole + 1n))
    expect(kindsOf(world)).not.toContain('liquidation')
    world.moveTo(String(whole))
    expect(kindsOf(world)[0]).toBe('liquidation')
    const after = world.exchange.wallet('dave').balance
    expect(after).toBeGreaterThanOrEqual(balance - lost)
    expect(after).toBeLessThan(balance - lost + decimal('0.2'))
    expect(world.exchange.openOrders('dave')).toEqual([])
  })

  test('[XC113] a short falls by rising prices, however far they have jumped', () => {
    const world = alone()
    accepted(world.submit('dave', { side: 'sell', quantity: '1' }))
    const { balance } = world.exchange.wallet('dave')
    const lost = margin(world)
    world.moveTo('66000')
    expect(kindsOf(world)[0]).toBe('liquidation')
    expect(world.exchange.wallet('dave').balance).toBeGreaterThanOrEqual(balance - lost)
  })

  test("[XC114] takes neither the account's other positions with it nor their orders", () => {
    const world = pair()
    accepted(world.submit('dave', { side: 'buy', quantity: '0.01', limitPrice: '50000', symbol: OTHER }))
    const { balance } = world.exchange.wallet('dave')
    world.moveTo('58800')
    expect(kindsOf(world).filter(kind => kind === 'liquidation')).toHaveLength(1)
    expect(positionOf(world, 'dave')).toBe(ZERO)
    expect(world.exchange.position('dave', OTHER).quantity).toBe(decimal('0.1'))
    expect(world.exchange.openOrders('dave')).toHaveLength(1)
    // Its loss is the margin of the one that fell: a fiftieth of 30 000.
    expect(world.exchange.wallet('dave').balance).toBeGreaterThan(balance - decimal('601'))
  })

  test('[XC114] both sides of a hedge stand apart', () => {
    const world = stage()
    world.exchange.createAccount('dave', decimal('10000'))
    world.exchange.switchMarginMode('dave', 'isolated')
    world.exchange.switchPositionMode('dave', SYMBOL, 'hedge')
    world.exchange.setLeverage('dave', SYMBOL, decimal('50'))
    accepted(world.submit('dave', { side: 'buy', quantity: '1', positionIndex: 1 }))
    accepted(world.submit('dave', { side: 'sell', quantity: '1', positionIndex: 2 }))
    const { liquidationPrice } = world.exchange.risk('dave', SYMBOL, 1)
    const fallsAt = must(liquidationPrice, 'a leveraged position has one')
    for (let step = 1; step <= 100; step += 1) world.moveTo(String(60_000 - step * 10))
    expect(world.exchange.position('dave', SYMBOL, 1).quantity).toBe(ZERO)
    expect(world.exchange.position('dave', SYMBOL, 2).quantity).toBe(decimal('-1'))
    const [fallen] = world.exchange.executions('dave')
    expect(fallen).toMatchObject({ kind: 'liquidation', positionIndex: 1 })
    // Watched step by step, it falls within the step of 10 that passes its price.
    expect(fallen?.markPrice).toBeLessThan(fallsAt)
    expect(fallen?.markPrice).toBeGreaterThan(subtract(fallsAt, decimal('10')))
  })

  test('[XC114] bears what funding took beyond the available, so that nobody is left in debt', () => {
    const world = pair()
    const { available } = world.exchange.wallet('dave')
    world.exchange.transfer('dave', -available as typeof available, world.now())
    for (let times = 0; times < 12; times += 1) world.moveTo('60000', 8 * 3_600_000)
    const { balance, positionMargin } = world.exchange.wallet('dave')
    expect(balance).toBeLessThan(positionMargin)
    expect(kindsOf(world)).not.toContain('liquidation')
    // With its margin whole it would have stood until about 59 100.
    world.moveTo('59120')
    expect(kindsOf(world)).toContain('liquidation')
    world.moveTo('40000')
    expect(world.exchange.wallet('dave').balance).toBeGreaterThanOrEqual(ZERO)
    const paid = world.exchange.transactions('dave').filter(({ kind }) => kind === 'insurance')
    expect(paid).toEqual([])
  })

  test('[XC114] an order of the operator to liquidate takes all of them, each for its own margin', () => {
    const world = pair()
    const { balance } = world.exchange.wallet('dave')
    const lost = margin(world)
    world.exchange.liquidate('dave', world.now())
    expect(kindsOf(world).filter(kind => kind === 'liquidation')).toHaveLength(2)
    expect(world.exchange.wallet('dave').balance).toBeGreaterThanOrEqual(balance - lost)
  })
})
