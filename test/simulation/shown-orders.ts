import type { VenueOrderId } from '../../src/domain/ids.ts'
import type { Cancel, Clock } from '../../src/ports/clock.ts'
import type { VenueReport } from '../../src/ports/venue.ts'

type Settle = (id: VenueOrderId | null) => void

/** Waits for the report or the trade that shows an order. */
export interface Expectation {
  /** The venue's id of it; null when nothing showed it in time, or the stream was lost. */
  shown(forMs: number): Promise<VenueOrderId | null>
  forget(): void
}

/** Which orders of ours a connection has shown while somebody waits for them. */
export class ShownOrders {
  readonly #clock: Clock
  /** By client order id: the venue's, once it is known. */
  readonly #shown = new Map<string, VenueOrderId | null>()
  readonly #settle = new Map<string, Settle>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Before the order leaves: its report may come before its answer. */
  expect(clientOrderId: string): Expectation {
    this.#shown.set(clientOrderId, null)
    return {
      shown: forMs => this.#wait(clientOrderId, forMs),
      forget: () => {
        this.#shown.delete(clientOrderId)
        this.#settle.delete(clientOrderId)
      },
    }
  }

  take(report: VenueReport): void {
    if (report.kind === 'order') this.#show(report.report.clientOrderId, report.report.venueOrderId)
    else if (report.kind === 'fill') this.#show(report.fill.clientOrderId, report.fill.venueOrderId)
  }

  /** What is shown from now on is not heard. */
  lost(): void {
    for (const settle of [...this.#settle.values()]) settle(null)
  }

  #show(clientOrderId: string | null, venueOrderId: VenueOrderId): void {
    if (clientOrderId === null || !this.#shown.has(clientOrderId)) return
    this.#shown.set(clientOrderId, venueOrderId)
    this.#settle.get(clientOrderId)?.(venueOrderId)
  }

  #wait(clientOrderId: string, forMs: number): Promise<VenueOrderId | null> {
    const known = this.#shown.get(clientOrderId) ?? null
    if (known !== null) return Promise.resolve(known)
    return new Promise(resolve => {
      const cancel: Cancel = this.#clock.after(forMs, () => resolve(null))
      this.#settle.set(clientOrderId, id => {
        cancel()
        resolve(id)
      })
    })
  }
}
