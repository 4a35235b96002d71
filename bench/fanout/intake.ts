import { WebSocket } from 'ws'
import { epochMs } from './meter.ts'

const ORDER = '"order.create"'
const HELD_LIMIT_MS = 10_000

/**
 * The exchange's door: notes when an order arrives and lets it in when the last of its round is there.
 *
 * A venue takes in on many machines what it works on behind them. This one is a single process that spends
 * more on an order than sending one costs: were it to work on each at once, the time of the last receipt
 * would be its own, and every contender would look alike.
 */
export class Intake {
  #receivedAt: number[] = []
  #held: (() => void)[] = []
  #expected = 0
  #limit: NodeJS.Timeout | null = null

  /** For every socket of this process, for good. */
  install(): void {
    const intake = this
    const emit = WebSocket.prototype.emit
    WebSocket.prototype.emit = function (this: WebSocket, event, ...rest) {
      const [data] = rest
      if (event !== 'message' || !intake.#takes(data)) return emit.call(this, event, ...rest)
      intake.#hold(() => emit.call(this, event, ...rest))
      return true
    }
  }

  /** @returns a list that fills with the receipts of the orders, epoch ms */
  expect(orders: number): readonly number[] {
    this.#receivedAt = []
    this.#expected = orders
    this.#limit = setTimeout(() => this.#letIn(), HELD_LIMIT_MS)
    return this.#receivedAt
  }

  #takes(data: unknown): boolean {
    return this.#expected > 0 && data instanceof Buffer && data.includes(ORDER)
  }

  #hold(letIn: () => void): void {
    this.#receivedAt.push(epochMs())
    this.#held.push(letIn)
    if (this.#held.length === this.#expected) this.#letIn()
  }

  /** One by one, so that answers and reports leave in between, as they would. */
  #letIn(): void {
    if (this.#limit !== null) clearTimeout(this.#limit)
    this.#expected = 0
    const held = this.#held
    this.#held = []
    const next = (): void => {
      const letIn = held.shift()
      if (letIn === undefined) return
      letIn()
      setImmediate(next)
    }
    next()
  }
}
