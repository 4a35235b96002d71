import type { ClosedPnl, HistoryRows, Interval } from '../domain/history.ts'
import type { CountedClosedPnl, StoredRows } from '../ports/history-store.ts'

/** Rows of one reading of one window that nothing tells apart, counted as they come: newest first, across pages. */
export class ClosingCount {
  readonly #seen = new Map<string, number>()

  counted(row: ClosedPnl): CountedClosedPnl {
    const { venueOrderId, instrumentId, createdAt } = row
    const place = `${venueOrderId} ${instrumentId} ${createdAt}`
    const ordinal = this.#seen.get(place) ?? 0
    this.#seen.set(place, ordinal + 1)
    return { ...row, ordinal }
  }
}

export interface Sifted {
  readonly rows: StoredRows
  /** Rows that the window was not asked for: those of another one, which will show them itself. */
  readonly outside: number
  /** The latest time in any row; null without rows. */
  readonly latestAt: number | null
}

/** What of a page belongs to the window. */
export function sift(found: HistoryRows, window: Interval, count: ClosingCount): Sifted {
  const within = (at: number) => at >= window.from && at < window.to
  switch (found.kind) {
    case 'closed_pnl': {
      // Bybit's documents name now one and now the other as what a window goes by.
      const rows = found.rows.filter(row => within(row.at) || within(row.createdAt))
      // Counted newest first, whatever order the venue has put its page in: else a row would take another's place.
      const counted = rows.toSorted((a, b) => b.at - a.at).map(row => count.counted(row))
      return sifted(found.rows, { kind: found.kind, rows: counted })
    }
    case 'orders':
      return sifted(found.rows, {
        kind: found.kind,
        rows: found.rows.filter(row => within(row.createdAt)),
      })
    case 'executions':
      return sifted(found.rows, { kind: found.kind, rows: found.rows.filter(row => within(row.at)) })
    case 'wallet':
      return sifted(found.rows, { kind: found.kind, rows: found.rows.filter(row => within(row.at)) })
  }
}

function sifted(all: readonly { readonly at: number }[], rows: StoredRows): Sifted {
  const latestAt = all.reduce<number | null>((latest, { at }) => Math.max(latest ?? at, at), null)
  return { rows, outside: all.length - rows.rows.length, latestAt }
}
