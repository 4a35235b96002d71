import type { Cursor, StreamName } from '../../protocol/live.ts'
import { LIMITS } from './limits.ts'
import { eventPacket } from './packet.ts'

interface Held {
  readonly seq: number
  /** Our clock, ms. */
  readonly at: number
  readonly packet: Buffer
}

/**
 * The numbers of one stream. They order frames and nothing more: the truth is what the stream is about, and a new
 * epoch only means a snapshot.
 */
export class Stream {
  readonly name: StreamName
  readonly #head: string
  readonly #epoch: string
  readonly #heldFrames: number
  #seq = 0
  #held: Held[] = []

  /** @param heldFrames 0 where a snapshot is no larger than a delta */
  constructor({ name, epoch, heldFrames }: { name: StreamName; epoch: string; heldFrames: number }) {
    this.name = name
    this.#epoch = epoch
    this.#heldFrames = heldFrames
    this.#head = `{"stream":${JSON.stringify(name)},"epoch":${JSON.stringify(epoch)},"seq":`
  }

  /** seq 0: nothing was told yet. */
  get position(): Cursor {
    return { epoch: this.#epoch, seq: this.#seq }
  }

  /** The next frame, with what changed. @param at our clock, ms */
  delta(data: unknown, at: number): Buffer {
    const previous = this.#seq
    this.#seq += 1
    const packet = this.#packet(`${previous},"kind":"delta"`, data, at)
    if (this.#heldFrames > 0) this.#hold({ seq: this.#seq, at, packet })
    return packet
  }

  /** All there is as of the last frame, for one who joins or lost something. */
  snapshot(data: unknown, at: number): Buffer {
    return this.#packet('null,"kind":"snapshot"', data, at)
  }

  /** Something changed that no delta tells: whoever comes with an older cursor needs a snapshot. */
  skip(): void {
    this.#seq += 1
    this.#held = []
  }

  /** What to send to a reader who has come so far; null: only a snapshot helps. */
  after({ epoch, seq }: Cursor, now: number): readonly Buffer[] | null {
    if (epoch !== this.#epoch || seq > this.#seq || seq === 0) return null
    if (seq === this.#seq) return []
    this.#forget(now)
    const first = this.#held[0]
    if (first === undefined || first.seq > seq + 1) return null
    return this.#held.filter(held => held.seq > seq).map(held => held.packet)
  }

  #packet(middle: string, data: unknown, at: number): Buffer {
    const json = JSON.stringify(data)
    return eventPacket('frame', `${this.#head}${this.#seq},"prevSeq":${middle},"at":${at},"data":${json}}`)
  }

  #hold(frame: Held): void {
    this.#held.push(frame)
    if (this.#held.length > this.#heldFrames) this.#held.shift()
    this.#forget(frame.at)
  }

  #forget(now: number): void {
    while (this.#held[0] !== undefined && this.#held[0].at < now - LIMITS.heldMs) this.#held.shift()
  }
}
