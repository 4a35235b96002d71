import type { Cursor, StreamName, StreamPosition, StreamState } from '../../protocol/live.ts'
import type { Clock } from '../ports/clock.ts'
import { eventPacket } from './packet.ts'
import { Stream } from './stream.ts'

/** One socket, as streams see it. */
export interface Subscriber {
  /** @param packet of packet.ts, ready for the wire */
  send(packet: Buffer): void
}

export interface RoomParts {
  readonly name: StreamName
  readonly epoch: string
  readonly heldFrames: number
  readonly clock: Clock
  /** Everything as it is now, as STREAM_DATA has it. */
  readonly data: () => unknown
}

/** A stream and everyone who reads it. Joining and telling are synchronous, so that nothing falls between them. */
export class Room {
  readonly #clock: Clock
  readonly #data: () => unknown
  readonly #stream: Stream
  readonly #subscribers = new Set<Subscriber>()

  constructor({ clock, data, ...stream }: RoomParts) {
    this.#clock = clock
    this.#data = data
    this.#stream = new Stream(stream)
  }

  get name(): StreamName {
    return this.#stream.name
  }

  get size(): number {
    return this.#subscribers.size
  }

  /** Sends what is newer than the cursor, or a snapshot; while there is no data, nothing: it then comes to all. */
  join(subscriber: Subscriber, cursor: Cursor | null): void {
    this.#subscribers.add(subscriber)
    const newer = cursor === null ? null : this.#stream.after(cursor, this.#now())
    if (newer === null) this.resync(subscriber)
    else for (const packet of newer) subscriber.send(packet)
  }

  leave(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber)
  }

  resync(subscriber: Subscriber): void {
    if (this.#hasData) subscriber.send(this.#stream.snapshot(this.#data(), this.#now()))
  }

  /** What changed. @param data is made only if somebody reads it */
  tell(data: () => unknown): void {
    if (!this.#hasData) return
    if (this.size === 0) this.#stream.skip()
    else this.#send(this.#stream.delta(data(), this.#now()))
  }

  /** There is data now, or all of it may be different: a snapshot to everyone. */
  replace(): void {
    this.#stream.skip()
    if (this.size > 0) this.#send(this.#stream.snapshot(this.#data(), this.#now()))
  }

  position(state: StreamState): StreamPosition {
    return { ...this.#stream.position, state }
  }

  /** Tells everyone at once how far the stream can be trusted now. */
  tellState(state: StreamState): void {
    const streams = { [this.name]: this.position(state) }
    this.#send(eventPacket('heartbeat', JSON.stringify({ streams })))
  }

  get #hasData(): boolean {
    return this.#stream.position.seq > 0
  }

  #send(packet: Buffer): void {
    for (const subscriber of this.#subscribers) subscriber.send(packet)
  }

  #now(): number {
    return Math.trunc(this.#clock.now())
  }
}
