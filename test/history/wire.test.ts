import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import { ZERO } from '../../src/domain/decimal.ts'
import { HISTORY_KINDS, type HistoryKind } from '../../src/domain/history.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { History } from '../../src/history/history.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import type { VenueHistory } from '../../src/ports/history.ts'
import type { HistoryStore, StoredRows } from '../../src/ports/history-store.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { openSqliteHistory } from '../../src/store/history/sqlite.ts'
import { createBybitVenue } from '../../src/venues/bybit/venue.ts'
import { exchangeWithPast, keyOf, place } from './exchange-past.ts'

/** The whole of it: the exchange's wire, the adapter, the cycles, the file. */
const ALICE = 'alice' as AccountId
const BOB = 'bob' as AccountId
const DAY_MS = 24 * 3_600_000
const DAYS = 24
const WAIT = { timeout: 60_000, interval: 50 }
/** The exchange's own clock and the wall's, a tick apart. */
const SLACK_MS = 100
const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER }

const ends: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function opened(path: string): Promise<HistoryStore> {
  const store = await openSqliteHistory({ path, log: SILENT })
  if (!store.ok) throw new Error(store.error.message)
  return store.value
}

function venueOf({ url, streams }: ExchangeServer) {
  const urls = {
    rest: url,
    privateStream: streams.private,
    tradeStream: streams.trade,
    publicStream: streams.public,
  }
  const parts = { clock: systemClock(), random: systemRandom(), log: SILENT }
  return createBybitVenue({ environment: 'paper', urls, ...parts })
}

async function started() {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-past-'))
  const { exchange, server } = await exchangeWithPast([ALICE, BOB], DAYS)
  const venue = venueOf(server)
  const store = await opened(join(folder, 'history.db'))
  const options = { store, clock: systemClock(), random: systemRandom(), log: SILENT }
  const history = await History.open(options)
  for (const account of [ALICE, BOB]) history.add(account, venue.history(keyOf(account)))
  ends.push(
    () => rmSync(folder, { recursive: true }),
    () => server.close(),
    () => venue.close(),
    () => store.close(),
    () => history.stop(),
  )
  const rows = async (accountId: AccountId, kind: HistoryKind): Promise<StoredRows['rows']> =>
    (await store.rows({ accountId, kind, window: ALWAYS }, 1_000_000)).rows
  return { exchange, history, rows, venue }
}

test('[HS44] a back-fill over the wire has every row that the exchange has, once, and the wallet’s changes are its balance', async () => {
  const { exchange, history, rows } = await started()
  for (const accountId of [ALICE, BOB]) {
    const job = await history.backfill({ accountId, since: Date.now() - 30 * DAY_MS })
    expect(job).toMatchObject({ ok: true })
  }
  await vi.waitFor(() => expect(history.jobs().map(({ status }) => status)).toEqual(['done', 'done']), WAIT)
  for (const account of [ALICE, BOB]) {
    const closings = await rows(account, 'closed_pnl')
    const truth = exchange.closedPnl(account)
    expect(closings).toHaveLength(truth.length)
    // Some of them nothing tells apart: they are counted, and their sum is the exchange's.
    expect(truth.length).toBeGreaterThan(new Set(truth.map(({ orderId }) => orderId)).size)
    expect(sum(closings, 'closedPnl')).toBe(truth.reduce((total, { closedPnl }) => total + closedPnl, 0n))
    expect(idsOf(await rows(account, 'executions'), 'tradeId')).toEqual(
      exchange
        .executions(account)
        .map(({ tradeId }) => tradeId)
        .toSorted(),
    )
    const wallet = await rows(account, 'wallet')
    expect(wallet).toHaveLength(exchange.transactions(account).length)
    expect(sum(wallet, 'change')).toBe(exchange.wallet(account).balance)
    // What ended without a trade more than a day ago the venue itself has forgotten.
    const dayAgo = Date.now() - DAY_MS
    const traded = exchange
      .closedOrders(account)
      .filter(({ filled, updatedAt }) => filled > ZERO || updatedAt > dayAgo)
    const known = [...traded, ...exchange.openOrders(account)].map(({ orderId }) => orderId)
    expect(idsOf(await rows(account, 'orders'), 'venueOrderId')).toEqual(known.toSorted())
    const span = must(history.complete(account, HISTORY_KINDS), 'something is complete')
    expect(span.from).toBeLessThanOrEqual(Date.now() - 29 * DAY_MS)
  }
})

test('[HS44] cycles over the wire bring what happens now, and the end of an order that was made long ago', async () => {
  const { exchange, history, rows } = await started()
  const resting = must(exchange.openOrders(ALICE)[0], 'an order rests').orderId
  await history.sync(ALICE, null)
  expect(await rows(ALICE, 'orders')).toContainEqual(
    expect.objectContaining({ venueOrderId: resting, status: 'open' }),
  )
  const at = Date.now()
  const traded = place(exchange, ALICE, { side: 'buy', at, quantity: '0.01' })
  exchange.cancel(ALICE, { symbol: 'BTCUSDT', orderId: resting, clientOrderId: '' }, at)
  await vi.waitFor(async () => {
    expect((await history.sync(ALICE, null))?.failures).toEqual([])
    expect(history.complete(ALICE, HISTORY_KINDS)?.to).toBeGreaterThan(at + SLACK_MS)
  }, WAIT)
  const orders = await rows(ALICE, 'orders')
  expect(orders).toContainEqual(expect.objectContaining({ venueOrderId: traded, status: 'filled' }))
  expect(orders).toContainEqual(expect.objectContaining({ venueOrderId: resting, status: 'canceled' }))
})

test('[HS74] a back-fill over all that the venue keeps asks for nothing that is too old when it arrives', async () => {
  const { history, venue } = await started()
  const inner = venue.history(keyOf(ALICE))
  // What waits for its turn arrives later than it was made.
  const late: VenueHistory = {
    rule: kind => inner.rule(kind),
    now: () => inner.now(),
    openOrders: () => inner.openOrders(),
    order: address => inner.order(address),
    async page(query) {
      if (query.window.from < Date.now() - 729 * DAY_MS) await new Promise(resolve => setTimeout(resolve, 50))
      return inner.page(query)
    },
  }
  history.add(ALICE, late)
  const since = Date.now() - 800 * DAY_MS
  const begun = await history.backfill({ accountId: ALICE, since, kinds: ['closed_pnl'] })
  expect(begun).toMatchObject({ ok: true })
  await vi.waitFor(() => expect(history.jobs()).toMatchObject([{ status: 'done' }]), WAIT)
  const from = must(history.complete(ALICE, ['closed_pnl']), 'something is complete').from
  expect((Date.now() - from) / DAY_MS).toBeGreaterThan(729.9)
}, 120_000)

function idsOf(rows: StoredRows['rows'], field: 'tradeId' | 'venueOrderId'): readonly string[] {
  return rows.map(row => String(new Map<string, unknown>(Object.entries(row)).get(field))).toSorted()
}

function sum(rows: StoredRows['rows'], field: 'closedPnl' | 'change'): bigint {
  return rows.reduce((total, row) => {
    const amount = new Map<string, unknown>(Object.entries(row)).get(field)
    return total + (typeof amount === 'bigint' ? amount : 0n)
  }, 0n)
}
