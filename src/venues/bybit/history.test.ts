import { expect, test } from 'vitest'
import { formatDecimal } from '../../domain/decimal.ts'
import type { HistoryKind } from '../../domain/history.ts'
import type { VenueOrderId } from '../../domain/ids.ts'
import { BTC, harness, page, reply } from './testing/harness.ts'

const ROUTES: Readonly<Record<HistoryKind, string>> = {
  closed_pnl: '/v5/position/closed-pnl',
  orders: '/v5/order/history',
  executions: '/v5/execution/list',
  wallet: '/v5/account/transaction-log',
}
const WINDOW = { from: 1_699_900_000_000, to: 1_700_000_000_000 }

function past(environment: 'testnet' | 'demo' = 'testnet') {
  const made = harness(environment)
  return { ...made, history: made.venue.history({ key: 'key-1', secret: 'secret-1' }) }
}

function closing(more: object = {}) {
  return {
    symbol: 'BTCUSDT',
    orderId: 'o-1',
    side: 'Sell',
    qty: '1',
    orderPrice: '100',
    orderType: 'Market',
    execType: 'Trade',
    closedSize: '1',
    cumEntryValue: '90',
    avgEntryPrice: '90',
    cumExitValue: '100',
    avgExitPrice: '100',
    closedPnl: '9.5',
    fillCount: '2',
    leverage: '10',
    createdTime: '1699950000000',
    updatedTime: '1699950000001',
    ...more,
  }
}

function order(more: object = {}) {
  return {
    symbol: 'BTCUSDT',
    orderId: 'o-1',
    orderLinkId: '',
    side: 'Buy',
    orderType: 'Limit',
    price: '100',
    qty: '2',
    orderStatus: 'Filled',
    cumExecQty: '2',
    cumExecFee: '0.1',
    avgPrice: '99',
    positionIdx: 0,
    reduceOnly: false,
    cancelType: '',
    rejectReason: 'EC_NoError',
    createdTime: '1699950000000',
    updatedTime: '1699950000005',
    ...more,
  }
}

test('[HS10] a window is asked for by both of its ends, and its last millisecond is not in it', async () => {
  // With endTime alone Bybit looks seven days back, with startTime alone seven days ahead: neither is what is meant.
  const { http, history } = past()
  for (const [kind, path] of Object.entries(ROUTES)) {
    http.on(path, () => page([]))
    const answer = await history.page({ kind: kind as HistoryKind, window: WINDOW, cursor: null })
    expect(answer).toMatchObject({ ok: true, value: { found: { kind, rows: [] }, cursor: null } })
    expect(http.asked(path)[0]?.path).toContain('startTime=1699900000000&endTime=1699999999999')
  }
})

test('[HS10] a page says where the next one begins, and that is asked for as it was said', async () => {
  const { http, history } = past()
  http.on(ROUTES.closed_pnl, () => page([closing()], 'a%3A1%2Cb'))
  const answer = await history.page({ kind: 'closed_pnl', window: WINDOW, cursor: 'c%3A2' })
  expect(answer).toMatchObject({ ok: true, value: { cursor: 'a%3A1%2Cb' } })
  expect(http.asked(ROUTES.closed_pnl)[0]?.path).toMatch(/limit=100.*&cursor=c%3A2$/)
})

test('[HS11] closed PnL is read with the fees of the rows that have them, and a time in nanoseconds', async () => {
  const { http, history } = past()
  const rows = [closing({ openFee: '0.2', closeFee: '0.3' }), closing({ createdTime: '1699950000000423699' })]
  http.on(ROUTES.closed_pnl, () => page(rows))
  const answer = await history.page({ kind: 'closed_pnl', window: WINDOW, cursor: null })
  if (!answer.ok || answer.value.found.kind !== 'closed_pnl') throw new Error('no closed PnL')
  const [first, second] = answer.value.found.rows
  expect(first && formatDecimal(first.closedPnl)).toBe('9.5')
  expect(first?.openFee && formatDecimal(first.openFee)).toBe('0.2')
  expect(second).toMatchObject({ openFee: null, createdAt: 1_699_950_000_000, at: 1_699_950_000_001 })
})

test('[HS11] a row without an id, or with a time that is none, spoils its page: nothing is made up', async () => {
  const { http, history } = past()
  for (const row of [
    order({ orderId: '' }),
    order({ createdTime: '0' }),
    order({ updatedTime: '9999999999999' }),
  ]) {
    http.on(ROUTES.orders, () => page([order(), row]))
    const answer = await history.page({ kind: 'orders', window: WINDOW, cursor: null })
    expect(answer).toMatchObject({ ok: false, error: { kind: 'malformed' } })
  }
})

test('[HS11] no row of any kind is taken without its id', async () => {
  const { http, history } = past()
  const execution = { symbol: 'BTCUSDT', orderId: 'o-1', side: 'Buy', execQty: '1', execPrice: '100' }
  const rows: Readonly<Record<HistoryKind, object>> = {
    closed_pnl: closing({ orderId: '' }),
    orders: order({ orderId: undefined }),
    executions: {
      ...execution,
      execId: '',
      execFee: '0.1',
      execType: 'Trade',
      isMaker: false,
      execTime: '1699950000000',
    },
    wallet: {
      id: '',
      type: 'TRADE',
      currency: 'USDT',
      symbol: 'BTCUSDT',
      cashFlow: '1',
      change: '1',
      cashBalance: '2',
      transactionTime: '1699950000000',
    },
  }
  for (const [kind, path] of Object.entries(ROUTES)) {
    http.on(path, () => page([rows[kind as HistoryKind]]))
    const answer = await history.page({ kind: kind as HistoryKind, window: WINDOW, cursor: null })
    expect([kind, answer]).toMatchObject([
      kind,
      { ok: false, error: { kind: 'malformed', message: expect.stringMatching(/orderId|execId|: id/) } },
    ])
  }
})

test('[HS96] the longest window is seven days by the ends that Bybit is told, and not a millisecond more', async () => {
  const { http, history } = past()
  http.on(ROUTES.wallet, () => page([]))
  const from = WINDOW.from
  const longest = history.rule('wallet')?.maximumWindowMs ?? 0
  await history.page({ kind: 'wallet', window: { from, to: from + longest }, cursor: null })
  const asked = new URLSearchParams(http.asked(ROUTES.wallet)[0]?.path.split('?')[1])
  const span = Number(asked.get('endTime')) - Number(asked.get('startTime'))
  expect(span).toBeLessThanOrEqual(7 * 24 * 3_600_000)
})

test('[HS12] a status that we do not know is kept in the venue’s word, and is not over', async () => {
  const { http, history } = past()
  http.on(ROUTES.orders, () => page([order({ orderStatus: 'Hibernating', cumExecQty: '0' })]))
  const answer = await history.page({ kind: 'orders', window: WINDOW, cursor: null })
  const found = [{ status: 'unrecognized', venueStatus: 'Hibernating', filled: 0n, averagePrice: null }]
  expect(answer).toMatchObject({ ok: true, value: { found: { rows: found } } })
})

test('[HS12] an order is asked for by its id within the time it was made, whatever its age', async () => {
  const { http, history } = past()
  const address = { instrumentId: BTC, venueOrderId: 'o-1' as VenueOrderId, createdAt: 1_600_000_000_000 }
  http.on(ROUTES.orders, () => page([order()]))
  expect(await history.order(address)).toMatchObject({ ok: true, value: { status: 'filled' } })
  const [asked] = http.asked(ROUTES.orders)
  expect(asked?.path).toContain('orderId=o-1&startTime=1600000000000&endTime=1600000000001')
  http.on(ROUTES.orders, () => page([]))
  http.on('/v5/order/realtime', () => page([order({ orderStatus: 'New', cumExecQty: '0' })]))
  expect(await history.order(address)).toMatchObject({ ok: true, value: { status: 'open' } })
  http.on('/v5/order/realtime', () => page([]))
  expect(await history.order(address)).toEqual({ ok: true, value: null })
})

test('[HS12] a question that fails is no absence', async () => {
  const { http, history } = past()
  const address = { instrumentId: BTC, venueOrderId: 'o-1' as VenueOrderId, createdAt: 1 }
  http.on(ROUTES.orders, () => page([]))
  expect(await history.order(address)).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
})

test('[HS11] executions have funding among them, and a cause that we do not know', async () => {
  const { http, history } = past()
  const execution = (execType: string) => ({
    symbol: 'BTCUSDT',
    orderId: 'o-1',
    side: 'Buy',
    execId: `e-${execType}`,
    execQty: '1',
    execPrice: '100',
    execFee: '0.1',
    execType,
    isMaker: false,
    execTime: '1699950000000',
  })
  http.on(ROUTES.executions, () => page(['Trade', 'Funding', 'Teleport'].map(execution)))
  const answer = await history.page({ kind: 'executions', window: WINDOW, cursor: null })
  const rows = [{ kind: 'trade' }, { kind: 'funding' }, { kind: 'other', tradeId: 'e-Teleport' }]
  expect(answer).toMatchObject({ ok: true, value: { found: { rows } } })
})

test('[HS13] a demo account has no closed PnL, and everything else', () => {
  const { history } = past('demo')
  expect(history.rule('closed_pnl')).toBeNull()
  for (const kind of ['orders', 'executions', 'wallet'] as const)
    expect(history.rule(kind)?.maximumWindowMs).toBe(7 * 24 * 3_600_000)
})

test('[HS14] history takes seven tenths of what the venue allows its key, waits for it, and leaves the rest', async () => {
  const { clock, http, history, account } = past()
  for (const path of [ROUTES.executions, ROUTES.orders, '/v5/order/realtime']) http.on(path, () => page([]))
  const ask = () => history.page({ kind: 'executions', window: WINDOW, cursor: null })
  const asked = Array.from({ length: 60 }, ask)
  await clock.advance(900)
  expect(http.asked(ROUTES.executions)).toHaveLength(38)
  // A session with the same key goes on beside it: both count against one budget.
  const found = account.find({ instrumentId: BTC, clientOrderId: 'LS1' as never, venueOrderId: null })
  await clock.advance(0)
  expect(http.asked('/v5/order/realtime')).toHaveLength(1)
  await clock.advance(1_100)
  expect(http.asked(ROUTES.executions).length).toBeGreaterThanOrEqual(60)
  for (const answer of await Promise.all(asked)) expect(answer.ok).toBe(true)
  expect((await found).ok).toBe(true)
})

test('[HS14] what the venue says of the key is told as it is', async () => {
  const { http, history } = past()
  http.on(ROUTES.wallet, () => reply({}, 33004, 'Your api key has expired.'))
  const answer = await history.page({ kind: 'wallet', window: WINDOW, cursor: null })
  expect(answer).toMatchObject({ ok: false, error: { kind: 'refused', reason: 'key', code: '33004' } })
})
