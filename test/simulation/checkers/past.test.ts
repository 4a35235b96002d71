import { expect, test } from 'vitest'
import type { HistoryKind } from '../../../src/domain/history.ts'
import { checkPast, type KeptPast, type PastRow, uncovered, type VenueRow } from './past.ts'

/** Two orders and two closings that nothing tells apart, between 0 and 100. */
const ORDERS = [row('orders', 'o-1', 10, 'filled'), row('orders', 'o-2', 90, 'open')]
const CLOSINGS = [row('closed_pnl', 'c-1', 20, '5'), row('closed_pnl', 'c-1', 20, '5')]
const VENUE = [...ORDERS, ...CLOSINGS].map(each => ({ ...each, isShown: true }))

function row(kind: HistoryKind, name: string, at: number, says: string): PastRow {
  return { kind, name, at, says }
}

/** What is said when so much is kept, and orders and closings are called complete from 0 to a time. */
function told(rows: readonly PastRow[], to = 100, venue: readonly VenueRow[] = VENUE): readonly string[] {
  const coverage: KeptPast['coverage'] = new Map([
    ['orders', [{ from: 0, to }]],
    ['closed_pnl', [{ from: 0, to }]],
  ])
  return checkPast({ venue, kept: { rows, coverage }, atRest: true })
}

test('[SM8] rows that are all here once, with their last status, are no violation (I16)', () => {
  expect(told([...ORDERS, ...CLOSINGS])).toEqual([])
})

test('[SM8] a row that is missing where it is called complete is noticed, elsewhere it is not (I16)', () => {
  const [first] = ORDERS
  const kept = first === undefined ? [] : [first, ...CLOSINGS]
  expect(told(kept)).toEqual([expect.stringContaining('orders o-2')])
  expect(told(kept, 90)).toEqual([])
  expect(told([...ORDERS, ...CLOSINGS.slice(1)])).toEqual([expect.stringContaining('closed_pnl c-1')])
})

test('[SM8] a row that is here twice, or that nobody ever had, is noticed wherever it is (I16)', () => {
  expect(told([...ORDERS, ...CLOSINGS, ...CLOSINGS.slice(1)], 1)).toEqual([expect.stringContaining('twice')])
  const made = row('orders', 'o-3', 50, 'filled')
  expect(told([...ORDERS, ...CLOSINGS, made])).toEqual([expect.stringContaining('never had it')])
})

test('[SM8] an order that says less than the venue at rest is noticed (I16)', () => {
  const stale = [row('orders', 'o-1', 10, 'open'), ...ORDERS.slice(1), ...CLOSINGS]
  expect(told(stale)).toEqual([expect.stringContaining('says "open", the venue "filled"')])
})

test('[SM8] what the venue does not show need not be here (I16)', () => {
  const venue = VENUE.map(each => ({ ...each, isShown: each.name !== 'o-1' }))
  expect(told([...ORDERS.slice(1), ...CLOSINGS], 100, venue)).toEqual([])
})

test('[SM8] coverage that overlaps, or covers nothing, is noticed (I16)', () => {
  const spans = [
    { from: 0, to: 10 },
    { from: 5, to: 20 },
    { from: 30, to: 30 },
  ]
  const kept = { rows: [], coverage: new Map([['wallet', spans]] as const) }
  expect(checkPast({ venue: [], kept, atRest: true })).toHaveLength(2)
})

test('[SM8] a hole in what should be complete is told from end to end (I16)', () => {
  const spans = [
    { from: 0, to: 10 },
    { from: 20, to: 50 },
  ]
  expect(uncovered(spans, { from: 5, to: 60 })).toEqual([
    { from: 10, to: 20 },
    { from: 50, to: 60 },
  ])
  expect(uncovered(spans, { from: 20, to: 50 })).toEqual([])
  expect(uncovered(undefined, { from: 1, to: 2 })).toEqual([{ from: 1, to: 2 }])
})
