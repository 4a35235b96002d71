import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runExchange } from '../../exchange/server/run.ts'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import { decimal } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { ccxtClient, MARKET } from './ccxt-client.ts'

// One day of a bot that uses ccxt, by REST and by ccxt.pro's streams, in a world that runs an hour in 100 ms:
// every call has to come back with what ccxt makes of a good answer. ccxt keeps its own pace of requests.
const CREDENTIAL = { key: 'ccxt', secret: 'ccxt-secret' }
const SPEED = 36_000
const DAY_MS = 86_400_000

let server: ExchangeServer
let client: Awaited<ReturnType<typeof ccxtClient>>
const watched = new Map<string, Promise<unknown>>()
let marketOrder = ''

beforeAll(async () => {
  server = await runExchange({
    seed: 5,
    speed: SPEED,
    print: () => undefined,
    accounts: [{ account: 'ccxt', deposit: decimal('50000'), ...CREDENTIAL }],
  })
  client = await ccxtClient(server, CREDENTIAL)
})

afterAll(async () => {
  await client.close()
  await server.close()
})

/** A price at a share of the last one, on the tick. */
async function at(share: number): Promise<number> {
  const { last = 0 } = await client.fetchTicker(MARKET)
  return Number(client.priceToPrecision(MARKET, last * share))
}

function idOf(order: { readonly id: string | undefined }): string {
  return must(order.id, 'an order without an id')
}

async function limit(share: number, more: Record<string, unknown> = {}): Promise<string> {
  return idOf(await client.createOrder(MARKET, 'limit', 'buy', 0.01, await at(share), more))
}

describe('[XW31] ccxt, unmodified, reads the market', () => {
  test('[XW31] markets, currencies, time and status', async () => {
    expect(Object.keys(await client.loadMarkets())).toContain(MARKET)
    expect(Object.keys((await client.fetchCurrencies()) ?? {})).toEqual(['USDT'])
    expect(Math.abs(((await client.fetchTime()) ?? 0) - Date.now())).toBeLessThan(5_000)
    expect(await client.fetchStatus()).toMatchObject({ status: 'ok' })
  })

  test('[XW31] prices, candles of every kind, trades and books', async () => {
    expect((await client.fetchTicker(MARKET)).last).toBeGreaterThan(0)
    expect(await client.fetchTickers([MARKET])).toHaveProperty([MARKET])
    expect(await client.fetchBidsAsks([MARKET])).toHaveProperty([MARKET])
    expect(await client.fetchOHLCV(MARKET, '1m', undefined, 3)).toHaveLength(3)
    const dayAgo = Date.now() - DAY_MS
    expect(await client.fetchOHLCV(MARKET, '1h', dayAgo, 3, { price: 'mark' })).toHaveLength(3)
    expect(await client.fetchOHLCV(MARKET, '1d', undefined, 3, { price: 'index' })).toHaveLength(3)
    expect(await client.fetchOHLCV(MARKET, '1w', undefined, 3, { price: 'premiumIndex' })).toHaveLength(3)
    expect((await client.fetchTrades(MARKET)).length).toBeGreaterThan(0)
    expect((await client.fetchOrderBook(MARKET, 50)).bids).toHaveLength(50)
  })

  test('[XW31] funding, open interest, tiers and fees', async () => {
    expect(await client.fetchFundingRate(MARKET)).toMatchObject({ symbol: MARKET })
    expect(await client.fetchFundingRates([MARKET])).toHaveProperty([MARKET])
    expect((await client.fetchFundingRateHistory(MARKET)).length).toBeGreaterThan(0)
    expect(await client.fetchOpenInterest(MARKET)).toMatchObject({ symbol: MARKET })
    expect((await client.fetchOpenInterestHistory(MARKET, '5m')).length).toBeGreaterThan(0)
    expect(await client.fetchLeverageTiers([MARKET])).toHaveProperty([MARKET])
    expect(await client.fetchMarketLeverageTiers(MARKET, {})).toHaveLength(1)
    expect(await client.fetchLongShortRatioHistory(MARKET, '1h')).toHaveLength(1)
    expect(await client.fetchTradingFee(MARKET)).toMatchObject({ taker: 0.00055 })
    expect(await client.fetchTradingFees()).toHaveProperty([MARKET])
  })
})

describe('[XW31] ccxt, unmodified, trades', () => {
  test('[XW31] its settings', async () => {
    expect((await client.fetchBalance())['USDT']).toMatchObject({ total: 50_000 })
    expect(await client.setLeverage(5, MARKET)).toMatchObject({ retCode: 0 })
    expect(await client.fetchLeverage(MARKET)).toMatchObject({ longLeverage: 5 })
    expect(await client.setMarginMode('isolated')).toMatchObject({ retCode: 0 })
    expect(await client.fetchMarginMode(MARKET)).toMatchObject({ marginMode: 'isolated' })
    expect((await client.fetchBalance())['USDT']).toMatchObject({ total: 50_000, free: 50_000 })
    expect(await client.setMarginMode('cross')).toMatchObject({ retCode: 0 })
    expect(await client.fetchMarginMode(MARKET)).toMatchObject({ marginMode: 'cross' })
    expect(await client.setPositionMode(true, 'ETH/USDT:USDT')).toMatchObject({ retCode: 0 })
  })

  test('[XW31] a market order is heard of on every stream that it watches', async () => {
    // The first answer of watchPositions is what it asked for by REST.
    expect(await client.watchPositions([MARKET])).toEqual([])
    const heard = Promise.all([
      client.watchOrders(MARKET),
      client.watchMyTrades(MARKET),
      client.watchPositions([MARKET]),
      client.watchBalance(),
    ])
    await client.watchTicker(MARKET)
    // Subscribed before anything happens: a stream tells nothing of the past.
    const topics = ['order', 'execution', 'position', 'wallet']
    await expect.poll(() => topics.every(topic => server.listens('ccxt', topic))).toBe(true)
    marketOrder = idOf(await client.createOrder(MARKET, 'market', 'buy', 0.02))
    const [orders, trades, positions, balance] = await heard
    expect(orders[0]).toMatchObject({ id: marketOrder })
    expect(trades[0]).toMatchObject({ order: marketOrder })
    expect(positions[0]).toMatchObject({ symbol: MARKET, side: 'long' })
    expect(balance).toHaveProperty('USDT')
  })

  test('[XW31] limit orders: placed, amended, found, cancelled, several at once', async () => {
    const id = await limit(0.9)
    await client.editOrder(id, MARKET, 'limit', 'buy', 0.02, await at(0.91))
    expect(await client.fetchOpenOrders(MARKET)).toHaveLength(1)
    expect(await client.fetchOpenOrder(id, MARKET)).toMatchObject({ id, amount: 0.02, status: 'open' })
    expect(await client.fetchOrder(id, MARKET, { acknowledged: true })).toMatchObject({ id })
    expect(await client.cancelOrder(id, MARKET)).toMatchObject({ id })
    await limit(0.92, { postOnly: true })
    const price = await at(0.93)
    const one = { symbol: MARKET, type: 'limit', side: 'buy', amount: 0.01, price } as const
    expect(await client.createOrders([one, one])).toHaveLength(2)
    expect(await client.cancelAllOrders(MARKET)).toHaveLength(3)
    expect(await client.cancelAllOrdersAfter(10_000)).toMatchObject({ retCode: 0 })
  })

  test('[XW31] stops: conditional, attached to an order, on the position, trailing', async () => {
    const sell = async (params: Record<string, unknown>) =>
      client.createOrder(MARKET, 'market', 'sell', 0.01, undefined, params)
    const conditional = { triggerPrice: await at(0.7), triggerDirection: 'descending', reduceOnly: true }
    const id = idOf(await sell(conditional))
    expect(await client.cancelOrder(id, MARKET, { trigger: true })).toMatchObject({ id })
    const stops = {
      takeProfit: { triggerPrice: await at(1.3) },
      stopLoss: { triggerPrice: await at(0.7) },
    }
    await limit(0.92, stops)
    await sell({ stopLossPrice: await at(0.7) })
    await sell({ trailingAmount: '20000', tradingStopEndpoint: true })
    const [position] = await client.fetchPositions([MARKET])
    expect(position).toMatchObject({ contracts: 0.02, info: { trailingStop: '20000.0' } })
    expect(await client.fetchPosition(MARKET)).toMatchObject({ side: 'long' })
    expect(await client.fetchPositionsADLRank([MARKET])).toHaveLength(1)
    await client.cancelAllOrders(MARKET)
  })

  test('[XW31] orders by the trade stream', async () => {
    const id = idOf(await client.createOrderWs(MARKET, 'limit', 'buy', 0.01, await at(0.9)))
    expect(await client.editOrderWs(id, MARKET, 'limit', 'buy', 0.02, await at(0.9))).toMatchObject({ id })
    expect(await client.cancelOrderWs(id, MARKET)).toMatchObject({ id })
  })

  test('[XW31] what happened: trades, orders, closed PnL, ledger, funding', async () => {
    await client.createOrder(MARKET, 'market', 'sell', 0.02, undefined, { reduceOnly: true })
    expect((await client.fetchMyTrades(MARKET)).length).toBeGreaterThan(1)
    expect((await client.fetchOrderTrades(marketOrder, MARKET)).length).toBeGreaterThan(0)
    expect((await client.fetchClosedOrders(MARKET)).length).toBeGreaterThan(1)
    expect((await client.fetchCanceledOrders(MARKET)).length).toBeGreaterThan(1)
    expect((await client.fetchCanceledAndClosedOrders(MARKET)).length).toBeGreaterThan(3)
    expect(await client.fetchClosedOrder(marketOrder, MARKET)).toMatchObject({ status: 'closed' })
    expect(await client.fetchPositionsHistory([MARKET])).toHaveLength(1)
    expect((await client.fetchLedger('USDT')).length).toBeGreaterThan(2)
    expect((await client.fetchFundingHistory(MARKET)).length).toBeGreaterThan(0)
    expect(await client.fetchMyLiquidations(MARKET)).toEqual([])
  })
})

describe('[XW31] ccxt.pro, unmodified, watches', () => {
  test('[XW31] tickers, books, trades and candles', async () => {
    watched.set('ticker', client.watchTicker(MARKET))
    watched.set('tickers', client.watchTickers([MARKET]))
    watched.set('bids and asks', client.watchBidsAsks([MARKET]))
    watched.set('book of 50', client.watchOrderBook(MARKET, 50))
    watched.set('book of 200', client.watchOrderBook('SOL/USDT:USDT', 200))
    watched.set('trades', client.watchTrades(MARKET))
    watched.set('candles', client.watchOHLCV(MARKET, '1m'))
    for (const [name, answer] of watched) expect(await answer, name).toBeDefined()
  })
})
