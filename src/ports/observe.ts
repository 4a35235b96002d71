/** Structured, redacted lines. Logged once, where the effect happens; `event` is stable snake_case. */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} }
