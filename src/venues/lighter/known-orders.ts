import type { Decimal } from '../../domain/decimal.ts'
import type { ClientOrderId, VenueOrderId } from '../../domain/ids.ts'
import type { Cancel, Clock } from '../../ports/clock.ts'
import type { ExecutionReport, VenueReport } from '../../ports/venue.ts'
import { MAXIMUM_KNOWN_ORDERS } from './limits.ts'

/** Waits for what shows that an order was executed. */
export interface Expectation {
  /** The venue's id as soon as anything shows it; null when nothing did within `forMs`, or the stream was lost. */
  shown(forMs: number): Promise<VenueOrderId | null>
  forget(): void
}

interface Waiting {
  shown: VenueOrderId | null
  settle: ((id: VenueOrderId | null) => void) | null
}

/** What the account's reports have shown of orders: that they exist, and how big they are. */
export class KnownOrders {
  readonly #clock: Clock
  readonly #waiting = new Map<ClientOrderId, Waiting>()
  /** By venue order id; the oldest goes first. */
  readonly #sizes = new Map<VenueOrderId, Decimal>()
  /** Orders that this process sent: their trades need not wait for their reports. */
  readonly #sent = new Map<ClientOrderId, Decimal>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Before it is sent, because its report may come before its answer. */
  expect(clientOrderId: ClientOrderId, quantity: Decimal): Expectation {
    keep(this.#sent, clientOrderId, quantity)
    const waiting: Waiting = { shown: null, settle: null }
    this.#waiting.set(clientOrderId, waiting)
    return {
      shown: forMs => this.#wait(waiting, forMs),
      forget: () => {
        if (this.#waiting.get(clientOrderId) === waiting) this.#waiting.delete(clientOrderId)
      },
    }
  }

  /** An order of ours that is only taken by the API is not shown by that. */
  take(report: VenueReport): void {
    if (report.kind === 'order') this.takeOrder(report.report)
    else if (report.kind === 'fill') this.#show(report.fill.clientOrderId, report.fill.venueOrderId)
  }

  takeOrder({ clientOrderId, venueOrderId, quantity, status }: ExecutionReport): void {
    keep(this.#sizes, venueOrderId, quantity)
    if (status !== 'created') this.#show(clientOrderId, venueOrderId)
  }

  sizeOf(venueOrderId: VenueOrderId, clientOrderId: ClientOrderId | null): Decimal | undefined {
    const sent = clientOrderId === null ? undefined : this.#sent.get(clientOrderId)
    return sent ?? this.#sizes.get(venueOrderId)
  }

  /** Nothing will be shown for now: who waits is told so. */
  lost(): void {
    for (const { settle } of this.#waiting.values()) settle?.(null)
  }

  #show(clientOrderId: ClientOrderId | null, venueOrderId: VenueOrderId): void {
    const waiting = clientOrderId === null ? undefined : this.#waiting.get(clientOrderId)
    if (waiting === undefined) return
    waiting.shown = venueOrderId
    waiting.settle?.(venueOrderId)
  }

  #wait(waiting: Waiting, forMs: number): Promise<VenueOrderId | null> {
    if (waiting.shown !== null) return Promise.resolve(waiting.shown)
    return new Promise(resolve => {
      const cancel: Cancel = this.#clock.after(forMs, () => waiting.settle?.(null))
      waiting.settle = id => {
        waiting.settle = null
        cancel()
        resolve(id)
      }
    })
  }
}

function keep<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= MAXIMUM_KNOWN_ORDERS) return
    map.delete(oldest)
  }
}
