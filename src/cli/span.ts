import { err, ok, type Result } from '../domain/result.ts'
import { EXIT, type Failure } from './exit-codes.ts'

export const FROM = 'from this day or time on, like 2026-01-31, UTC'
export const TO = 'before this day or time, UTC'

export interface SpanFlags {
  readonly from?: string
  readonly to?: string
}

/** @returns `from` and `to` in ms, as queries have them, those that are given */
export function spanOf(flags: SpanFlags): Result<URLSearchParams, Failure> {
  const query = new URLSearchParams()
  for (const side of ['from', 'to'] as const) {
    const text = flags[side]
    if (text === undefined) continue
    const at = Date.parse(text)
    if (Number.isNaN(at))
      return err({ message: `--${side} ${text}: expected a date like 2026-01-31.`, exitCode: EXIT.usage })
    query.set(side, String(at))
  }
  return ok(query)
}
