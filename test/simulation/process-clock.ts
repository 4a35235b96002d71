import type { Cancel, Clock } from '../../src/ports/clock.ts'

/** The clock of one process: after its death nothing that it waited for happens, and while it is stopped nothing yet. */
export class ProcessClock implements Clock {
  readonly #world: Clock
  /** What came due while the process was stopped, in order. */
  #due: (() => void)[] = []
  #stopped: { readonly awake: Promise<void>; readonly wake: () => void } | null = null
  alive = true

  constructor(world: Clock) {
    this.#world = world
  }

  now(): number {
    return this.#world.now()
  }

  monotonic(): number {
    return this.#world.monotonic()
  }

  after(delayMs: number, task: () => void): Cancel {
    let isCancelled = false
    const run = (): void => {
      if (isCancelled || !this.alive) return
      if (this.#stopped === null) task()
      else this.#due.push(run)
    }
    const cancel = this.#world.after(delayMs, run)
    return () => {
      isCancelled = true
      cancel()
    }
  }

  get isStopped(): boolean {
    return this.#stopped !== null
  }

  /** SIGSTOP. */
  stop(): void {
    if (this.#stopped !== null) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#stopped = { awake: promise, wake: resolve }
  }

  /** SIGCONT: what came due meanwhile happens now, one after the other. */
  resume(): void {
    const stopped = this.#stopped
    if (stopped === null) return
    this.#stopped = null
    stopped.wake()
    const due = this.#due
    this.#due = []
    for (const run of due) this.#world.after(0, run)
  }

  /** Answers that come while the process is stopped are seen when it runs again. */
  async seen<T>(answer: Promise<T>): Promise<T> {
    const value = await answer
    while (this.#stopped !== null) await this.#stopped.awake
    return value
  }
}
