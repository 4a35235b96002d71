import { expect, test } from 'vitest'
import { decimal, ZERO } from '../../src/domain/decimal.ts'
import { accepted, outcomeOf, positionOf, SYMBOL, selectorOf, stage, target, trigger } from './fixture.ts'
import { BYBIT_RULES } from './rules.ts'

test('[XC90] in maintenance every command is refused and the world stands still; afterwards it goes on', () => {
  const world = stage()
  const order = accepted(world.submit('alice', { side: 'buy', quantity: '0.01', limitPrice: '59000' }))
  world.exchange.setMaintenance(true)
  world.events.length = 0
  expect(world.exchange.maintenance).toBe(true)
  expect(world.submit('alice', { side: 'buy', quantity: '0.01' })).toBe('maintenance')
  expect(outcomeOf(world.exchange.cancel('alice', selectorOf(order), world.now()))).toBe('maintenance')
  expect(world.exchange.cancelAll('alice', null, world.now())).toEqual([])
  world.moveTo('58000')
  expect(world.exchange.ticker(SYMBOL).mark).toBe(decimal('60000'))
  expect(world.events).toEqual([])

  world.exchange.setMaintenance(false)
  world.moveTo('58000')
  expect(world.exchange.order('alice', selectorOf(order))?.status).toBe('filled')
})

test('[XC91] a symbol that is closed cancels what is on its book and what waits', () => {
  const world = stage()
  const resting = accepted(world.submit('alice', { side: 'buy', quantity: '0.01', limitPrice: '59000' }))
  const waiting = accepted(
    world.submit('bob', { side: 'buy', quantity: '0.01', trigger: trigger('rise', '61000') }),
  )
  world.exchange.setSymbolStatus(SYMBOL, 'closed', world.now())
  expect(world.exchange.order('alice', selectorOf(resting))?.reason).toBe('delisted')
  expect(world.exchange.order('bob', selectorOf(waiting))?.reason).toBe('delisted')
  expect(world.submit('alice', { side: 'buy', quantity: '0.01' })).toBe('symbol_closed')
  world.exchange.setSymbolStatus(SYMBOL, 'trading', world.now())
  accepted(world.submit('alice', { side: 'buy', quantity: '0.01' }))
})

test('[XC92] a deposit comes in, a withdrawal takes no more than is available', () => {
  const world = stage()
  world.exchange.createAccount('dave', decimal('1000'))
  accepted(world.submit('dave', { side: 'buy', quantity: '0.1' }))
  const move = (sum: string) => outcomeOf(world.exchange.transfer('dave', decimal(sum), world.now()))
  expect(move('-900')).toBe('insufficient_balance')
  expect(move('500')).toBe('done')
  expect(move('-700')).toBe('done')
  const kinds = world.exchange.transactions('dave').map(({ kind }) => kind)
  expect(kinds.toSorted()).toEqual(['deposit', 'deposit', 'trade', 'withdrawal'])
  expect(world.exchange.ledger().withdrawals).toBe(decimal('700'))
})

test('[XC93] cancelAllAfter ends everything an account has open when its time has come, unless called off', () => {
  const world = stage()
  const order = { side: 'buy', quantity: '0.01', limitPrice: '50000' } as const
  for (const account of ['alice', 'bob', 'carol']) accepted(world.submit(account, order))
  accepted(world.submit('alice', { side: 'buy', quantity: '0.01', trigger: trigger('rise', '70000') }))
  world.exchange.cancelAllAfter('alice', world.now() + 10_000, world.now())
  world.exchange.cancelAllAfter('bob', world.now() + 10_000, world.now())
  world.exchange.cancelAllAfter('bob', null, world.now())
  world.moveTo('60000', 9_999)
  expect(world.exchange.openOrders('alice')).toHaveLength(2)
  world.moveTo('60000', 1)
  expect(world.exchange.openOrders('alice')).toEqual([])
  expect(world.exchange.closedOrders('alice').map(({ reason }) => reason)).toEqual([
    'disconnect',
    'disconnect',
  ])
  expect(world.exchange.openOrders('bob')).toHaveLength(1)
})

test('[XC94] each closing order has one row: entry and exit, both fees, and what is left', () => {
  const world = stage()
  accepted(world.submit('alice', { side: 'buy', quantity: '0.02' }))
  world.moveTo('61000')
  const close = accepted(world.submit('alice', { side: 'sell', quantity: '0.01' }))
  accepted(world.submit('alice', { side: 'sell', quantity: '0.03' }))
  const [last, first] = world.exchange.closedPnl('alice')
  expect(first).toMatchObject({
    orderId: close.orderId,
    side: 'sell',
    closedSize: decimal('0.01'),
    fillCount: 1,
  })
  expect(last?.closedSize).toBe(decimal('0.01'))
  const executions = world.exchange.executions('alice')
  const opening = executions.at(-1)
  expect(first?.openFee).toBe((opening?.fee ?? ZERO) / 2n)
  expect(first?.closeFee).toBe(close.fee)
  const realized = executions.find(({ orderId }) => orderId === close.orderId)?.realizedPnl ?? ZERO
  expect(first?.closedPnl).toBe(realized - (first?.openFee ?? ZERO) - close.fee)
})

test('[XC107] with a row per fill nothing tells which order they are parts of but its id, and they add up to the same', () => {
  const perOrder = stage()
  const perFill = stage({ rules: { ...BYBIT_RULES, closedPnlRows: 'per_fill' } })
  for (const world of [perOrder, perFill]) {
    accepted(world.submit('alice', { side: 'buy', quantity: '40' }))
    accepted(world.submit('alice', { side: 'sell', quantity: '40' }))
  }
  const [whole] = perOrder.exchange.closedPnl('alice')
  const parts = perFill.exchange.closedPnl('alice')
  expect(parts.length).toBe(whole?.fillCount)
  expect(parts.length).toBeGreaterThan(1)
  expect(new Set(parts.map(({ orderId, createdAt }) => `${orderId} ${createdAt}`)).size).toBe(1)
  expect(parts.reduce((sum, { closedPnl }) => sum + closedPnl, 0n)).toBe(whole?.closedPnl)
})

test('[XC95] transactions add up to the wallet', () => {
  const world = stage()
  accepted(world.submit('alice', { side: 'buy', quantity: '0.02' }))
  world.exchange.setTradingStop(
    'alice',
    { symbol: SYMBOL, positionIndex: 0, mode: 'full', stopLoss: target('59500') },
    world.now(),
  )
  world.moveTo('60500', 8 * 3_600_000)
  world.moveTo('59000')
  const rows = world.exchange.transactions('alice')
  const total = rows.reduce((sum, row) => sum + row.change, 0n)
  expect(total).toBe(world.exchange.wallet('alice').balance)
  expect(rows.map(({ kind }) => kind)).toEqual(['trade', 'funding', 'trade', 'deposit'])
  expect(rows[0]?.balanceAfter).toBe(world.exchange.wallet('alice').balance)
  expect(positionOf(world, 'alice')).toBe(ZERO)
})
