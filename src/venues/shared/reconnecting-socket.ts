import type { Cancel, Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/observe.ts'
import type { Random } from '../../ports/random.ts'
import type { Dial, Socket } from '../../ports/transport.ts'

/** Bybit asks for a ping every 20 s; a socket is dead without a pong within two of them. */
export const HEARTBEAT_MS = 20_000
const PONG_WITHIN_MS = 2 * HEARTBEAT_MS
const CONNECT_TIMEOUT_MS = 10_000
export const BACKOFF_BASE_MS = 250
export const BACKOFF_CAP_MS = 30_000
/** 2^n stops growing here, far above the cap. */
const MAXIMUM_EXPONENT = 16
/** More than this waiting in memory means that the network takes nothing any more. */
const MAXIMUM_BUFFERED_BYTES = 1_048_576

export interface SocketListener {
  connecting(): void
  /** Connected: log in, subscribe. */
  opened(): void
  frame(text: string): void
  /** The connection ended or was given up; the next one is on its way. */
  lost(message: string): void
}

export interface ReconnectingSocketOptions {
  /** For log lines: which stream of whom. */
  readonly name: string
  readonly url: string
  readonly dial: Dial
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly listener: SocketListener
  /** The frame that asks for a pong. */
  readonly pingFrame: string
  /** Asked before every connection: why there may be none yet (a budget, something that logging in needs). */
  readonly admit?: () => Promise<string | null>
}

/**
 * One connection that is made again whenever it ends, until `close`.
 *
 * The delay before the n-th try is drawn evenly from [0, min(cap, base x 2^n)] (full jitter), so that a
 * thousand accounts that lost the venue together do not come back together.
 */
export class ReconnectingSocket {
  readonly #options: ReconnectingSocketOptions
  #state: 'idle' | 'waiting' | 'connecting' | 'open' | 'closed' = 'idle'
  #socket: Socket | null = null
  /** Events of former connections carry an older number and are not heard. */
  #generation = 0
  #tries = 0
  #pongAt = 0
  #cancel: Cancel | null = null

  constructor(options: ReconnectingSocketOptions) {
    this.#options = options
  }

  open(): void {
    if (this.#state === 'idle') void this.#connect()
  }

  /** Final: nothing is heard or tried after it. */
  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#generation += 1
    this.#cancel?.()
    this.#socket?.close()
    this.#socket = null
  }

  /** Gives this connection up and makes another, with the same backoff as if it had ended by itself. */
  drop(message: string): void {
    if (this.#state === 'connecting' || this.#state === 'open') this.#lose(message)
  }

  /** @returns false when no byte was handed over: not open, or the network takes nothing */
  send(text: string): boolean {
    const socket = this.#socket
    if (this.#state !== 'open' || socket === null || socket.bufferedBytes() > MAXIMUM_BUFFERED_BYTES)
      return false
    socket.send(text)
    return true
  }

  /** The owner has seen a pong. */
  pong(): void {
    this.#pongAt = this.#options.clock.monotonic()
  }

  /** The connection has proven useful: the next loss starts from the shortest delay. */
  settled(): void {
    this.#tries = 0
  }

  isAlive(): boolean {
    return this.#state === 'open' && this.#options.clock.monotonic() - this.#pongAt <= PONG_WITHIN_MS
  }

  async #connect(): Promise<void> {
    this.#state = 'waiting'
    const obstacle = this.#options.admit === undefined ? null : await this.#options.admit()
    if (this.#isClosed()) return
    if (obstacle !== null) {
      this.#lose(obstacle)
      return
    }
    this.#state = 'connecting'
    this.#generation += 1
    const generation = this.#generation
    const { dial, url, listener, clock } = this.#options
    listener.connecting()
    this.#cancel = clock.after(CONNECT_TIMEOUT_MS, () => this.drop('no connection in time'))
    this.#socket = dial(url, {
      open: () => generation === this.#generation && this.#opened(),
      message: text => generation === this.#generation && listener.frame(text),
      close: message => generation === this.#generation && this.#lose(message),
    })
  }

  #opened(): void {
    this.#state = 'open'
    this.pong()
    this.#options.log.info('socket_opened', { socket: this.#options.name, tries: this.#tries })
    this.#heartbeat()
    this.#options.listener.opened()
  }

  #heartbeat(): void {
    this.#cancel?.()
    this.#cancel = this.#options.clock.after(HEARTBEAT_MS, () => {
      // A half-open connection takes every byte and answers none: only a missing pong shows it.
      if (this.isAlive()) {
        this.send(this.#options.pingFrame)
        this.#heartbeat()
      } else this.#lose('no pong within two heartbeats')
    })
  }

  #lose(message: string): void {
    const { random, clock, log, listener, name } = this.#options
    this.#generation += 1
    this.#state = 'waiting'
    this.#cancel?.()
    this.#socket?.terminate()
    this.#socket = null
    const limitMs = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(this.#tries, MAXIMUM_EXPONENT))
    const delayMs = random.next() * limitMs
    this.#tries += 1
    log.warn('socket_lost', { socket: name, message, delayMs: Math.round(delayMs), tries: this.#tries })
    this.#cancel = clock.after(delayMs, () => void this.#connect())
    listener.lost(message)
  }

  #isClosed(): boolean {
    return this.#state === 'closed'
  }
}
