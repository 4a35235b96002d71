import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  add,
  type Decimal,
  decimal,
  divide,
  multiply,
  negate,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import { applyCommand, type ExchangeCommand } from './command.ts'
import { createExchange } from './exchange.ts'
import { START_AT, type Stage, SYMBOL, stage, target, trigger, type Wish } from './fixture.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from './instruments.ts'
import { seededPath } from './path-seeded.ts'
import type { MarginMode } from './records.ts'
import type { Exchange } from './types.ts'

/** What eighteen places may lose in a run's divisions, in quote. */
const DUST = decimal('0.000000001')
const POOR = ['poor-1', 'poor-2', 'poor-3']
const HOUR_MS = 3_600_000

type Step =
  | { readonly account: string; readonly wish: Wish }
  | { readonly move: number; readonly laterMs: number }
  | { readonly account: string; readonly sum: number }
  | { readonly account: string; readonly stop: string }
  | { readonly account: string; readonly marginMode: MarginMode }
  | { readonly relisted: true }

const account = fc.constantFrom('alice', 'bob', ...POOR)
const wish = fc
  .record({
    side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
    lots: fc.integer({ min: 1, max: 900 }),
    limit: fc.option(fc.integer({ min: -500, max: 500 }), { nil: undefined }),
    reduceOnly: fc.constantFrom(false, false, true),
    extra: fc.constantFrom('none', 'none', 'trigger', 'stops'),
  })
  .map(({ lots, limit, extra, side, reduceOnly }) => ({
    side,
    reduceOnly,
    quantity: String(lots / 1000),
    ...(limit !== undefined && { limitPrice: String(60_000 + limit) }),
    ...(extra === 'trigger' && { trigger: trigger('rise', '60800') }),
    ...(extra === 'stops' && {
      stops: {
        mode: 'full',
        takeProfit: target(side === 'buy' ? '62000' : '58000'),
        stopLoss: target(side === 'buy' ? '58000' : '62000'),
      } as const,
    }),
  }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ account, wish }) },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.integer({ min: 56_000, max: 64_000 }),
      laterMs: fc.constantFrom(1_000, 8 * HOUR_MS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ account, sum: fc.integer({ min: -500, max: 500 }) }) },
  { weight: 1, arbitrary: fc.record({ account, stop: fc.constantFrom('57500', '62500') }) },
  {
    weight: 1,
    arbitrary: fc.record({ account, marginMode: fc.constantFrom<MarginMode>('cross', 'isolated') }),
  },
  { weight: 1, arbitrary: fc.constant({ relisted: true } as const) },
)
const run = fc.array(step, { minLength: 10, maxLength: 60 })

function play(world: Stage, steps: readonly Step[]): void {
  for (const name of POOR) {
    world.exchange.createAccount(name, decimal('1500'))
    world.exchange.setLeverage(name, SYMBOL, decimal('100'))
  }
  world.exchange.switchMarginMode('poor-1', 'isolated')
  for (const each of steps) {
    if ('move' in each) world.moveTo(String(each.move), each.laterMs)
    else if ('wish' in each) world.submit(each.account, each.wish)
    else if ('marginMode' in each) world.exchange.switchMarginMode(each.account, each.marginMode)
    else if ('relisted' in each) {
      world.exchange.setSymbolStatus(SYMBOL, 'closed', world.now())
      world.exchange.setSymbolStatus(SYMBOL, 'trading', world.now())
    } else if ('sum' in each) world.exchange.transfer(each.account, decimal(String(each.sum)), world.now())
    else {
      const stop = { symbol: SYMBOL, positionIndex: 0, mode: 'full', stopLoss: target(each.stop) } as const
      world.exchange.setTradingStop(each.account, stop, world.now())
    }
  }
}

function sumOf(exchange: Exchange, amountOf: (name: string) => Decimal): Decimal {
  return exchange.accounts().reduce((total, name) => add(total, amountOf(name)), ZERO)
}

test('[XC100] no base unit and no quote unit is made or lost, whatever is traded, funded, liquidated and settled', () => {
  fc.assert(
    fc.property(run, fc.constantFrom('0', '1000000'), (steps, fund) => {
      const world = stage({ insuranceFund: decimal(fund) })
      play(world, steps)
      const { exchange } = world
      const { deposits, withdrawals, fees, funding, insurance, world: counterparts } = exchange.ledger()
      const counterpart = counterparts.get(SYMBOL) ?? { quantity: ZERO, cash: ZERO }
      const held = sumOf(exchange, name => exchange.position(name, SYMBOL).quantity)
      expect(add(held, counterpart.quantity)).toBe(ZERO)

      const worldValue = add(counterpart.cash, multiply(counterpart.quantity, exchange.ticker(SYMBOL).mark))
      const equity = sumOf(exchange, name => exchange.wallet(name).equity)
      const there = [equity, fees, funding, insurance, worldValue].reduce(add, ZERO)
      const lost = subtract(subtract(deposits, withdrawals), there)
      expect(lost < DUST && lost > -DUST).toBe(true)
    }),
    { numRuns: 150 },
  )
})

test('[XC101] after every move an account is above maintenance, or has no position and owes nothing', () => {
  fc.assert(
    fc.property(run, fc.integer({ min: 40_000, max: 80_000 }), (steps, last) => {
      const world = stage()
      play(world, steps)
      world.moveTo(String(last))
      for (const name of world.exchange.accounts()) {
        const { balance, equity, unrealizedPnl, positionMargin, maintenanceMargin } =
          world.exchange.wallet(name)
        expect(equity).toBeGreaterThanOrEqual(maintenanceMargin)
        if (world.exchange.marginMode(name) === 'cross') continue
        const backing = balance < positionMargin ? balance : positionMargin
        expect(add(backing, unrealizedPnl)).toBeGreaterThanOrEqual(maintenanceMargin)
      }
    }),
    { numRuns: 150 },
  )
})

test('[XC102] stops never outlive or outgrow their position', () => {
  fc.assert(
    fc.property(run, steps => {
      const world = stage()
      play(world, steps)
      for (const name of world.exchange.accounts()) {
        const { quantity, stops } = world.exchange.position(name, SYMBOL)
        const waiting = world.exchange
          .openOrders(name)
          .filter(order => order.origin === 'take_profit' || order.origin === 'stop_loss')
        for (const order of waiting) expect(order.quantity).toBe(quantity < 0n ? -quantity : quantity)
        expect(stops === null).toBe(waiting.length === 0)
      }
    }),
    { numRuns: 150 },
  )
})

test('[XC103] the commands that were heard make the same exchange again', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), steps => {
      const heard: ExchangeCommand[] = []
      const path = seededPath({ seed: 9, instruments: DEFAULT_INSTRUMENTS, basePrices: DEFAULT_BASE_PRICES })
      const options = { path, instruments: DEFAULT_INSTRUMENTS, seed: 4, startAt: START_AT }
      const world = stage({ ...options, onCommand: command => heard.push(command) })
      play(world, steps)
      const { exchange } = world
      exchange.switchPositionMode('carol', null, 'hedge')
      exchange.cancelAllAfter('alice', world.now() + 500, world.now())
      exchange.deleverage('bob', { symbol: SYMBOL, positionIndex: 0 }, decimal('0.01'), world.now())
      exchange.liquidate('alice', world.now())
      exchange.setSymbolStatus('ETHUSDT', 'closed', world.now())
      world.moveTo('1')
      exchange.setMaintenance(true)
      world.submit('alice', { side: 'buy', quantity: '0.01' })

      const again = createExchange(options)
      for (const command of heard) applyCommand(again, command)
      expect(again.audit(0, 10_000)).toEqual(exchange.audit(0, 10_000))
      expect(again.ledger()).toEqual(exchange.ledger())
      for (const name of exchange.accounts()) {
        expect(again.marginMode(name)).toBe(exchange.marginMode(name))
        expect(again.wallet(name)).toEqual(exchange.wallet(name))
        expect(again.openOrders(name)).toEqual(exchange.openOrders(name))
        expect(again.transactions(name)).toEqual(exchange.transactions(name))
        expect(again.closedPnl(name)).toEqual(exchange.closedPnl(name))
      }
    }),
    { numRuns: 40 },
  )
})

test('[XC115] a liquidation in isolated margin never costs more than the margin of its position', () => {
  fc.assert(
    fc.property(run, steps => {
      const world = stage()
      world.exchange.subscribe(event => {
        if (event.kind !== 'execution' || event.execution.kind !== 'liquidation') return
        const { account: name, side, quantity, price, realizedPnl } = event.execution
        if (world.exchange.marginMode(name) === 'cross') return
        const entry = subtract(multiply(quantity, price), side === 'sell' ? realizedPnl : negate(realizedPnl))
        const margin = divide(entry, world.exchange.position(name, SYMBOL).leverage)
        expect(add(realizedPnl, margin)).toBeGreaterThanOrEqual(-DUST)
      })
      play(world, steps)
    }),
    { numRuns: 150 },
  )
})
