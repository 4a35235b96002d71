import type { HistoryKind } from '../../domain/history.ts'
import type { Contradiction, Ingested } from '../../ports/history-store.ts'
import type { Cell } from '../codec.ts'
import { LAYOUTS } from './tables.ts'

/** Told of one unit: enough to look into it. */
const MAXIMUM_CONTRADICTIONS = 10
const MAXIMUM_TEXT = 300

/** What becomes of a row that is there already. `dispute`: it is told, whichever of the two stays. */
export interface Verdict {
  readonly write: boolean
  readonly dispute: boolean
}

/** An execution and a change of the wallet are what they were: one that is said in another way contradicts itself. */
const CHANGING: readonly HistoryKind[] = ['closed_pnl', 'orders']

/** By the venue's time of the last change. Of the same time what was said last stays. */
export function judge(kind: HistoryKind, stored: readonly unknown[], fresh: readonly Cell[]): Verdict {
  if (fresh.every((cell, index) => cell === stored[index])) return { write: false, dispute: false }
  const at = LAYOUTS[kind].columns.indexOf('at')
  const laterBy = Number(fresh[at]) - Number(stored[at])
  return { write: laterBy >= 0, dispute: laterBy <= 0 || !CHANGING.includes(kind) }
}

/** Counts what becomes of a unit's rows. */
export class IngestCount {
  #added = 0
  #updated = 0
  #skipped = 0
  readonly #contradictions: Contradiction[] = []

  added(): void {
    this.#added += 1
  }

  judged(kind: HistoryKind, { write, dispute }: Verdict, rows: Pair): void {
    if (write) this.#updated += 1
    else this.#skipped += 1
    if (!dispute || this.#contradictions.length >= MAXIMUM_CONTRADICTIONS) return
    const [kept, dropped] = write ? [rows.fresh, rows.stored] : [rows.stored, rows.fresh]
    this.#contradictions.push({ kind, kept: shown(kept), dropped: shown(dropped) })
  }

  total(): Ingested {
    return {
      added: this.#added,
      updated: this.#updated,
      skipped: this.#skipped,
      contradictions: this.#contradictions,
    }
  }
}

interface Pair {
  readonly stored: readonly unknown[]
  readonly fresh: readonly Cell[]
}

function shown(cells: readonly unknown[]): string {
  return cells.join(' ').slice(0, MAXIMUM_TEXT)
}
