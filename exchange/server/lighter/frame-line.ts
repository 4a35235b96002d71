import type { StreamFrame } from '../../wire/lighter/stream-frame.ts'
import type { Subscribers } from '../../wire/shared/subscribers.ts'
import type { Faults } from '../faults.ts'
import type { LighterFaultName } from './fault-catalogue.ts'

/** Frames that `late_stream` keeps at once; more than these leave at once. */
const MAXIMUM_LATE = 10_000

/** Frames on their way out, where faults meet them. */
export class FrameLine {
  readonly #subscribers: Subscribers
  readonly #faults: Faults<LighterFaultName>
  readonly #late = new Set<NodeJS.Timeout>()
  #waiting: StreamFrame[] = []

  constructor(subscribers: Subscribers, faults: Faults<LighterFaultName>) {
    this.#subscribers = subscribers
    this.#faults = faults
  }

  /** Those of accounts: after the call that made them has been answered. */
  tell(frames: readonly StreamFrame[]): void {
    if (frames.length === 0) return
    if (this.#waiting.length === 0) setImmediate(() => this.#flush())
    this.#waiting.push(...frames)
  }

  close(): void {
    for (const timer of this.#late) clearTimeout(timer)
    this.#late.clear()
    this.#waiting = []
  }

  #flush(): void {
    const frames = this.#waiting
    this.#waiting = []
    for (const frame of frames) this.pass(frame)
  }

  /** At once: an update of a book must not come behind a snapshot that has it already. */
  pass(frame: StreamFrame): void {
    const occasion = { account: frame.account, target: frame.name }
    if (this.#faults.strike('drop_reports', occasion) !== null) return
    const late = this.#faults.strike('late_stream', occasion)
    if (late !== null && this.#late.size < MAXIMUM_LATE) {
      const timer = setTimeout(() => {
        this.#late.delete(timer)
        this.#send(frame)
      }, late.delayMs).unref()
      this.#late.add(timer)
      return
    }
    this.#send(frame)
    if (this.#faults.strike('duplicate_reports', occasion) !== null) this.#send(frame)
  }

  #send({ key, text }: StreamFrame): void {
    this.#subscribers.send(key, text)
  }
}
