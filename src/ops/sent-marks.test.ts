import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { AccountId } from '../domain/ids.ts'
import { must } from '../domain/result.ts'
import { anOrder } from '../logic/testing/builders.ts'
import { SILENT } from '../ports/observe.ts'
import { openSentMarks } from './sent-marks.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-marks-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'lockstep.db'), '')
})

const { accountId } = anOrder('1')
const claimed = (sequence: number, leaseEpoch: number) => {
  const claim = { route: 'stream', venueTimestamp: 0, deadlineAt: 0, sendBefore: 0, leaseEpoch } as const
  return anOrder('1', { sequence, claim })
}

/** A process that begins, with this lease of the account. */
function begin(epoch: number, account: AccountId = accountId) {
  const databasePath = join(folder, 'lockstep.db')
  return openSentMarks({ folder, databasePath, epochs: new Map([[account, epoch]]), log: SILENT })
}

test('[HG73] what a process had not marked when it died never left; what it had, may have', () => {
  const first = begin(1)
  expect(first.neverLeft(claimed(5, 0))).toBe(false)
  first.mark(5)
  const second = begin(2)
  expect([5, 6].map(sequence => second.neverLeft(claimed(sequence, 1)))).toEqual([false, true])
})

test('[HG73] nothing is concluded of what another process claimed, or another store', () => {
  begin(1)
  begin(2).mark(7)
  const third = begin(3)
  // Of the first one nothing is known any more: whether it had marked them is overwritten.
  expect([1, 2].map(epoch => third.neverLeft(claimed(8, epoch)))).toEqual([false, true])
  rmSync(join(folder, 'lockstep.db'))
  writeFileSync(join(folder, 'other'), '')
  writeFileSync(join(folder, 'lockstep.db'), '')
  expect(begin(4).neverLeft(claimed(8, 3))).toBe(false)
})

test('[HG73] a file that is not whole, or that others may write, tells nothing', () => {
  begin(1)
  const name = must(
    readdirSync(folder).find(each => each.endsWith('.sent')),
    'the marks',
  )
  chmodSync(join(folder, name), 0o666)
  expect(begin(2).neverLeft(claimed(9, 1))).toBe(false)
  const again = must(
    readdirSync(folder).find(each => each.endsWith('.sent')),
    'the marks',
  )
  writeFileSync(join(folder, again), '000')
  expect(begin(3).neverLeft(claimed(9, 2))).toBe(false)
  const log = SILENT
  const nowhere = openSentMarks({
    folder: null,
    databasePath: join(folder, 'lockstep.db'),
    epochs: new Map(),
    log,
  })
  nowhere.mark(1)
  expect(nowhere.neverLeft(claimed(9, 3))).toBe(false)
})
