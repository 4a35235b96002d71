import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Json, startVenue, TestSocket, type TestVenue } from '../../exchange/server/fixture.ts'

// Recorded and documented messages of the venue, where that folder is there: the exchange's own rows must
// have the same fields, no fewer and no more, but for the differences named below, each with its reason.
const FOLDER = new URL('../../../shared/payloads/bybit/', import.meta.url)
const LINEAR = { category: 'linear' }

interface Shape {
  readonly file: string
  readonly ours: () => unknown
  /** Fields that only we have, or only they. */
  readonly except?: readonly string[]
}

let venue: TestVenue
let stream: TestSocket
let market: TestSocket
const answers = new Map<string, Json>()

const SHAPES: readonly Shape[] = [
  { file: 'ws_account_order', ours: () => frame('order') },
  { file: 'ws_account_order_filled', ours: () => frame('order') },
  { file: 'ws_account_execution', ours: () => frame('execution') },
  { file: 'ws_account_execution_fast', ours: () => frame('execution.fast') },
  { file: 'ws_account_position', ours: () => frame('position') },
  // The documents write totalPerpUPL.
  { file: 'ws_account_wallet', ours: () => frame('wallet'), except: ['totalPerpUpl', 'totalPerpUPL'] },
  // The recording leaves out the header and the extra info that the documents show.
  {
    file: 'ws_order_response',
    ours: () => answers.get('trade'),
    except: [
      'retExtInfo',
      'header',
      'X-Bapi-Limit',
      'X-Bapi-Limit-Status',
      'X-Bapi-Limit-Reset-Timestamp',
      'Traceid',
      'Timenow',
    ],
  },
  { file: 'ws_subscription_ack', ours: () => answers.get('subscribed') },
  { file: 'ws_subscription_failure', ours: () => answers.get('refused'), except: ['req_id'] },
  { file: 'ws_ticker_linear', ours: () => answers.get('ticker') },
  { file: 'http_get_orders_realtime', ours: () => answers.get('/v5/order/realtime'), except: ['category'] },
  { file: 'http_get_orders_history', ours: () => answers.get('/v5/order/history'), except: ['category'] },
  { file: 'http_get_executions', ours: () => answers.get('/v5/execution/list') },
  { file: 'http_get_positions', ours: () => answers.get('/v5/position/list') },
  { file: 'http_get_wallet_balance', ours: () => answers.get('/v5/account/wallet-balance') },
  // The recording leaves out the envelope's tail.
  {
    file: 'http_get_account_info',
    ours: () => answers.get('/v5/account/info'),
    except: ['retExtInfo', 'time'],
  },
  { file: 'http_get_fee_rate', ours: () => answers.get('/v5/account/fee-rate') },
  // The recording is older than the category in the result.
  {
    file: 'http_get_instruments_linear',
    ours: () => answers.get('/v5/market/instruments-info'),
    except: ['category'],
  },
  // The recording leaves out the empty extra info.
  { file: 'http_get_orderbook', ours: () => answers.get('/v5/market/orderbook'), except: ['retExtInfo'] },
  { file: 'http_get_user_query_api', ours: () => answers.get('/v5/user/query-api') },
]

beforeAll(async () => {
  venue = await startVenue()
  stream = await TestSocket.open(venue.server.streams.private)
  await stream.follow('order', 'execution', 'execution.fast', 'position', 'wallet')
  market = await TestSocket.open(venue.server.streams.public)
  market.send({ op: 'subscribe', args: ['tickers.BTCUSDT'], req_id: 'one' })
  answers.set('ticker', await market.until(message => message['type'] === 'snapshot'))
  answers.set('subscribed', await market.until(message => message['req_id'] === 'one'))
  market.send({ op: 'subscribe', args: ['invalid.topic'], req_id: 'two' })
  answers.set('refused', await market.until(message => message['req_id'] === 'two'))
  await recordTrade()
  await venue.order({ orderType: 'Limit', price: '50000' })
  await stream.when(() => stream.rows('wallet').length > 0 && stream.rows('position').length > 0)
  const symbol = { ...LINEAR, symbol: 'BTCUSDT' }
  for (const path of ['/v5/order/realtime', '/v5/position/list', '/v5/market/orderbook'])
    await record(path, symbol)
  for (const path of [
    '/v5/order/history',
    '/v5/execution/list',
    '/v5/market/instruments-info',
    '/v5/account/fee-rate',
  ])
    await record(path, LINEAR)
  await record('/v5/account/wallet-balance', { accountType: 'UNIFIED' })
  for (const path of ['/v5/account/info', '/v5/user/query-api']) await record(path, {})
})

afterAll(async () => {
  stream.close()
  market.close()
  await venue.close()
})

async function recordTrade(): Promise<void> {
  const trade = await TestSocket.open(venue.server.streams.trade)
  await trade.login()
  const order = { ...LINEAR, symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' }
  const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) }
  trade.send({ op: 'order.create', reqId: 'shape', header, args: [order] })
  answers.set('trade', await trade.until(message => message['reqId'] === 'shape'))
  trade.close()
}

async function record(path: string, query: Record<string, string>): Promise<void> {
  const { code, message, result, extra } = await venue.get(path, query)
  answers.set(path, { retCode: code, retMsg: message, result, retExtInfo: extra, time: 0 })
}

function frame(topic: string): unknown {
  return stream.frames.find(message => message['topic'] === topic)
}

/** Every path of keys, whatever row of a list it is in. */
function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap(item => keysOf(item, path))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    `${path}${key}`,
    ...keysOf(inner, `${path}${key}.`),
  ])
}

test.each(SHAPES)('[XW13] the fields of $file are the venue’s', ({ file, ours, except = [] }) => {
  const payload = new URL(`${file}.json`, FOLDER)
  const lastPart = (key: string) => key.slice(key.lastIndexOf('.') + 1)
  const compared = (value: unknown) =>
    [...new Set(keysOf(value))].filter(key => !except.includes(lastPart(key))).sort()
  expect(compared(ours())).toEqual(compared(JSON.parse(readFileSync(payload, 'utf8'))))
})
