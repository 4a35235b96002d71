import { LIVE_LIMITS } from '../protocol/live.ts'
import type { BalanceRow, OrderRow, PositionRow, StreamData, StreamKind } from '../protocol/live-data.ts'
import { ROW_KEYS } from '../protocol/live-data.ts'

type Merge = {
  readonly [Kind in StreamKind]: (former: StreamData[Kind], delta: StreamData[Kind]) => StreamData[Kind]
}

/** What is seen after a delta: its rows replace those of the same key, and what is over goes. */
export const MERGE: Merge = {
  balance: (former, delta) => replaced<BalanceRow>(former, delta, ROW_KEYS.balance),
  positions: (former, delta) =>
    replaced<PositionRow>(former, delta, ROW_KEYS.positions).filter(row => row.quantity !== '0'),
  orders: (former, delta) => withoutOldest(replaced<OrderRow>(former, delta, ROW_KEYS.orders)),
  pnl: (_, delta) => delta,
  ticker: (_, delta) => delta,
  pair: (_, delta) => delta,
}

function replaced<Row>(former: readonly Row[], delta: readonly Row[], keyOf: (row: Row) => string): Row[] {
  const rows = new Map(former.map(row => [keyOf(row), row]))
  for (const row of delta) rows.set(keyOf(row), row)
  return [...rows.values()]
}

/** Orders are oldest first; of those that are done only so many are kept. */
function withoutOldest(rows: OrderRow[]): OrderRow[] {
  let surplus = rows.filter(isDone).length - LIVE_LIMITS.doneOrders
  if (surplus <= 0) return rows
  return rows.filter(row => {
    if (surplus <= 0 || !isDone(row)) return true
    surplus -= 1
    return false
  })
}

function isDone({ status }: OrderRow): boolean {
  return status !== 'created' && status !== 'open'
}
