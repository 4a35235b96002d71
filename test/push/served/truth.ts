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
const intentRow = z.object({ account_id: z.string(), client_order_id: z.string(), status: z.string() })
const fillRow = z.object({ account_id: z.string(), venue_order_id: z.string(), quantity: z.string() })

/** What the store holds of one account, as far as it is what people are shown. */
export interface StoredTruth {
  /** Open ones: `instrument side quantity average`. */
  readonly positions: ReadonlySet<string>
  readonly realizedToday: string
  /** By the venue's order id: the sum of its trades. */
  readonly traded: ReadonlyMap<string, Decimal>
  /** Of the copies, by client order id: what became of each. */
  readonly copies: ReadonlyMap<string, string>
}

export const NOTHING_STORED: StoredTruth = {
  positions: new Set(),
  realizedToday: '0',
  traded: new Map(),
  copies: new Map(),
}

/** @returns by account; null: what is durable is not in its tables yet */
export function readStore(path: string, now: number): ReadonlyMap<string, StoredTruth> | null {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    const waiting = database.prepare('SELECT COUNT(*) AS count FROM journal').get()?.['count']
    if (Number(waiting) > 0) return null
    const tables = {
      positions: byAccount(positionRow.array().parse(database.prepare('SELECT * FROM positions').all())),
      fills: byAccount(fillRow.array().parse(database.prepare('SELECT * FROM fills').all())),
      intents: byAccount(intentRow.array().parse(database.prepare('SELECT * FROM intents').all())),
    }
    const accounts = [...tables.positions.keys(), ...tables.fills.keys()]
    return new Map(accounts.map(account => [account, truthOf(tables, account, now)]))
  } finally {
    database.close()
  }
}

type ByAccount<Row> = ReadonlyMap<string, readonly Row[]>

interface Tables {
  readonly positions: ByAccount<z.output<typeof positionRow>>
  readonly fills: ByAccount<z.output<typeof fillRow>>
  readonly intents: ByAccount<z.output<typeof intentRow>>
}

function byAccount<Row extends { readonly account_id: string }>(rows: readonly Row[]): ByAccount<Row> {
  return Map.groupBy(rows, row => row.account_id)
}

function truthOf({ positions, fills, intents }: Tables, account: string, now: number): StoredTruth {
  const traded = new Map<string, Decimal>()
  for (const { venue_order_id: id, quantity } of fills.get(account) ?? [])
    traded.set(id, add(traded.get(id) ?? ZERO, decimal(quantity)))
  const held = positions.get(account) ?? []
  const open = held.filter(row => decimal(row.quantity) !== ZERO)
  const today = held.filter(row => row.realized_day >= dayOf(now))
  const copies = intents.get(account) ?? []
  return {
    positions: new Set(
      open.map(row => placeText(row.instrument_id, decimal(row.quantity), decimal(row.average_price))),
    ),
    realizedToday: formatDecimal(today.reduce((sum, row) => add(sum, decimal(row.realized_pnl)), ZERO)),
    traded,
    copies: new Map(copies.map(row => [row.client_order_id, row.status])),
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

/** Every order that traded, with all its trades; none shown that traded or ended otherwise. */
export function ordersProblem(shown: readonly OrderRow[], { traded, copies }: StoredTruth): string | null {
  for (const { id, clientOrderId, filled, status, origin } of shown) {
    const stored = traded.get(id) ?? ZERO
    if (decimal(filled) !== stored)
      return `shows order ${id} filled by ${filled}; the store holds ${formatDecimal(stored)}`
    const known = origin === 'lockstep' ? copies.get(clientOrderId ?? '') : status
    if (known !== status) return `shows order ${id} as ${status}; the store holds ${known}`
    if (status === 'open' || status === 'created') return `shows order ${id} as open, and none is`
  }
  const ids = new Set(shown.map(({ id }) => id))
  const missing = [...traded.keys()].find(id => !ids.has(id))
  return missing === undefined || shown.length >= SHOWN_AT_MOST ? null : `does not show order ${missing}`
}

/** Beyond it the oldest are not shown any more. */
const SHOWN_AT_MOST = 200

function placeText(instrument: string, quantity: Decimal, averagePrice: Decimal): string {
  return `${instrument} ${formatDecimal(quantity)} at ${formatDecimal(averagePrice)}`
}
