import { setImmediate } from 'node:timers/promises'
import type { Cancel, Clock } from '../../../ports/clock.ts'
import type { Random } from '../../../ports/random.ts'

interface Timer {
  readonly at: number
  readonly task: () => void
}

/** A clock that moves only when a test says so: timers run in order of time, then of making. */
export class ManualClock implements Clock {
  #monotonic = 1_000
  #wallAhead: number
  #timers: Timer[] = []

  constructor(now = 1_700_000_000_000) {
    this.#wallAhead = now - this.#monotonic
  }

  now(): number {
    return this.#monotonic + this.#wallAhead
  }

  monotonic(): number {
    return this.#monotonic
  }

  after(delayMs: number, task: () => void): Cancel {
    const timer: Timer = { at: this.#monotonic + delayMs, task }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer)
    }
  }

  /** How many timers wait. */
  pending(): number {
    return this.#timers.length
  }

  /** Moves the wall clock alone, as an operator or a suspended machine does. */
  jumpWall(byMs: number): void {
    this.#wallAhead += byMs
  }

  /** Runs everything due within `ms`; promises that timers settle get their turn between them. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms
    await settle()
    for (let due = this.#next(end); due !== undefined; due = this.#next(end)) {
      const { at, task } = due
      this.#timers = this.#timers.filter(other => other !== due)
      this.#monotonic = Math.max(this.#monotonic, at)
      task()
      await settle()
    }
    this.#monotonic = end
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer
    }
    return first
  }
}

/** Lets chains of settled promises run out, however long: the next turn of the event loop comes after them. */
export async function settle(): Promise<void> {
  await setImmediate()
}

/** Chance that a test has chosen: always the same draw. */
export function fixedRandom(draw: number): Random {
  let drawn = 0
  return {
    next: () => draw,
    bytes(length) {
      drawn += 1
      return new Uint8Array(length).fill(drawn % 256)
    },
  }
}
