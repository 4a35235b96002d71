import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { OrderRow, PnlRow, PositionRow } from '../../../protocol/live-data.ts'
import { add, type Decimal, decimal, formatDecimal, ZERO } from '../../../src/domain/decimal.ts'
import { dayOf } from '../../../src/domain/position.ts'

const positionRow = z.object({
  account_id: z.string(),
  instrument_id: z.string(),
  quantity: z.string(),
  average_price: z.string(),
  realized_day: z.number(),
  realized_pnl: z.string(),
})
const fillRow = z.object({ account_id: z.string(), venue_order_id: z.string(), quantity: z.string() })

/** What the store holds of one account, as far as it is what people are shown. */
export interface StoredTruth {
  /** Open ones: `instrument side quantity average`. */
  readonly positions: ReadonlySet<string>
  readonly realizedToday: string
  /** By the venue's order id: the sum of its trades. */
  readonly traded: ReadonlyMap<string, Decimal>
}

/** @returns by account; null: what is durable is not in its tables yet */
export function readStore(path: string, now: number): ReadonlyMap<string, StoredTruth> | null {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    const waiting = database.prepare('SELECT COUNT(*) AS count FROM journal').get()?.['count']
    if (Number(waiting) > 0) return null
    const positions = positionRow.array().parse(database.prepare('SELECT * FROM positions').all())
    const fills = fillRow.array().parse(database.prepare('SELECT * FROM fills').all())
    const accounts = new Set([...positions, ...fills].map(row => row.account_id))
    return new Map(
      Array.from(accounts, account => [
        account,
        truthOf(
          positions.filter(row => row.account_id === account),
          fills.filter(row => row.account_id === account),
          now,
        ),
      ]),
    )
  } finally {
    database.close()
  }
}

function truthOf(
  positions: readonly z.output<typeof positionRow>[],
  fills: readonly z.output<typeof fillRow>[],
  now: number,
): StoredTruth {
  const traded = new Map<string, Decimal>()
  for (const { venue_order_id: id, quantity } of fills)
    traded.set(id, add(traded.get(id) ?? ZERO, decimal(quantity)))
  const today = positions.filter(row => row.realized_day >= dayOf(now))
  return {
    positions: new Set(
      positions
        .filter(row => decimal(row.quantity) !== ZERO)
        .map(row => placeText(row.instrument_id, decimal(row.quantity), decimal(row.average_price))),
    ),
    realizedToday: formatDecimal(today.reduce((sum, row) => add(sum, decimal(row.realized_pnl)), ZERO)),
    traded,
  }
}

/** Null: what is shown is what the store holds; else what is different, in words. */
export function positionsProblem(shown: readonly PositionRow[], { positions }: StoredTruth): string | null {
  const texts = shown.map(({ instrument, side, quantity, averagePrice }) =>
    placeText(
      instrument,
      side === 'long' ? decimal(quantity) : decimal(`-${quantity}`),
      decimal(averagePrice),
    ),
  )
  const isSame = texts.length === positions.size && texts.every(text => positions.has(text))
  return isSame ? null : `shows ${texts.join(', ')}; the store holds ${[...positions].join(', ')}`
}

export function pnlProblem(shown: PnlRow | null, { realizedToday }: StoredTruth): string | null {
  if (shown?.realizedToday === realizedToday) return null
  return `shows a gain of ${shown?.realizedToday}; the store holds ${realizedToday}`
}

/** Every order that traded, with all its trades; none shown that traded otherwise. */
export function ordersProblem(shown: readonly OrderRow[], { traded }: StoredTruth): string | null {
  const byId = new Map(shown.map(row => [row.id, row]))
  for (const row of shown) {
    const stored = traded.get(row.id) ?? ZERO
    if (decimal(row.filled) !== stored)
      return `shows order ${row.id} filled by ${row.filled}; the store holds ${formatDecimal(stored)}`
  }
  const missing = [...traded.keys()].find(id => !byId.has(id))
  return missing === undefined || shown.length >= SHOWN_AT_MOST ? null : `does not show order ${missing}`
}

/** Beyond it the oldest are not shown any more. */
const SHOWN_AT_MOST = 200

function placeText(instrument: string, quantity: Decimal, averagePrice: Decimal): string {
  return `${instrument} ${formatDecimal(quantity)} at ${formatDecimal(averagePrice)}`
}
