import type { BudgetRule } from '../../domain/capability.ts'
import type { Purpose } from '../../domain/order.ts'
import type { Clock } from '../../ports/clock.ts'

export type Priority = Purpose | 'read' | 'history'

/**
 * How much of a budget each priority may use up. What is above a priority's share stays free for those
 * before it, so a burst of entries or reads never leaves an exit without a request.
 */
const SHARE: Readonly<Record<Priority, number>> = {
  exit: 1,
  hedge: 0.95,
  manual: 0.9,
  entry: 0.85,
  read: 0.8,
  // Seven tenths of what the venue allows; rules ask for nine tenths of that.
  history: 0.7 / 0.9,
}

/** What lowers or covers a risk; cancels come as exits. */
const URGENT: ReadonlySet<Priority> = new Set(['exit', 'hedge'])

/** Requests that leave a window apart may arrive closer together: what a network's jitter is given. */
const JITTER_MS = 50
/** History's requests that may leave at once where the others follow evenly. */
const EVEN_BURST = 8
/** More callers than this would wait for longer than any of them wants. */
const MAXIMUM_WAITING = 2_000

/**
 * One budget of a venue: at most `requests` in any span of `perMs`, a rolling window as venues count it.
 *
 * Shared by handing the same window to everyone whom the venue counts together: an account's callers, or
 * all accounts behind one address.
 */
export class RateWindow {
  readonly #clock: Clock
  readonly #rule: BudgetRule
  /** Monotonic times of what was taken within the window, oldest first; at most `requests` long. */
  readonly #taken: number[] = []
  readonly #isEven: boolean
  /** Monotonic: when history would be asking, did each of its requests take its share of the span. */
  #historyAt = Number.NEGATIVE_INFINITY
  #blockedUntil = Number.NEGATIVE_INFINITY
  #urgentBlockedUntil = Number.NEGATIVE_INFINITY
  waiting = 0

  /** @param isEven history's requests are spread over the span: answers that come together keep everybody waiting */
  constructor(clock: Clock, rule: BudgetRule, isEven = false) {
    this.#clock = clock
    this.#rule = rule
    this.#isEven = isEven
  }

  /** Monotonic time at which a request of this priority may be taken; now or before: at once. */
  readyAt(priority: Priority): number {
    this.#forget()
    const over = this.#taken.length - this.#allowed(priority)
    const oldest = over < 0 ? undefined : this.#taken[over]
    const free = oldest === undefined ? Number.NEGATIVE_INFINITY : oldest + this.#rule.perMs + JITTER_MS
    const even = priority === 'history' ? this.#historyAt - (EVEN_BURST - 1) * this.#historyEveryMs() : free
    return Math.max(free, even, URGENT.has(priority) ? this.#urgentBlockedUntil : this.#blockedUntil)
  }

  take(priority: Priority): void {
    const now = this.#clock.monotonic()
    this.#taken.push(now)
    if (this.#isEven && priority === 'history')
      this.#historyAt = Math.max(this.#historyAt, now) + this.#historyEveryMs()
  }

  /**
   * What the venue says it counts. Others may spend the same budget (another program with the same
   * account): their requests are entered as if they were ours.
   */
  observe(used: number): void {
    this.#forget()
    const missing = Math.min(used, this.#rule.requests) - this.#taken.length
    for (let count = 0; count < missing; count += 1) this.#taken.push(this.#clock.monotonic())
  }

  /**
   * The venue has refused for too many requests: nothing leaves for at least this long, ms.
   *
   * @param urgentMs exits and hedges go on after this: where the venue answers again sooner than others should ask
   */
  drain(forMs: number, urgentMs = forMs): void {
    const now = this.#clock.monotonic()
    this.#blockedUntil = Math.max(this.#blockedUntil, now + forMs)
    this.#urgentBlockedUntil = Math.max(this.#urgentBlockedUntil, now + urgentMs)
  }

  perMs(): number {
    return this.#rule.perMs
  }

  #allowed(priority: Priority): number {
    return Math.max(1, Math.floor(this.#rule.requests * SHARE[priority]))
  }

  #historyEveryMs(): number {
    return this.#rule.perMs / this.#allowed('history')
  }

  #forget(): void {
    const start = this.#clock.monotonic() - this.#rule.perMs - JITTER_MS
    let gone = 0
    while (gone < this.#taken.length && (this.#taken[gone] ?? 0) <= start) gone += 1
    if (gone > 0) this.#taken.splice(0, gone)
  }
}

export interface Acquisition {
  readonly clock: Clock
  /** All of them, or none: a request counts against each. */
  readonly windows: readonly RateWindow[]
  readonly priority: Priority
  /** Monotonic, ms. */
  readonly until: number
}

/** Takes one request of every window if all have one now. */
export function takeNow({ clock, windows, priority }: Omit<Acquisition, 'until'>): boolean {
  if (readyAt(windows, priority) > clock.monotonic()) return false
  for (const window of windows) window.take(priority)
  return true
}

/**
 * Takes one request of every window, waiting for it if need be.
 *
 * @returns false as soon as it is clear that there is none until `until`; then nothing was taken
 */
export async function acquire(acquisition: Acquisition): Promise<boolean> {
  const { clock, windows, priority, until } = acquisition
  while (clock.monotonic() <= until) {
    if (takeNow(acquisition)) return true
    const at = readyAt(windows, priority)
    if (at > until || windows.some(window => window.waiting >= MAXIMUM_WAITING)) return false
    await wait(acquisition, at - clock.monotonic())
  }
  return false
}

function readyAt(windows: readonly RateWindow[], priority: Priority): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...windows.map(window => window.readyAt(priority)))
}

async function wait({ clock, windows }: Acquisition, delayMs: number): Promise<void> {
  for (const window of windows) window.waiting += 1
  await new Promise<void>(resolve => clock.after(delayMs, resolve))
  for (const window of windows) window.waiting -= 1
}
