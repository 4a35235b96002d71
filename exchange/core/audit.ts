import type { AuditEntry, AuditFact } from './audit-fact.ts'
import { BoundedLog } from './bounded-log.ts'

type Listener = (entry: AuditEntry) => void

/**
 * The judge's book: what was received, accepted, refused, filled and ended, in the order it happened.
 * Listeners hear an entry in the middle of a command, so they must not give commands themselves.
 */
export class AuditLog {
  /** Without their numbers: few entries are ever read, and a copy of each would cost more than all else here. */
  readonly #facts: BoundedLog<AuditFact>
  readonly #listeners = new Set<Listener>()

  constructor(limit: number) {
    this.#facts = new BoundedLog(limit)
  }

  add(fact: AuditFact): void {
    this.#facts.push(fact)
    if (this.#listeners.size === 0) return
    const entry = { ...fact, number: this.#facts.count }
    for (const listener of this.#listeners) listener(entry)
  }

  after(number: number, limit: number): readonly AuditEntry[] {
    const first = Math.max(number, this.#facts.forgotten) + 1
    return this.#facts.after(number, limit).map((fact, index) => ({ ...fact, number: first + index }))
  }

  onEntry(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
