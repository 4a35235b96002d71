import { afterEach, expect, test, vi } from 'vitest'
import { runExchange } from '../../exchange/server/run.ts'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import { add, decimal, subtract } from '../../src/domain/decimal.ts'
import type { AccountId, ClientOrderId } from '../../src/domain/ids.ts'
import { instrumentId } from '../../src/domain/ids.ts'
import { must, type Result } from '../../src/domain/result.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type {
  OrderRequest,
  StreamState,
  Ticker,
  Venue,
  VenueAccount,
  VenueError,
  VenueReport,
} from '../../src/ports/venue.ts'
import { createBybitVenue } from '../../src/venues/bybit/venue.ts'

/** The adapter against the whole simulated exchange: real sockets on 127.0.0.1, real time. */
const BTC = instrumentId('bybit', 'BTCUSDT')
const CREDENTIAL = { key: 'follower-key', secret: 'follower-secret' }
const DEPOSIT = decimal('10000')
const WAIT = { timeout: 20_000, interval: 10 }

let server: ExchangeServer | undefined
let venue: Venue | undefined

afterEach(async () => {
  await venue?.close()
  await server?.close()
  venue = undefined
  server = undefined
})

type ServedAccount = NonNullable<Parameters<typeof runExchange>[0]['accounts']>[number]

interface Connected {
  readonly account: VenueAccount
  readonly reports: VenueReport[]
  readonly states: StreamState[]
  readonly exchange: ExchangeServer
}

async function started(served: Partial<ServedAccount> = {}): Promise<ExchangeServer> {
  server = await runExchange({
    print: () => {},
    accounts: [{ account: 'follower', deposit: DEPOSIT, ...CREDENTIAL, ...served }],
  })
  const { url, streams } = server
  venue = createBybitVenue({
    environment: 'paper',
    urls: {
      rest: url,
      privateStream: streams.private,
      tradeStream: streams.trade,
      publicStream: streams.public,
    },
    clock: systemClock(),
    random: systemRandom(),
    log: SILENT,
  })
  return server
}

async function connected(
  route: 'stream' | 'request' = 'stream',
  served: Partial<ServedAccount> = {},
): Promise<Connected> {
  const exchange = await started(served)
  const account = must(venue, 'started').account('account-1' as AccountId, CREDENTIAL)
  const reports: VenueReport[] = []
  const states: StreamState[] = []
  account.open({ reports: frame => reports.push(...frame), stream: state => states.push(state) })
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('live'), WAIT)
  if (route === 'stream') await vi.waitFor(() => expect(value(account.stamp(1)).route).toBe('stream'), WAIT)
  return { account, reports, states, exchange }
}

function value<T>(result: Result<T, VenueError>): T {
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.message}`)
  return result.value
}

let orders = 0

function order(account: VenueAccount, change: Partial<OrderRequest> = {}): OrderRequest {
  orders += 1
  return {
    clientOrderId: `LScontract${orders}` as ClientOrderId,
    instrumentId: BTC,
    positionIndex: 0,
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'ioc',
    quantity: decimal('0.01'),
    limitPrice: null,
    reduceOnly: false,
    claim: value(account.stamp(1)),
    ...change,
  }
}

/** Far below the market: it stays on the book. */
function resting(account: VenueAccount, limitPrice = decimal('20000')): OrderRequest {
  return order(account, { type: 'limit', timeInForce: 'gtc', limitPrice })
}

function statusOf(reports: readonly VenueReport[], clientOrderId: string): string | undefined {
  return reports
    .flatMap(report => (report.kind === 'order' ? [report.report] : []))
    .findLast(report => report.clientOrderId === clientOrderId)?.status
}

function refOf(request: OrderRequest) {
  return { instrumentId: BTC, clientOrderId: request.clientOrderId, venueOrderId: null }
}

test('[VN22] a new account: instruments, permissions, snapshot, leverage', async () => {
  const { account } = await connected()
  const instruments = value(await must(venue, 'started').market.instruments())
  expect(instruments.find(({ id }) => id === BTC)).toMatchObject({ status: 'trading', quote: 'USDT' })
  expect(value(await account.permissions())).toMatchObject({ trade: true, withdraw: false })
  expect(value(await account.snapshot())).toMatchObject({
    positionMode: 'one_way',
    openOrders: [],
    balances: [{ currency: 'USDT', total: DEPOSIT }],
    equity: { equity: DEPOSIT },
  })
  value(await account.setLeverage(BTC, decimal('7')))
  value(await account.setLeverage(BTC, decimal('7')))
  expect(await account.setLeverage(BTC, decimal('70000'))).toMatchObject({ error: { kind: 'refused' } })
})

test.each(['stream', 'request'] as const)(
  '[VN22] a market order by %s is acknowledged and reported',
  async route => {
    const { account, reports } = await connected()
    const placed = order(account)
    const { venueOrderId, sentAt, ackedAt } = value(
      await account.submit({ ...placed, claim: { ...placed.claim, route } }),
    )
    expect(ackedAt).toBeGreaterThanOrEqual(sentAt)
    await vi.waitFor(() => expect(statusOf(reports, placed.clientOrderId)).toBe('filled'), WAIT)
    await vi.waitFor(() => expect(reports.some(({ kind }) => kind === 'balance')).toBe(true), WAIT)
    const fills = reports.flatMap(report => (report.kind === 'fill' ? [report.fill] : []))
    expect(fills.reduce((sum, fill) => sum + fill.quantity, 0n)).toBe(placed.quantity)
    expect(fills[0]).toMatchObject({ venueOrderId, clientOrderId: placed.clientOrderId, side: 'buy' })
    expect(reports.filter(({ kind }) => kind === 'malformed')).toEqual([])

    const snapshot = value(await account.snapshot())
    expect(snapshot.positions).toMatchObject([{ instrumentId: BTC, quantity: placed.quantity }])
    const [money] = snapshot.balances
    expect(money?.equity).toBe(add(must(money, 'USDT').total, must(money?.unrealizedPnl, 'told')))
    expect(money?.marginUsed).toBeGreaterThan(0n)
    // What ties executions to positions: the position's sequence has reached the last execution's.
    const reached = Math.max(...fills.map(fill => fill.venueSequence))
    expect(snapshot.positions[0]?.venueSequence).toBeGreaterThanOrEqual(reached)
    expect(value(await account.executions({ since: sentAt - 60_000 }))).toEqual(fills)
    expect(value(await account.executions({ since: 0, venueOrderId }))).toEqual(fills)
  },
)

test('[VN22] an account in isolated margin, of which the venue tells no totals, has the equity of its coin', async () => {
  const { account, reports } = await connected('stream', { marginMode: 'isolated' })
  const placed = order(account)
  value(await account.submit(placed))
  await vi.waitFor(() => expect(statusOf(reports, placed.clientOrderId)).toBe('filled'), WAIT)
  const snapshot = value(await account.snapshot())
  const money = must(snapshot.balances[0], 'USDT')
  expect(snapshot.equity.equity).toBe(money.equity)
  expect(snapshot.equity.equity).toBeGreaterThan(decimal('9900'))
  expect(money.available).toBe(subtract(money.total, must(money.marginUsed, 'told')))
  expect(snapshot.positions[0]?.liquidationPrice).toBeGreaterThan(decimal('1000'))
  expect(reports.filter(({ kind }) => kind === 'malformed')).toEqual([])
})

test('[VN22] reducing closes the position, and beyond it there is nothing to reduce', async () => {
  const { account, reports } = await connected()
  value(await account.submit(order(account, { quantity: decimal('0.02') })))
  const exit = { side: 'sell', purpose: 'exit', reduceOnly: true, quantity: decimal('0.02') } as const
  const closing = order(account, exit)
  value(await account.submit(closing))
  await vi.waitFor(() => expect(statusOf(reports, closing.clientOrderId)).toBe('filled'), WAIT)
  expect(value(await account.snapshot()).positions).toEqual([])
  const refused = await account.submit(order(account, exit))
  expect(refused).toMatchObject({ error: { kind: 'refused', reason: 'reduce_only' } })
})

test('[VN22] a resting order is open, found, cancelled, and found cancelled', async () => {
  const { account, reports } = await connected()
  const price = decimal('20000')
  const placed = resting(account, price)
  value(await account.submit(placed))
  await vi.waitFor(() => expect(statusOf(reports, placed.clientOrderId)).toBe('open'), WAIT)
  expect(value(await account.snapshot()).openOrders).toMatchObject([
    { clientOrderId: placed.clientOrderId, limitPrice: price, status: 'open' },
  ])
  expect(value(await account.find(refOf(placed)))).toMatchObject({ status: 'open' })
  value(await account.cancel(refOf(placed), 'entry'))
  await vi.waitFor(() => expect(statusOf(reports, placed.clientOrderId)).toBe('canceled'), WAIT)
  expect(value(await account.find(refOf(placed)))).toMatchObject({ status: 'canceled' })
  const again = await account.cancel(refOf(placed), 'entry')
  expect(again).toMatchObject({ error: { kind: 'refused', reason: 'order_unknown' } })
})

test('[VN22] an order that was never placed is absent, as of the time of the venue', async () => {
  const { account } = await connected()
  const { venueTimestamp } = value(account.stamp(1))
  const found = value(await account.find(refOf(order(account))))
  expect(found).toMatchObject({ absent: true })
  expect(Math.abs(found.at - venueTimestamp)).toBeLessThan(1_000)
})

test('[VN22] refusals carry their reason', async () => {
  const { account } = await connected()
  const big = await account.submit(order(account, { quantity: decimal('50') }))
  expect(big).toMatchObject({ error: { kind: 'refused', reason: 'balance' } })
  const placed = resting(account)
  value(await account.submit(placed))
  const twice = await account.submit({ ...placed, claim: value(account.stamp(1)) })
  expect(twice).toMatchObject({ error: { kind: 'refused', reason: 'duplicate_id' } })
  const late = order(account)
  const stale = { ...late.claim, venueTimestamp: late.claim.venueTimestamp - 10_000 }
  expect(await account.submit({ ...late, claim: stale })).toMatchObject({ error: { reason: 'time_window' } })
})

test('[VN3] [VN22] an answer that the exchange never sends leaves the order in doubt, and it is found', async () => {
  const { account, exchange } = await connected()
  exchange.faults.add({
    name: 'drop_answer',
    probability: 1,
    times: 1,
    account: null,
    target: 'create',
    delayMs: 0,
  })
  const placed = resting(account)
  expect(await account.submit(placed)).toMatchObject({ error: { kind: 'in_doubt' } })
  expect(value(await account.find(refOf(placed)))).toMatchObject({ status: 'open' })
})

test('[VN13] [VN22] a lost stream comes back by itself, and what was missed is fetched', async () => {
  const { account, reports, states, exchange } = await connected()
  const since = value(account.stamp(1)).venueTimestamp
  exchange.faults.add({
    name: 'drop_stream',
    probability: 1,
    times: 1,
    account: null,
    target: null,
    delayMs: 0,
  })
  await vi.waitFor(() => expect(states.some(({ kind }) => kind === 'lost')).toBe(true), WAIT)
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('live'), WAIT)
  expect(account.isAlive()).toBe(true)
  const placed = order(account)
  value(await account.submit(placed))
  await vi.waitFor(() => expect(statusOf(reports, placed.clientOrderId)).toBe('filled'), WAIT)
  expect(value(await account.executions({ since }))).not.toHaveLength(0)
})

test('[VN12] [VN22] a key that the exchange does not know is refused, once', async () => {
  await started()
  const states: StreamState[] = []
  const stranger = must(venue, 'started').account('stranger' as AccountId, { key: 'nobody', secret: 'x' })
  stranger.open({ reports: () => {}, stream: state => states.push(state) })
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('refused'), WAIT)
  expect(await stranger.snapshot()).toMatchObject({ error: { kind: 'refused', reason: 'key' } })
})

test('[VN19] [VN22] tickers flow for what is watched', async () => {
  await started()
  const { market } = must(venue, 'started')
  const tickers: Ticker[] = []
  market.watch([BTC])
  market.open({ ticker: ticker => tickers.push(ticker), stream: () => {} })
  await vi.waitFor(() => expect(tickers.length).toBeGreaterThan(1), WAIT)
  expect(tickers.every(ticker => ticker.instrumentId === BTC && ticker.mark > 0n)).toBe(true)
  const { change24h, volume24h, fundingRate } = must(tickers.at(-1), 'flowed')
  expect([change24h, volume24h, fundingRate].every(told => typeof told === 'bigint')).toBe(true)
  await vi.waitFor(() => expect(Math.abs(market.clockOffsetMs() ?? 9_999)).toBeLessThan(500), WAIT)
})
