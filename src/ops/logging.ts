import pino, { type DestinationStream } from 'pino'
import { unreachable } from '../domain/result.ts'
import type { Log, LogFields } from '../ports/observe.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'
export type LogFormat = 'json' | 'pretty'

/** What waits for a reader of stderr that has stopped reading, bytes; beyond it lines are dropped. */
const MAXIMUM_WAITING_BYTES = 4 * 1024 * 1024
/** How often a last line is offered to a reader that takes nothing, a tenth of a second apart. */
const LAST_TRIES = 10
const STDERR = 2
const HIDDEN = '[hidden]'
const SECRET_WORDS: ReadonlySet<string> = new Set([
  'key',
  'apikey',
  'secret',
  'signature',
  'sign',
  'token',
  'password',
  'passphrase',
])

export interface ProcessLog extends Log {
  /** Writes what still waits; to be called before the process ends. */
  flush(): void
}

/** Lines on stderr, so that stdout stays the command's own. */
export function createProcessLog(options: { level: LogLevel; format: LogFormat }): ProcessLog {
  // Not synchronous: a terminal or pipe that stalls must not stall an order.
  let triesLeft = Number.POSITIVE_INFINITY
  const hurry = (): void => {
    triesLeft = LAST_TRIES
  }
  const retryEAGAIN = (): boolean => {
    triesLeft -= 1
    return triesLeft >= 0
  }
  // Before pino's own, which would offer its lines to a reader that stands still until the end of time.
  process.once('exit', hurry)
  const stderr = pino.destination({
    dest: STDERR,
    sync: false,
    maxLength: MAXIMUM_WAITING_BYTES,
    retryEAGAIN,
  })
  // A reader that went away (EPIPE) is no reason to stop trading.
  stderr.on('error', () => {})
  const flush = (): void => {
    hurry()
    flushQuietly(stderr)
  }
  return { ...createLog({ ...options, destination: stderr }), flush }
}

/** One line per call: JSON with level, time (ISO 8601), event and fields, or the same as plain text. */
export function createLog(options: {
  level: LogLevel
  format: LogFormat
  destination: DestinationStream
}): Log {
  const { level, format, destination } = options
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }), log: redact },
    },
    lineFormat(format, destination),
  )
  return {
    debug: (event, fields = {}) => logger.debug(fields, event),
    info: (event, fields = {}) => logger.info(fields, event),
    warn: (event, fields = {}) => logger.warn(fields, event),
    error: (event, fields = {}) => logger.error(fields, event),
  }
}

/** Hides by name: apiKey, api_secret and accessToken as well as key, secret and token. */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  const shown = Object.entries(fields).map(([name, value]) => [name, isSecretName(name) ? HIDDEN : value])
  return Object.fromEntries(shown)
}

function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z0-9]+/)
  return words.some(word => SECRET_WORDS.has(word.toLowerCase()))
}

function lineFormat(format: LogFormat, destination: DestinationStream): DestinationStream {
  switch (format) {
    case 'json':
      return destination
    case 'pretty':
      return { write: line => destination.write(prettyLine(line)) }
    default:
      return unreachable(format)
  }
}

/** `07:31:02.114 info  session_live account=follower-1 offsetMs=12` from pino's own JSON line. */
function prettyLine(line: string): string {
  const { level, time, event, ...fields }: LogFields = JSON.parse(line)
  const clock = String(time).slice(11, 23)
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${prettyValue(value)}`)
  return `${[clock, String(level).padEnd(5), event, ...pairs].join(' ')}\n`
}

/** Quoted where a space or a line break would make two of one. */
function prettyValue(value: unknown): string {
  const text = String(value)
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}

function flushQuietly(stderr: { flushSync(): void }): void {
  try {
    stderr.flushSync()
  } catch {
    // Nobody reads any more: there is no place left to say so.
  }
}
