import { BoundedLog } from './bounded-log.ts'
import type { AuditEntry, AuditFact } from './types.ts'

type Listener = (entry: AuditEntry) => void

/**
 * The judge's book: what was received, accepted, refused, filled and ended, in the order it happened.
 * Listeners hear an entry in the middle of a command, so they must not give commands themselves.
 */
export class AuditLog {
  readonly #entries: BoundedLog<AuditEntry>
  readonly #listeners = new Set<Listener>()

  constructor(limit: number) {
    this.#entries = new BoundedLog(limit)
  }

  add(fact: AuditFact): void {
    const entry: AuditEntry = { ...fact, number: this.#entries.count + 1 }
    this.#entries.push(entry)
    for (const listener of this.#listeners) listener(entry)
  }

  after(number: number, limit: number): readonly AuditEntry[] {
    return this.#entries.after(number, limit)
  }

  onEntry(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
