import type { PrivateFrame } from '../wire/bybit/private-stream.ts'
import { privateName } from '../wire/bybit/private-stream.ts'
import type { Subscribers } from '../wire/bybit/subscribers.ts'
import type { Faults } from './faults.ts'

/**
 * Private frames on their way out. They leave after the call that made them has been answered, as at
 * the venue, where an acknowledgement only means "taken for processing".
 */
export class ReportLine {
  readonly #subscribers: Subscribers
  readonly #faults: Faults
  readonly #held = new Map<string, { readonly frame: PrivateFrame; readonly timer: NodeJS.Timeout }>()
  #waiting: PrivateFrame[] = []

  constructor(subscribers: Subscribers, faults: Faults) {
    this.#subscribers = subscribers
    this.#faults = faults
  }

  push(frames: readonly PrivateFrame[]): void {
    if (frames.length === 0) return
    if (this.#waiting.length === 0) setImmediate(() => this.#flush())
    this.#waiting.push(...frames)
  }

  close(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer)
    this.#held.clear()
    this.#waiting = []
  }

  #flush(): void {
    const frames = this.#waiting
    this.#waiting = []
    for (const frame of frames) this.#pass(frame)
  }

  #pass(frame: PrivateFrame): void {
    const occasion = { account: frame.account, target: frame.topic.replace(/\.linear$/, '') }
    if (this.#faults.strike('drop_reports', occasion) !== null) return
    const delayed = this.#faults.strike('delay_reports', occasion)
    if (delayed !== null) {
      setTimeout(() => this.#send(frame), delayed.delayMs).unref()
      return
    }
    const reordered = this.#held.has(frame.account) ? null : this.#faults.strike('reorder_reports', occasion)
    if (reordered !== null) {
      this.#hold(frame, reordered.delayMs)
      return
    }
    this.#send(frame)
    if (this.#faults.strike('duplicate_reports', occasion) !== null) this.#send(frame)
    this.#release(frame.account)
  }

  #hold(frame: PrivateFrame, delayMs: number): void {
    const timer = setTimeout(() => this.#release(frame.account), delayMs).unref()
    this.#held.set(frame.account, { frame, timer })
  }

  #release(account: string): void {
    const held = this.#held.get(account)
    if (held === undefined) return
    clearTimeout(held.timer)
    this.#held.delete(account)
    this.#send(held.frame)
  }

  #send(frame: PrivateFrame): void {
    this.#subscribers.send(privateName(frame.account, frame.topic), frame.text)
  }
}
