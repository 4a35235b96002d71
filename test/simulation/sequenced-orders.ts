import { err, ok, type Result } from '../../src/domain/result.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Acked, OrderRequest, Taken, VenueError } from '../../src/ports/venue.ts'
import { ANSWER_MARGIN_MS, UNSHOWN_MS } from '../../src/venues/lighter/limits.ts'
import type { FaultTarget } from './fault-kinds.ts'
import type { MeasuredClock } from './measured-clock.ts'
import type { OrderDesk } from './order-desk.ts'
import type { ShownOrders } from './shown-orders.ts'
import type { VenueHost } from './venue-host.ts'
import type { VenueRequests } from './venue-requests.ts'

export interface SequencedOrdersOptions {
  readonly host: VenueHost
  /** The process's. */
  readonly clock: Clock
  readonly venueClock: MeasuredClock
  readonly requests: VenueRequests
  readonly desk: OrderDesk
  readonly shown: ShownOrders
}

/**
 * Orders where a yes says nothing, as Lighter's adapter sends them: acknowledged by what shows them, in doubt when nothing
 * does until the deadline is over, and asked after meanwhile by their transaction, because what fails is told on no stream.
 */
export class SequencedOrders {
  readonly #options: SequencedOrdersOptions

  constructor(options: SequencedOrdersOptions) {
    this.#options = options
  }

  async submit(order: OrderRequest, target: FaultTarget): Promise<Result<Acked, VenueError>> {
    const { requests, shown, clock } = this.#options
    const expectation = shown.expect(order.clientOrderId)
    const behindYes: { failure: VenueError | null } = { failure: null }
    const taken = await requests.command({
      operation: 'order.create',
      deadlineAt: order.claim.deadlineAt,
      target,
      work: () => this.#take(order, target, behindYes),
    })
    if (!taken.ok) {
      expectation.forget()
      return taken
    }
    const failed = Promise.withResolvers<VenueError>()
    const stopAsking = clock.after(UNSHOWN_MS, async () => {
      const failure = await requests.read(() => behindYes.failure)
      if (failure.ok && failure.value !== null) failed.resolve(failure.value)
    })
    const first = await Promise.race([expectation.shown(this.#untilOver(order)), failed.promise])
    stopAsking()
    expectation.forget()
    if (first === null) return err({ kind: 'in_doubt', message: 'taken, but nothing shows the order' })
    return typeof first === 'string' ? ok({ ...taken.value, venueOrderId: first }) : err(first)
  }

  /** What the venue makes of an order that has arrived; what it finds only behind its yes it leaves in `behindYes`. */
  #take(
    order: OrderRequest,
    target: FaultTarget,
    behindYes: { failure: VenueError | null },
  ): Result<Taken, VenueError> {
    const { host, desk } = this.#options
    const { faults } = host
    if (faults.hit('nonceTaken', target)) {
      // Behind one that failed without its number: not its turn. Or used by somebody else: that proves nothing.
      if (faults.upTo(2) === 1) return err({ kind: 'in_doubt', message: 'its nonce is used' })
      behindYes.failure = { kind: 'not_sent', message: 'it was not its turn' }
      return ok(this.#taken())
    }
    if (faults.hit('takenAndLost', target)) return ok(this.#taken())
    const placed = desk.place(order)
    if (!placed.ok) {
      if (placed.error.behindYes === null || !faults.hit('refusedByReport', target))
        return err(placed.error.error)
      behindYes.failure = placed.error.error
    }
    return ok(this.#taken())
  }

  #taken(): Taken {
    const now = this.#options.clock.now()
    return { sentAt: now, ackedAt: now }
  }

  #untilOver({ claim }: OrderRequest): number {
    const now = this.#options.venueClock.now() ?? claim.deadlineAt
    return Math.max(ANSWER_MARGIN_MS, claim.deadlineAt - now + ANSWER_MARGIN_MS)
  }
}
