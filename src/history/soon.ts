import type { AccountId } from '../domain/ids.ts'
import type { Cancel, Clock } from '../ports/clock.ts'

/** One account that was reported on: it waits, then it is read. */
interface Soon {
  cancel: Cancel
  isRead: boolean
  /** Something more was reported while it was read, which that may have passed already. */
  again: boolean
}

/** Reads what was reported on a little later, once for all that is reported meanwhile: an account has one entry here. */
export class SoonReads {
  readonly #clock: Clock
  readonly #soon = new Map<AccountId, Soon>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param read settles when it has been read; must not reject */
  report(accountId: AccountId, waitMs: number, read: () => Promise<unknown>): void {
    const known = this.#soon.get(accountId)
    if (known !== undefined) {
      known.again = known.isRead
      return
    }
    const soon: Soon = { cancel: () => {}, isRead: false, again: false }
    this.#soon.set(accountId, soon)
    soon.cancel = this.#clock.after(waitMs, async () => {
      soon.isRead = true
      await read()
      if (this.#soon.get(accountId) !== soon) return
      this.#soon.delete(accountId)
      if (soon.again) this.report(accountId, waitMs, read)
    })
  }

  forget(accountId: AccountId): void {
    this.#soon.get(accountId)?.cancel()
    this.#soon.delete(accountId)
  }

  stop(): void {
    for (const accountId of this.#soon.keys()) this.forget(accountId)
  }
}
