import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../../src/ports/observe.ts'
import { type LimitRule, RollingLimits } from '../wire/shared/rolling-limits.ts'
import type { Peer, Session } from '../wire/shared/subscribers.ts'

export interface SocketOptions {
  /** A protocol by path. */
  readonly sessions: ReadonlyMap<string, (peer: Peer) => Session>
  readonly limits: 'venue' | 'off'
  readonly log: Log
  now(): number
  /** New connections of one address; Bybit's if left out. */
  readonly connectionLimit?: LimitRule
}

/** A larger message ends the connection with 1009. */
export const MAXIMUM_MESSAGE_BYTES = 64 * 1_024
/** A client that lets this much pile up does not read: its connection is ended. */
export const MAXIMUM_BUFFERED_BYTES = 1_024 * 1_024
export const MAXIMUM_SOCKETS = 20_000
/** docs/v5/rate-limit: 500 new connections in 5 minutes per address. */
const CONNECTION_LIMIT = { requests: 500, perMs: 300_000 }
/** docs/v5/ws/connect: cut after 10 minutes without a frame either way, looked at every 30 s. */
const IDLE_MS = 600_000
const IDLE_SCAN_MS = 30_000
const POLICY_VIOLATION = 1_008

export interface Sockets {
  peers(): Iterable<Peer>
  close(): void
}

/** Upgrades on known paths and keeps the sockets within their limits. */
export function attachSockets(server: Server, options: SocketOptions): Sockets {
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: MAXIMUM_MESSAGE_BYTES,
    perMessageDeflate: false,
  })
  const connections = new Set<Connection>()
  const opened = new RollingLimits()
  server.on('upgrade', (request, socket, head) => {
    const open = options.sessions.get(pathOf(request))
    const address = request.socket.remoteAddress ?? ''
    if (open === undefined) return refuse(socket, '404 Not Found')
    const counted = options.limits === 'venue'
    const full = connections.size >= MAXIMUM_SOCKETS
    if (
      full ||
      (counted &&
        opened.take(address, 1, options.connectionLimit ?? CONNECTION_LIMIT, options.now()).granted === 0)
    )
      return refuse(socket, '403 Forbidden')
    acceptor.handleUpgrade(request, socket, head, webSocket => {
      const connection = new Connection({ webSocket, wire: socket, address, options })
      connections.add(connection)
      connection.run(open(connection), () => connections.delete(connection))
    })
  })
  const scan = setInterval(() => {
    const idleSince = options.now() - IDLE_MS
    for (const connection of connections) if (connection.activeAt < idleSince) connection.close('idle')
  }, IDLE_SCAN_MS).unref()
  return {
    peers: () => connections,
    close: () => {
      clearInterval(scan)
      for (const connection of connections) connection.terminate()
      acceptor.close()
    },
  }
}

interface ConnectionParts {
  readonly webSocket: WebSocket
  /** What the WebSocket writes to. */
  readonly wire: Duplex
  readonly address: string
  readonly options: SocketOptions
}

class Connection implements Peer {
  readonly id = randomBytes(10).toString('hex')
  readonly address: string
  activeAt: number
  readonly #socket: WebSocket
  readonly #wire: Duplex
  #isCorked = false
  readonly #options: SocketOptions
  #isFrozen = false

  constructor({ webSocket, wire, address, options }: ConnectionParts) {
    this.#socket = webSocket
    this.#wire = wire
    this.address = address
    this.#options = options
    this.activeAt = options.now()
  }

  run(session: Session, closed: () => void): void {
    this.#socket.on('message', data => {
      this.activeAt = this.#options.now()
      session.receive(data.toString())
    })
    this.#socket.on('ping', () => session.pinged?.())
    // What a broken or oversized frame means is already said by the close that follows.
    this.#socket.on('error', error =>
      this.#options.log.debug('exchange_socket_error', { error: error.message }),
    )
    this.#socket.on('close', () => {
      session.closed()
      closed()
    })
  }

  send(text: string): void {
    if (this.#isFrozen) return
    if (this.#socket.bufferedAmount > MAXIMUM_BUFFERED_BYTES) {
      this.#options.log.warn('exchange_client_too_slow', { connection: this.id, address: this.address })
      this.terminate()
      return
    }
    this.activeAt = this.#options.now()
    this.#gather()
    this.#socket.send(text, () => undefined)
  }

  /** All frames of one turn leave in one write: an order is told in four, and each write costs more than its bytes. */
  #gather(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#wire.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#wire.uncork()
    })
  }

  freeze(): void {
    this.#isFrozen = true
    // Without reading, not even a ping is answered.
    this.#socket.pause()
  }

  close(reason: string): void {
    this.#socket.close(POLICY_VIOLATION, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? ''
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}
