import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { add, type Decimal, decimal, negate, ZERO } from '../../src/domain/decimal.ts'

const signalRow = z.object({ id: z.string(), external_id: z.string(), status: z.string() })
const fillRow = z.object({ trade_id: z.string() })
const bookRow = z.object({ instrument_id: z.string(), quantity: z.string() })

/** What a sender said, by its own account. */
export interface Said {
  readonly instrument: string
  readonly side: 'buy' | 'sell'
  readonly quantity: string
}

export interface Verdict {
  /** Answered with 2xx, and not in the store, or without its one trade. */
  readonly lost: number
  /** Traded more than once, or stored under two ids. */
  readonly doubled: number
  /** Stored, and then not done, with a reason. */
  readonly refused: number
  /** Books that are not the sum of what was said; null: not everything was answered, so nobody can say. */
  readonly wrongBooks: number | null
}

/** Nothing waits: what is durable is in its tables, and every signal has been looked at. */
export function isAtRest(file: string): boolean {
  return withStore(file, database => {
    const count = (sql: string) => Number(database.prepare(sql).get()?.['count'])
    const pending = count(`SELECT COUNT(*) AS count FROM signals WHERE status = 'pending'`)
    return pending + count('SELECT COUNT(*) AS count FROM journal') === 0
  })
}

/** @param answered ids that the server has answered with 2xx; @param said by id, everything that was sent */
export function judge(
  file: string,
  { answered, said }: { answered: ReadonlySet<string>; said: ReadonlyMap<string, Said> },
): Verdict {
  return withStore(file, database => {
    const signals = signalRow
      .array()
      .parse(database.prepare('SELECT id, external_id, status FROM signals').all())
    const fills = fillRow
      .array()
      .parse(database.prepare('SELECT trade_id FROM fills WHERE source_id IS NOT NULL').all())
    const trades = countBy(fills.map(({ trade_id }) => trade_id))
    const stored = Map.groupBy(signals, row => row.external_id)
    const isTraded = (id: string): boolean =>
      (stored.get(id) ?? []).some(row => row.status === 'applied' && trades.has(row.id))
    return {
      lost: [...answered].filter(id => !isTraded(id)).length,
      doubled: [...stored.values(), ...trades.values()].filter(
        each => (typeof each === 'number' ? each : each.length) > 1,
      ).length,
      refused: signals.filter(({ status }) => status === 'refused').length,
      wrongBooks: answered.size < said.size ? null : wrongBooks(database, [...said.values()]),
    }
  })
}

/** A second way to count: a trade that was taken twice shows here whatever name it has. */
function wrongBooks(database: DatabaseSync, said: readonly Said[]): number {
  const sums = new Map<string, Decimal>()
  for (const { instrument, side, quantity } of said) {
    const signed = side === 'buy' ? decimal(quantity) : negate(decimal(quantity))
    sums.set(instrument, add(sums.get(instrument) ?? ZERO, signed))
  }
  const books = bookRow.array().parse(database.prepare('SELECT instrument_id, quantity FROM books').all())
  const held = new Map(books.map(row => [row.instrument_id, decimal(row.quantity)]))
  return [...sums].filter(([instrument, sum]) => (held.get(instrument) ?? ZERO) !== sum).length
}

function countBy(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

function withStore<T>(file: string, look: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  try {
    return look(database)
  } finally {
    database.close()
  }
}
