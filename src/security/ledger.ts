import { err, ok, type Result } from '../domain/result.ts'
import type { Revocation } from '../ports/authority.ts'
import type { Log } from '../ports/observe.ts'
import type { RecordWrite } from '../ports/records.ts'
import type { StoreError } from '../ports/store.ts'
import type { AuditChain, CommitFailure, CommitWith } from './audit-chain.ts'
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
    const ran = await this.#chain.run<T, StoreError, Refusal>(() => {
      const decided = decide()
      if (!decided.ok) return decided
      const { act, writes, value, revokes = [] } = decided.value
      return ok({
        act,
        commit: async rows => {
          const unit = [...writes, ...rows]
          const committed = unit.length === 0 ? ok() : await this.#commit(unit)
          return committed.ok ? ok(this.#carriedOut({ writes, revokes, value })) : committed
        },
      })
    })
    if (ran.ok) return ran
    if (!('kind' in ran.error)) return err(ran.error)
    this.#log.warn('people_not_changed', ran.error)
    return err(storeRefusal(ran.error))
  }

  /**
   * For rooms with rows of their own to commit: `commit` makes both durable as one unit. The next act waits for it,
   * so it must not wait for another act itself.
   */
  async runWith<T, F extends CommitFailure>(options: {
    readonly act: Act
    readonly decide: () => Result<Pick<Plan<unknown>, 'writes' | 'revokes'>, Refusal>
    readonly commit: CommitWith<T, F>
  }): Promise<Result<T, F | StoreError | Refusal>> {
    const { act, decide, commit } = options
    return this.#chain.run<T, F, Refusal>(() => {
      const decided = decide()
      if (!decided.ok) return decided
      const { writes, revokes = [] } = decided.value
      return ok({
        act,
        commit: async rows => {
          const committed = await commit([...writes, ...rows])
          return committed.ok ? ok(this.#carriedOut({ writes, revokes, value: committed.value })) : committed
        },
      })
    })
  }

  #carriedOut<T>({ writes, revokes, value }: Omit<Required<Plan<T>>, 'act'>): T {
    this.#state.apply(writes)
    for (const revocation of revokes) this.#revocations.tell(revocation)
    return value
  }
}

/** The store's own words are for the log alone: they may name paths. */
export function storeRefusal(error: StoreError): Refusal {
  if (error.kind === 'conflict') {
    const message = 'Somebody else changed it at the same time. Look at it and try again.'
    return { code: 'conflict', message, retryAfterMs: null }
  }
  const message = 'The database cannot take anything now. Look at /health, and try again.'
  return { code: 'unavailable', message, retryAfterMs: 1_000 }
}
