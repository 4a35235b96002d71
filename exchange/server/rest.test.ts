import { afterEach, describe, expect, test } from 'vitest'
import { ACCOUNT, type Json, KEY, orderFields, startVenue, type TestVenue } from './fixture.ts'
import { MAXIMUM_BODY_BYTES } from './http.ts'

let venue: TestVenue
afterEach(() => venue.close())

const LINEAR = { category: 'linear' }

function rows(result: Json): Json[] {
  return result['list'] as Json[]
}

describe('who may ask', () => {
  test('[XW1] a wrong signature is 10004 and an unknown key 10003, and nothing is done', async () => {
    venue = await startVenue()
    expect((await venue.order({}, { signature: '0'.repeat(64) })).code).toBe(10004)
    expect((await venue.order({}, { secret: 'another' })).code).toBe(10004)
    expect((await venue.order({}, { key: 'nobody' })).code).toBe(10003)
    expect(venue.exchange.executions(ACCOUNT)).toHaveLength(0)
  })

  test('[XW2] a request that comes after its window is refused by the venue itself', async () => {
    // A process that slept must not get its old order through.
    venue = await startVenue()
    const late = await venue.order({}, { timestamp: Date.now() - 6_000 })
    expect(late.code).toBe(10002)
    expect((await venue.order({}, { timestamp: Date.now() + 5_000 })).code).toBe(10002)
    expect(venue.exchange.executions(ACCOUNT)).toHaveLength(0)
  })

  test('[XW3] missing headers, unknown paths and large bodies are answered in the envelope', async () => {
    venue = await startVenue()
    const { url } = venue.server
    expect((await fetch(`${url}/v5/position/list?category=linear`)).status).toBe(401)
    const unknown = await fetch(`${url}/v5/nothing`)
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { retCode: 404, retExtInfo: {} }])
    const body = 'x'.repeat(MAXIMUM_BODY_BYTES + 1)
    const large = await fetch(`${url}/v5/order/create`, { method: 'POST', body })
    expect([large.status, await large.json()]).toMatchObject([413, { retCode: 10001 }])
    expect((await venue.post('/v5/order/create', 'no order')).code).toBe(10001)
  })

  test('[XW4] an expired key is 33004, another address 10010, a read-only key reads and gets 10005', async () => {
    venue = await startVenue()
    const add = (key: string, more: object) =>
      venue.server.addAccount({ account: ACCOUNT, key, secret: 'test-secret', ...more })
    add('expired', { expiresAt: Date.now() - 1 })
    add('elsewhere', { addresses: ['10.1.2.3'] })
    add('reader', { permissions: { readOnly: true } })
    expect((await venue.order({}, { key: 'expired' })).code).toBe(33004)
    expect((await venue.order({}, { key: 'elsewhere' })).code).toBe(10010)
    expect((await venue.order({}, { key: 'reader' })).code).toBe(10005)
    const wallet = await venue.get(
      '/v5/account/wallet-balance',
      { accountType: 'UNIFIED' },
      { key: 'reader' },
    )
    expect(wallet.code).toBe(0)
    const about = await venue.get('/v5/user/query-api', {}, { key: 'reader' })
    expect(about.result).toMatchObject({ readOnly: 1, ips: ['*'] })
  })
})

describe('how often', () => {
  test('[XW5] the eleventh order of a second is 10006, and the headers say when to come back', async () => {
    venue = await startVenue()
    const answers = []
    for (let count = 0; count < 11; count += 1) answers.push(await venue.order({ qty: '0' }))
    expect(answers.slice(0, 10).map(answer => answer.code)).not.toContain(10006)
    const last = answers[10]
    expect(last?.code).toBe(10006)
    expect(last?.headers.get('x-bapi-limit')).toBe('10')
    expect(last?.headers.get('x-bapi-limit-status')).toBe('0')
    expect(Number(last?.headers.get('x-bapi-limit-reset-timestamp'))).toBeGreaterThan(Date.now() - 1_000)
    // Cancels have a limit of their own.
    const cancel = await venue.post('/v5/order/cancel', { ...LINEAR, symbol: 'BTCUSDT', orderId: 'x' })
    expect(cancel.code).toBe(110001)
  })

  test('[XW6] of a batch larger than what is left, the first orders pass and the rest fail alone', async () => {
    venue = await startVenue()
    const request = Array.from({ length: 12 }, (_, index) => orderFields({ orderLinkId: `b${index}` }))
    const batch = await venue.post('/v5/order/create-batch', { ...LINEAR, request })
    const codes = (batch.extra['list'] as Json[]).map(row => row['code'])
    expect(codes).toEqual([...Array(10).fill(0), 10006, 10006])
    expect(rows(batch.result)[11]).toMatchObject({ orderId: '', orderLinkId: 'b11', createAt: '' })
    expect(venue.exchange.executions(ACCOUNT).length).toBeGreaterThanOrEqual(10)
  })

  test('[XW7] an address that sends more than 600 requests in 5 s is shut out with 403', async () => {
    venue = await startVenue()
    const ask = async () => (await fetch(`${venue.server.url}/v5/market/time`)).status
    const answers = await Promise.all(Array.from({ length: 601 }, ask))
    expect(answers.filter(status => status === 403)).toHaveLength(1)
    expect(await ask()).toBe(403)
  })
})

describe('what is refused', () => {
  test('[XW8] inverse, spot and option are refused in words', async () => {
    venue = await startVenue()
    const spot = await venue.post('/v5/order/create', { category: 'spot', ...orderFields() })
    expect(spot).toMatchObject({ code: 10001, message: expect.stringContaining('linear only, got "spot"') })
    const inverse = await venue.get('/v5/order/realtime', { category: 'inverse', symbol: 'BTCUSD' })
    expect(inverse.code).toBe(10001)
    const positions = await venue.get('/v5/position/list', { category: 'inverse', settleCoin: 'BTC' })
    expect(positions).toMatchObject({ code: 0, result: { category: 'inverse', list: [] } })
  })

  test.each([
    [{ symbol: 'NOPEUSDT' }, 10001],
    [{ qty: '0.0015' }, 10001],
    [{ qty: '1e3' }, 10001],
    [{ qty: '100' }, 110007],
    [{ reduceOnly: true }, 110017],
    [{ orderType: 'Limit' }, 10001],
    [{ triggerPrice: '1000' }, 10001],
    [{ orderLinkId: 'no spaces' }, 10001],
    [{ positionIdx: 1 }, 10001],
  ])('[XW9] what the exchange will not take has the venue’s code: %j is %i', async (fields, code) => {
    venue = await startVenue()
    const answer = await venue.order(fields)
    expect([answer.code, answer.status]).toEqual([code, 200])
    expect(answer.message).not.toBe('')
  })

  test('[XW9] a client id is taken once for ever: 110072', async () => {
    venue = await startVenue()
    expect((await venue.order({ orderLinkId: 'once' })).code).toBe(0)
    expect((await venue.order({ orderLinkId: 'once' })).code).toBe(110072)
    const leverage = { ...LINEAR, symbol: 'BTCUSDT', buyLeverage: '7', sellLeverage: '7' }
    expect((await venue.post('/v5/position/set-leverage', leverage)).code).toBe(0)
    expect((await venue.post('/v5/position/set-leverage', leverage)).code).toBe(110043)
  })

  test('[XW27] a hedge mode account shows both sides and takes orders by their index only', async () => {
    venue = await startVenue({ account: { positionMode: 'hedge' } })
    const listed = await venue.get('/v5/position/list', { ...LINEAR, symbol: 'BTCUSDT' })
    expect(rows(listed.result).map(row => row['positionIdx'])).toEqual([1, 2])
    expect(await venue.order()).toMatchObject({
      code: 10001,
      message: 'position idx not match position mode',
    })
    expect((await venue.order({ positionIdx: 2, side: 'Sell' })).code).toBe(0)
    const [long, short] = rows(
      (await venue.get('/v5/position/list', { ...LINEAR, symbol: 'BTCUSDT' })).result,
    )
    expect([long?.['side'], short?.['side']]).toEqual(['', 'Sell'])
  })
})

describe('what is told', () => {
  test('[XW10] pages by cursor show every execution once, though new ones arrive between pages', async () => {
    venue = await startVenue({ limits: 'off' })
    for (let count = 0; count < 5; count += 1) await venue.order()
    const all = venue.exchange.executions(ACCOUNT).map(execution => execution.tradeId)
    const seen: unknown[] = []
    let cursor = ''
    do {
      const page = await venue.get('/v5/execution/list', { ...LINEAR, limit: '2', ...(cursor && { cursor }) })
      seen.push(...rows(page.result).map(row => row['execId']))
      cursor = String(page.result['nextPageCursor'])
      await venue.order()
    } while (cursor !== '')
    expect(seen).toEqual(all)
    expect((await venue.get('/v5/execution/list', { ...LINEAR, limit: '101' })).code).toBe(10001)
    expect((await venue.get('/v5/execution/list', { ...LINEAR, cursor: 'made-up' })).code).toBe(10001)
  })

  test('[XW12] realtime shows open orders, closed ones when asked by id or with openOnly=1', async () => {
    venue = await startVenue()
    const filled = await venue.order({ orderLinkId: 'done' })
    await venue.order({ orderType: 'Limit', price: '50000', orderLinkId: 'resting' })
    const ids = async (query: Record<string, string>) =>
      rows((await venue.get('/v5/order/realtime', { ...LINEAR, ...query })).result).map(
        row => row['orderLinkId'],
      )
    expect(await ids({ symbol: 'BTCUSDT' })).toEqual(['resting'])
    expect(await ids({ symbol: 'BTCUSDT', openOnly: '1' })).toEqual(['done'])
    expect(await ids({ orderId: String(filled.result['orderId']) })).toEqual(['done'])
    expect((await venue.get('/v5/order/realtime', LINEAR)).code).toBe(10001)
  })
})

test('[XW25] the admin side makes accounts and keys, and pages the audit', async () => {
  venue = await startVenue()
  const made = await venue.admin('POST', '/accounts', { account: 'bob', deposit: '500' })
  expect(made).toMatchObject({ status: 201, body: { account: 'bob' } })
  const signing = { key: String(made.body['key']), secret: String(made.body['secret']) }
  expect((await venue.order({ qty: '0.001' }, signing)).code).toBe(0)
  expect((await venue.admin('POST', '/accounts', { account: 'bob', key: KEY })).status).toBe(409)
  expect(
    (await venue.admin('POST', '/accounts', { account: 'carol', deposit: 'much' })).body['error'],
  ).toContain('deposit')
  const first = await venue.admin('GET', '/audit?after=0&limit=2')
  expect(first.body['entries']).toHaveLength(2)
  const rest = await venue.admin('GET', `/audit?after=${first.body['next']}`)
  const [next] = rest.body['entries'] as Json[]
  expect(next?.['number']).toBe(3)
})
