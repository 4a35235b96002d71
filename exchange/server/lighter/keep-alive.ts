import type { Peer, Session } from '../../wire/shared/subscribers.ts'

const PING = JSON.stringify({ type: 'ping' })
const DEFAULT_PING_MS = 30_000
/** apidocs.lighter.xyz, "WebSocket": a client sends a frame at least every 2 minutes. */
const DEFAULT_SILENCE_MS = 120_000

export interface KeepAliveOptions {
  now(): number
  /** Whether the venue keeps its pings from this socket. */
  isMute(peer: Peer): boolean
  readonly pingMs?: number | undefined
  readonly silenceMs?: number | undefined
}

/** Pings every socket, and closes those that nothing was heard from. */
export class KeepAlive {
  readonly #options: KeepAliveOptions
  /** Wall clock, ms. */
  readonly #heardAt = new Map<Peer, number>()
  readonly #timer: NodeJS.Timeout

  constructor(options: KeepAliveOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#look(), options.pingMs ?? DEFAULT_PING_MS).unref()
  }

  /** The session as before, with every frame of the client noted. */
  watch(peer: Peer, session: Session): Session {
    const heard = () => this.#heardAt.set(peer, this.#options.now())
    heard()
    return {
      receive: text => {
        heard()
        session.receive(text)
      },
      pinged: heard,
      closed: () => {
        this.#heardAt.delete(peer)
        session.closed()
      },
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { now, isMute, silenceMs = DEFAULT_SILENCE_MS } = this.#options
    const silentSince = now() - silenceMs
    for (const [peer, heardAt] of this.#heardAt) {
      if (heardAt < silentSince) peer.close('no pong')
      else if (!isMute(peer)) peer.send(PING)
    }
  }
}
