import { err, ok, type Result } from '../../src/domain/result.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { RefusalReason, VenueError } from '../../src/ports/venue.ts'
import type { Fault, FaultTarget } from './fault-kinds.ts'
import type { Operation } from './faults.ts'
import type { VenueHost } from './venue-host.ts'

export interface Command<T> {
  readonly operation: Operation
  /** The venue's clock, ms: it is refused after that. */
  readonly deadlineAt: number
  readonly target: FaultTarget
  readonly work: () => Result<T, VenueError>
}

interface VenueRequestsOptions {
  /** On the exchange. */
  readonly name: string
  readonly host: VenueHost
  /** The process's. */
  readonly clock: Clock
}

/** The way of one account's requests to the venue, and of its answers back. */
export class VenueRequests {
  readonly #name: string
  readonly #host: VenueHost
  readonly #clock: Clock
  #currentUntil = Number.NEGATIVE_INFINITY

  constructor({ name, host, clock }: VenueRequestsOptions) {
    this.#name = name
    this.#host = host
    this.#clock = clock
  }

  /** The way there is the world's: it goes on when the process has died. The way back is the process's. */
  command<T>({ operation, deadlineAt, target, work }: Command<T>): Promise<Result<T, VenueError>> {
    const { faults, clock } = this.#host
    const fate = faults.request(operation, target)
    return new Promise(resolve => {
      if (fate.answerMs === null)
        this.#clock.after(fate.giveUpMs, () => resolve(err({ kind: 'in_doubt', message: 'no answer' })))
      if (fate.travelMs === null) return
      clock.after(fate.travelMs, () => {
        const answer = this.#barred(operation, deadlineAt, target) ?? work()
        if (fate.answerMs !== null) this.#clock.after(fate.answerMs, () => resolve(answer))
      })
    })
  }

  /** What the venue asks before it looks at a command. @returns its no */
  #barred(operation: Operation, deadlineAt: number, target: FaultTarget): Result<never, VenueError> | null {
    const { faults, addressRefused, kind, exchange } = this.#host
    const isOrder = operation === 'order.create'
    const no = (fault: Fault, reason: RefusalReason, code: string): Result<never, VenueError> => {
      if (isOrder) faults.note(fault, target)
      return err({ kind: 'refused', reason, code, message: fault })
    }
    // Nobody answers, and nothing is done.
    if (kind.proof === 'report' && exchange.maintenance) {
      if (isOrder) faults.note('underMaintenance', target)
      return err({ kind: 'in_doubt', message: 'no answer' })
    }
    if (addressRefused) return no('addressBarred', 'address', '10010')
    if (this.#host.keyOf(this.#name) !== 'good') return no('keyCannotTrade', 'key', '10005')
    if (this.#host.now() > deadlineAt) return no('refusedAfterDeadline', 'time_window', '10002')
    const isLimited = isOrder && faults.hit('rateLimited', target)
    return isLimited
      ? err({ kind: 'refused', reason: 'rate_limited', code: '10006', message: 'limit' })
      : null
  }

  /** For a while no answer is behind: of an untrue list and a late replica at once nothing could be told. */
  stayCurrent(forMs: number): void {
    this.#currentUntil = this.#clock.monotonic() + forMs
  }

  read<T>(answer: (asOf: number) => T): Promise<Result<T, VenueError>> {
    const { faults, kind } = this.#host
    const target = { account: this.#name }
    const { travelMs, answerMs } = faults.request('read', target)
    return new Promise(resolve => {
      this.#clock.after(travelMs ?? 0, () => {
        const mayLag = this.#clock.monotonic() > this.#currentUntil
        const behindMs =
          mayLag && faults.hit('readStale', target) ? faults.upTo(kind.capability.queryLagMs) : 0
        const isBarred = this.#host.addressRefused || this.#host.keyOf(this.#name) === 'revoked'
        const value: Result<T, VenueError> =
          isBarred || this.#host.exchange.maintenance || faults.hit('readFailed', target)
            ? err({ kind: 'unavailable', message: 'no answer' })
            : ok(answer(this.#host.now() - behindMs))
        this.#clock.after(answerMs ?? 0, () => resolve(value))
      })
    })
  }
}
