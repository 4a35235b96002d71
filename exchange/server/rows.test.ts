import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decimal, toNumber } from '../../src/domain/decimal.ts'
import { ACCOUNT, type Answered, type Json, startVenue, type TestVenue } from './fixture.ts'

// What the venue's documents (bybit-exchange/docs) say of single fields and filters, one by one.
let venue: TestVenue
beforeEach(async () => {
  venue = await startVenue({ limits: 'off' })
})
afterEach(() => venue.close())

const LINEAR = { category: 'linear' }
const BTC = { ...LINEAR, symbol: 'BTCUSDT' }
const listOf = ({ result }: Answered) => result['list'] as Json[]
const position = async () => listOf(await venue.get('/v5/position/list', BTC))[0] ?? {}
const open = async (query: Record<string, string> = {}) =>
  listOf(await venue.get('/v5/order/realtime', { ...BTC, ...query }))
const amend = (orderLinkId: string, change: Json) =>
  venue.post('/v5/order/amend', { ...BTC, orderLinkId, ...change })
const stop = (fields: Json) =>
  venue.post('/v5/position/trading-stop', { ...BTC, positionIdx: 0, tpslMode: 'Full', ...fields })

test('[XW41] a position just opened shows its fee as a loss, and breaks even once both ways are paid', async () => {
  await venue.order({ qty: '0.01' })
  const row = await position()
  const [entry, fee] = [Number(row['avgPrice']), 0.01 * Number(row['avgPrice']) * 0.00055]
  expect(Number(row['curRealisedPnl'])).toBeCloseTo(-fee, 8)
  expect(Number(row['cumRealisedPnl'])).toBeCloseTo(-fee, 8)
  expect(Number(row['breakEvenPrice'])).toBeCloseTo((entry * 0.01 + fee) / (0.01 - 0.01 * 0.00055), 0)
  expect(row['bustPrice']).toBe('')
})

test('[XW41] a position that turns takes only the opening share of the fee along', async () => {
  await venue.order({ qty: '0.01' })
  await venue.order({ qty: '0.03', side: 'Sell' })
  const [fill] = venue.exchange.executions(ACCOUNT)
  const row = await position()
  expect(Number(row['curRealisedPnl'])).toBeCloseTo((-toNumber(fill?.fee ?? decimal('0')) * 2) / 3, 8)
  const wallet = listOf(await venue.get('/v5/account/wallet-balance', { accountType: 'UNIFIED' }))[0]
  const [coin] = (wallet?.['coin'] ?? []) as Json[]
  const lost = Number(coin?.['walletBalance']) - 100_000
  expect(Number(row['cumRealisedPnl'])).toBeCloseTo(lost, 8)
  expect(Number(coin?.['cumRealisedPnl'])).toBeCloseTo(lost, 8)
})

test('[XW42] funding is an execution without an order, its rate seen from the side that has it', async () => {
  await venue.order({ qty: '0.01', side: 'Sell' })
  await venue.admin('POST', '/path', { jumpMs: 8 * 3_600_000 })
  const [row] = listOf(await venue.get('/v5/execution/list', { ...LINEAR, execType: 'Funding' }))
  const unsaid = {
    orderType: 'UNKNOWN',
    createType: '',
    feeCurrency: '',
    orderPrice: '0.0',
    orderQty: '0.000',
  }
  expect(row).toMatchObject({ ...unsaid, side: 'Sell', stopOrderType: 'UNKNOWN', feeRate: '-0.0001' })
  expect(Number(row?.['execFee'])).toBeCloseTo(Number(row?.['execValue']) * Number(row?.['feeRate']), 12)
  expect(row?.['orderId']).not.toBe('')
  const log = { accountType: 'UNIFIED', type: 'SETTLEMENT' }
  expect(listOf(await venue.get('/v5/account/transaction-log', log))[0]).toMatchObject({ feeRate: '-0.0001' })
})

describe('amending the stops that an order brings', () => {
  const resting = (fields: Json = {}) =>
    venue.order({ orderType: 'Limit', price: '59000', qty: '0.02', orderLinkId: 'mine', ...fields })
  const stops = async () => {
    const [row] = await open()
    return [row?.['takeProfit'], row?.['stopLoss'], row?.['tpslMode']]
  }

  test('[XW43] 0 takes one away, what is not passed stays, and the mode with it', async () => {
    await resting({ takeProfit: '61000', stopLoss: '58000', tpslMode: 'Partial' })
    expect((await amend('mine', { takeProfit: '0' })).code).toBe(0)
    expect(await stops()).toEqual(['', '58000.0', 'Partial'])
    expect((await amend('mine', { takeProfit: '62000' })).code).toBe(0)
    expect(await stops()).toEqual(['62000.0', '58000.0', 'Partial'])
    expect((await amend('mine', { takeProfit: '0', stopLoss: '0' })).code).toBe(0)
    expect(await stops()).toEqual(['', '', ''])
    expect((await amend('mine', { takeProfit: '58000' })).code).toBe(10001)
  })

  test('[XW43] after the first fill they are fixed, and the quantity stays above what is filled', async () => {
    await resting({ price: '60010', qty: '1' })
    expect((await open())[0]).toMatchObject({ orderStatus: 'PartiallyFilled' })
    expect((await amend('mine', { stopLoss: '58000' })).code).toBe(110059)
    expect((await amend('mine', { qty: '0.001' })).code).toBe(110064)
  })
})

describe('cancel-all', () => {
  const cancelAll = async (body: Json) => {
    const answer = await venue.post('/v5/order/cancel-all', { ...LINEAR, ...body })
    expect(answer.code).toBe(0)
    return listOf(answer).map(row => row['orderLinkId'])
  }
  beforeEach(async () => {
    await venue.order({ qty: '0.01' })
    await stop({ stopLoss: '58000' })
    await venue.order({ orderType: 'Limit', price: '59000', orderLinkId: 'active' })
    await venue.order({ triggerPrice: '61000', triggerDirection: 1, orderLinkId: 'conditional' })
  })

  test('[XW44] stopOrderType Stop leaves the stops of the position, StopOrder takes them too', async () => {
    expect(await cancelAll({ ...BTC, orderFilter: 'StopOrder', stopOrderType: 'Stop' })).toEqual([
      'conditional',
    ])
    expect(await position()).toMatchObject({ stopLoss: '58000.0' })
    expect(await cancelAll({ ...BTC, orderFilter: 'StopOrder' })).toEqual([''])
    expect(await cancelAll(BTC)).toEqual(['active'])
  })

  test('[XW44] Order and OpenOrder take what can trade, a coin what is settled in it', async () => {
    expect(await cancelAll({ ...BTC, orderFilter: 'OpenOrder' })).toEqual(['active'])
    expect(await cancelAll({ settleCoin: 'USDC' })).toEqual([])
    expect(await cancelAll({ settleCoin: 'USDT' })).toHaveLength(2)
  })
})

describe('stops of a position', () => {
  test('[XW45] each tells its mode, a trailing one where it begins to follow', async () => {
    await venue.order({ qty: '0.02' })
    await stop({ stopLoss: '58000', trailingStop: '500', activePrice: '60500' })
    await stop({ tpslMode: 'Partial', takeProfit: '62000', tpSize: '0.01' })
    const rows = (await open()).map(row => [row['stopOrderType'], row['tpslMode'], row['triggerPrice']])
    expect(rows.toSorted()).toEqual([
      ['PartialTakeProfit', 'Partial', '62000.0'],
      ['StopLoss', 'Full', '58000.0'],
      ['TrailingStop', 'Full', '60500.0'],
    ])
  })

  test('[XW45] limit stops of the whole position, and more than 20 partial ones, are refused', async () => {
    const limit = { takeProfit: '62000', tpOrderType: 'Limit', tpLimitPrice: '61990' }
    await venue.order({ qty: '0.1' })
    expect((await stop(limit)).code).toBe(10001)
    expect((await venue.order({ ...limit, tpslMode: 'Full' })).code).toBe(10001)
    for (let count = 0; count < 20; count += 1)
      expect((await stop({ tpslMode: 'Partial', stopLoss: '58000', slSize: '0.001' })).code).toBe(0)
    expect((await stop({ tpslMode: 'Partial', stopLoss: '58000', slSize: '0.001' })).code).toBe(110061)
  })
})

test('[XW46] realtime is sorted by creation, whichever ended first; fees are told by coin', async () => {
  await venue.order({ orderType: 'Limit', price: '59000', orderLinkId: 'older' })
  await expect.poll(() => Date.now() > Number(venue.exchange.openOrders(ACCOUNT)[0]?.createdAt)).toBe(true)
  await venue.order({ orderLinkId: 'newer' })
  await venue.post('/v5/order/cancel', { ...BTC, orderLinkId: 'older' })
  const [newer, older] = await open({ openOnly: '1' })
  expect([newer?.['orderLinkId'], older?.['orderLinkId']]).toEqual(['newer', 'older'])
  expect(newer?.['cumFeeDetail']).toEqual({ USDT: newer?.['cumExecFee'] })
  expect(older?.['cumFeeDetail']).toEqual({})
})
