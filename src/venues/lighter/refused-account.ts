import type { AccountId } from '../../domain/ids.ts'
import { err, type Result } from '../../domain/result.ts'
import type { AccountListener, VenueAccount, VenueError } from '../../ports/venue.ts'
import { type Refusal, refusedHere } from './errors.ts'

/** An account whose credential says nothing: it is refused as the venue would refuse a wrong key, and says why. */
export class RefusedAccount implements VenueAccount {
  readonly accountId: AccountId
  readonly #error: Refusal

  constructor(accountId: AccountId, message: string) {
    this.accountId = accountId
    this.#error = refusedHere('key', message)
  }

  open(listener: AccountListener): void {
    queueMicrotask(() => listener.stream({ kind: 'refused', error: this.#error }))
  }

  async close(): Promise<void> {}

  isAlive(): boolean {
    return false
  }

  stamp(): Result<never, VenueError> {
    return err(this.#error)
  }

  budgetWaitMs(): number {
    return 0
  }

  submit = () => this.#refuse()
  cancel = () => this.#refuse()
  find = () => this.#refuse()
  snapshot = () => this.#refuse()
  executions = () => this.#refuse()
  setLeverage = () => this.#refuse()
  permissions = () => this.#refuse()

  async #refuse(): Promise<Result<never, VenueError>> {
    return err(this.#error)
  }
}
