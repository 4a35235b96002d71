import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import { err, ok } from '../domain/result.ts'
import { LIST_OPEN_ORDERS_EVERY_MS, OVERLAP_MS } from './limits.ts'
import { closing, DAY_MS, LAG_MS, pastExecution, pastOrder } from './testing/fake-past.ts'
import { ALICE, world } from './testing/world.ts'

/** What a venue may answer and should not. */
const SECOND_MS = 1_000
const MINUTE_MS = 60_000

function cycleOf(kind: 'closed_pnl' | 'orders' | 'executions') {
  return { name: 'test', kinds: [kind], sweepMs: null } as const
}

test('[HS93] rows in any order come to the same rows, those too that only their size tells apart', async () => {
  const { clock, past, started, settled, rows } = world()
  const venue = past()
  const at = clock.now() - 10 * SECOND_MS
  // One order, one millisecond of making, three rows: each has changed last at a time of its own.
  for (const [index, size] of ['1', '2', '3'].entries())
    venue.closings.push(closing('same', at, { closedQuantity: decimal(size), at: at + index }))
  for (let count = 1; count <= 4; count += 1)
    venue.closings.push(closing(`c-${count}`, at - count * SECOND_MS))
  venue.pageSize = 10
  const history = await started({ alice: venue })
  const read = () => settled(history.account(ALICE)?.cycle(cycleOf('closed_pnl')) ?? Promise.reject())
  await read()
  const before = await rows(ALICE, 'closed_pnl')
  venue.meddle = (_, answer) => {
    if (!answer.ok || answer.value.found.kind !== 'closed_pnl') return answer
    const upsideDown = { kind: 'closed_pnl', rows: answer.value.found.rows.toReversed() } as const
    return ok({ ...answer.value, found: upsideDown })
  }
  expect(await read()).toMatchObject({ added: 0, updated: 0, skipped: 7, failures: [] })
  expect(await rows(ALICE, 'closed_pnl')).toEqual(before)
  expect(before).toHaveLength(7)
})

test('[HS21] of two contents of one id the one of the later venue time stays, and the log has both', async () => {
  const { clock, lines, past, started, settled, rows } = world()
  const venue = past()
  const madeAt = clock.now() - MINUTE_MS
  const later = pastOrder('twice', madeAt, { at: madeAt + 2_000, filled: decimal('1') })
  const earlier = pastOrder('twice', madeAt, { at: madeAt + 1_000, filled: decimal('0.25') })
  venue.orders.push(later)
  const history = await started({ alice: venue })
  const read = () => settled(history.account(ALICE)?.cycle(cycleOf('orders')) ?? Promise.reject())
  await read()
  venue.orders.splice(0, 1, earlier)
  expect(await read()).toMatchObject({ updated: 0, skipped: 1 })
  expect(await rows(ALICE, 'orders')).toEqual([later])
  const told = lines.find(({ event }) => event === 'history_contradiction')?.fields
  expect(told).toMatchObject({ account: ALICE, kind: 'orders' })
  expect(told?.['kept']).toContain(String(later.at))
  expect(told?.['dropped']).toContain('0.25')
})

test('[HS92] an execution that is said again in another way is replaced by the later word, and the log has both', async () => {
  const { clock, lines, past, started, settled, rows } = world()
  const venue = past()
  const at = clock.now() - MINUTE_MS
  venue.executions.push({ ...pastExecution('e-1', at), fee: decimal('0.1') })
  const history = await started({ alice: venue })
  const read = () => settled(history.account(ALICE)?.cycle(cycleOf('executions')) ?? Promise.reject())
  await read()
  venue.executions.splice(0, 1, { ...pastExecution('e-1', at + 5), fee: decimal('0.7') })
  expect(await read()).toMatchObject({ added: 0, updated: 1 })
  expect(await rows(ALICE, 'executions')).toMatchObject([{ fee: decimal('0.7') }])
  const told = lines.find(({ event }) => event === 'history_contradiction')?.fields
  expect([told?.['kept'], told?.['dropped']]).toEqual([
    expect.stringContaining('0.7'),
    expect.stringContaining('0.1'),
  ])
})

test('[HS12] an order of a status that we do not know is asked for again until the venue says one that is an end', async () => {
  const { clock, past, started, rows } = world()
  const venue = past()
  const strange = { status: 'unrecognized', venueStatus: 'Hibernating', filled: decimal('0') } as const
  const madeAt = clock.now() - MINUTE_MS
  venue.orders.push(pastOrder('strange', madeAt, strange))
  const history = await started({ alice: venue })
  history.start()
  await clock.advance(SECOND_MS)
  expect(await rows(ALICE, 'orders')).toMatchObject([strange])
  venue.orders.splice(0, 1, pastOrder('strange', madeAt, { status: 'canceled', at: clock.now() }))
  await clock.advance(LIST_OPEN_ORDERS_EVERY_MS + MINUTE_MS)
  expect(await rows(ALICE, 'orders')).toMatchObject([{ status: 'canceled' }])
  await history.stop()
})

test('[HS96] no window is longer than the venue grants, however long nothing was read', async () => {
  const { clock, past, started, settled } = world()
  const venue = past()
  const history = await started({ alice: venue })
  const read = () => settled(history.account(ALICE)?.cycle(cycleOf('closed_pnl')) ?? Promise.reject())
  await read()
  const covered = history.complete(ALICE, ['closed_pnl'])?.to ?? 0
  await clock.advance(40 * DAY_MS)
  venue.asked.length = 0
  const now = clock.now()
  await read()
  expect(venue.asked.length).toBeGreaterThanOrEqual(6)
  for (const { window } of venue.asked) expect(window.to - window.from).toBeLessThanOrEqual(7 * DAY_MS)
  expect(venue.asked[0]?.window.from).toBe(covered - OVERLAP_MS)
  expect(history.complete(ALICE, ['closed_pnl'])?.to).toBe(now - LAG_MS)
})

test('[HS96] a window that the venue finds too long is told in its words, and nothing is covered by it', async () => {
  const { past, started, settled } = world()
  const venue = past()
  const message = 'The time range between startTime and endTime should be less than 7 days'
  venue.meddle = () => err({ kind: 'refused', reason: 'other', code: '10001', message })
  const history = await started({ alice: venue })
  const report = await settled(history.account(ALICE)?.cycle(cycleOf('closed_pnl')) ?? Promise.reject())
  expect(report.failures).toMatchObject([{ reason: 'venue', message: `10001: ${message}` }])
  expect(history.complete(ALICE, ['closed_pnl'])).toBeNull()
  expect(history.account(ALICE)?.paused).toBeNull()
})
