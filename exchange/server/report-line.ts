import type { ExchangeEvent } from '../core/types.ts'
import { type PrivateFrame, privateFrames, privateName } from '../wire/bybit/private-stream.ts'
import type { Venue } from '../wire/bybit/venue.ts'
import { Subscribers } from '../wire/shared/subscribers.ts'
import type { Faults } from './faults.ts'

/** Frames that `delay_reports` keeps at once; more than these leave at once. */
const MAXIMUM_DELAYED = 10_000

/**
 * Private frames on their way out. They leave after the call that made them has been answered, as at
 * the venue, where an acknowledgement only means "taken for processing".
 */
export class ReportLine {
  /** Who listens to which topic of which account. */
  readonly listeners = new Subscribers()
  readonly #venue: Venue
  readonly #faults: Faults
  readonly #held = new Map<string, { readonly frame: PrivateFrame; readonly timer: NodeJS.Timeout }>()
  #waiting: PrivateFrame[] = []
  #lastFrame = 0
  #delayed = 0

  constructor(venue: Venue, faults: Faults) {
    this.#venue = venue
    this.#faults = faults
  }

  tell(event: ExchangeEvent): void {
    const frames = privateFrames(event, {
      venue: this.#venue,
      subscribers: this.listeners,
      nextId: () => {
        this.#lastFrame += 1
        return `lockstep-${this.#lastFrame}`
      },
    })
    if (frames.length === 0) return
    if (this.#waiting.length === 0) setImmediate(() => this.flush())
    this.#waiting.push(...frames)
  }

  close(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer)
    this.#held.clear()
    this.#waiting = []
  }

  /** Sends what waits now, ahead of the answer that it would have followed. */
  flush(): void {
    const frames = this.#waiting
    this.#waiting = []
    for (const frame of frames) this.#pass(frame)
  }

  #pass(frame: PrivateFrame): void {
    const occasion = { account: frame.account, target: frame.topic.replace(/\.linear$/, '') }
    if (this.#faults.strike('drop_reports', occasion) !== null) return
    if (occasion.target === 'position' && this.#faults.strike('position_report_missing', occasion) !== null)
      return
    const delayed = this.#faults.strike('delay_reports', occasion)
    if (delayed !== null && this.#delayed < MAXIMUM_DELAYED) {
      this.#delay(frame, delayed.delayMs)
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

  #delay(frame: PrivateFrame, delayMs: number): void {
    this.#delayed += 1
    setTimeout(() => {
      this.#delayed -= 1
      this.#send(frame)
    }, delayMs).unref()
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
    this.listeners.send(privateName(frame.account, frame.topic), frame.text)
  }
}
