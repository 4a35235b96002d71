import { type Json, startVenue, TestSocket, type TestVenue } from '../../exchange/server/fixture.ts'

const LINEAR = { category: 'linear' }
export const SYMBOL = { ...LINEAR, symbol: 'BTCUSDT' }
/** The exchange's own clock: fast enough that funding falls due while the scene is played. */
const SPEED = 36_000

export interface Scene {
  readonly venue: TestVenue
  readonly stream: TestSocket
  readonly market: TestSocket
  /** A whole REST answer by route: `GET /v5/order/realtime`. */
  readonly answers: ReadonlyMap<string, Json>
  close(): Promise<void>
}

/** Routes that are asked when everything has happened, with what they are asked. */
const QUERIES: readonly (readonly [path: string, query: Record<string, string>])[] = [
  ['/v5/market/time', {}],
  ['/v5/market/kline', { ...SYMBOL, interval: '5', limit: '3' }],
  ['/v5/market/mark-price-kline', { ...SYMBOL, interval: 'D', limit: '2' }],
  ['/v5/market/index-price-kline', { ...SYMBOL, interval: 'W', limit: '2' }],
  ['/v5/market/premium-index-price-kline', { ...SYMBOL, interval: 'M', limit: '2' }],
  ['/v5/market/instruments-info', LINEAR],
  ['/v5/market/tickers', LINEAR],
  ['/v5/market/orderbook', SYMBOL],
  ['/v5/market/recent-trade', SYMBOL],
  ['/v5/market/funding/history', { ...SYMBOL, limit: '2' }],
  ['/v5/market/open-interest', { ...SYMBOL, intervalTime: '5min' }],
  ['/v5/market/risk-limit', SYMBOL],
  ['/v5/market/price-limit', SYMBOL],
  ['/v5/market/account-ratio', { ...SYMBOL, period: '1h' }],
  ['/v5/market/insurance', {}],
  ['/v5/market/adlAlert', {}],
  ['/v5/order/realtime', SYMBOL],
  ['/v5/order/history', LINEAR],
  ['/v5/execution/list', LINEAR],
  ['/v5/position/list', SYMBOL],
  ['/v5/position/symbol-info', SYMBOL],
  ['/v5/position/closed-pnl', LINEAR],
  ['/v5/account/wallet-balance', { accountType: 'UNIFIED' }],
  ['/v5/account/transaction-log', { accountType: 'UNIFIED', category: 'linear' }],
  ['/v5/account/info', {}],
  ['/v5/account/fee-rate', LINEAR],
  ['/v5/account/query-dcp-info', {}],
  ['/v5/account/collateral-info', {}],
  ['/v5/account/instruments-info', LINEAR],
  ['/v5/account/withdrawal', { coinName: 'USDT' }],
  ['/v5/account/borrow-history', {}],
  ['/v5/account/smp-group', {}],
  ['/v5/account/user-setting-config', {}],
  ['/v5/asset/coin/query-info', {}],
  ['/v5/asset/transfer/query-account-coins-balance', { accountType: 'UNIFIED' }],
  ['/v5/asset/transfer/query-account-coin-balance', { accountType: 'UNIFIED', coin: 'USDT' }],
  ['/v5/user/query-api', {}],
]

const TOPICS = ['order', 'execution', 'execution.fast', 'position', 'wallet', 'dcp.future']
const MARKET_TOPICS = ['tickers', 'orderbook.50', 'publicTrade', 'kline.5'].map(topic => `${topic}.BTCUSDT`)

/** A short life of one account: everything that makes a row somewhere has happened once. */
export async function playScene(): Promise<Scene> {
  const venue = await startVenue({ limits: 'off', speed: SPEED })
  const answers = new Map<string, Json>()
  const keep = (route: string, { code, message, result, extra }: Awaited<ReturnType<TestVenue['get']>>) =>
    answers.set(route, { retCode: code, retMsg: message, result, retExtInfo: extra, time: 0 })
  const post = async (path: string, body: Json) => keep(`POST ${path}`, await venue.post(path, body))
  const stream = await (await TestSocket.open(venue.server.streams.private)).follow(...TOPICS)
  const market = await TestSocket.open(venue.server.streams.public)
  market.send({ op: 'subscribe', args: MARKET_TOPICS, req_id: 'one' })
  await post('/v5/position/set-leverage', { ...SYMBOL, buyLeverage: '5', sellLeverage: '5' })
  await post('/v5/order/disconnected-cancel-all', { product: 'DERIVATIVES', timeWindow: 30 })
  await post('/v5/account/set-margin-mode', { setMarginMode: 'REGULAR_MARGIN' })
  await post('/v5/position/switch-mode', { ...LINEAR, symbol: 'SOLUSDT', mode: 3 })
  await venue.order({ qty: '0.02' })
  await post('/v5/position/trading-stop', { ...SYMBOL, tpslMode: 'Full', stopLoss: '50000', positionIdx: 0 })
  await venue.order({ side: 'Sell', qty: '0.01', reduceOnly: true })
  await venue.order({ qty: '0.01', triggerPrice: '65000', triggerDirection: 1 })
  await placeAndMove(venue, post)
  await stream.when(() => stream.rows('execution').some(row => row['execType'] === 'Funding'))
  venue.moveTo('60010')
  await market.when(() => market.rows('kline.5.BTCUSDT').length > 0)
  await market.when(() => market.rows('publicTrade.BTCUSDT').length > 0)
  for (const [path, query] of QUERIES) keep(`GET ${path}`, await venue.get(path, query))
  await post('/v5/order/cancel-all', SYMBOL)
  return {
    venue,
    stream,
    market,
    answers,
    close: () => {
      stream.close()
      market.close()
      return venue.close()
    },
  }
}

async function placeAndMove(
  venue: TestVenue,
  post: (path: string, body: Json) => Promise<unknown>,
): Promise<void> {
  const resting = { ...SYMBOL, side: 'Buy', orderType: 'Limit', qty: '0.01', price: '58000' }
  await post('/v5/order/create', { ...resting, orderLinkId: 'resting', takeProfit: '70000' })
  await post('/v5/order/amend', { ...SYMBOL, orderLinkId: 'resting', qty: '0.02' })
  await post('/v5/order/cancel', { ...SYMBOL, orderLinkId: 'resting' })
  const { category: _, ...one } = resting
  const request = [{ ...one, orderLinkId: 'b1' }]
  await post('/v5/order/create-batch', { ...LINEAR, request })
  const named = [{ symbol: 'BTCUSDT', orderLinkId: 'b1' }]
  await post('/v5/order/amend-batch', { ...LINEAR, request: named.map(order => ({ ...order, qty: '0.02' })) })
  await post('/v5/order/cancel-batch', { ...LINEAR, request: named })
  await venue.order({ orderType: 'Limit', price: '57000', orderLinkId: 'stays' })
}
