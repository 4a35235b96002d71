import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import type { ClientOrderId, VenueOrderId } from '../../domain/ids.ts'
import type { HttpRequest } from '../../ports/transport.ts'
import { BTC, goLive, harness, page, reply } from './testing/harness.ts'

const REALTIME = '/v5/order/realtime'
const HISTORY = '/v5/order/history'
const EXECUTIONS = '/v5/execution/list'
const POSITIONS = '/v5/position/list'
const DAY_MS = 24 * 3_600_000
const REF = { instrumentId: BTC, clientOrderId: 'LS1' as ClientOrderId, venueOrderId: null }

async function connected() {
  const made = harness()
  await made.open()
  await goLive(made)
  return made
}

function order(orderLinkId: string, orderStatus = 'New') {
  return {
    symbol: 'BTCUSDT',
    orderId: `o-${orderLinkId}`,
    orderLinkId,
    side: 'Buy',
    orderType: 'Limit',
    price: '100',
    qty: '2',
    orderStatus,
    cumExecQty: '0',
    avgPrice: '',
    positionIdx: 0,
    reduceOnly: false,
    cancelType: '',
    rejectReason: '',
    updatedTime: '1700000000000',
  }
}

function execution(execId: string, execTime: number, execQty = '1') {
  return {
    symbol: 'BTCUSDT',
    orderId: 'o-LS1',
    orderLinkId: 'LS1',
    side: 'Buy',
    execId,
    execQty,
    execPrice: '100',
    orderQty: '2',
    execFee: '0.1',
    execType: 'Trade',
    isMaker: false,
    seq: execTime % 1_000,
    execTime: String(execTime),
  }
}

function position(symbol: string, positionIdx = 0) {
  return {
    symbol,
    positionIdx,
    side: 'Buy',
    size: '1',
    avgPrice: '100',
    markPrice: '101',
    leverage: '5',
    unrealisedPnl: '1',
    seq: 4,
    updatedTime: '1700000000000',
  }
}

function parameters({ path }: HttpRequest): URLSearchParams {
  return new URLSearchParams(path.split('?')[1])
}

test('[VN16] an order is looked for in open orders, in history and in executions', async () => {
  const made = await connected()
  made.http.on(REALTIME, () => page([])).on(EXECUTIONS, () => page([]))
  made.http.on(HISTORY, () => page([order('LS1', 'Cancelled')]))
  expect(await made.account.find(REF)).toMatchObject({ ok: true, value: { status: 'canceled' } })
  made.http.on(REALTIME, () => page([order('LS1')]))
  expect(await made.account.find(REF)).toMatchObject({ ok: true, value: { status: 'open' } })
  const [first] = made.http.asked(REALTIME)
  expect(first?.path).toBe(`${REALTIME}?category=linear&symbol=BTCUSDT&orderLinkId=LS1`)
})

test('[VN16] absent is as of before the first query left', async () => {
  // The venue may accept the order while we ask: that is not excluded, so it must not be claimed.
  const made = await connected()
  const before = made.clock.now()
  const slow = async () => {
    await made.clock.advance(400)
    return page([])
  }
  made.http.on(REALTIME, slow).on(HISTORY, slow).on(EXECUTIONS, slow)
  const found = await made.account.find(REF)
  expect(found).toEqual({ ok: true, value: { absent: true, at: before } })
})

test.each([REALTIME, HISTORY, EXECUTIONS])('[VN16] without an answer of %s nothing is absent', async path => {
  const made = await connected()
  for (const other of [REALTIME, HISTORY, EXECUTIONS]) made.http.on(other, () => page([]))
  made.http.on(path, () => reply({}, 10006, 'Too many visits!'))
  expect(await made.account.find(REF)).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
})

test('[VN16] a row of another order is no evidence', async () => {
  const made = await connected()
  made.http.on(REALTIME, () => page([order('LS2')]))
  made.http.on(HISTORY, () => page([])).on(EXECUTIONS, () => page([]))
  expect(await made.account.find(REF)).toMatchObject({ ok: true, value: { absent: true } })
})

test('[VN16] trades without their order prove it filled when they add up, and otherwise nothing', async () => {
  const made = await connected()
  made.http.on(REALTIME, () => page([])).on(HISTORY, () => page([]))
  made.http.on(EXECUTIONS, () => page([execution('e1', 1)]))
  expect(await made.account.find(REF)).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
  made.http.on(EXECUTIONS, () => page([execution('e1', 1), execution('e2', 2)]))
  expect(await made.account.find(REF)).toMatchObject({
    value: { status: 'filled', filled: decimal('2'), averagePrice: decimal('100'), at: 2 },
  })
})

test('[VN17] executions are read window by window and page by page, each once, oldest first', async () => {
  const made = await connected()
  const now = made.clock.now()
  const since = now - 10 * DAY_MS
  const border = since + 7 * DAY_MS
  made.http.on(EXECUTIONS, request => {
    const query = parameters(request)
    if (query.get('cursor') === 'a:2') return page([execution('e2', since + 20), execution('e1', since)])
    if (Number(query.get('startTime')) === since) return page([execution('e3', border - 1)], 'a%3A2')
    return page([execution('e4', border + 5), execution('e3', border - 1)])
  })
  const fills = await made.account.executions({ since, instrumentId: BTC })
  expect(fills.ok && fills.value.map(fill => fill.tradeId)).toEqual(['e1', 'e2', 'e3', 'e4'])
  const asked = made.http.asked(EXECUTIONS).map(parameters)
  expect(asked.map(query => query.get('limit'))).toEqual(['100', '100', '100'])
  expect(asked[0]?.get('endTime')).toBe(String(border - 1))
  // The cursor comes ready for a query and goes back as it came.
  expect(made.http.asked(EXECUTIONS)[1]?.path.endsWith('&cursor=a%3A2')).toBe(true)
  expect(asked[2]?.get('endTime')).toBeNull()
})

test('[VN17] executions of one order are asked for by its id', async () => {
  const made = await connected()
  made.http.on(EXECUTIONS, () => page([execution('e1', 5_000)]))
  const fills = await made.account.executions({ since: 6_000, venueOrderId: 'o-LS1' as VenueOrderId })
  expect(fills).toEqual({ ok: true, value: [] })
  expect(made.http.asked(EXECUTIONS)[0]?.path).toContain('orderId=o-LS1')
})

test('[VN17] a cursor that comes twice is refused instead of followed for ever', async () => {
  const made = await connected()
  made.http.on(EXECUTIONS, () => page([execution('e1', 1)], 'again'))
  const fills = await made.account.executions({ since: made.clock.now() })
  expect(fills).toMatchObject({ ok: false, error: { kind: 'malformed' } })
  expect(made.http.asked(EXECUTIONS)).toHaveLength(2)
})

test('[VN17] an answer with more pages than the limit is given up', async () => {
  const made = await connected()
  let pages = 0
  made.http.on(EXECUTIONS, () => {
    pages += 1
    return page([], `cursor-${pages}`)
  })
  const reading = made.account.executions({ since: made.clock.now() })
  await made.clock.advance(20_000)
  expect(await reading).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
  expect(pages).toBe(200)
})

test('[VN17] one trade that cannot be read spoils the answer: leaving it out would lose a fill', async () => {
  const made = await connected()
  made.http.on(EXECUTIONS, () => page([execution('e1', 1), { ...execution('e2', 2), execQty: '?' }]))
  const fills = await made.account.executions({ since: made.clock.now() })
  expect(fills).toMatchObject({ ok: false, error: { kind: 'malformed' } })
})

test('[VN18] a snapshot has all pages of positions and orders, the wallet and the equity', async () => {
  const made = await connected()
  made.http.on(POSITIONS, request =>
    parameters(request).get('cursor') === null
      ? page([position('BTCUSDT')], 'two')
      : page([position('ETHUSDT')]),
  )
  made.http.on(REALTIME, () => page([order('LS1')]))
  const coin = { coin: 'USDT', walletBalance: '90', equity: '91', availableToWithdraw: '' }
  const account = { totalEquity: '100', coin: [{ ...coin, totalOrderIM: '10', totalPositionIM: '5' }] }
  made.http.on('/v5/account/wallet-balance', () => reply({ list: [account] }))
  const snapshot = await made.account.snapshot()
  expect(snapshot).toMatchObject({
    ok: true,
    value: {
      positionMode: 'one_way',
      positions: [{ instrumentId: 'bybit:BTCUSDT', venueSequence: 4 }, { instrumentId: 'bybit:ETHUSDT' }],
      openOrders: [{ clientOrderId: 'LS1' }],
      balances: [
        {
          currency: 'USDT',
          total: decimal('90'),
          available: decimal('75'),
          equity: decimal('91'),
          unrealizedPnl: null,
          marginUsed: decimal('15'),
        },
      ],
      equity: { equity: decimal('100'), at: made.clock.now() },
      at: 1_700_000_000_000,
    },
  })
})

test('[VN18] any position index but 0 says that the account is in hedge mode', async () => {
  const made = await connected()
  made.http.on(POSITIONS, () => page([position('BTCUSDT', 1)])).on(REALTIME, () => page([]))
  // In isolated margin mode the whole account has no equity: the quote coin's counts.
  const coins = [{ coin: 'USDT', walletBalance: '90', equity: '91', availableToWithdraw: '80' }]
  made.http.on('/v5/account/wallet-balance', () => reply({ list: [{ totalEquity: '', coin: coins }] }))
  const snapshot = await made.account.snapshot()
  expect(snapshot).toMatchObject({
    value: { positionMode: 'hedge', equity: { equity: decimal('91') } },
  })
})

test('[VN18] a part of a snapshot that fails fails the whole', async () => {
  const made = await connected()
  made.http.on(POSITIONS, () => page([])).on(REALTIME, () => page([]))
  made.http.on('/v5/account/wallet-balance', () => reply({ list: [] }))
  expect(await made.account.snapshot()).toMatchObject({ ok: false, error: { kind: 'malformed' } })
  made.http.on(POSITIONS, () => reply({}, 10005, 'Permission denied'))
  expect(await made.account.snapshot()).toMatchObject({ ok: false, error: { reason: 'key' } })
})
