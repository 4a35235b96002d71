/** What a transaction said of its order and the exchange core has no place for. */
export interface OrderNote {
  readonly account: string
  readonly clientOrderId: string
  readonly symbol: string
  /** Wall clock, ms; 0: none. */
  readonly orderExpiry: number
  /** The transaction's. */
  readonly nonce: number
  /** The order ended because its time had come. */
  expired: boolean
}

/** Orders whose notes are kept; the oldest is forgotten first. */
const MAXIMUM_NOTES = 200_000

/** By account and client order index, which is never used twice. Written before the order is made, because its reports come with it. */
export class OrderNotes {
  readonly #notes = new Map<string, OrderNote>()
  /** Those that may still have to be ended. */
  readonly #expiring = new Set<OrderNote>()

  write(note: OrderNote): void {
    const [oldest] = this.#notes.keys()
    if (this.#notes.size >= MAXIMUM_NOTES && oldest !== undefined) this.#notes.delete(oldest)
    this.#notes.set(`${note.account} ${note.clientOrderId}`, note)
    if (note.orderExpiry > 0) this.#expiring.add(note)
  }

  of(account: string, clientOrderId: string): OrderNote | undefined {
    return this.#notes.get(`${account} ${clientOrderId}`)
  }

  /** Those whose time has come, each once. @param now wall clock, ms */
  due(now: number): readonly OrderNote[] {
    const due = [...this.#expiring].filter(note => note.orderExpiry <= now)
    for (const note of due) this.#expiring.delete(note)
    return due
  }

  /** An order that has ended needs no clock any more. */
  settle(account: string, clientOrderId: string): void {
    const note = this.of(account, clientOrderId)
    if (note !== undefined) this.#expiring.delete(note)
  }
}
