import type { Decision } from '../../domain/decision.ts'
import type { SourceId } from '../../domain/ids.ts'
import type { Notice } from '../../domain/notice.ts'
import type { Order } from '../../domain/order.ts'
import type { Round } from '../../domain/pair.ts'
import type { Signal } from '../../domain/signal.ts'
import type {
  Directory,
  NoticeFilter,
  OrderFilter,
  OutcomeFilter,
  PairFillFilter,
  RoundFilter,
  SignalFilter,
} from '../../ports/records.ts'
import type { StoredFill } from '../../ports/store.ts'
import { key } from './changes.ts'
import { newestFirst } from './image.ts'
import type { RecordTables } from './record-tables.ts'
import type { MemoryTables } from './tables.ts'

/** In the order in which rows first came: the same seed gives the same directory. */
export function directoryOf(tables: RecordTables): Directory {
  return {
    users: [...tables.users.values()],
    logins: [...tables.logins.values()].filter(row => row.revokedAt === null && row.expiresAt > row.usedAt),
    apiTokens: [...tables.apiTokens.values()],
    profiles: [...tables.profiles.values()],
    secrets: [...tables.secrets.values()],
    settings: new Map(tables.settings),
    lastAudit: bySequence([...tables.audit.values()])[0] ?? null,
  }
}

export function orderPage({ intents }: MemoryTables, filter: OrderFilter): readonly Order[] {
  const { accountIds, instrumentId, statuses, from, to, before, limit } = filter
  const rows = [...intents.values()].filter(
    row =>
      (accountIds === null || accountIds.includes(row.accountId)) &&
      (instrumentId === undefined || row.instrumentId === instrumentId) &&
      (statuses === undefined || statuses.includes(row.status)) &&
      (from === undefined || row.createdAt >= from) &&
      (to === undefined || row.createdAt < to) &&
      (before === undefined || row.sequence < before),
  )
  return bySequence(rows).slice(0, limit)
}

export function outcomePage({ decisions }: MemoryTables, filter: OutcomeFilter): readonly Decision[] {
  const { linkIds, outcomes, before, limit } = filter
  const rows = [...decisions.values()].filter(
    row =>
      (linkIds === null || linkIds.includes(row.linkId)) &&
      (outcomes === undefined ||
        (row.status === 'done' && row.outcome !== null && outcomes.includes(row.outcome))) &&
      (before === undefined || row.id < before),
  )
  return newestFirst(rows).slice(0, limit)
}

export function noticePage({ notices }: MemoryTables, filter: NoticeFilter): readonly Notice[] {
  const { accountIds, acknowledged, before, limit } = filter
  const rows = [...notices.values()].filter(
    row =>
      (accountIds === null || (row.accountId !== null && accountIds.includes(row.accountId))) &&
      (acknowledged === undefined || (row.acknowledgedAt !== null) === acknowledged) &&
      (before === undefined || row.id < before),
  )
  return newestFirst(rows).slice(0, limit)
}

export function roundPage(
  { rounds }: MemoryTables,
  { pairId, before = Number.POSITIVE_INFINITY, limit }: RoundFilter,
): readonly Round[] {
  const rows = [...rounds.values()].filter(row => row.pairId === pairId && row.number < before)
  return rows.sort((a, b) => b.number - a.number).slice(0, limit)
}

/** In the source's own order. */
export function sourceFills(
  { lastSourceSequences, fillsBySource }: MemoryTables,
  { sourceId, after, limit }: { readonly sourceId: SourceId; readonly after: number; readonly limit: number },
): readonly StoredFill[] {
  const rows: StoredFill[] = []
  const last = lastSourceSequences.get(sourceId) ?? 0
  for (let at = after + 1; at <= last && rows.length < limit; at += 1) {
    const row = fillsBySource.get(key(sourceId, at))
    if (row !== undefined) rows.push(row)
  }
  return rows
}

export function pairFillPage({ fills }: MemoryTables, filter: PairFillFilter): readonly StoredFill[] {
  const { pairId, from, to, before, limit } = filter
  const sequence = (row: StoredFill): number => row.pairSequence ?? 0
  const rows = [...fills.values()].filter(
    row =>
      row.pairId === pairId &&
      (from === undefined || row.fill.at >= from) &&
      (to === undefined || row.fill.at < to) &&
      (before === undefined || sequence(row) < before),
  )
  return rows.sort((a, b) => sequence(b) - sequence(a)).slice(0, limit)
}

export function signalPage({ signals }: RecordTables, filter: SignalFilter): readonly Signal[] {
  const { sourceId, before, limit } = filter
  const rows = [...signals.values()].filter(
    row => row.sourceId === sourceId && (before === undefined || row.id < before),
  )
  return newestFirst(rows).slice(0, limit)
}

export function pendingSignals({ signals }: RecordTables): readonly Signal[] {
  const rows = [...signals.values()].filter(row => row.status === 'pending')
  return rows.sort((a, b) => a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : 1))
}

/** Newest first. */
export function bySequence<Row extends { readonly sequence: number }>(rows: Row[]): Row[] {
  return rows.sort((a, b) => b.sequence - a.sequence)
}
