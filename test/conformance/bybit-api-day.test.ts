import {
  RestClientV5,
  WebsocketAPIClient,
  WebsocketClient,
  type WSClientConfigurableOptions,
} from 'bybit-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runExchange } from '../../exchange/server/run.ts'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import { decimal } from '../../src/domain/decimal.ts'

// One day of a bot that uses bybit-api, in a world that runs an hour in 100 ms: positions with stops, conditional
// orders, hedge mode, closed PnL, and every query of the client that linear accounts have an answer for.
const CREDENTIAL = { key: 'day', secret: 'day-secret' }
const LINEAR = { category: 'linear' } as const
const BTC = { ...LINEAR, symbol: 'BTCUSDT' } as const
const ETH = { ...LINEAR, symbol: 'ETHUSDT' } as const
const QUIET = { trace: () => undefined, info: () => undefined, error: () => undefined }
const SPEED = 36_000

let server: ExchangeServer
let rest: RestClientV5
let trade: WebsocketAPIClient
let market: WebsocketClient
const topics = new Set<string>()

beforeAll(async () => {
  server = await runExchange({
    seed: 9,
    speed: SPEED,
    limits: 'off',
    print: () => undefined,
    accounts: [{ account: 'day', deposit: decimal('50000'), ...CREDENTIAL }],
  })
  rest = new RestClientV5({ ...CREDENTIAL, baseUrl: server.url })
  const options = (wsUrl: string) => ({ ...CREDENTIAL, wsUrl }) as WSClientConfigurableOptions
  trade = new WebsocketAPIClient({ ...options(server.streams.trade), attachEventListeners: false }, QUIET)
  market = new WebsocketClient(options(server.streams.public), QUIET)
  market.on('update', (frame: { readonly topic: string }) => topics.add(frame.topic))
  market.on('exception', () => undefined)
})

afterAll(async () => {
  for (const client of [trade.getWSClient(), market]) client.closeAll(true)
  await server.close()
})

interface Answered {
  readonly retCode: number
  readonly retMsg: string
}

async function good<T extends Answered>(answer: Promise<T>): Promise<T> {
  const given = await answer
  expect(given.retCode, given.retMsg).toBe(0)
  return given
}

async function priceAt(share: number, symbol = 'BTCUSDT', places = 1): Promise<string> {
  const { result } = await rest.getTickers({ category: 'linear', symbol })
  return (Number(result.list[0]?.lastPrice) * share).toFixed(places)
}

describe('[XW33] a day with bybit-api', () => {
  test('[XW33] settings: leverage, margin mode, disconnection protection', async () => {
    await good(rest.setLeverage({ ...BTC, buyLeverage: '5', sellLeverage: '5' }))
    await good(rest.setMarginMode('REGULAR_MARGIN'))
    expect((await rest.setMarginMode('PORTFOLIO_MARGIN')).retCode).toBe(3400045)
    await good(rest.setMarginMode('ISOLATED_MARGIN'))
    expect((await good(rest.getAccountInfo())).result.marginMode).toBe('ISOLATED_MARGIN')
    await good(rest.setMarginMode('REGULAR_MARGIN'))
    await good(rest.setDisconnectCancelAllWindowV2({ product: 'DERIVATIVES', timeWindow: 40 }))
    const { result } = await good(rest.getDCPInfo())
    expect(result.dcpInfos).toEqual([{ product: 'DERIVATIVES', dcpStatus: 'ON', timeWindow: '40' }])
  })

  test('[XW33] a position with stops on it: set, moved, taken away, refused where they would be passed', async () => {
    await good(rest.submitOrder({ ...BTC, side: 'Buy', orderType: 'Market', qty: '0.04' }))
    const stop = { ...BTC, tpslMode: 'Full', positionIdx: 0 } as const
    await good(rest.setTradingStop({ ...stop, stopLoss: await priceAt(0.5), takeProfit: await priceAt(2) }))
    const [position] = (await good(rest.getPositionInfo(BTC))).result.list
    expect(position).toMatchObject({ size: '0.040', side: 'Buy' })
    expect(Number(position?.stopLoss)).toBeGreaterThan(0)
    const waiting = (await good(rest.getActiveOrders(BTC))).result.list
    expect(waiting.map(order => order.stopOrderType).sort()).toEqual(['StopLoss', 'TakeProfit'])
    expect(waiting.every(order => order.orderStatus === 'Untriggered')).toBe(true)
    await good(rest.setTradingStop({ ...stop, takeProfit: '0', stopLoss: '0' }))
    expect((await rest.setTradingStop({ ...stop, stopLoss: await priceAt(3) })).retCode).toBe(10001)
    expect((await rest.setTradingStop(stop)).retCode).toBe(34040)
    expect(
      (await rest.setTradingStop({ ...ETH, tpslMode: 'Full', positionIdx: 0, stopLoss: '1' })).retCode,
    ).toBe(10001)
  })

  test('[XW33] conditional orders wait, are amended and cancelled, and come alive', async () => {
    const conditional = { ...BTC, side: 'Sell', orderType: 'Market', qty: '0.01', reduceOnly: true } as const
    const far = { triggerPrice: await priceAt(0.5), triggerDirection: 2, orderLinkId: 'far' } as const
    await good(rest.submitOrder({ ...conditional, ...far }))
    await good(rest.amendOrder({ ...BTC, orderLinkId: 'far', triggerPrice: await priceAt(0.4) }))
    await good(rest.cancelOrder({ ...BTC, orderLinkId: 'far' }))
    const ended = (await good(rest.getHistoricOrders({ ...LINEAR, orderLinkId: 'far' }))).result.list[0]
    expect(ended).toMatchObject({ orderStatus: 'Deactivated', stopOrderType: 'Stop', triggerDirection: 2 })
    const passed = { ...conditional, triggerPrice: await priceAt(2), triggerDirection: 2 } as const
    expect((await rest.submitOrder(passed)).retCode).toBe(110093)
    // Far enough that the market does not pass one while it is being placed, near enough that it meets one soon.
    const below = { triggerPrice: await priceAt(0.99), triggerDirection: 2, orderLinkId: 'below' } as const
    const above = { triggerPrice: await priceAt(1.01), triggerDirection: 1, orderLinkId: 'above' } as const
    for (const near of [below, above]) await good(rest.submitOrder({ ...conditional, ...near }))
    const isFilled = async () => {
      const executions = (await good(rest.getExecutionList(LINEAR))).result.list
      return executions.some(({ orderLinkId }) => orderLinkId === 'below' || orderLinkId === 'above')
    }
    await expect.poll(isFilled, { timeout: 20_000, interval: 50 }).toBe(true)
    await good(rest.cancelAllOrders({ ...BTC, orderFilter: 'StopOrder' }))
  })

  test('[XW33] hedge mode: both sides at once, each by its index', async () => {
    await good(rest.switchPositionMode({ ...ETH, mode: 3 }))
    expect((await rest.switchPositionMode({ ...ETH, mode: 3 })).retCode).toBe(110025)
    const order = { ...ETH, orderType: 'Market', qty: '0.1' } as const
    expect((await rest.submitOrder({ ...order, side: 'Buy' })).retCode).toBe(10001)
    await good(rest.submitOrder({ ...order, side: 'Buy', positionIdx: 1 }))
    await good(rest.submitOrder({ ...order, side: 'Sell', positionIdx: 2 }))
    const both = (await good(rest.getPositionInfo(ETH))).result.list
    expect(both.map(({ positionIdx, side }) => [positionIdx, side])).toEqual([
      [1, 'Buy'],
      [2, 'Sell'],
    ])
    expect((await rest.switchPositionMode({ ...ETH, mode: 0 })).retCode).toBe(110024)
    await good(rest.submitOrder({ ...order, side: 'Sell', positionIdx: 1, reduceOnly: true }))
    await good(rest.submitOrder({ ...order, side: 'Buy', positionIdx: 2, reduceOnly: true }))
  })

  test('[XW33] orders by the trade stream, with stops of their own', async () => {
    const price = await priceAt(0.91)
    const stops = { takeProfit: await priceAt(1.5), stopLoss: await priceAt(0.5), tpslMode: 'Full' } as const
    const limit = { ...BTC, side: 'Buy', orderType: 'Limit', qty: '0.01', price, orderLinkId: 'ws' } as const
    expect(await trade.submitNewOrder({ ...limit, ...stops })).toMatchObject({ retCode: 0 })
    const [order] = (await good(rest.getActiveOrders({ ...LINEAR, orderLinkId: 'ws' }))).result.list
    expect(order).toMatchObject({ takeProfit: stops.takeProfit, stopLoss: stops.stopLoss, tpslMode: 'Full' })
    expect(await trade.amendOrder({ ...BTC, orderLinkId: 'ws', qty: '0.02' })).toMatchObject({ retCode: 0 })
    expect(await trade.cancelOrder({ ...BTC, orderLinkId: 'ws' })).toMatchObject({ retCode: 0 })
  })

  test('[XW33] the account in the evening: closed PnL, transactions, funding', async () => {
    const settled = async () =>
      (await rest.getExecutionList({ ...LINEAR, execType: 'Funding' })).result.list.length
    await expect.poll(settled, { timeout: 10_000, interval: 50 }).toBeGreaterThan(0)
    await good(rest.submitOrder({ ...BTC, side: 'Sell', orderType: 'Market', qty: '1', reduceOnly: true }))
    const closed = (await good(rest.getClosedPnL({ ...LINEAR, limit: 100 }))).result.list
    expect(new Set(closed.map(row => row.symbol))).toEqual(new Set(['BTCUSDT', 'ETHUSDT']))
    const log = (await good(rest.getTransactionLog({ ...LINEAR, accountType: 'UNIFIED', limit: 50 }))).result
      .list
    const types = new Set(log.map(row => row.type))
    for (const type of ['TRADE', 'SETTLEMENT', 'TRANSFER_IN'] as const) expect(types).toContain(type)
    const [wallet] = (await good(rest.getWalletBalance({ accountType: 'UNIFIED' }))).result.list
    expect(log[0]?.cashBalance).toBe(wallet?.totalWalletBalance)
    const tooLong = { ...LINEAR, startTime: 0, endTime: Date.now() }
    expect((await rest.getClosedPnL(tooLong)).retCode).toBe(10001)
    expect((await rest.getClosedPnL({ ...LINEAR, limit: 101 })).retCode).toBe(10001)
  })

  test('[XW33] a demo key is told which routes it lacks', async () => {
    server.addAccount({ account: 'day', key: 'demo', secret: 'demo-secret', isDemo: true })
    const demo = new RestClientV5({ key: 'demo', secret: 'demo-secret', baseUrl: server.url })
    expect((await demo.getClosedPnL(LINEAR)).retCode).toBe(10032)
    await good(demo.getPositionInfo(BTC))
  })
})

test('[XW33] public topics: every depth of the book, trades, candles, tickers', async () => {
  const wanted = ['tickers', 'orderbook.1', 'orderbook.50', 'orderbook.200', 'publicTrade', 'kline.1']
  const named = wanted.map(topic => `${topic}.BTCUSDT`)
  await market.subscribeV5([...named, 'allLiquidation.BTCUSDT'], 'linear')
  await expect.poll(() => named.filter(topic => !topics.has(topic)), { timeout: 10_000 }).toEqual([])
})
