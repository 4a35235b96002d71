import { closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { decimal, formatDecimal, fromUnits } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { applyCommand, type ExchangeCommand } from '../core/command.ts'
import type { Exchange } from '../core/types.ts'

const VERSION = 3

/** What decides an exchange before its first command. */
export interface JournalHead {
  readonly seed: number
  /** Ms. */
  readonly startAt: number
  /** Whose rules it trades by; left out: Bybit's, as in every journal from before there were others. */
  readonly venue?: 'lighter'
}

/**
 * Remembers an exchange across restarts: every command that changed it, in order, a line each.
 *
 * A line is with the system before its command is carried out, so an exchange that is killed has forgotten
 * nothing that a client was told. It is not synced: power loss is not what a paper exchange is for.
 */
export class Journal {
  readonly head: JournalHead
  readonly #path: string
  readonly #file: number
  readonly #past: readonly ExchangeCommand[]
  #recording = false
  #failure: string | null = null

  private constructor(parts: {
    path: string
    head: JournalHead
    file: number
    past: readonly ExchangeCommand[]
  }) {
    this.#path = parts.path
    this.head = parts.head
    this.#file = parts.file
    this.#past = parts.past
  }

  /** Errors are sentences that say what to do. */
  static open(path: string, fresh: JournalHead): Result<Journal, string> {
    if (existsSync(path)) {
      const read = readJournal(path)
      if (read.ok && read.value.head.venue !== fresh.venue)
        return err(
          `${path} is of an exchange with the rules of ${read.value.head.venue ?? 'bybit'}. Name another file, or that venue.`,
        )
      return read.ok ? ok(new Journal({ ...read.value, path, file: openSync(path, 'a') })) : read
    }
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'a')
    writeSync(file, `${JSON.stringify({ version: VERSION, ...fresh })}\n`)
    return ok(new Journal({ path, head: fresh, file, past: [] }))
  }

  /** Nothing has happened yet. */
  get isNew(): boolean {
    return this.#past.length === 0
  }

  /** Makes a new exchange what the former one was. From here on its commands are written down. */
  replay(exchange: Exchange): void {
    for (const command of this.#past) applyCommand(exchange, command)
    this.#recording = true
  }

  /**
   * Bound, because it is handed to the exchange as its `onCommand`. Throws where a line cannot be written
   * whole, and from then on: a command that would be forgotten must not be carried out.
   */
  readonly record = (command: ExchangeCommand): void => {
    if (!this.#recording) return
    this.#failure ??= this.#write(Buffer.from(`${encode(command)}\n`))
    if (this.#failure !== null) throw new Error(this.#failure)
  }

  /** @returns what is wrong, for a person; null: the line is written */
  #write(line: Buffer): string | null {
    try {
      // A disk with room for a part of the line takes that part without an error.
      if (writeSync(this.#file, line) === line.length) return null
      return `${this.#path} cannot be written whole: the disk is full. Free some space and start again.`
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return `${this.#path} cannot be written (${reason}). See to the disk and start again.`
    }
  }

  close(): void {
    if (!this.#recording) return
    this.#recording = false
    closeSync(this.#file)
  }
}

/** Throws with a sentence when it cannot be had. */
export function openJournal(path: string, fresh: JournalHead): Journal {
  const opened = Journal.open(path, fresh)
  if (!opened.ok) throw new Error(opened.error)
  return opened.value
}

function readJournal(path: string): Result<{ head: JournalHead; past: readonly ExchangeCommand[] }, string> {
  const text = readFileSync(path, 'utf8')
  // A kill can cut the last line short: what was not written whole was not carried out, and the next
  // line must not be joined to it.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const [first = '', ...lines] = whole.split('\n').slice(0, -1)
  try {
    const { version, seed, startAt, venue } = JSON.parse(first)
    if (version === VERSION) {
      const past = lines.map(decode)
      if (whole !== text) truncateSync(path, Buffer.byteLength(whole))
      return ok({ head: { seed, startAt, ...(venue === 'lighter' && { venue }) }, past })
    }
  } catch {
    // Told below: a line that cannot be read and a head that is not ours are mended in the same way.
  }
  return err(`${path} is not a journal of this version's exchange. Move it away to begin a new paper world.`)
}

/** Moves of the world are most of all lines: the bare time. Amounts are marked, because JSON has no bigint. */
function encode(command: ExchangeCommand): string {
  if (command.kind === 'advance') return String(command.at)
  return JSON.stringify(command, (_key, value: unknown) =>
    typeof value === 'bigint' ? { amount: formatDecimal(fromUnits(value)) } : value,
  )
}

function decode(line: string): ExchangeCommand {
  const value: unknown = JSON.parse(line, (_key, inner: unknown) =>
    isAmount(inner) ? decimal(inner.amount) : inner,
  )
  // Lines are our own, written by encode; a journal edited by hand fails in the exchange's own checks.
  return typeof value === 'number' ? { kind: 'advance', at: value } : (value as ExchangeCommand)
}

function isAmount(value: unknown): value is { readonly amount: string } {
  return typeof value === 'object' && value !== null && 'amount' in value && typeof value.amount === 'string'
}
