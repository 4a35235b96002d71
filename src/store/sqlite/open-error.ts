import { dirname } from 'node:path'
import { faultOf, messageOf } from './database-error.ts'

/** Why a database was not opened. Nothing in it was changed. `message` says what to do. */
export interface OpenError {
  readonly kind:
    | 'locked'
    | 'not_a_database'
    | 'corrupt'
    | 'newer_version'
    | 'unfinished'
    | 'not_writable'
    | 'disk_full'
    | 'failed'
  readonly message: string
}

/** @param holder pid of the process that has it; null: not known */
export function lockedBy(path: string, holder: number | null): OpenError {
  const who = holder === null ? 'Another process' : `Another process (pid ${holder})`
  return { kind: 'locked', message: `${who} has ${path} open. Stop it first, or use another data folder.` }
}

export function notOurs(path: string): OpenError {
  return {
    kind: 'not_a_database',
    message: `${path} is not a Lockstep database. Name another file, or move this one away to start anew.`,
  }
}

export function corrupt(path: string, detail: string): OpenError {
  return {
    kind: 'corrupt',
    message: `${path} is damaged (${detail}). Keep it aside together with its -wal file, and restore a backup.`,
  }
}

export function newerVersion(path: string, found: number, known: number): OpenError {
  return {
    kind: 'newer_version',
    message: `${path} has schema version ${found}, written by a newer Lockstep; this one knows up to version ${known}. Run the newer release, or restore the backup that its migration made.`,
  }
}

/** @param found the schema that its release knows */
export function unfinished(path: string, found: number): OpenError {
  return {
    kind: 'unfinished',
    message: `${path} was left by a Lockstep of schema version ${found} that did not stop in order. Start that release once more and stop it, then start this one.`,
  }
}

export function openErrorOf(error: unknown, path: string): OpenError {
  const detail = messageOf(error)
  const folder = dirname(path)
  switch (faultOf(error)) {
    case 'not_a_database':
      return notOurs(path)
    case 'corrupt':
      return corrupt(path, detail)
    case 'busy':
      return lockedBy(path, null)
    case 'read_only':
      return {
        kind: 'not_writable',
        message: `${folder} cannot be written to (${detail}). Give this user the right to write there, or use another data folder.`,
      }
    case 'full':
      return {
        kind: 'disk_full',
        message: `The disk that holds ${folder} is full. Free some space, then start again.`,
      }
    default:
      return { kind: 'failed', message: `${path} cannot be opened: ${detail}` }
  }
}
