import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import type { HistoryStore, HistoryUnit, Ingested, StoredRows } from '../../src/ports/history-store.ts'
import { readBehaviour } from './history-reads.ts'
import { closing, execution, historyJob, START, venueOrder, walletEntry } from './history-rows.ts'
import { id } from './store-rows.ts'

export interface HistoryUnderTest {
  readonly store: HistoryStore
  /** As the next process finds it. */
  reopen(): Promise<HistoryStore>
  discard(): Promise<void>
}

const ACCOUNT = id<AccountId>('account', 1)
const OTHER = id<AccountId>('account', 2)
const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** What every implementation of ports/history-store does. */
export function historyStoreContract(name: string, open: () => Promise<HistoryUnderTest>): void {
  describe(`${name} history store`, () => {
    let under: HistoryUnderTest
    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.discard())
    rowBehaviour(() => under)
    repetitionBehaviour(() => under)
    coverageBehaviour(() => under)
    readBehaviour(() => under.store)
  })
}

function unit(change: Partial<HistoryUnit>): HistoryUnit {
  return { accountId: ACCOUNT, found: null, coverage: null, job: null, ...change }
}

async function ingest(store: HistoryStore, found: StoredRows, accountId = ACCOUNT): Promise<Ingested> {
  const result = await store.commit(unit({ accountId, found }))
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

function rowBehaviour(under: () => HistoryUnderTest): void {
  test('[HS20] every kind of row comes back as it was written, to the last digit, oldest first', async () => {
    const kinds: StoredRows[] = [
      { kind: 'closed_pnl', rows: [closing(1), closing(2, { ordinal: 1, openFee: decimal('2') })] },
      { kind: 'orders', rows: [venueOrder(1), venueOrder(2, { averagePrice: decimal('1.5') })] },
      { kind: 'executions', rows: [execution(1), execution(2, { kind: 'funding', clientOrderId: null })] },
      {
        kind: 'wallet',
        rows: [walletEntry(1), walletEntry(2, { instrumentId: null, funding: decimal('-3') })],
      },
    ]
    for (const found of kinds) {
      expect(await ingest(under().store, found)).toMatchObject({ added: 2, updated: 0, skipped: 0 })
    }
    await ingest(under().store, { kind: 'orders', rows: [venueOrder(3)] }, OTHER)
    const store = await under().reopen()
    for (const found of kinds) {
      const span = { accountId: ACCOUNT, kind: found.kind, window: ALWAYS }
      expect(await store.rows(span, 9)).toEqual(found)
      expect(await store.rows({ ...span, window: { from: START + 2, to: START + 3 } }, 9)).toEqual({
        ...found,
        rows: [found.rows[1]],
      })
      expect(await store.count({ ...span, window: { from: START, to: START + 2 } })).toBe(1)
    }
  })
}

function repetitionBehaviour(under: () => HistoryUnderTest): void {
  test('[HS21] the same row again changes nothing; a later time of the venue’s wins over an earlier one', async () => {
    const { store } = under()
    const first = venueOrder(1)
    const later = venueOrder(1, { status: 'filled', filled: decimal('1'), at: START + 50 })
    await ingest(store, { kind: 'orders', rows: [first] })
    expect(await ingest(store, { kind: 'orders', rows: [first] })).toMatchObject({ added: 0, skipped: 1 })
    expect(await ingest(store, { kind: 'orders', rows: [later] })).toMatchObject({ updated: 1 })
    // A page that was asked for earlier comes in late: it must not bring the order back to life.
    const stale = await ingest(store, { kind: 'orders', rows: [first] })
    expect(stale).toMatchObject({ added: 0, updated: 0, skipped: 1 })
    expect(stale.contradictions).toHaveLength(1)
    const span = { accountId: ACCOUNT, kind: 'orders', window: ALWAYS } as const
    expect(await store.rows(span, 9)).toEqual({ kind: 'orders', rows: [later] })
  })

  test('[HS21] of two rows with one id and one time what was said last stays, and both are told', async () => {
    const { store } = under()
    await ingest(store, { kind: 'executions', rows: [execution(1, { fee: decimal('0.25') })] })
    const said = await ingest(store, { kind: 'executions', rows: [execution(1, { fee: decimal('0.75') })] })
    expect(said).toMatchObject({ updated: 1, contradictions: [{ kind: 'executions' }] })
    expect(said.contradictions[0]?.kept).toContain('0.75')
    expect(said.contradictions[0]?.dropped).toContain('0.25')
  })

  test('[HS92] an execution or a wallet entry that is said again in another way is told, a later one too', async () => {
    const { store } = under()
    await ingest(store, { kind: 'executions', rows: [execution(1, { fee: decimal('0.25') })] })
    const later = execution(1, { fee: decimal('0.75'), at: START + 50 })
    const said = await ingest(store, { kind: 'executions', rows: [later] })
    expect(said).toMatchObject({ updated: 1, contradictions: [{ kind: 'executions' }] })
    await ingest(store, { kind: 'wallet', rows: [walletEntry(1, { change: decimal('1') })] })
    const changed = walletEntry(1, { change: decimal('2'), at: START + 50 })
    expect((await ingest(store, { kind: 'wallet', rows: [changed] })).contradictions).toHaveLength(1)
    // An order lives: that it is filled by now contradicts nothing.
    await ingest(store, { kind: 'orders', rows: [venueOrder(1)] })
    const filled = venueOrder(1, { status: 'filled', at: START + 50 })
    expect((await ingest(store, { kind: 'orders', rows: [filled] })).contradictions).toEqual([])
  })

  test('[HS22] closed PnL that nothing tells apart is kept as often as it was counted', async () => {
    const { store } = under()
    const alike = [closing(1), closing(1, { ordinal: 1 })]
    await ingest(store, { kind: 'closed_pnl', rows: alike })
    expect(await ingest(store, { kind: 'closed_pnl', rows: alike })).toMatchObject({ added: 0, skipped: 2 })
    expect(await store.count({ accountId: ACCOUNT, kind: 'closed_pnl', window: ALWAYS })).toBe(2)
  })

  test('[HS23] orders that are not over are told, those of unknown status too, oldest first', async () => {
    const { store } = under()
    const rows = [
      venueOrder(4),
      venueOrder(1, { status: 'unrecognized', venueStatus: 'Hibernating' }),
      venueOrder(2, { status: 'filled' }),
      venueOrder(3, { status: 'forgotten' }),
    ]
    await ingest(store, { kind: 'orders', rows })
    await ingest(store, { kind: 'orders', rows: [venueOrder(9)] }, OTHER)
    const open = await store.unfinishedOrders(ACCOUNT, 9)
    expect(open.map(({ venueOrderId }) => venueOrderId)).toEqual(['order-1', 'order-4'])
    expect(await store.unfinishedOrders(ACCOUNT, 1)).toHaveLength(1)
  })
}

function coverageBehaviour(under: () => HistoryUnderTest): void {
  test('[HS24] coverage and the job that it belongs to are written with the rows, and replaced by the next', async () => {
    const { store } = under()
    const first = { kind: 'orders', intervals: [{ from: 5, to: 10 }] } as const
    const next = {
      kind: 'orders',
      intervals: [
        { from: 5, to: 10 },
        { from: 20, to: 30 },
      ],
    } as const
    await store.commit(unit({ coverage: first, job: historyJob(1) }))
    await store.commit(unit({ coverage: { ...first, kind: 'wallet' }, accountId: OTHER }))
    const job = historyJob(1, { status: 'done', reachedAt: 5, added: 7, reason: 'why' })
    await store.commit(unit({ coverage: next, job, found: { kind: 'orders', rows: [venueOrder(1)] } }))
    const reopened = await under().reopen()
    expect(await reopened.coverage()).toEqual([
      { accountId: ACCOUNT, ...next },
      { accountId: OTHER, kind: 'wallet', intervals: first.intervals },
    ])
    expect(await reopened.jobs()).toEqual([job])
  })

  test('[HS24] a closed store takes nothing more', async () => {
    const { store } = under()
    await store.close()
    expect(await store.commit(unit({ job: historyJob(1) }))).toMatchObject({
      ok: false,
      error: { kind: 'unavailable' },
    })
  })
}
