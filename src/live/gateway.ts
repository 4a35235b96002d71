import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { type DefaultEventsMap, Server } from 'socket.io'
import { LIVE_LIMITS } from '../../protocol/live.ts'
import { type Problem, problem } from '../../protocol/problem.ts'
import type { Authority, Principal } from '../ports/authority.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { Random } from '../ports/random.ts'
import type { NoticeWatch } from '../ports/watch.ts'
import { Connection } from './connection.ts'
import { Door } from './door.ts'
import type { Hub } from './hub.ts'
import { LIMITS } from './limits.ts'
import type { DropReason, LiveObserver } from './observer.ts'
import { eventPacket } from './packet.ts'
import { noticeRow } from './rows.ts'

export interface GatewayOptions {
  /** Shared with REST: it listens, and ends, by others. */
  readonly server: HttpServer
  readonly hub: Hub
  readonly authority: Authority
  readonly notices: NoticeWatch
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly observer: LiveObserver
  /** Pages of these origins may connect, `https://host:port` each; what is no page has no origin and needs none. */
  readonly origins: readonly string[]
  /** Where a request comes from, which behind a proxy its connection does not tell. */
  addressOf(request: IncomingMessage): string
}

export interface Gateway {
  readonly size: number
  /** Ends every socket; the server it is attached to goes on. */
  close(): void
}

type LiveServer = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { principal?: Principal }>

export function openGateway(options: GatewayOptions): Gateway {
  const { server, authority, notices } = options
  const connections = new Set<Connection>()
  const door = new Door(options)
  const io: LiveServer = new Server(server, {
    serveClient: false,
    transports: ['websocket'],
    perMessageDeflate: false,
    maxHttpBufferSize: LIVE_LIMITS.messageBytes,
    connectTimeout: LIMITS.handshakeMs,
    pingInterval: LIMITS.pingMs,
    pingTimeout: LIMITS.pongMs,
    allowRequest: (request, decide) => {
      const refusal = refusalOf(options, request, io.engine.clientsCount)
      decide(refusal, refusal === null)
    },
  })
  io.use((socket, next) => {
    door.admit(socket).then(
      admitted => {
        if (admitted.ok) socket.data.principal = admitted.value
        next(admitted.ok ? undefined : refusal(admitted.error))
      },
      (error: unknown) => {
        options.log.error('live_handshake_failed', { error: String(error) })
        next(refusal(problem('internal', 'The server could not do this: its log says why.')))
      },
    )
  })
  io.on('connection', socket => {
    const { principal } = socket.data
    if (principal === undefined) return
    const address = options.addressOf(socket.request)
    const connection = new Connection({ ...options, socket, principal, address })
    connections.add(connection)
    socket.once('disconnect', () => connections.delete(connection))
  })
  const endRevocations = authority.onRevoked(revocation => {
    for (const connection of connections) connection.revoke(revocation)
  })
  const endNotices = notices(notice => {
    const packet = eventPacket('notice', JSON.stringify(noticeRow(notice)))
    for (const connection of connections) connection.tell(packet, notice.accountId)
  })
  return {
    get size() {
      return connections.size
    },
    close() {
      endRevocations()
      endNotices()
      for (const connection of connections) connection.stop()
      io.engine.close()
    },
  }
}

/** As Socket.IO's client is told of it: `connect_error` with the problem in `data`. */
function refusal(data: Problem): Error {
  return Object.assign(new Error(data.code), { data })
}

/** Before anything is read of a socket. Null: it may come in. */
function refusalOf(options: GatewayOptions, request: IncomingMessage, clients: number): string | null {
  const { origin } = request.headers
  if (origin !== undefined && !options.origins.includes(origin))
    return refuse(options, { reason: 'origin', request, text: 'This origin is not allowed.' })
  if (clients < LIMITS.sockets) return null
  return refuse(options, { reason: 'full', request, text: 'The server has all the sockets it can have.' })
}

function refuse(
  { log, observer, addressOf }: GatewayOptions,
  refusal: { readonly reason: DropReason; readonly request: IncomingMessage; readonly text: string },
): string {
  const { reason, request, text } = refusal
  observer.dropped(reason)
  log.warn('live_refused', {
    reason,
    address: addressOf(request),
    origin: request.headers.origin?.slice(0, 128),
  })
  return text
}
