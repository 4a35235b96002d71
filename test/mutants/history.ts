import type { Mutant } from './mutant.ts'

const ACCOUNT = 'src/history/account.ts'
const WINDOWS = 'src/logic/coverage/windows.ts'
const READ_WINDOW = 'src/history/read-window.ts'

/** What venues remember: rows, and the word that they are complete. */
export const HISTORY: readonly Mutant[] = [
  {
    name: 'overlap-forgotten',
    mistake: 'A cycle begins at the covered end: what the venue showed late is never looked for.',
    file: 'src/history/limits.ts',
    find: 'export const OVERLAP_MS = 5 * MINUTE_MS',
    replace: 'export const OVERLAP_MS = 0 * MINUTE_MS',
    breaks: ['I16'],
  },
  {
    name: 'last-page-dropped',
    mistake: 'The rows of a page without a next cursor are not written.',
    file: READ_WINDOW,
    find: 'const unit: HistoryUnit = { accountId, found: rows, coverage, job: seal?.job ?? null }',
    replace:
      'const isLast = parts.page.cursor === null && parts.tally.added > 0\n  const unit: HistoryUnit = { accountId, found: isLast ? null : rows, coverage, job: seal?.job ?? null }',
    breaks: ['I16'],
  },
  {
    name: 'covered-before-its-rows',
    mistake: 'A window is called complete with its first page.',
    file: READ_WINDOW,
    find: 'const seal = parts.page.cursor === null ? task.seal(window, parts.tally) : null',
    replace: 'const seal = task.seal(window, parts.tally)',
    breaks: ['I16'],
  },
  {
    name: 'stored-row-never-changes',
    mistake: 'A row that is there already stays as it is, whatever the venue says of it later.',
    file: 'src/store/history/ingest.ts',
    find: 'return { write: laterBy >= 0, dispute:',
    replace: 'return { write: false, dispute:',
    breaks: ['I16'],
  },
  {
    name: 'ended-orders-not-followed',
    mistake: 'Nobody asks what became of an order that was open once and is listed no more.',
    file: ACCOUNT,
    find: 'const followed = await this.#orders.follow(now)',
    replace: 'const followed = NOTHING_LISTED',
    breaks: ['I16'],
  },
  {
    name: 'late-rows-called-complete',
    mistake: 'A window is read up to now, where the venue may still show rows late.',
    file: WINDOWS,
    find: 'const to = Math.floor(now - rule.lagMs)\n  const last',
    replace: 'const to = Math.floor(now)\n  const last',
    breaks: ['I16'],
  },
  {
    name: 'open-orders-called-complete',
    mistake: 'Orders are complete as far as history was read, whether those that rest were listed or not.',
    file: ACCOUNT,
    find: "if (kind !== 'orders') return { from, to }\n    const lagMs",
    replace: 'if (from <= to) return { from, to }\n    const lagMs',
    breaks: ['I16'],
  },
  {
    name: 'closings-counted-by-page',
    mistake:
      'Closings that nothing tells apart are counted anew on every page: one takes the place of another.',
    file: READ_WINDOW,
    find: '{ page: page.value, count, tally }',
    replace: '{ page: page.value, count: new ClosingCount(), tally }',
    breaks: ['I16'],
  },
  {
    name: 'failed-window-passed-over',
    mistake: 'A window that could not be read is left behind, and the later ones go on.',
    file: ACCOUNT,
    find: 'if (!read.ok) return read\n      tally = sum(tally, read.value)',
    replace: 'if (read.ok) tally = sum(tally, read.value)',
    breaks: ['I16'],
  },
]
