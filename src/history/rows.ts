import type { ClosedPnl, HistoryKind, HistoryRows, Interval } from '../domain/history.ts'
import type { HistoryRule } from '../ports/history.ts'
import type { CountedClosedPnl, StoredRows } from '../ports/history-store.ts'

/**
 * A window of closed PnL is asked for so much farther than it goes: of an order that closed on both sides of its edge the
 * later rows are counted too, and stored with their own window. ms
 */
const EDGE_MS = 5_000

/** For windows that have later ones behind them: shorter than the venue grants by what is asked for beyond their edge. */
export function severalOf(kind: HistoryKind, rule: HistoryRule): HistoryRule {
  return kind === 'closed_pnl' ? { ...rule, maximumWindowMs: rule.maximumWindowMs - EDGE_MS } : rule
}

/** What is asked for, so that a window's rows are counted rightly. @param latest where the venue may show rows late, ms */
export function askedFor(kind: HistoryKind, { from, to }: Interval, latest: number): Interval {
  const farther = kind === 'closed_pnl' ? Math.min(to + EDGE_MS, Math.floor(latest)) : to
  return { from, to: Math.max(to, farther) }
}

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

/** What of a page belongs to the window. @param asked what the venue was asked for */
export function sift(
  found: HistoryRows,
  { window, asked }: { readonly window: Interval; readonly asked: Interval },
  count: ClosingCount,
): Sifted {
  const within = (at: number) => isWithin(at, window)
  switch (found.kind) {
    case 'closed_pnl': {
      // Counted newest first, whatever order the venue has put its page in: else a row would take another's place. Those
      // beyond the window's edge are counted too: a row's place is the same in whichever window it is met.
      const counted = found.rows.toSorted((a, b) => b.at - a.at).map(row => count.counted(row))
      // Bybit's documents name now one and now the other as what a window goes by.
      const rows = counted.filter(row => within(row.at) || within(row.createdAt))
      const told = found.rows.filter(row => isWithin(row.at, asked) || isWithin(row.createdAt, asked))
      return { ...sifted(found.rows, { kind: found.kind, rows }), outside: found.rows.length - told.length }
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

function isWithin(at: number, { from, to }: Interval): boolean {
  return at >= from && at < to
}
