import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { instrumentId } from '../../src/domain/ids.ts'
import type { HistoryPlace, HistoryStore, PlacedRow, StoredRows } from '../../src/ports/history-store.ts'
import { closing, execution, venueOrder, walletEntry } from './history-rows.ts'
import { id } from './store-rows.ts'

const ADA = id<AccountId>('account', 1)
const BOB = id<AccountId>('account', 2)
const ETH = instrumentId('bybit', 'ETHUSDT')
const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER }
const NOON = Date.UTC(2_026, 10, 21, 12)
const DAY_MS = 24 * 3_600_000

/** What every implementation of ports/history-store answers to who looks at history. */
export function readBehaviour(storeOf: () => HistoryStore): void {
  pageBehaviour(storeOf, putting(storeOf))
  sumBehaviour(storeOf, putting(storeOf))
}

type Put = (accountId: AccountId, found: StoredRows) => Promise<void>

function putting(storeOf: () => HistoryStore): Put {
  return async (accountId, found) => {
    const done = await storeOf().commit({ accountId, found, coverage: null, job: null })
    if (!done.ok) throw new Error(done.error.message)
  }
}

function pageBehaviour(storeOf: () => HistoryStore, put: Put): void {
  test('[HS53] pages over several accounts follow each other without a gap or a row twice, newest first', async () => {
    // Rows of one millisecond in both accounts, at the ends of pages too.
    for (const accountId of [ADA, BOB])
      await put(accountId, {
        kind: 'orders',
        rows: [1, 2, 3, 4, 5].map(n => venueOrder(n, { createdAt: NOON + Math.floor(n / 3) })),
      })
    const seen: string[] = []
    let before: HistoryPlace | null = null
    for (let pages = 0; pages < 9; pages += 1) {
      const query = { kind: 'orders', accountIds: [ADA, BOB], window: ALWAYS, instrumentId: null } as const
      const page: readonly PlacedRow<'orders'>[] = await storeOf().page({ ...query, before, limit: 3 })
      seen.push(...page.map(({ place, row }) => `${place.at} ${place.accountId} ${row.venueOrderId}`))
      before = page.at(-1)?.place ?? null
      if (before === null) break
    }
    expect(seen).toHaveLength(10)
    expect(new Set(seen).size).toBe(10)
    const times = seen.map(each => Number(each.split(' ')[0]))
    expect(times).toEqual(times.toSorted((a, b) => b - a))
  })

  test('[HS53] a filter by instrument, account and time gives those rows and no others', async () => {
    const rows = [closing(1, { at: NOON }), closing(2, { at: NOON + 1, instrumentId: ETH })]
    await put(ADA, { kind: 'closed_pnl', rows })
    await put(BOB, { kind: 'closed_pnl', rows: [closing(3, { at: NOON })] })
    const query = { kind: 'closed_pnl', before: null, limit: 9, window: ALWAYS } as const
    const ofEth = await storeOf().page({ ...query, accountIds: [ADA, BOB], instrumentId: ETH })
    expect(ofEth.map(({ row }) => row)).toEqual([rows[1]])
    const window = { from: NOON, to: NOON + 1 }
    const early = await storeOf().page({ ...query, accountIds: [ADA], instrumentId: null, window })
    expect(early.map(({ row }) => row)).toEqual([rows[0]])
    expect(await storeOf().page({ ...query, accountIds: [], instrumentId: null })).toEqual([])
  })
}

function sumBehaviour(storeOf: () => HistoryStore, put: Put): void {
  test('[HS54] closed PnL is added up by day, month, instrument and account, to the last digit', async () => {
    const pnl = (value: string) => ({ closedPnl: decimal(value), exitNotional: decimal('10') })
    const first = closing(1, { at: NOON, ...pnl('0.1') })
    const second = closing(2, { at: NOON + DAY_MS, ...pnl('0.2'), instrumentId: ETH })
    await put(ADA, { kind: 'closed_pnl', rows: [first, second] })
    await put(BOB, { kind: 'closed_pnl', rows: [closing(3, { at: NOON, ...pnl('-0.3') })] })
    const filter = { accountIds: [ADA, BOB], window: ALWAYS, instrumentId: null }
    expect(await storeOf().sums(filter, 'day')).toEqual([
      { key: '2026-11-21', closings: 2, won: 1, closedPnl: decimal('-0.2'), exitNotional: decimal('20') },
      { key: '2026-11-22', closings: 1, won: 1, closedPnl: decimal('0.2'), exitNotional: decimal('10') },
    ])
    expect(await storeOf().sums(filter, 'month')).toMatchObject([{ key: '2026-11', closedPnl: 0n }])
    expect(await storeOf().sums(filter, 'account')).toMatchObject([
      { key: ADA, closedPnl: decimal('0.3') },
      { key: BOB, closedPnl: decimal('-0.3') },
    ])
    const ofEth = await storeOf().sums({ ...filter, instrumentId: ETH }, 'instrument')
    expect(ofEth).toMatchObject([{ key: ETH, closings: 1 }])
  })

  test('[HS60] what the venue’s three lists say of a day is added up by itself, in one currency', async () => {
    await put(ADA, { kind: 'closed_pnl', rows: [closing(1, { at: NOON, openFee: null })] })
    await put(ADA, { kind: 'executions', rows: [execution(1, { at: NOON, fee: decimal('0.5') })] })
    const entry = { at: NOON, fee: decimal('0.5'), currency: 'USDT' }
    const rows = [walletEntry(1, entry), walletEntry(2, { ...entry, currency: 'BTC' })]
    await put(ADA, { kind: 'wallet', rows })
    const totals = await storeOf().totals({ accountId: ADA, window: ALWAYS }, 'USDT')
    const half = decimal('0.5')
    expect(totals).toMatchObject([{ day: '2026-11-21', grossPnl: null, tradeFees: half, walletFees: half }])
    expect(await storeOf().totals({ accountId: BOB, window: ALWAYS }, 'USDT')).toEqual([])
  })

  test('[HS55] how many rows are here is told of each day, account and kind', async () => {
    const days = [NOON, NOON + 1, NOON + DAY_MS].map((at, n) => closing(n + 1, { at }))
    await put(ADA, { kind: 'closed_pnl', rows: days })
    await put(BOB, { kind: 'wallet', rows: [walletEntry(1, { at: NOON })] })
    const counts = await storeOf().dayCounts({ accountIds: [ADA, BOB], window: ALWAYS })
    expect(counts).toEqual([
      { accountId: ADA, day: '2026-11-22', kind: 'closed_pnl', rows: 1 },
      { accountId: ADA, day: '2026-11-21', kind: 'closed_pnl', rows: 2 },
      { accountId: BOB, day: '2026-11-21', kind: 'wallet', rows: 1 },
    ])
  })
}
