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

// The npm package bybit-api as it is published, told nothing but other addresses. Its `wsUrl` replaces
// every stream's address, so the private, trade and public streams need a client each.
const CREDENTIAL = { key: 'conformance', secret: 'conformance-secret' }
/** An account of its own, so that its pace is nobody else's. */
const HASTY = { key: 'hasty', secret: 'hasty-secret' }
const LINEAR = { category: 'linear', symbol: 'BTCUSDT' } as const
const QUIET = { trace: () => undefined, info: () => undefined, error: () => undefined }
const WAIT_MS = 10_000

type Row = Record<string, unknown>
type Frame = { readonly topic: string; readonly data: Row | Row[] }

let server: ExchangeServer
let rest: RestClientV5
let trade: WebsocketAPIClient
const clients: WebsocketClient[] = []
const rows = new Map<string, Row[]>()
let wake: () => void = () => undefined

beforeAll(async () => {
  server = await runExchange({
    seed: 5,
    print: () => undefined,
    accounts: [
      { account: 'conformance', deposit: decimal('50000'), ...CREDENTIAL },
      { account: 'hasty', ...HASTY },
    ],
  })
  rest = new RestClientV5({ ...CREDENTIAL, baseUrl: server.url, parseAPIRateLimits: true })
  const options = (wsUrl: string) => ({ ...CREDENTIAL, wsUrl }) as WSClientConfigurableOptions
  trade = new WebsocketAPIClient({ ...options(server.streams.trade), attachEventListeners: false }, QUIET)
  clients.push(trade.getWSClient())
  const follow = async (wsUrl: string, topics: string[], topicOfFirst: string | null) => {
    const client = new WebsocketClient(options(wsUrl), QUIET)
    clients.push(client)
    const subscribed = new Promise<void>(resolve => client.on('response', () => resolve()))
    client.on('update', (frame: Frame) => keep(frame))
    client.on('exception', () => undefined)
    void client.subscribeV5(topics, 'linear')
    await subscribed
    if (topicOfFirst !== null) await seen(topicOfFirst, () => true)
  }
  await follow(server.streams.private, ['order', 'execution', 'position', 'wallet'], null)
  await follow(server.streams.public, ['tickers.BTCUSDT', 'orderbook.50.BTCUSDT'], 'tickers.BTCUSDT')
})

afterAll(async () => {
  for (const client of clients) client.closeAll(true)
  await server.close()
})

function keep(frame: Frame): void {
  const known = rows.get(frame.topic) ?? []
  rows.set(frame.topic, known.concat(frame.data))
  wake()
}

/** The first row of a topic that fits, waited for. */
async function seen(topic: string, fits: (row: Row) => boolean): Promise<Row> {
  const until = Date.now() + WAIT_MS
  for (;;) {
    const found = rows.get(topic)?.find(fits)
    if (found !== undefined) return found
    if (Date.now() > until)
      throw new Error(`no such row of ${topic}: ${JSON.stringify(rows.get(topic)?.at(-1))}`)
    await new Promise<void>(resolve => {
      const late = setTimeout(resolve, 500)
      wake = () => {
        clearTimeout(late)
        resolve()
      }
    })
  }
}

/** A limit price far below the market, on the tick. */
async function restingPrice(share: number): Promise<string> {
  const { result } = await rest.getTickers(LINEAR)
  const [ticker] = result.list
  return (Number(ticker?.lastPrice) * share).toFixed(1)
}

describe('[XW26] bybit-api, unmodified, by REST', () => {
  test('[XW26] reads time, instruments, prices, wallet, fees and its own permissions', async () => {
    expect(Math.abs((await rest.getServerTime()).time - Date.now())).toBeLessThan(5_000)
    const instruments = await rest.getInstrumentsInfo({ category: 'linear' })
    expect(instruments.result.list.map(row => row.symbol)).toContain('BTCUSDT')
    const book = await rest.getOrderbook({ ...LINEAR, limit: 5 })
    expect(book.result.b).toHaveLength(5)
    const wallet = await rest.getWalletBalance({ accountType: 'UNIFIED', coin: 'USDT' })
    expect(wallet.result.list[0]?.coin[0]).toMatchObject({ coin: 'USDT', walletBalance: '50000' })
    expect((await rest.getFeeRate(LINEAR)).result.list[0]?.takerFeeRate).toBe('0.00055')
    expect((await rest.getQueryApiKey()).result).toMatchObject({ readOnly: 0 })
    expect((await rest.getAccountInfo()).retCode).toBe(0)
    const leverage = { ...LINEAR, buyLeverage: '5', sellLeverage: '5' }
    expect((await rest.setLeverage(leverage)).retCode).toBe(0)
    expect((await rest.setLeverage(leverage)).retCode).toBe(110043)
  })

  test('[XW26] fills a market order and hears of it on every private topic', async () => {
    const order = await rest.submitOrder({
      ...LINEAR,
      side: 'Buy',
      orderType: 'Market',
      qty: '0.02',
      orderLinkId: 'market-1',
    })
    expect(order).toMatchObject({ retCode: 0, result: { orderLinkId: 'market-1' } })
    const fill = await seen(
      'execution',
      row => row['orderLinkId'] === 'market-1' && row['leavesQty'] === '0.000',
    )
    await seen('order', row => row['orderLinkId'] === 'market-1' && row['orderStatus'] === 'Filled')
    await seen('position', row => row['size'] === '0.020' && row['seq'] === fill['seq'])
    await seen('wallet', () => true)
    const positions = await rest.getPositionInfo(LINEAR)
    expect(positions.result.list[0]).toMatchObject({
      side: 'Buy',
      size: '0.020',
      leverage: '5',
      seq: fill['seq'],
    })
    const executions = await rest.getExecutionList({ category: 'linear', orderLinkId: 'market-1' })
    expect(executions.result.list.map(row => row.execId)).toContain(fill['execId'])
    const history = await rest.getHistoricOrders({ category: 'linear', orderLinkId: 'market-1' })
    expect(history.result.list[0]).toMatchObject({ orderStatus: 'Filled', cumExecQty: '0.020' })
  })

  test('[XW26] places, amends and cancels a limit order', async () => {
    const price = await restingPrice(0.9)
    const orderLinkId = 'limit-1'
    const limit = { ...LINEAR, side: 'Buy', orderType: 'Limit', qty: '0.01', price, orderLinkId } as const
    expect((await rest.submitOrder(limit)).retCode).toBe(0)
    await seen('order', row => row['orderLinkId'] === orderLinkId && row['orderStatus'] === 'New')
    expect((await rest.amendOrder({ ...LINEAR, orderLinkId, qty: '0.02' })).retCode).toBe(0)
    await seen('order', row => row['orderLinkId'] === orderLinkId && row['qty'] === '0.020')
    expect((await rest.getActiveOrders(LINEAR)).result.list).toHaveLength(1)
    expect((await rest.cancelOrder({ ...LINEAR, orderLinkId })).retCode).toBe(0)
    const cancelled = await seen('order', row => row['orderStatus'] === 'Cancelled')
    expect(cancelled).toMatchObject({ orderLinkId, cancelType: 'CancelByUser' })
    expect((await rest.cancelOrder({ ...LINEAR, orderLinkId })).retCode).toBe(110001)
  })

  test('[XW26] sends batches, of which one order may fail alone, and cancels all', async () => {
    const price = await restingPrice(0.8)
    const one = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', price } as const
    const batch = await rest.batchSubmitOrders('linear', [
      { ...one, qty: '0.01', orderLinkId: 'batch-1' },
      { ...one, qty: '0.0001', orderLinkId: 'batch-2' },
      { ...one, qty: '0.01', orderLinkId: 'batch-3' },
    ])
    expect(batch.retExtInfo.list.map(row => row.code === 0)).toEqual([true, false, true])
    const amended = await rest.batchAmendOrders('linear', [
      { symbol: 'BTCUSDT', orderLinkId: 'batch-1', qty: '0.02' },
    ])
    expect(amended.retExtInfo.list[0]).toMatchObject({ code: 0 })
    const cancelled = await rest.batchCancelOrders('linear', [
      { symbol: 'BTCUSDT', orderLinkId: 'batch-1' },
      { symbol: 'BTCUSDT', orderLinkId: 'batch-2' },
    ])
    expect(cancelled.retExtInfo.list.map(row => row.code)).toEqual([0, 110001])
    const remaining = await rest.cancelAllOrders({ category: 'linear', settleCoin: 'USDT' })
    expect(remaining.result.list).toHaveLength(1)
  })

  test('[XW26] is told what is wrong with its key, its clock and its pace', async () => {
    const stranger = new RestClientV5({ key: 'stranger', secret: 'x', baseUrl: server.url })
    expect((await stranger.getPositionInfo(LINEAR)).retCode).toBe(10003)
    const forger = new RestClientV5({ ...CREDENTIAL, secret: 'forged', baseUrl: server.url })
    expect((await forger.getPositionInfo(LINEAR)).retCode).toBe(10004)
    const skewed = new RestClientV5({ ...CREDENTIAL, baseUrl: server.url })
    // What its own time synchronisation would set, wrongly.
    Reflect.set(skewed, 'timeOffset', 60_000)
    expect((await skewed.getPositionInfo(LINEAR)).retCode).toBe(10002)
    const hasty = new RestClientV5({ ...HASTY, baseUrl: server.url })
    const cancel = async () => (await hasty.cancelOrder({ ...LINEAR, orderLinkId: 'nothing' })).retCode
    const codes = await Promise.all(Array.from({ length: 15 }, cancel))
    expect(codes.filter(code => code === 110001)).toHaveLength(10)
    expect(codes.filter(code => code === 10006)).toHaveLength(5)
  })
})

describe('[XW26] bybit-api, unmodified, by the trade stream', () => {
  test('[XW26] places, amends and cancels, and rejects what the venue refuses', async () => {
    const price = await restingPrice(0.85)
    const order = {
      ...LINEAR,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.01',
      price,
      orderLinkId: 'stream-1',
    } as const
    const placed = await trade.submitNewOrder(order)
    expect(placed).toMatchObject({ retCode: 0, data: { orderLinkId: 'stream-1' } })
    expect((await trade.amendOrder({ ...LINEAR, orderLinkId: 'stream-1', qty: '0.02' })).retCode).toBe(0)
    expect((await trade.cancelOrder({ ...LINEAR, orderLinkId: 'stream-1' })).retCode).toBe(0)
    await seen('order', row => row['orderLinkId'] === 'stream-1' && row['orderStatus'] === 'Cancelled')
    const again = { ...order, qty: '0.0001', orderLinkId: 'stream-2' }
    await expect(trade.submitNewOrder(again)).rejects.toMatchObject({ retCode: 10001 })
    const batch = await trade.batchSubmitOrders('linear', [
      { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01', orderLinkId: 'stream-3' },
    ])
    expect(batch.retExtInfo.list[0]).toMatchObject({ code: 0 })
    await seen('execution', row => row['orderLinkId'] === 'stream-3')
  })
})

test('[XW26] bybit-api, unmodified, follows the public stream', async () => {
  expect(await seen('orderbook.50.BTCUSDT', () => true)).toMatchObject({ s: 'BTCUSDT' })
  expect(await seen('tickers.BTCUSDT', row => 'lastPrice' in row)).toMatchObject({ symbol: 'BTCUSDT' })
})
