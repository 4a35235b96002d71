import { expect, test } from 'vitest'
import { MAXIMUM_WINDOW_MS, pageOf, RETENTION_MS, windowOf } from './page.ts'

/** Two years after the beginning of time: nothing is too old. */
const NOW = RETENTION_MS
const TIMES = 'abcdefg'
/** Later letters are newer. */
const RULE = { usual: 2, maximum: 3, placeOf: (row: string) => ({ id: row, at: TIMES.indexOf(row) }) }

test('[XW10] a cursor goes on after its row, also when sent back decoded once too often', () => {
  const rows = ['e', 'd', 'c', 'b', 'a']
  const first = pageOf(rows, {}, RULE)
  const cursor = first.ok ? first.value.nextCursor : ''
  expect(first).toMatchObject({ value: { rows: ['e', 'd'] } })
  const grown = ['g', 'f', ...rows]
  expect(pageOf(grown, { cursor }, RULE)).toMatchObject({ value: { rows: ['c', 'b'] } })
  const decoded = decodeURIComponent(cursor)
  expect(pageOf(grown, { cursor: decoded }, RULE)).toMatchObject({ value: { rows: ['c', 'b'] } })
  expect(pageOf(rows, { limit: '3', cursor }, RULE)).toMatchObject({ value: { nextCursor: '' } })
})

test('[XW10] when the last row seen is gone, nothing after it is missed', () => {
  const first = pageOf(['e', 'd', 'c', 'b', 'a'], {}, RULE)
  const cursor = first.ok ? first.value.nextCursor : ''
  expect(pageOf(['e', 'c', 'b', 'a'], { cursor }, RULE)).toMatchObject({
    value: { rows: ['c', 'b'] },
  })
  expect(pageOf(['e'], { cursor }, RULE)).toMatchObject({ value: { rows: [], nextCursor: '' } })
  expect(pageOf(['e'], { cursor: 'made-up' }, RULE)).toMatchObject({ error: { code: 10001 } })
})

test('[XW10] an empty list is one last page, and a limit out of range is 10001', () => {
  expect(pageOf([], {}, RULE)).toMatchObject({ value: { rows: [], nextCursor: '' } })
  for (const limit of ['0', '4', '1.5', 'all']) expect(pageOf([], { limit }, RULE).ok).toBe(false)
})

test('[XW11] a query spans seven days at most, from whichever end is given', () => {
  const week = MAXIMUM_WINDOW_MS
  const span = (startTime?: number, endTime?: number) =>
    windowOf(
      {
        ...(startTime !== undefined && { startTime: String(startTime) }),
        ...(endTime !== undefined && { endTime: String(endTime) }),
      },
      NOW,
    )
  expect(span(100)).toMatchObject({ value: { from: 100, to: 100 + week } })
  expect(span(undefined, NOW)).toMatchObject({ value: { from: NOW - week, to: NOW } })
  expect(span()).toMatchObject({ value: { from: NOW - week } })
  expect(span(0, week)).toMatchObject({ ok: true })
  expect(span(0, week + 1)).toMatchObject({ error: { code: 10001 } })
  expect(span(10, 9)).toMatchObject({ error: { code: 10001 } })
  expect(windowOf({ startTime: 'yesterday' }, NOW)).toMatchObject({ error: { code: 10001 } })
})

test('[XW11] a query that begins more than two years ago is refused, though not all of it is older', () => {
  const now = 3 * RETENTION_MS
  const since = (startTime: number) => windowOf({ startTime: String(startTime) }, now)
  expect(since(now - RETENTION_MS)).toMatchObject({ ok: true })
  expect(since(now - RETENTION_MS - 1)).toMatchObject({
    error: { code: 10001, message: expect.stringContaining('earlier than 2 years') },
  })
})
