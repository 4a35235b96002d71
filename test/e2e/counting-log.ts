import type { Log, LogFields } from '../../src/ports/observe.ts'

/** Counts warnings and errors by event, so that a long run can say what it met. */
export class CountingLog implements Log {
  readonly counts = new Map<string, number>()
  readonly #print: (line: string) => void

  /** @param print gets the errors as they come */
  constructor(print: (line: string) => void) {
    this.#print = print
  }

  debug(): void {}

  info(): void {}

  warn(event: string, fields: LogFields = {}): void {
    const name = event === 'notice' ? `notice ${String(fields['code'])}` : event
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  error(event: string, fields: LogFields = {}): void {
    this.warn(event, fields)
    this.#print(`error: ${event} ${JSON.stringify(fields)}`)
  }
}
