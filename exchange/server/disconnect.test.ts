import { afterEach, expect, test } from 'vitest'
import { ACCOUNT, startVenue, TestSocket, type TestVenue } from './fixture.ts'

let venue: TestVenue
afterEach(() => venue.close())

async function watch(): Promise<TestSocket> {
  return (await TestSocket.open(venue.server.streams.private)).follow('dcp.future')
}

test('[XW38] the last watched stream that goes takes the orders with it, once its window is over', async () => {
  venue = await startVenue()
  const orders = await (await TestSocket.open(venue.server.streams.private)).follow('order')
  await venue.post('/v5/order/disconnected-cancel-all', { product: 'DERIVATIVES', timeWindow: 30 })
  const [first, second] = [await watch(), await watch()]
  const resting = { orderType: 'Limit', price: '50000' }
  await venue.order(resting)
  first.close()
  await expect.poll(() => venue.server.listens(ACCOUNT, 'dcp.future')).toBe(true)
  await venue.admin('POST', '/path', { jumpMs: 60_000 })
  expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(1)
  // The other one goes and comes back inside the window: nothing happens.
  second.close()
  await expect.poll(() => venue.server.listens(ACCOUNT, 'dcp.future')).toBe(false)
  const third = await watch()
  await venue.admin('POST', '/path', { jumpMs: 60_000 })
  expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(1)
  third.close()
  await expect.poll(() => venue.server.listens(ACCOUNT, 'dcp.future')).toBe(false)
  await venue.admin('POST', '/path', { jumpMs: 60_000 })
  await orders.when(() => orders.rows('order').some(row => row['orderStatus'] === 'Cancelled'))
  expect(orders.rows('order').at(-1)).toMatchObject({ cancelType: 'CancelByDCP' })
  orders.close()
})
