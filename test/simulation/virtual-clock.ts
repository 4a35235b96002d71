import type { Cancel, Clock } from '../../src/ports/clock.ts'

interface Timer {
  readonly at: number
  /** Timers of one moment run in the order in which they were made. */
  readonly order: number
  /** Null once it was cancelled: taking it out of the heap's middle would cost more than leaving it. */
  task: (() => void) | null
}

/** Time that moves only when it is told to. One task at a time, each with all of its promises settled. */
export class VirtualClock implements Clock {
  #startAt: number
  readonly #heap: Timer[] = []
  #elapsedMs = 0
  #made = 0
  #jumpedAt = Number.NEGATIVE_INFINITY
  /** Tasks run so far: what a simulation's effort is counted in. */
  steps = 0

  /** @param startAt ms since 1970 */
  constructor(startAt: number) {
    this.#startAt = startAt
  }

  now(): number {
    return this.#startAt + this.#elapsedMs
  }

  monotonic(): number {
    return this.#elapsedMs
  }

  /** Somebody sets the wall clock; what waits goes on waiting as long as it would have. */
  jump(byMs: number): void {
    this.#startAt += byMs
    this.#jumpedAt = this.#elapsedMs
  }

  /** For how long nobody has set the wall clock, ms. */
  steadyForMs(): number {
    return this.#elapsedMs - this.#jumpedAt
  }

  after(delayMs: number, task: () => void): Cancel {
    const timer: Timer = { at: this.#elapsedMs + Math.max(0, delayMs), order: this.#made, task }
    this.#made += 1
    this.#push(timer)
    return () => {
      timer.task = null
    }
  }

  /** Lets this much time pass, with everything that falls into it. */
  async run(durationMs: number): Promise<void> {
    const end = this.#elapsedMs + durationMs
    await settled()
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop()
      if (next.task === null) continue
      this.#elapsedMs = next.at
      this.steps += 1
      next.task()
      await settled()
    }
    this.#elapsedMs = end
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let place = heap.push(timer) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(timer, above)) break
      heap[place] = above
      place = parent
    }
    heap[place] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const [a, b] = [heap[left], heap[left + 1]]
      if (a === undefined) break
      const [child, at] = b !== undefined && isBefore(b, a) ? [b, left + 1] : [a, left]
      if (!isBefore(child, last)) break
      heap[place] = child
      place = at
    }
    heap[place] = last
  }
}

/**
 * Node runs every settled promise before the next tick, however many follow from one another; unlike an
 * immediate, a tick asks the operating system for nothing.
 */
function settled(): Promise<void> {
  return new Promise(resolve => process.nextTick(resolve))
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
