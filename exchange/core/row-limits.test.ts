import { expect, test } from 'vitest'
import { accepted, stage } from './fixture.ts'

test('[XC152] an account’s lists show its newest rows, as many as the exchange was made to keep', () => {
  const rowLimits = { closedOrders: 2, executions: 4, closedPnl: 1, transfers: 1 }
  const { exchange, submit } = stage({ rowLimits })
  const ids = ['buy', 'sell', 'buy', 'sell'].map(side => {
    const order = { side: side === 'buy' ? 'buy' : 'sell', quantity: '0.001' } as const
    return accepted(submit('alice', order)).orderId
  })
  expect(exchange.closedOrders('alice').map(({ orderId }) => orderId)).toEqual(ids.slice(2).reverse())
  expect(exchange.executions('alice')).toHaveLength(4)
  expect(exchange.closedPnl('alice').map(({ orderId }) => orderId)).toEqual(ids.slice(3))
})
