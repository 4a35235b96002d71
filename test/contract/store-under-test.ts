import type { Store } from '../../src/ports/store.ts'

export interface StoreUnderTest {
  readonly store: Store
  /** Closes it, and opens what it left. */
  reopen(): Promise<StoreUnderTest>
  /** Closes it and leaves nothing behind. */
  discard(): Promise<void>
}
