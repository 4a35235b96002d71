import type { Revocation } from '../ports/authority.ts'

/** Tells those who hold somebody's connections that they are over. */
export class Revocations {
  readonly #listeners = new Set<(revocation: Revocation) => void>()

  /** @returns what ends it */
  listen(listener: (revocation: Revocation) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  tell(revocation: Revocation): void {
    for (const listener of this.#listeners) listener(revocation)
  }
}
