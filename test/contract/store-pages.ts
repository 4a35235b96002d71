import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AuditEntry } from '../../src/domain/audit.ts'
import { type Decision, OUTCOMES } from '../../src/domain/decision.ts'
import {
  type AccountId,
  type IntentId,
  instrumentId,
  type LinkId,
  type PairId,
  type SourceId,
} from '../../src/domain/ids.ts'
import type { Notice } from '../../src/domain/notice.ts'
import { ORDER_STATUSES, type Order } from '../../src/domain/order.ts'
import type { Round } from '../../src/domain/pair.ts'
import type { Signal } from '../../src/domain/signal.ts'
import type { NoticeFilter, OrderFilter, OutcomeFilter, PairFillFilter } from '../../src/ports/records.ts'
import type { Store, StoredFill } from '../../src/ports/store.ts'
import { auditEntry, signal } from './record-rows.ts'
import { BTC, decision, fill, id, notice, order, round } from './store-rows.ts'

const COUNT = 60
const NUMBERS = Array.from({ length: COUNT }, (_, index) => index + 1)
const ACCOUNTS = [1, 2, 3].map(count => id<AccountId>('account', count))
const LINKS = [1, 2, 3].map(count => id<LinkId>('link', count))
const INSTRUMENTS = [BTC, instrumentId('bybit', 'ETHUSDT')]

/** Seven in a row have the same time, so that what a page ends with is not told apart by it. */
const ORDERS: readonly Order[] = NUMBERS.map(count =>
  order(count, {
    accountId: pick(ACCOUNTS, count),
    instrumentId: pick(INSTRUMENTS, count >> 1),
    status: pick(ORDER_STATUSES, count * 7),
    createdAt: 1_000 + Math.floor(count / 7),
  }),
)
const DECISIONS: readonly Decision[] = NUMBERS.map(count => {
  const linkId = pick(LINKS, count)
  if (count % 4 === 0) return decision(count, { linkId, status: count % 8 === 0 ? 'pending' : 'working' })
  return decision(count, { linkId, status: 'done', outcome: pick(OUTCOMES, count * 5) })
})
const NOTICES: readonly Notice[] = NUMBERS.map(count => ({
  ...notice(count),
  at: 1_000,
  accountId: count % 4 === 0 ? null : pick(ACCOUNTS, count),
  acknowledgedAt: count % 3 === 0 ? 2_000 : null,
}))

/** Null: no owner in particular. One may be named twice, and may have nothing. */
function someOf<Id extends string>(ids: readonly Id[]): fc.Arbitrary<readonly Id[] | null> {
  return fc.option(fc.array(fc.constantFrom(...ids, 'nobody' as Id), { maxLength: 4 }), { nil: null })
}
const limit = fc.integer({ min: 1, max: 25 })
const time = fc.integer({ min: 999, max: 1_010 })

/** Every list that people turn the pages of. */
export function pageBehaviour(store: () => Store): void {
  orderPages(store)
  copyingPages(store)
  pairPages(store)
  recordPages(store)
}

function orderPages(store: () => Store): void {
  test('[ST60] orders come newest first, a page at a time, whatever they are narrowed by', async () => {
    await store().commit(ORDERS.map(row => ({ kind: 'intent_insert', row })))
    const filters: fc.Arbitrary<OrderFilter> = fc.record(
      {
        accountIds: someOf(ACCOUNTS),
        limit,
        instrumentId: fc.constantFrom(...INSTRUMENTS),
        statuses: fc.subarray([...ORDER_STATUSES]),
        from: time,
        to: time,
      },
      { requiredKeys: ['accountIds', 'limit'] },
    )
    await holds(filters, async filter => {
      const { accountIds, instrumentId: wanted, statuses, from = 0, to = Number.POSITIVE_INFINITY } = filter
      const expected = ORDERS.filter(
        row =>
          (accountIds?.includes(row.accountId) ?? true) &&
          (wanted === undefined || wanted === row.instrumentId) &&
          (statuses?.includes(row.status) ?? true) &&
          row.createdAt >= from &&
          row.createdAt < to,
      )
      const pages = await turnPages<Order>(filter.limit, last =>
        store().orderPage(last === undefined ? filter : { ...filter, before: last.sequence }),
      )
      expect(pages).toEqual(expected.toReversed())
    })
  })
}

function copyingPages(store: () => Store): void {
  test('[ST61] decisions come newest first, by link and outcome; without an outcome also those that have none', async () => {
    await store().commit(DECISIONS.map(row => ({ kind: 'decision', row })))
    const filters: fc.Arbitrary<OutcomeFilter> = fc.record(
      { linkIds: someOf(LINKS), limit, outcomes: fc.subarray([...OUTCOMES]) },
      { requiredKeys: ['linkIds', 'limit'] },
    )
    await holds(filters, async filter => {
      const { linkIds, outcomes } = filter
      const expected = DECISIONS.filter(
        row =>
          (linkIds?.includes(row.linkId) ?? true) &&
          (outcomes === undefined || (row.outcome !== null && outcomes.includes(row.outcome))),
      )
      const pages = await turnPages<Decision>(filter.limit, last =>
        store().outcomePage(last === undefined ? filter : { ...filter, before: last.id }),
      )
      expect(pages).toEqual(expected.toReversed())
    })
  })

  test('[ST62] notices come newest first; those of no account only to who may see all', async () => {
    await store().commit(NOTICES.map(row => ({ kind: 'notice', row })))
    const filters: fc.Arbitrary<NoticeFilter> = fc.record(
      { accountIds: someOf(ACCOUNTS), limit, acknowledged: fc.boolean() },
      { requiredKeys: ['accountIds', 'limit'] },
    )
    await holds(filters, async filter => {
      const { accountIds, acknowledged } = filter
      const expected = NOTICES.filter(
        row =>
          (accountIds === null || (row.accountId !== null && accountIds.includes(row.accountId))) &&
          (acknowledged === undefined || acknowledged === (row.acknowledgedAt !== null)),
      )
      const pages = await turnPages<Notice>(filter.limit, last =>
        store().noticePage(last === undefined ? filter : { ...filter, before: last.id }),
      )
      expect(pages).toEqual(expected.toReversed())
    })
  })
}

function pairPages(store: () => Store): void {
  test('[ST69] the trades of a pair come newest first by its own count, a page at a time, by time too', async () => {
    const pairs = [1, 2].map(count => id<PairId>('pair', count))
    // Two venues' clocks: a trade that was counted later may be older.
    const rows = NUMBERS.map(count => {
      const row = fill(count)
      const at = 1_000 + Math.floor(count / 7) - (count % 2)
      const exposure = { a: row.fill.quantity, b: row.attributed, gap: row.fill.quantity }
      const ofPair = { pairId: pick(pairs, count), pairSequence: COUNT + count, exposure }
      return { ...row, fill: { ...row.fill, at }, ...(count % 5 > 0 && ofPair) }
    })
    await store().commit(rows.map(row => ({ kind: 'fill', row })))
    const filters: fc.Arbitrary<PairFillFilter> = fc.record(
      { pairId: fc.constantFrom(...pairs, 'nobody' as PairId), limit, from: time, to: time },
      { requiredKeys: ['pairId', 'limit'] },
    )
    await holds(filters, async filter => {
      const { pairId, from = 0, to = Number.POSITIVE_INFINITY } = filter
      const expected = rows.filter(row => row.pairId === pairId && row.fill.at >= from && row.fill.at < to)
      const pages = await turnPages<StoredFill>(filter.limit, last =>
        store().pairFills(last === undefined ? filter : { ...filter, before: last.pairSequence ?? 0 }),
      )
      expect(pages).toEqual(expected.toReversed())
    })
  })
}

function recordPages(store: () => Store): void {
  test('[ST63] signals come newest first, of one source', async () => {
    const sourceId = id<SourceId>('source', 2)
    const rows = NUMBERS.map(count => signal(count, count % 3 === 0 ? { sourceId } : {}))
    await store().commit(rows.map(row => ({ kind: 'signal_insert', row })))
    const pages = await turnPages<Signal>(7, last =>
      store().signalPage(
        last === undefined ? { sourceId, limit: 7 } : { sourceId, limit: 7, before: last.id },
      ),
    )
    expect(pages).toEqual(rows.filter(row => row.sourceId === sourceId).toReversed())
  })

  test('[ST65] rounds come newest first, of one pair; orders by their ids, those that there are', async () => {
    const pairId = id<PairId>('pair', 2)
    // Made in any order: what a round is older than is told by its number.
    const rows = NUMBERS.map(count =>
      round(COUNT - count, { number: count, ...(count % 3 === 0 && { pairId }) }),
    )
    await store().commit(rows.map(row => ({ kind: 'round', row })))
    const pages = await turnPages<Round>(7, last =>
      store().roundPage(
        last === undefined ? { pairId, limit: 7 } : { pairId, limit: 7, before: last.number },
      ),
    )
    expect(pages).toEqual(rows.filter(row => row.pairId === pairId).toReversed())
    await store().commit(ORDERS.map(row => ({ kind: 'intent_insert', row })))
    const [first, , third] = ORDERS
    const wanted = [third, first].map(row => row?.intentId ?? id<IntentId>('intent', 0))
    expect(await store().intents([...wanted, id<IntentId>('intent', 999)])).toEqual([third, first])
    expect(await store().intents([])).toEqual([])
  })

  test('[ST64] the audit chain is read newest first by people, and oldest first by who verifies it', async () => {
    const rows = NUMBERS.map(auditEntry)
    await store().commit(rows.map(row => ({ kind: 'audit', row })))
    const newest = await turnPages<AuditEntry>(7, last =>
      store().auditPage(last === undefined ? { limit: 7 } : { limit: 7, before: last.sequence }),
    )
    expect(newest).toEqual(rows.toReversed())
    const oldest = await turnPages<AuditEntry>(7, last => store().auditAfter(last?.sequence ?? 0, 7))
    expect(oldest).toEqual(rows)
  })
}

async function holds<Filter>(
  filters: fc.Arbitrary<Filter>,
  behaves: (filter: Filter) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(filters, behaves), { numRuns: 60 })
}

/** All rows of a list as somebody sees them who asks for the next page until one is not full. */
async function turnPages<Row>(
  size: number,
  next: (last: Row | undefined) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (;;) {
    const page = await next(rows.at(-1))
    expect(page.length).toBeLessThanOrEqual(size)
    rows.push(...page)
    if (page.length < size) return rows
  }
}

function pick<Value>(of: readonly Value[], index: number): Value {
  const value = of[index % of.length]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}
