import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { AccountId } from '../domain/ids.ts'
import { assert } from '../domain/result.ts'
import type { Log } from '../ports/observe.ts'
import { NO_MARKS, type SentMarks } from '../ports/sent-marks.ts'

const SHARED_MEMORY = '/dev/shm'
/** statfs(2) of a file system that is kept in memory: no write waits, and all is gone when the machine starts again. */
const TMPFS = 0x01021994
const DIGITS = 16
const FOR_NOBODY_ELSE = 0o600
const OF_OTHERS = 0o077

const epochsShape = z.record(z.string(), z.number())

interface Marked {
  readonly last: number
  /** Of the leases of the process that marked, by account. */
  readonly epochs: Readonly<Record<string, number>>
}

export interface MarksPlace {
  /** Null: there is none, and nothing is concluded. */
  readonly folder: string | null
  /** Whose orders they are: a copy of it is another one. */
  readonly databasePath: string
  readonly epochs: ReadonlyMap<AccountId, number>
  readonly log: Log
}

/** Where a killed process leaves what it wrote; null: this machine has no such place. */
export function sharedMemory(): string | null {
  try {
    return statfsSync(SHARED_MEMORY).type === TMPFS ? SHARED_MEMORY : null
  } catch {
    return null
  }
}

/** Reads what the process before this one left, and begins this one's own. */
export function openSentMarks({ folder, databasePath, epochs, log }: MarksPlace): SentMarks {
  if (folder === null) return NO_MARKS
  try {
    const { dev, ino } = statSync(databasePath)
    const path = join(folder, `lockstep-${dev}-${ino}.sent`)
    const before = readMarked(path)
    const file = begin(path, epochs)
    let last = 0
    return {
      mark: sequence => {
        // The highest one stands for all before it: whatever the order they leave in, none is called unsent that left.
        if (sequence <= last) return
        last = sequence
        assert(writeSync(file, digits(sequence), 0) === DIGITS, 'what marks an order is written whole')
      },
      neverLeft: ({ accountId, claim, sequence }) =>
        before !== null &&
        claim !== null &&
        before.epochs[accountId] === claim.leaseEpoch &&
        sequence > before.last,
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    log.info('sent_marks_unavailable', {
      message,
      action: 'nothing: what a kill leaves is asked for at the venue',
    })
    return NO_MARKS
  }
}

/** The name is free to take for everybody on the machine: only a file of our own user counts. */
function readMarked(path: string): Marked | null {
  const file = openIfThere(path)
  if (file === null) return null
  try {
    const { uid, mode } = fstatSync(file)
    if (uid !== process.getuid?.() || (mode & OF_OTHERS) !== 0) return null
    const text = readFileSync(file, 'utf8')
    const epochs = epochsShape.safeParse(JSON.parse(text.slice(DIGITS)))
    return epochs.success ? { last: Number(text.slice(0, DIGITS)), epochs: epochs.data } : null
  } catch {
    return null
  } finally {
    closeSync(file)
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch {
    return null
  }
}

/** In one step, so that no death leaves this process's leases beside the marks of the one before. */
function begin(path: string, epochs: ReadonlyMap<AccountId, number>): number {
  const next = `${path}.${process.pid}`
  const file = openSync(
    next,
    constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    FOR_NOBODY_ELSE,
  )
  writeSync(file, `${digits(0)}${JSON.stringify(Object.fromEntries(epochs))}`)
  renameSync(next, path)
  return file
}

function digits(sequence: number): string {
  return String(sequence).padStart(DIGITS, '0')
}
