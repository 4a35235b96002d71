import type { AuditEntry } from '../../../exchange/core/types.ts'
import type { Write } from '../../../src/ports/store.ts'
import type { Checker, Evidence } from './checker.ts'

/** I13: one writer per account: claims never go back to an older lease, and no order is taken after its deadline. */
export class LeasesChecker implements Checker {
  readonly #evidence: Evidence
  /** By account: the latest lease that a claim was made under. */
  readonly #epochs = new Map<string, number>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  durable(unit: readonly Write[]): void {
    for (const { kind, row } of unit) {
      if (kind !== 'intent_insert' || row.claim === null) continue
      const { leaseEpoch } = row.claim
      const latest = this.#epochs.get(row.accountId) ?? 0
      if (leaseEpoch < latest)
        this.#evidence.violate(
          'I13',
          `${row.clientOrderId} was claimed under lease ${leaseEpoch} after ${latest}`,
        )
      this.#epochs.set(row.accountId, Math.max(latest, leaseEpoch))
    }
  }

  audit(entry: AuditEntry): void {
    if (entry.kind !== 'accepted') return
    const deadlineAt = this.#evidence.ledger.intentOf(entry.clientOrderId)?.claim?.deadlineAt
    if (deadlineAt !== undefined && entry.at > deadlineAt)
      this.#evidence.violate('I13', `${entry.clientOrderId} was accepted after its deadline`)
  }
}
