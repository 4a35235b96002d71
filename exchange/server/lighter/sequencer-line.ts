import { must } from '../../../src/domain/result.ts'
import type { LoggedTransaction } from '../../wire/lighter/transaction-log.ts'

interface Waiting {
  readonly logged: LoggedTransaction
  /** Wall clock, ms. */
  readonly dueAt: number
}

/** Transactions between "taken" and "carried out": of each key in the order they came, one behind another. */
export class SequencerLine {
  readonly #carryOut: (logged: LoggedTransaction) => void
  readonly #now: () => number
  readonly #queues = new Map<string, Waiting[]>()
  #closed = false

  constructor(carryOut: (logged: LoggedTransaction) => void, now: () => number) {
    this.#carryOut = carryOut
    this.#now = now
  }

  /** @returns when it will be carried out at the earliest, wall clock, ms */
  push(logged: LoggedTransaction, delayMs: number): number {
    const { accountIndex, apiKeyIndex } = logged.received.transaction
    const name = `${accountIndex} ${apiKeyIndex}`
    const queue = this.#queues.get(name) ?? []
    this.#queues.set(name, queue)
    const dueAt = Math.max(this.#now() + delayMs, queue.at(-1)?.dueAt ?? 0)
    queue.push({ logged, dueAt })
    if (queue.length === 1) this.#arm(name, queue)
    return dueAt
  }

  close(): void {
    this.#closed = true
  }

  /** Never at once: the answer goes first. */
  #arm(name: string, queue: Waiting[]): void {
    const waitMs = must(queue[0], 'a queue that is armed has a first').dueAt - this.#now()
    if (waitMs <= 0) setImmediate(() => this.#run(name, queue))
    else setTimeout(() => this.#run(name, queue), waitMs).unref()
  }

  #run(name: string, queue: Waiting[]): void {
    if (this.#closed) return
    const { logged } = must(queue.shift(), 'a queue that was armed has a first')
    this.#carryOut(logged)
    if (queue.length > 0) this.#arm(name, queue)
    else this.#queues.delete(name)
  }
}
