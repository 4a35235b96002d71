import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  absolute,
  type Decimal,
  decimal,
  divide,
  formatDecimal,
  fromUnits,
  multiply,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import { START_AT, type Stage, SYMBOL, stage, target, type Wish } from './fixture.ts'
import { DEFAULT_INSTRUMENTS } from './instruments.ts'
import type { ExchangeInstrument } from './types.ts'

/** What eighteen places may lose in a run's divisions, in quote or in a coin. */
const DUST = decimal('0.000000001')
const NAMES = ['alice', 'bob', 'poor']
/** Base units, as the default instrument has it. */
const LOT = decimal('0.001')
const HOUR_MS = 3_600_000

type Step =
  | { readonly account: string; readonly lots: number; readonly wish: Omit<Wish, 'quantity'> }
  | { readonly move: number; readonly laterMs: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      account: fc.constantFrom(...NAMES),
      lots: fc.integer({ min: 1, max: 900 }),
      wish: fc
        .record({
          side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
          limit: fc.option(fc.integer({ min: -500, max: 500 }), { nil: undefined }),
          reduceOnly: fc.constantFrom(false, false, true),
          isStopped: fc.boolean(),
        })
        .map(({ limit, isStopped, ...rest }) => ({
          ...rest,
          ...(limit !== undefined && { limitPrice: String(60_000 + limit) }),
          ...(isStopped && { stops: stopsOf(rest.side) }),
        })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.integer({ min: 56_000, max: 64_000 }),
      laterMs: fc.constantFrom(1_000, 8 * HOUR_MS),
    }),
  },
)

function stopsOf(side: 'buy' | 'sell') {
  const stopLoss = target(side === 'buy' ? '58000' : '62000')
  return { mode: 'partial', takeProfit: null, stopLoss } as const
}

/** The same contract in pieces of another size: what was one lot still is. */
function inContractsOf(contractSize: Decimal): ExchangeInstrument[] {
  const inContracts = (units: Decimal) => divide(units, contractSize)
  return DEFAULT_INSTRUMENTS.filter(({ symbol }) => symbol === SYMBOL).map(instrument => ({
    ...instrument,
    contractSize,
    lotSize: inContracts(instrument.lotSize),
    minimumQuantity: inContracts(instrument.minimumQuantity),
    maximumLimitQuantity: inContracts(instrument.maximumLimitQuantity),
    maximumMarketQuantity: inContracts(instrument.maximumMarketQuantity),
  }))
}

function worldOf(contractSize: string, steps: readonly Step[]): Stage {
  const size = decimal(contractSize)
  const world = stage({ instruments: inContractsOf(decimal(contractSize)), insuranceFund: ZERO })
  world.exchange.createAccount('poor', decimal('1500'))
  world.exchange.setLeverage('poor', SYMBOL, decimal('100'))
  for (const each of steps) {
    if ('move' in each) world.moveTo(String(each.move), each.laterMs)
    else
      world.submit(each.account, {
        ...each.wish,
        quantity: formatDecimal(divide(fromUnits(LOT * BigInt(each.lots)), size)),
      })
  }
  return world
}

/** All that is quote, and quantities in base units. */
function figuresOf({ exchange }: Stage, contractSize: Decimal): readonly Decimal[] {
  const units = (contracts: Decimal) => multiply(contracts, contractSize)
  const { fees, funding, insurance, world } = exchange.ledger()
  const { volume24h, bidSize, askSize } = exchange.ticker(SYMBOL)
  const accounts = NAMES.flatMap(name => {
    const wallet = exchange.wallet(name)
    const position = exchange.position(name, SYMBOL)
    const { liquidationPrice, bankruptcyPrice } = exchange.risk(name, SYMBOL)
    return [
      ...[wallet.balance, wallet.equity, wallet.available, wallet.orderMargin, wallet.positionMargin],
      ...[wallet.maintenanceMargin, units(position.quantity), position.averagePrice, position.realizedPnl],
      ...[liquidationPrice ?? ZERO, bankruptcyPrice ?? ZERO],
      ...exchange.closedPnl(name).flatMap(row => [units(row.closedSize), row.entryNotional, row.closedPnl]),
      ...exchange.executions(name).flatMap(fill => [units(fill.quantity), fill.price, fill.fee]),
      ...exchange.transactions(name).flatMap(row => [row.change, row.balanceAfter]),
      ...exchange.openOrders(name).flatMap(order => [units(order.quantity), order.filledNotional]),
    ]
  })
  const counterpart = world.get(SYMBOL)
  return [
    ...accounts,
    ...[fees, funding, insurance, units(counterpart?.quantity ?? ZERO), counterpart?.cash ?? ZERO],
    ...[units(bidSize), units(askSize), units(volume24h)],
  ]
}

test('[XC104] n contracts of c base units are traded, margined, funded and liquidated as n x c units are', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 5, maxLength: 50 }),
      fc.constantFrom('0.01', '0.1', '0.001', '10'),
      (steps, contractSize) => {
        const inContracts = figuresOf(worldOf(contractSize, steps), decimal(contractSize))
        const inUnits = figuresOf(worldOf('1', steps), decimal('1'))
        expect(inContracts.length).toBe(inUnits.length)
        for (const [index, figure] of inContracts.entries()) {
          const difference = absolute(subtract(figure, inUnits[index] ?? ZERO))
          expect(difference, `figure ${index}`).toBeLessThan(DUST)
        }
      },
    ),
    { numRuns: 120 },
  )
})

test('[XC104] a fill of contracts pays the fee of what they are worth', () => {
  // OKX's BTC-USDT-SWAP: one contract is 0.01 BTC, so that 100 of them are a coin.
  const world = stage({ instruments: inContractsOf(decimal('0.01')), levelNotional: decimal('100000000') })
  world.submit('alice', { side: 'buy', quantity: '100', limitPrice: '60006', timeInForce: 'ioc' })
  const [fill] = world.exchange.executions('alice')
  expect(fill).toMatchObject({ quantity: decimal('100'), price: decimal('60006'), at: START_AT })
  expect(fill?.fee).toBe(decimal('33.0033'))
  expect(world.exchange.wallet('alice').positionMargin).toBe(decimal('6000.6'))
})
