import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPERATIONS, ROUTES } from '../wire/bybit/routes.ts'
import { type Json, startVenue, TestSocket, type TestVenue } from './fixture.ts'

// Everything that can be sent, sent wrongly: the venue's envelope with a code, never a bug's 10016, never silence.
const SEED = 20_260_721
const RUNS_PER_ROUTE = 15
const FRAMES = 150
const BUG = 10016

/** Names that routes know, so that values reach the code behind the first check. */
const NAMES = [
  'category symbol side orderType qty price timeInForce positionIdx orderLinkId orderId reduceOnly closeOnTrigger',
  'triggerPrice triggerDirection triggerBy takeProfit stopLoss tpslMode tpLimitPrice tpSize slSize trailingStop',
  'activePrice buyLeverage sellLeverage mode coin setMarginMode product timeWindow request settleCoin baseCoin',
  'limit cursor startTime endTime start end interval intervalTime accountType execType orderFilter openOnly status',
].flatMap(line => line.split(' '))

const text = fc.oneof(
  fc.constantFrom(
    'linear',
    'BTCUSDT',
    'Buy',
    'Market',
    'Limit',
    'USDT',
    'UNIFIED',
    'Full',
    'D',
    'W',
    'M',
    '1',
    '5min',
  ),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e9',
    '0.001',
    '60000',
    '9'.repeat(16),
    '9'.repeat(40),
    `0.${'0'.repeat(30)}1`,
  ),
  fc.constantFrom('../..', '%00', '\u0000', 'page_token=x~1&', '__proto__', 'constructor', '💥'),
  fc.string({ maxLength: 60 }),
)
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 2, 3, -1, 1e308, 0.1, true, false, null) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)
const name = fc.constantFrom(...NAMES)
/** A body that is right but for what the dictionary overwrites. */
const fields = fc.dictionary(name, value, { maxKeys: 8 }).map(
  (given): Json => ({
    category: 'linear',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Market',
    qty: '0.001',
    ...given,
  }),
)
const query = fc
  .dictionary(name, text, { maxKeys: 6 })
  .map((given): Record<string, string> => ({ category: 'linear', symbol: 'BTCUSDT', ...given }))

let venue: TestVenue

beforeAll(async () => {
  venue = await startVenue({ limits: 'off' })
})
afterAll(() => venue.close())

describe('[XW35] every route takes everything', () => {
  test.each(ROUTES.map(route => [route.path, route] as const))('[XW35] %s', async (path, route) => {
    const command = route.kind === 'command'
    const ask = (given: Json | Record<string, string>) =>
      command ? venue.post(path, given) : venue.get(path, given as Record<string, string>)
    const tried = fc.asyncProperty(command ? fields : query, async given => {
      const answer = await ask(given)
      expect(answer.status).toBeLessThan(500)
      expect(Number.isInteger(answer.code)).toBe(true)
      expect(answer.code).not.toBe(BUG)
      expect(typeof answer.message).toBe('string')
    })
    await fc.assert(tried, { seed: SEED, numRuns: RUNS_PER_ROUTE })
  })

  test('[XW35] bodies that are no objects', async () => {
    for (const body of ['', '{', '[]', 'null', '7', '"x"', '[{}]', '{"category":"linear","request":7}']) {
      for (const path of ['/v5/order/create', '/v5/order/create-batch', '/v5/position/trading-stop']) {
        const answer = await venue.post(path, body === '' ? '' : safely(body))
        expect([answer.status, answer.code], `${path} ${body}`).toEqual([200, 10001])
      }
    }
  })

  test('[XW35] the admin side answers with an error in words', async () => {
    const paths = ['/accounts', '/path', '/faults']
    const tried = fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.jsonValue({ maxDepth: 2 }),
      async (path, body) => {
        const answer = await venue.admin('POST', path, body)
        expect(answer.status).toBeLessThan(500)
        if (answer.status >= 400) expect(String(answer.body['error']).length).toBeGreaterThan(3)
      },
    )
    await fc.assert(tried, { seed: SEED, numRuns: FRAMES })
  })
})

test.each(['private', 'trade', 'public'] as const)(
  '[XW35] the %s stream answers every frame',
  async stream => {
    const socket = await TestSocket.open(venue.server.streams[stream])
    if (stream !== 'public') await socket.login()
    const operation = fc.constantFrom('subscribe', 'unsubscribe', 'auth', 'ping', ...OPERATIONS.keys())
    const header = fc.constantFrom(
      undefined,
      {},
      { 'X-BAPI-TIMESTAMP': String(Date.now()) },
      { 'X-BAPI-TIMESTAMP': 'x' },
    )
    const args = fc.oneof(fc.array(value, { maxLength: 3 }), fc.tuple(fields), value)
    const frame = fc.record({ op: fc.oneof(operation, value), args, header, reqId: text, req_id: value })
    const frames = [
      ...fc.sample(frame, { seed: SEED, numRuns: FRAMES }),
      ...fc.sample(value, { seed: SEED, numRuns: 20 }),
    ]
    for (const each of frames) {
      const before = socket.frames.length
      socket.send(JSON.stringify(each) ?? 'undefined')
      await socket.when(() => socket.frames.length > before)
    }
    const codes = socket.frames.map(given => given['retCode'])
    expect(codes).not.toContain(BUG)
    expect(socket.closedWith).toBeNull()
    socket.close()
  },
)

function safely(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
