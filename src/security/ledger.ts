import { err, ok, type Result } from '../domain/result.ts'
import type { Revocation } from '../ports/authority.ts'
import type { Log } from '../ports/observe.ts'
import type { RecordWrite } from '../ports/records.ts'
import type { StoreError } from '../ports/store.ts'
import type { AuditChain } from './audit-chain.ts'
import type { Act } from './audit-entry.ts'
import type { Refusal } from './refusal.ts'
import type { Revocations } from './revocations.ts'
import type { SecurityState } from './state.ts'

/** Makes one unit durable: the store's own commit. */
export type Commit = (unit: readonly RecordWrite[]) => Promise<Result<void, StoreError>>

/** What a command does, decided by what is in memory when its turn has come. */
export interface Plan<T> {
  /** Null: nothing that a person would want to know of. */
  readonly act: Act | null
  readonly writes: readonly RecordWrite[]
  readonly value: T
  /** Whose connections end after it. */
  readonly revokes?: readonly Revocation[]
}

interface LedgerParts {
  readonly chain: AuditChain
  readonly state: SecurityState
  readonly commit: Commit
  readonly revocations: Revocations
  readonly log: Log
}

/** The one way in which people's state changes: a unit with its audit row, then memory, then who is told. */
export class Ledger {
  readonly #chain: AuditChain
  readonly #state: SecurityState
  readonly #commit: Commit
  readonly #revocations: Revocations

  readonly #log: Log

  constructor(parts: LedgerParts) {
    this.#chain = parts.chain
    this.#state = parts.state
    this.#commit = parts.commit
    this.#revocations = parts.revocations
    this.#log = parts.log
  }

  /** @returns the plan's value after it is durable; memory is as it was in every other case */
  async run<T>(decide: () => Result<Plan<T>, Refusal>): Promise<Result<T, Refusal>> {
    const ran = await this.#chain.run<T, Refusal>(() => {
      const decided = decide()
      if (!decided.ok) return decided
      const plan = decided.value
      return ok({ act: plan.act, value: plan.value, commit: rows => this.#carryOut(plan, rows) })
    })
    if (ran.ok) return ran
    if (!('kind' in ran.error)) return err(ran.error)
    this.#log.warn('people_not_changed', ran.error)
    return err(storeRefusal(ran.error))
  }

  async #carryOut(
    { writes, revokes = [] }: Plan<unknown>,
    rows: readonly RecordWrite[],
  ): Promise<Result<void, StoreError>> {
    const unit = [...writes, ...rows]
    const committed = unit.length === 0 ? ok() : await this.#commit(unit)
    if (!committed.ok) return committed
    this.#state.apply(writes)
    for (const revocation of revokes) this.#revocations.tell(revocation)
    return committed
  }
}

/** The store's own words are for the log alone: they may name paths. */
function storeRefusal(error: StoreError): Refusal {
  if (error.kind === 'conflict') {
    const message = 'Somebody else changed it at the same time. Look at it and try again.'
    return { code: 'conflict', message, retryAfterMs: null }
  }
  const message = 'The database cannot take anything now. Look at /health, and try again.'
  return { code: 'unavailable', message, retryAfterMs: 1_000 }
}
