import type { HistoryKind, Interval } from '../domain/history.ts'
import type { AccountId } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Coverage } from '../logic/coverage/intervals.ts'
import { halve } from '../logic/coverage/windows.ts'
import type { Clock } from '../ports/clock.ts'
import type { HistoryPage, VenueHistory } from '../ports/history.ts'
import type { HistoryJob, HistoryStore, HistoryUnit } from '../ports/history-store.ts'
import type { Log } from '../ports/observe.ts'
import { FUTURE_MS, MAXIMUM_PAGES } from './limits.ts'
import { type Failure, NO_ROWS, STOPPED, storeFailure, sum, type Tally, venueFailure } from './outcome.ts'
import { askedFor, ClosingCount, sift } from './rows.ts'

/** Where one account's past comes from and where it goes. */
export interface Desk {
  readonly accountId: AccountId
  readonly venue: VenueHistory
  readonly store: HistoryStore
  readonly clock: Clock
  readonly log: Log
  /** Once it is aborted nothing more is asked of the venue. */
  readonly ending: AbortSignal
}

/** What is written with the last page, so that rows and the word that they are complete are one. */
export interface Sealing {
  /** All that is covered of the kind then; null: this window says nothing about it. */
  readonly coverage: Coverage | null
  readonly job: HistoryJob | null
}

export interface WindowTask {
  readonly kind: HistoryKind
  readonly window: Interval
  /** The venue's clock, ms. */
  readonly now: number
  /** That a span which had rows has none is taken as true. */
  readonly believesEmpty: boolean
  /** Which half goes first when a window has too many pages. */
  readonly first: 'oldest' | 'newest'
  /** Asked right before the last page is written. */
  seal(window: Interval, tally: Tally): Sealing
  /** After it was. */
  sealed(sealing: Sealing): void
}

/** All pages of a window, or of its halves. What was written stays when it fails; what was not sealed is not covered. */
export async function readWindow(desk: Desk, task: WindowTask): Promise<Result<Tally, Failure>> {
  const whole = await readPages(desk, task)
  if (whole.ok || whole.error.reason !== 'too_many_pages') return whole
  const halves = halve(task.window)
  if (halves === null) return whole
  let tally = NO_ROWS
  for (const window of task.first === 'oldest' ? halves : halves.toReversed()) {
    const half = await readWindow(desk, { ...task, window })
    if (!half.ok) return half
    tally = sum(tally, half.value)
  }
  return ok(tally)
}

async function readPages(desk: Desk, task: WindowTask): Promise<Result<Tally, Failure>> {
  const { kind, window } = task
  const count = new ClosingCount()
  const cursors = new Set<string>()
  let cursor: string | null = null
  let tally = NO_ROWS
  while (cursors.size < MAXIMUM_PAGES) {
    if (desk.ending.aborted) return err(STOPPED)
    const page: Result<HistoryPage, Failure> = await readPage(desk, task, cursor)
    if (!page.ok) return page
    const written = await write(desk, task, { page: page.value, count, tally })
    if (!written.ok) return written
    tally = written.value
    cursor = page.value.cursor
    if (cursor === null) return ok(tally)
    if (cursors.has(cursor))
      return err({ reason: 'malformed', message: `${kind}: the venue gave the same cursor twice: ${cursor}` })
    cursors.add(cursor)
  }
  const span = `${new Date(window.from).toISOString()} to ${new Date(window.to).toISOString()}`
  return err({ reason: 'too_many_pages', message: `${kind}: more than ${MAXIMUM_PAGES} pages from ${span}` })
}

async function readPage(
  desk: Desk,
  task: WindowTask,
  cursor: string | null,
): Promise<Result<HistoryPage, Failure>> {
  const { venue, store, accountId } = desk
  const { kind, window, believesEmpty } = task
  const page = await venue.page({ kind, window: askedOf(desk, task), cursor })
  if (!page.ok) return err(venueFailure(page.error))
  const isEmpty = cursor === null && page.value.cursor === null && page.value.found.rows.length === 0
  if (!isEmpty || believesEmpty || venue.rule(kind)?.keepsEveryRow !== true) return page
  const known = await store.count({ accountId, kind, window })
  if (known === 0) return page
  const message = `${kind}: the venue shows nothing where it had ${known} rows before; nothing is removed`
  return err({ reason: 'vanished', message })
}

function askedOf({ venue }: Desk, { kind, window, now }: WindowTask): Interval {
  return askedFor(kind, window, now - (venue.rule(kind)?.lagMs ?? 0))
}

interface PageParts {
  readonly page: HistoryPage
  readonly count: ClosingCount
  /** Of the pages before. */
  readonly tally: Tally
}

async function write(desk: Desk, task: WindowTask, parts: PageParts): Promise<Result<Tally, Failure>> {
  const { accountId, store, log } = desk
  const { kind, window, now } = task
  const { rows, outside, latestAt } = sift(
    parts.page.found,
    { window, asked: askedOf(desk, task) },
    parts.count,
  )
  // No later row could ever correct it.
  if (latestAt !== null && latestAt > now + FUTURE_MS)
    return err({ reason: 'malformed', message: `${kind}: a row from the future: ${latestAt}` })
  if (outside > 0) log.warn('history_rows_outside', { account: accountId, kind, rows: outside })
  // How many are new is known only afterwards; the job tells of the pages before, and of these with the next.
  const seal = parts.page.cursor === null ? task.seal(window, parts.tally) : null
  const coverage = seal === null || seal.coverage === null ? null : { kind, intervals: seal.coverage }
  const unit: HistoryUnit = { accountId, found: rows, coverage, job: seal?.job ?? null }
  const written = await store.commit(unit)
  if (!written.ok) return err(storeFailure(written.error))
  if (seal !== null) task.sealed(seal)
  const { contradictions, ...ingested } = written.value
  for (const { kept, dropped } of contradictions)
    log.warn('history_contradiction', { account: accountId, kind, kept, dropped })
  return ok(sum(parts.tally, ingested))
}
