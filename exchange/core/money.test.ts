import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, type Decimal, decimal, formatDecimal, subtract, ZERO } from '../../src/domain/decimal.ts'
import { signedQuantity } from '../../src/domain/order.ts'
import { accepted, positionOf, START_AT, type Stage, SYMBOL, stage, type Wish } from './fixture.ts'
import type { ExchangeOrder } from './types.ts'

const ACCOUNTS = ['alice', 'bob', 'carol']
const DEPOSIT = decimal('1000000')
/** What eighteen places may lose in a run's divisions, in quote. */
const DUST = decimal('0.000000000001')

type Step = { readonly account: string; readonly wish: Wish } | { readonly move: number }

const order = (limitPrice: fc.Arbitrary<number | undefined>): fc.Arbitrary<Step> =>
  fc.record({
    account: fc.constantFrom(...ACCOUNTS),
    wish: fc
      .record({
        side: fc.constantFrom('buy', 'sell'),
        lots: fc.integer({ min: 1, max: 3_000 }),
        limitPrice,
        timeInForce: fc.constantFrom('gtc', 'gtc', 'ioc', 'fok'),
        postOnly: fc.boolean(),
        reduceOnly: fc.constantFrom(false, false, true),
      })
      .map(({ lots, limitPrice: price, ...rest }) => ({
        ...rest,
        quantity: String(lots / 1000),
        ...(price === undefined ? {} : { limitPrice: String(price) }),
      })),
  })

const anyPrice = fc.option(fc.integer({ min: 59_000, max: 61_000 }), { nil: undefined })
const marginMode = fc.constantFrom<'cross' | 'isolated'>('cross', 'isolated')
const run = fc.array(
  fc.oneof(order(anyPrice), fc.record({ move: fc.integer({ min: 59_000, max: 61_000 }) })),
  {
    minLength: 5,
    maxLength: 60,
  },
)

function play(world: Stage, step: Step): ExchangeOrder | string {
  if ('wish' in step) return world.submit(step.account, step.wish)
  world.moveTo(String(step.move))
  return 'moved'
}

describe('in every run', () => {
  test('[XC30] executions add up to positions; [XC31] money to deposits, realized PnL and fees', () => {
    fc.assert(
      fc.property(run, marginMode, (steps, mode) => {
        const world = stage()
        for (const account of ACCOUNTS) world.exchange.switchMarginMode(account, mode)
        for (const step of steps) play(world, step)
        for (const account of ACCOUNTS) {
          const executions = world.exchange.executions(account)
          expect(sum(executions, ({ side, quantity }) => signedQuantity(side, quantity))).toBe(
            positionOf(world, account),
          )
          const fees = sum(executions, execution => execution.fee)
          const realized = world.exchange.position(account, SYMBOL).cumulativeRealizedPnl
          expect(world.exchange.wallet(account).balance).toBe(subtract(add(DEPOSIT, realized), fees))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('[XC27] an accepted order that opens leaves no negative balance', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: 1_000, max: 60_000 }), marginMode, (steps, deposit, mode) => {
        const world = stage()
        world.exchange.createAccount('dave', decimal(String(deposit)))
        world.exchange.switchMarginMode('dave', mode)
        for (const step of steps) {
          // A reduction is never refused, and may leave more of what rests to open.
          const opens = 'wish' in step && step.wish.reduceOnly !== true
          const before = opens ? world.exchange.wallet('dave') : null
          if ('wish' in step) world.submit('dave', step.wish)
          else world.moveTo(String(step.move))
          const after = world.exchange.wallet('dave')
          const opened = before !== null && marginOf(after) > marginOf(before)
          if (opened) expect(after.available).toBeGreaterThanOrEqual(-DUST)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('[XC47] what orders held comes back when they have filled or ended', () => {
    fc.assert(
      fc.property(run, marginMode, (steps, mode) => {
        const world = stage()
        for (const account of ACCOUNTS) world.exchange.switchMarginMode(account, mode)
        for (const step of steps) play(world, step)
        for (const account of ACCOUNTS) world.exchange.cancelAll(account, null, START_AT)
        expect(ACCOUNTS.map(account => world.exchange.wallet(account).orderMargin)).toEqual([
          ZERO,
          ZERO,
          ZERO,
        ])
      }),
      { numRuns: 60 },
    )
  })

  test('[XC32] accounts that trade only with each other conserve quantity and money', () => {
    // Every price lies inside the spread, where no liquidity but the accounts' own is.
    const inside = fc.integer({ min: 59_996, max: 60_004 })
    fc.assert(
      fc.property(fc.array(order(inside), { minLength: 5, maxLength: 60 }), steps => {
        const world = stage()
        for (const step of steps) play(world, step)
        const wallets = ACCOUNTS.map(account => world.exchange.wallet(account))
        const executions = ACCOUNTS.flatMap(account => world.exchange.executions(account))
        expect(sum(ACCOUNTS, account => positionOf(world, account))).toBe(ZERO)
        const equity = sum(wallets, wallet => wallet.equity)
        const fees = sum(executions, execution => execution.fee)
        const lost = subtract(
          sum(wallets, () => DEPOSIT),
          add(equity, fees),
        )
        expect(lost < DUST && lost > -DUST).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('[XC33] every report of an order agrees with itself, and an order ends once', () => {
    fc.assert(
      fc.property(run, steps => {
        const world = stage()
        for (const step of steps) play(world, step)
        for (const event of world.events) if (event.kind === 'order') expectConsistent(event.order)
        const ended = world.exchange
          .audit(0, 100_000)
          .flatMap(entry => (entry.kind === 'ended' ? [entry.orderId] : []))
        expect(new Set(ended).size).toBe(ended.length)
        const open = ACCOUNTS.flatMap(account =>
          world.exchange.openOrders(account).map(({ orderId }) => orderId),
        )
        const known = world.exchange
          .audit(0, 100_000)
          .flatMap(entry => (entry.kind === 'accepted' ? [entry.orderId] : []))
        expect([...ended, ...open].toSorted()).toEqual(known.toSorted())
      }),
      { numRuns: 60 },
    )
  })
})

describe('margin', () => {
  test('[XC26] what the balance does not cover is refused, what only closes is not', () => {
    const world = stage()
    world.exchange.createAccount('dave', decimal('1000'))
    expect(world.submit('dave', { side: 'buy', quantity: '0.2' })).toBe('insufficient_balance')
    accepted(world.submit('dave', { side: 'buy', quantity: '0.16' }))
    expect(world.submit('dave', { side: 'buy', quantity: '0.01', limitPrice: '59000' })).toBe(
      'insufficient_balance',
    )
    world.moveTo('57000')
    expect(accepted(world.submit('dave', { side: 'sell', quantity: '0.16' })).status).toBe('filled')
  })

  test('[XC27] the largest order that is accepted leaves just enough, fee and slippage paid', () => {
    const availableAfter = (lots: number) => {
      const world = stage()
      world.exchange.createAccount('dave', decimal('50000'))
      const outcome = world.submit('dave', { side: 'buy', quantity: String(lots / 1000) })
      return typeof outcome === 'string' ? null : world.exchange.wallet('dave').available
    }
    let [fits, refused] = [1, 20_000]
    while (refused - fits > 1) {
      const lots = Math.floor((fits + refused) / 2)
      if (availableAfter(lots) === null) refused = lots
      else fits = lots
    }
    expect(availableAfter(fits)).toBeGreaterThanOrEqual(-DUST)
    expect(availableAfter(fits)).toBeLessThan(decimal('10'))
  })

  test('[XC28] leverage must be inside its range, new, and covered', () => {
    const { exchange, submit } = stage()
    const set = (leverage: string) => {
      const result = exchange.setLeverage('dave', SYMBOL, decimal(leverage))
      return result.ok ? 'set' : result.error
    }
    exchange.createAccount('dave', decimal('1000'))
    accepted(submit('dave', { side: 'buy', quantity: '0.1' }))
    expect(['0.5', '100.5', '10', '2', '20'].map(set)).toEqual([
      'leverage_out_of_range',
      'leverage_out_of_range',
      'leverage_not_modified',
      'insufficient_balance',
      'set',
    ])
    const { quantity, averagePrice } = exchange.position('dave', SYMBOL)
    expect(exchange.wallet('dave').positionMargin).toBe((quantity * averagePrice) / decimal('20'))
  })

  test('[XC29] through zero the old position closes whole and the new one starts anew', () => {
    const world = stage()
    accepted(world.submit('alice', { side: 'buy', quantity: '0.01' }))
    world.moveTo('61000')
    const flip = accepted(world.submit('alice', { side: 'sell', quantity: '0.03' }))

    const [execution] = world.exchange.executions('alice')
    const position = world.exchange.position('alice', SYMBOL)
    expect(execution?.closedSize).toBe(decimal('0.01'))
    expect(position).toMatchObject({
      quantity: decimal('-0.02'),
      realizedPnl: ZERO,
      createdAt: START_AT + 1000,
    })
    expect(position.averagePrice).toBe(execution?.price)
    expect(position.cumulativeRealizedPnl).toBeGreaterThan(decimal('9'))
    expect(formatDecimal(flip.filled)).toBe('0.03')
  })
})

function expectConsistent(report: ExchangeOrder): void {
  const { filled, quantity, status } = report
  expect(filled <= quantity).toBe(true)
  expect(status === 'filled').toBe(filled === quantity)
  if (status === 'new' || status === 'canceled') expect(filled).toBe(ZERO)
  if (status === 'partially_filled' || status === 'partially_filled_canceled')
    expect(filled).toBeGreaterThan(ZERO)
}

function marginOf(wallet: { readonly orderMargin: Decimal; readonly positionMargin: Decimal }): Decimal {
  return add(wallet.orderMargin, wallet.positionMargin)
}

function sum<T>(items: readonly T[], amountOf: (item: T) => Decimal): Decimal {
  return items.reduce((total, item) => add(total, amountOf(item)), ZERO)
}
