import { expect, test } from 'vitest'
import { decimal, subtract, ZERO } from '../../src/domain/decimal.ts'
import { settlementPrice } from './delisting.ts'
import { accepted, positionOf, START_AT, SYMBOL, stage, target } from './fixture.ts'
import { DEFAULT_INSTRUMENTS } from './instruments.ts'

const MINUTE_MS = 60_000
const [BTC] = DEFAULT_INSTRUMENTS

test('[XC105] a delisted symbol’s positions are settled at the mean of the last half hour', () => {
  // Rises by 30 in the last minute only: one sample of thirty has seen it.
  const path = {
    priceAt: (_: string, at: number) => decimal(at >= START_AT + 29 * MINUTE_MS ? '60030' : '60000'),
  }
  expect(BTC && settlementPrice(path, BTC, START_AT + 29 * MINUTE_MS)).toBe(decimal('60001'))
  expect(BTC && settlementPrice(path, BTC, START_AT + 60 * MINUTE_MS)).toBe(decimal('60030'))
})

test('[XC105] each position is told as an execution, a closed-PnL row and a transaction, and as no order', () => {
  const world = stage()
  const { exchange } = world
  accepted(world.submit('alice', { side: 'buy', quantity: '0.5' }))
  accepted(world.submit('bob', { side: 'sell', quantity: '0.2' }))
  const stop = { symbol: SYMBOL, positionIndex: 0, mode: 'full', stopLoss: target('59000') } as const
  exchange.setTradingStop('alice', stop, world.now())
  world.moveTo('61000')
  const before = exchange.wallet('alice')
  const orders = exchange.closedOrders('alice').length
  world.events.length = 0
  exchange.setSymbolStatus(SYMBOL, 'closed', world.now())

  expect([positionOf(world, 'alice'), positionOf(world, 'bob')]).toEqual([ZERO, ZERO])
  expect(exchange.executions('alice')[0]).toMatchObject({
    kind: 'settlement',
    origin: 'settlement',
    side: 'sell',
    quantity: decimal('0.5'),
    closedSize: decimal('0.5'),
    price: decimal('61000'),
    fee: ZERO,
  })
  // It was worth as much a moment before: nobody wins or loses by it.
  expect(exchange.wallet('alice')).toMatchObject({ balance: before.equity, equity: before.equity })
  const gain = exchange.executions('alice')[0]?.realizedPnl
  expect(exchange.transactions('alice')[0]).toMatchObject({
    kind: 'settlement',
    cashFlow: gain,
    change: gain,
  })
  expect(exchange.closedPnl('alice')[0]).toMatchObject({ kind: 'settlement', closedSize: decimal('0.5') })
  // The stop is cancelled; that, and no settlement, is an order.
  expect(exchange.closedOrders('alice')).toHaveLength(orders + 1)
  expect(exchange.closedOrders('alice')[0]).toMatchObject({ origin: 'stop_loss', reason: 'delisted' })
  expect(exchange.position('alice', SYMBOL).stops).toBeNull()
  const told = world.events.flatMap(event =>
    'account' in event && event.account === 'bob' ? [event.kind] : [],
  )
  expect(told).toEqual(['position', 'wallet'])
})

test('[XC106] what was settled is not settled again, and the symbol may trade again', () => {
  const world = stage()
  accepted(world.submit('alice', { side: 'buy', quantity: '0.5' }))
  world.exchange.setSymbolStatus(SYMBOL, 'delivering', world.now())
  expect(world.submit('alice', { side: 'buy', quantity: '0.01' })).toBe('symbol_delivering')
  world.exchange.setSymbolStatus(SYMBOL, 'closed', world.now())
  expect(world.submit('alice', { side: 'buy', quantity: '0.01' })).toBe('symbol_closed')
  expect(world.exchange.executions('alice').filter(({ kind }) => kind === 'settlement')).toHaveLength(1)

  world.exchange.setSymbolStatus(SYMBOL, 'trading', world.now())
  accepted(world.submit('alice', { side: 'sell', quantity: '0.1' }))
  expect(positionOf(world, 'alice')).toBe(decimal('-0.1'))
})

test('[XC105] both sides of a hedge are settled', () => {
  const world = stage()
  const { exchange } = world
  exchange.switchPositionMode('alice', null, 'hedge')
  accepted(world.submit('alice', { side: 'buy', quantity: '0.3', positionIndex: 1 }))
  accepted(world.submit('alice', { side: 'sell', quantity: '0.1', positionIndex: 2 }))
  exchange.setSymbolStatus(SYMBOL, 'closed', world.now())
  expect(exchange.positions('alice').map(({ quantity }) => quantity)).toEqual([ZERO, ZERO])
  expect(exchange.ledger().world.get(SYMBOL)?.quantity).toBe(ZERO)
})

test('[XC105] an account that the settlement leaves in debt owes nothing: the insurance fund pays', () => {
  // Solvent at a mark of 60000, and settled at 58000, where the price was for most of the last half hour.
  const path = { priceAt: (_: string, at: number) => decimal(at < START_AT ? '58000' : '60000') }
  const world = stage({ path })
  const { exchange } = world
  exchange.createAccount('poor', decimal('1000'))
  exchange.setLeverage('poor', SYMBOL, decimal('100'))
  accepted(world.submit('poor', { side: 'buy', quantity: '1', limitPrice: '60100' }))
  const fund = exchange.ledger().insurance
  exchange.setSymbolStatus(SYMBOL, 'closed', world.now())
  expect(exchange.wallet('poor')).toMatchObject({ balance: ZERO, equity: ZERO })
  expect(exchange.ledger().insurance).toBeLessThan(subtract(fund, decimal('900')))
})
