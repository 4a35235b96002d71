import { expect, test, vi } from 'vitest'
import { decimal } from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import { createExchange } from '../../core/exchange.ts'
import { DEFAULT_INSTRUMENTS, LIGHTER_INSTRUMENTS } from '../../core/instruments.ts'
import { LIGHTER_RULES } from '../../core/rules.ts'
import { ACCOUNT, ACCOUNT_INDEX, start } from './fixture.ts'
import { runLighterExchange } from './run.ts'
import { startLighterServer } from './server.ts'

// Signatures are checked in the thread that answers: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 })

test('[XL36] beyond its budget a request is HTTP 429 with 23000, and a client’s 201st message in a minute is 30009', async () => {
  const venue = await start({ limits: 'venue' })
  const asked = await Promise.all(Array.from({ length: 70 }, () => venue.get('orderBooks')))
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(60)
  expect(asked.find(({ status }) => status === 429)?.body).toMatchObject({ code: 23000 })
  // A premium account that shows its token is not held to the address.
  expect((await venue.get('orderBooks', { auth: venue.token() })).status).toBe(200)
  const stream = await venue.open()
  for (let count = 0; count <= 200; count += 1) stream.send({ type: 'ping' })
  await stream.until(({ error }) => (error as { code?: number } | undefined)?.code === 30009)
  expect(stream.frames.filter(({ type }) => type === 'pong')).toHaveLength(200)
  stream.close()
})

test('[XL37] a standard account’s transactions are carried out 300 ms later when they take, else 200; a premium one’s at once', async () => {
  const venue = await start({ account: { tier: 'standard' } })
  const sentAt = Date.now()
  const { body } = await venue.send(venue.order())
  expect(Number(body['predicted_execution_time_ms']) - sentAt).toBeGreaterThanOrEqual(200)
  expect(venue.exchange.openOrders(ACCOUNT)).toEqual([])
  await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(1), { timeout: 30_000 })
  expect(Date.now() - sentAt).toBeGreaterThanOrEqual(200)
  const takingAt = Date.now()
  const taking = await venue.send(venue.market())
  expect(Number(taking.body['predicted_execution_time_ms']) - takingAt).toBeGreaterThanOrEqual(300)
})

test('[XL38] an exchange whose instruments or ids Lighter cannot say is refused when the server starts', async () => {
  const path = { priceAt: () => decimal('60000') }
  const world = { path, seed: 1, startAt: 0 }
  const uuids = createExchange({ ...world, instruments: LIGHTER_INSTRUMENTS })
  await expect(startLighterServer({ exchange: uuids })).rejects.toThrow('LIGHTER_RULES')
  const btc = must(DEFAULT_INSTRUMENTS[0], 'the first of the default instruments')
  const odd = [{ ...btc, lotSize: decimal('0.003') }]
  const exchange = createExchange({ ...world, instruments: odd, rules: LIGHTER_RULES })
  await expect(startLighterServer({ exchange })).rejects.toThrow('powers of ten')
})

test('[XL38] a whole one is made in one call, and an account that cannot be made ends it with what to do', async () => {
  const server = await runLighterExchange({ accounts: [{ account: 'ada', tier: 'premium' }] })
  const response = await fetch(`${server.url}/api/v1/orderBooks`)
  const body: unknown = await response.json()
  expect(body).toMatchObject({ order_books: [{ symbol: 'ETH' }, { symbol: 'BTC' }, { symbol: 'SOL' }] })
  await server.close()
  const twice = [{ account: 'ada' }, { account: 'ada' }]
  await expect(runLighterExchange({ accounts: twice })).rejects.toThrow('choose another name')
})

test('[XL39] whatever a route is sent is answered in the venue’s shape, and the venue goes on', async () => {
  const venue = await start()
  const strange = [
    'account?by=index&value=%00',
    'account?by=x',
    'tx?by=hash',
    'nextNonce?account_index=-1',
    'orderBookOrders?market_id=0&limit=9999',
    'nothing',
    'accountActiveOrders?auth=1:2:3:4',
  ]
  for (const route of strange) {
    const { status, body } = await venue.get(route)
    expect(status, route).toBeGreaterThanOrEqual(400)
    expect(status, route).toBeLessThan(500)
    expect(body, route).toMatchObject({ code: expect.any(Number), message: expect.any(String) })
  }
  const { body } = await venue.get('account', { by: 'index', value: ACCOUNT_INDEX })
  expect(body).toMatchObject({ code: 200, accounts: [{ index: ACCOUNT_INDEX, collateral: '100000.000000' }] })
})
