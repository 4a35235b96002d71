import { decimal, ZERO } from '../../domain/decimal.ts'
import type { HistoryJobId, VenueOrderId } from '../../domain/ids.ts'
import { ok } from '../../domain/result.ts'
import type { CountedClosedPnl, HistoryJob, RowOf } from '../../ports/history-store.ts'
import type { Past } from '../past.ts'
import { BTC, newId, type World } from './world.ts'

/** Of each account; the venue's clock, ms. */
const CLOSINGS = 3
const AT = 1_700_000_000_000
const DAY_MS = 24 * 3_600_000

/** Each account closed a few times, the foreign one with its name in the cause. */
export function fakePast(world: World): Past {
  const job = (accountId: HistoryJob['accountId'], since: number): HistoryJob => ({
    id: newId<HistoryJobId>(),
    accountId,
    kinds: ['orders'],
    since: Math.floor(since),
    until: AT,
    status: 'running',
    reachedAt: null,
    added: 0,
    reason: null,
    createdAt: AT,
    updatedAt: AT,
  })
  return {
    async page({ kind, accountIds, before, limit, window }) {
      const placed = accountIds.flatMap(accountId =>
        closings(world.accounts.get(accountId)?.name ?? '').map((row, index) => {
          const rows: Partial<RowOf> = { closed_pnl: row }
          return { place: { at: row.at, accountId, number: index + 1 }, row: rows[kind] }
        }),
      )
      return placed
        .flatMap(({ place, row }) => (row === undefined ? [] : [{ place, row }]))
        .filter(({ place }) => place.at >= window.from && place.at < window.to)
        .filter(({ place }) => before === null || place.at < before.at)
        .sort((a, b) => b.place.at - a.place.at)
        .slice(0, limit)
    },
    sums: async () => [
      { key: '2023-11-14', closings: 3, won: 1, closedPnl: decimal('-0.5'), exitNotional: decimal('30') },
    ],
    dayCounts: async ({ accountIds }) =>
      accountIds.map(accountId => ({ accountId, day: '2023-11-14', kind: 'orders', rows: 3 })),
    complete: accountId => ({ from: accountId === world.own ? AT - DAY_MS : AT - 2 * DAY_MS, to: AT }),
    paused: () => null,
    tieOut: async () => {
      const tied = { byLists: ZERO, byWallet: ZERO, difference: ZERO }
      const unknown = { byLists: null, byWallet: decimal('2'), difference: null }
      const rest = { fees: tied, funding: tied, total: unknown, otherChange: ZERO, isTied: false }
      return [{ day: '2023-11-13', result: unknown, ...rest }]
    },
    schedules: () => [
      { name: 'results', kinds: ['orders'], everyMs: 30_000, cron: null, nextAt: AT, lastRun: null },
    ],
    jobs: () => [...world.accounts.values()].map(({ id }) => job(id, 0)),
    sync: async () => ok({ added: 1, updated: 2, skipped: 3, failures: [] }),
    backfill: async (accountId, since) => ok(job(accountId, since)),
    syncAll: async () => ok({ accounts: world.accounts.size, refused: [] }),
  }
}

function closings(cause: string): readonly CountedClosedPnl[] {
  return Array.from({ length: CLOSINGS }, (_, index) => ({
    instrumentId: BTC,
    venueOrderId: `order-${index}` as VenueOrderId,
    side: 'sell',
    closedQuantity: decimal('1'),
    averageEntryPrice: decimal('100'),
    averageExitPrice: decimal('99.5'),
    entryNotional: decimal('100'),
    exitNotional: decimal('99.5'),
    openFee: null,
    closeFee: null,
    closedPnl: decimal('-0.5'),
    fillCount: 1,
    leverage: null,
    cause,
    createdAt: AT - index - 1,
    at: AT - index - 1,
    ordinal: 0,
  }))
}
