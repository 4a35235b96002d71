import type { VenueOrderId } from '../domain/ids.ts'
import type { ExecutionReport } from '../ports/venue.ts'

/** Done orders that are still shown: so many, and none that ended longer ago. */
export const DONE_ORDERS = 200
const DONE_ORDERS_KEPT_MS = 24 * 60 * 60_000
/** An order that was heard of this shortly before a snapshot is known better than the snapshot knows it. */
const SNAPSHOT_MARGIN_MS = 1_000

/** How far an order has come: what is less far came earlier, whenever it arrives. */
const PROGRESS: Record<ExecutionReport['status'], number> = {
  created: 0,
  open: 1,
  filled: 2,
  canceled: 2,
  rejected: 2,
}

/** Every order of an account as the venue last told of it, whoever placed it: live ones, and the last done ones. */
export class SeenOrders {
  readonly #live = new Map<VenueOrderId, ExecutionReport>()
  /** In the order in which they ended. */
  readonly #done = new Map<VenueOrderId, ExecutionReport>()

  get(id: VenueOrderId): ExecutionReport | undefined {
    return this.#live.get(id) ?? this.#done.get(id)
  }

  /** @returns whether it is news: reports come twice and out of order */
  take(report: ExecutionReport): boolean {
    const { venueOrderId: id } = report
    const known = this.get(id)
    if (known !== undefined && !isNews(known, report)) return false
    if (!isDone(report)) {
      this.#live.set(id, report)
      return true
    }
    this.#live.delete(id)
    this.#done.delete(id)
    this.#done.set(id, report)
    this.#forget(report.at)
    return true
  }

  /**
   * Takes the list of all live orders, as of the venue's `at`, ms.
   *
   * @returns what changed, and whether an order is gone of which nobody says how it ended
   */
  takeOpen(
    open: readonly ExecutionReport[],
    at: number,
  ): { readonly changed: readonly VenueOrderId[]; readonly isSomeGone: boolean } {
    const listed = new Set(open.map(({ venueOrderId }) => venueOrderId))
    let isSomeGone = false
    for (const [id, known] of this.#live) {
      if (listed.has(id) || known.at >= at - SNAPSHOT_MARGIN_MS) continue
      this.#live.delete(id)
      isSomeGone = true
    }
    const changed = open.filter(report => this.take(report)).map(({ venueOrderId }) => venueOrderId)
    return { changed, isSomeGone }
  }

  /** Oldest first. @param now ms */
  list(now: number): readonly ExecutionReport[] {
    this.#forget(now)
    return [...this.#done.values(), ...this.#live.values()].sort((a, b) => a.at - b.at)
  }

  #forget(now: number): void {
    for (const [id, { at }] of this.#done) {
      if (this.#done.size <= DONE_ORDERS && at >= now - DONE_ORDERS_KEPT_MS) return
      this.#done.delete(id)
    }
  }
}

function isDone({ status }: ExecutionReport): boolean {
  return PROGRESS[status] === PROGRESS.filled
}

function isNews(known: ExecutionReport, next: ExecutionReport): boolean {
  // A cancel that the last trade outran is told after it.
  if (known.status === 'filled') return false
  if (isDone(known) !== isDone(next)) return isDone(next)
  if (next.at !== known.at) return next.at > known.at
  // Within one millisecond only progress says which was later.
  if (next.filled < known.filled || PROGRESS[next.status] < PROGRESS[known.status]) return false
  return (
    next.filled !== known.filled ||
    next.status !== known.status ||
    next.quantity !== known.quantity ||
    next.limitPrice !== known.limitPrice
  )
}
