import { once } from 'node:events'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { Transform } from 'node:stream'

/** Stands between the server and the exchange on one port for good, and cuts, slows or silences what passes. */
export class Wire {
  /** The exchange's port; null: it is down, and whoever comes is turned away. */
  target: number | null = null
  /** What each piece of a connection waits, one after the other, ms. */
  delayMs = 0
  /** Takes every byte and passes none on. To be ended by `cut`: what was swallowed is missing. */
  silent = false
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor() {
    this.#server = createServer(client => this.#join(client))
  }

  static async start(): Promise<Wire> {
    const wire = new Wire()
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    return wire
  }

  /** host:port. */
  get address(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the wire does not listen')
    return `127.0.0.1:${address.port}`
  }

  /** Ends every connection without a farewell. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
    this.#sockets.clear()
  }

  close(): void {
    this.cut()
    this.#server.close()
  }

  #join(client: Socket): void {
    if (this.target === null) {
      client.resetAndDestroy()
      return
    }
    const venue = createConnection(this.target, '127.0.0.1')
    for (const [socket, other] of [
      [client, venue],
      [venue, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(this.#passage()).pipe(other)
    }
  }

  /** One piece after the other, so that slowness never changes their order. */
  #passage(): Transform {
    return new Transform({
      transform: (piece, _encoding, done) => {
        if (this.silent) done()
        else if (this.delayMs === 0) done(null, piece)
        else setTimeout(() => done(null, piece), this.delayMs)
      },
    })
  }
}
