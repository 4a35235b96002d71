/**
 * The nonces of one API key. The API takes a transaction whose nonce is the next one; the sequencer carries it out
 * later, and takes it only when every nonce before it was used. Some refusals of the sequencer use no nonce: then those
 * that were taken behind it fail as well (apidocs.lighter.xyz, "Troubleshooting", invalid nonce).
 */
export class KeyNonces {
  /** The next that the API takes, and what `nextNonce` tells. */
  #next: number
  /** The next that the sequencer carries out. */
  #due: number
  /** Used by somebody else, and not reached by the sequencer yet. */
  readonly #foreign = new Set<number>()

  constructor(first = 0) {
    this.#next = first
    this.#due = first
  }

  get next(): number {
    return this.#next
  }

  /** @param mayLeaveOut the transaction's attribute that allows a gap. @returns whether the API takes it */
  accept(nonce: number, mayLeaveOut: boolean): boolean {
    if (mayLeaveOut ? nonce < this.#next : nonce !== this.#next) return false
    this.#next = nonce + 1
    return true
  }

  /** @returns whether it is this one's turn in the sequencer */
  isDue(nonce: number, mayLeaveOut: boolean): boolean {
    return mayLeaveOut ? nonce >= this.#due : nonce === this.#due
  }

  use(nonce: number): void {
    this.#due = nonce + 1
    this.#passForeign()
  }

  /** Carried out without its nonce: the API goes back to where the sequencer stands. */
  fallBack(): void {
    this.#next = this.#due
  }

  /** Somebody else uses the next one. */
  giveAway(): void {
    this.#foreign.add(this.#next)
    this.#next += 1
    this.#passForeign()
  }

  #passForeign(): void {
    while (this.#foreign.delete(this.#due)) this.#due += 1
  }
}
