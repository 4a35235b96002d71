import { formatDecimal } from '../../domain/decimal.ts'
import {
  HISTORY_KINDS,
  type HistoryKind,
  type Interval,
  isOver,
  type VenueOrder,
} from '../../domain/history.ts'
import type { ClosedPnlSum, DayTotals, SumsBy } from '../../domain/history-totals.ts'
import type { AccountId } from '../../domain/ids.ts'
import { err, must, ok, type Result } from '../../domain/result.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  DayCount,
  HistoryFilter,
  HistoryJob,
  HistoryPageQuery,
  HistorySpan,
  HistoryStore,
  HistoryUnit,
  Ingested,
  PlacedRow,
  StoredCoverage,
  StoredRows,
} from '../../ports/history-store.ts'
import type { StoreError } from '../../ports/store.ts'
import type { Cell } from '../codec.ts'
import { key } from '../memory/changes.ts'
import { IngestCount, judge } from './ingest.ts'
import { mergedPage, type PlaceBound, placedRows } from './paging.ts'
import { type Cells, dayCountsOf, type SumRows, sumsOf, totalsOf } from './summing.ts'
import { closedPnl, decodeRows, encodeRows, LAYOUTS } from './tables.ts'

const DAY_MS = 24 * 3_600_000

type Kept = ReadonlyMap<HistoryKind, Map<string, readonly Cell[]>>

/** For simulations and tests: rows are kept as the database would keep them, and units settle by the given clock. */
export class MemoryHistory implements HistoryStore {
  readonly #clock: Clock
  readonly #rows = new Map<AccountId, Kept>()
  readonly #coverage = new Map<AccountId, Map<HistoryKind, readonly Interval[]>>()
  readonly #jobs = new Map<string, HistoryJob>()
  readonly #sumRows: SumRows = {
    summed: (accountId, { window, instrumentId }) =>
      Array.from(this.#within({ accountId, kind: 'closed_pnl', window }), cells => closedPnl.decode(cells))
        .filter(row => instrumentId === null || row.instrumentId === instrumentId)
        .map(row => [row.at, row.instrumentId, ...[row.closedPnl, row.exitNotional].map(formatDecimal)]),
    span: span => this.#within(span),
    days: span => {
      const at = LAYOUTS[span.kind].columns.indexOf(LAYOUTS[span.kind].time)
      const days = Map.groupBy(this.#within(span), cells => Math.floor(Number(cells[at]) / DAY_MS))
      return Array.from(days, ([day, rows]) => [day, rows.length])
    },
  }
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async commit(unit: HistoryUnit): Promise<Result<Ingested, StoreError>> {
    if (this.#closed) return err({ kind: 'unavailable', message: 'The store is closed.' })
    const ingested = this.#apply(unit)
    await this.#turn()
    return ok(ingested)
  }

  async coverage(): Promise<readonly StoredCoverage[]> {
    await this.#turn()
    return [...this.#coverage].flatMap(([accountId, kinds]) =>
      [...kinds].map(([kind, intervals]) => ({ accountId, kind, intervals })),
    )
  }

  async jobs(): Promise<readonly HistoryJob[]> {
    await this.#turn()
    return [...this.#jobs.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  async unfinishedOrders(accountId: AccountId, limit: number): Promise<readonly VenueOrder[]> {
    const window = { from: 0, to: Number.MAX_SAFE_INTEGER }
    const found = await this.rows({ accountId, kind: 'orders', window }, Number.MAX_SAFE_INTEGER)
    return found.kind === 'orders' ? found.rows.filter(order => !isOver(order)).slice(0, limit) : []
  }

  async count(span: HistorySpan): Promise<number> {
    return (await this.rows(span, Number.MAX_SAFE_INTEGER)).rows.length
  }

  async rows({ accountId, kind, window }: HistorySpan, limit: number): Promise<StoredRows> {
    await this.#turn()
    const { columns, time, key: keyColumns } = LAYOUTS[kind]
    const at = columns.indexOf(time)
    const order = [time, ...keyColumns].map(column => columns.indexOf(column))
    const rows = [...this.#kept(accountId, kind).values()].filter(
      cells => Number(cells[at]) >= window.from && Number(cells[at]) < window.to,
    )
    return decodeRows(kind, rows.sort((a, b) => compare(a, b, order)).slice(0, limit))
  }

  async page<Kind extends HistoryKind>(query: HistoryPageQuery<Kind>): Promise<readonly PlacedRow<Kind>[]> {
    await this.#turn()
    return placedRows(
      query.kind,
      mergedPage(query, bound => this.#part(query, bound)),
    )
  }

  async sums(filter: HistoryFilter, by: SumsBy): Promise<readonly ClosedPnlSum[]> {
    await this.#turn()
    return sumsOf(this.#sumRows, filter, by)
  }

  async totals(span: Omit<HistorySpan, 'kind'>, currency: string): Promise<readonly DayTotals[]> {
    await this.#turn()
    return totalsOf(this.#sumRows, span, currency)
  }

  async dayCounts(filter: Omit<HistoryFilter, 'instrumentId'>): Promise<readonly DayCount[]> {
    await this.#turn()
    return dayCountsOf(this.#sumRows, filter, HISTORY_KINDS)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  /** A row's number is when it came. */
  #part(
    { kind, instrumentId }: HistoryPageQuery<HistoryKind>,
    { accountId, from, at, number, limit }: PlaceBound,
  ): readonly Cells[] {
    const { columns, time } = LAYOUTS[kind]
    const [timeAt, instrumentAt] = [columns.indexOf(time), columns.indexOf('instrument_id')]
    return [...this.#kept(accountId, kind).values()]
      .map((cells, index) => [Number(cells[timeAt]), index + 1, ...cells] as const)
      .filter(([of, row]) => of >= from && (of < at || (of === at && row < number)))
      .filter(cells => instrumentId === null || cells[instrumentAt + 2] === instrumentId)
      .sort((a, b) => b[0] - a[0] || b[1] - a[1])
      .slice(0, limit)
  }

  *#within({ accountId, kind, window }: HistorySpan): Iterable<readonly Cell[]> {
    const at = LAYOUTS[kind].columns.indexOf(LAYOUTS[kind].time)
    for (const cells of this.#kept(accountId, kind).values())
      if (Number(cells[at]) >= window.from && Number(cells[at]) < window.to) yield cells
  }

  #apply({ accountId, found, coverage, job }: HistoryUnit): Ingested {
    const count = new IngestCount()
    if (found !== null) this.#ingest(accountId, found, count)
    if (coverage !== null) {
      const kinds = this.#coverage.get(accountId) ?? new Map<HistoryKind, readonly Interval[]>()
      kinds.set(coverage.kind, coverage.intervals)
      this.#coverage.set(accountId, kinds)
    }
    if (job !== null) this.#jobs.set(job.id, job)
    return count.total()
  }

  #ingest(accountId: AccountId, found: StoredRows, count: IngestCount): void {
    const { columns, key: keyColumns } = LAYOUTS[found.kind]
    const kept = this.#kept(accountId, found.kind)
    const cells = encodeRows(found)
    for (let start = 0; start < cells.length; start += columns.length) {
      const fresh = cells.slice(start, start + columns.length)
      const at = key(...keyColumns.map(column => fresh[columns.indexOf(column)] ?? ''))
      const stored = kept.get(at)
      const verdict = stored === undefined ? null : judge(found.kind, stored, fresh)
      if (verdict === null) count.added()
      else count.judged(found.kind, verdict, { stored: stored ?? [], fresh })
      if (verdict === null || verdict.write) kept.set(at, fresh)
    }
  }

  #kept(accountId: AccountId, kind: HistoryKind): Map<string, readonly Cell[]> {
    const known = this.#rows.get(accountId)
    if (known !== undefined) return must(known.get(kind), 'every kind has a table')
    this.#rows.set(accountId, new Map(HISTORY_KINDS.map(each => [each, new Map<string, readonly Cell[]>()])))
    return this.#kept(accountId, kind)
  }

  #turn(): Promise<void> {
    return new Promise(resolve => {
      this.#clock.after(0, resolve)
    })
  }
}

function compare(a: readonly Cell[], b: readonly Cell[], order: readonly number[]): number {
  for (const index of order) {
    const [one, other] = [a[index] ?? null, b[index] ?? null]
    if (one === other) continue
    if (typeof one === 'number' && typeof other === 'number') return one - other
    return String(one) < String(other) ? -1 : 1
  }
  return 0
}
