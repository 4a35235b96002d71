import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { type DefaultEventsMap, Server, type Socket } from 'socket.io'
import { handshake, LIVE_LIMITS } from '../../protocol/live.ts'
import { type Problem, problem } from '../../protocol/problem.ts'
import { err, type Result } from '../domain/result.ts'
import type { Authority, Principal } from '../ports/authority.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { Random } from '../ports/random.ts'
import type { NoticeWatch } from '../ports/watch.ts'
import { Connection } from './connection.ts'
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
  const sockets = new SocketsPerUser()
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
    admit(options, sockets, socket).then(
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
    const address = socket.handshake.address
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
  { log, observer }: GatewayOptions,
  refusal: { readonly reason: DropReason; readonly request: IncomingMessage; readonly text: string },
): string {
  const { reason, request, text } = refusal
  observer.dropped(reason)
  log.warn('live_refused', {
    reason,
    address: request.socket.remoteAddress,
    origin: request.headers.origin?.slice(0, 128),
  })
  return text
}

async function admit(
  options: GatewayOptions,
  sockets: SocketsPerUser,
  socket: Socket,
): Promise<Result<Principal, Problem>> {
  const known = await principalOf(options.authority, socket)
  const admitted = known.ok && !sockets.take(known.value, socket) ? err(TOO_MANY_SOCKETS) : known
  if (admitted.ok) return admitted
  const { code } = admitted.error
  options.observer.dropped(code === 'rate_limited' ? 'full' : 'token')
  options.log.warn('live_refused', { reason: code, address: socket.handshake.address })
  return admitted
}

async function principalOf(authority: Authority, socket: Socket): Promise<Result<Principal, Problem>> {
  const said = handshake.safeParse(socket.handshake.auth)
  if (!said.success) return err(problem('token_missing', 'Connect with auth {token}: an access token.'))
  const known = await authority.authenticate(said.data.token)
  return known.ok ? known : err(problem(known.error.code, known.error.message))
}

const TOO_MANY_SOCKETS = problem(
  'rate_limited',
  `You have ${LIMITS.socketsPerUser} sockets, which is the limit: close one.`,
)

/** A user's sockets, from the moment that they are let in until their connection is gone. */
class SocketsPerUser {
  readonly #counts = new Map<string, number>()

  /** @returns whether the user may have another one */
  take(principal: Principal, socket: Socket): boolean {
    const user = principal.userId ?? principal.actor
    const count = this.#counts.get(user) ?? 0
    // What has closed meanwhile would never be given back.
    if (count >= LIMITS.socketsPerUser || socket.conn.readyState !== 'open') return false
    this.#counts.set(user, count + 1)
    socket.conn.once('close', () => this.#release(user))
    return true
  }

  #release(user: string): void {
    const count = (this.#counts.get(user) ?? 1) - 1
    if (count > 0) this.#counts.set(user, count)
    else this.#counts.delete(user)
  }
}
