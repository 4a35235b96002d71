import type { Socket } from 'socket.io'
import { LIVE_LIMITS, type Revoked, type StreamName } from '../../protocol/live.ts'
import { type ProblemCode, problem } from '../../protocol/problem.ts'
import type { Authority, Principal, Revocation } from '../ports/authority.ts'
import type { Cancel, Clock } from '../ports/clock.ts'
import type { Log, LogFields } from '../ports/observe.ts'
import type { Random } from '../ports/random.ts'
import { Allowance } from './allowance.ts'
import type { Hub } from './hub.ts'
import { LIMITS } from './limits.ts'
import type { DropReason, LiveObserver } from './observer.ts'
import { eventPacket } from './packet.ts'
import { type Answer, answerRequest, type Requester } from './requests.ts'
import type { Subscriber } from './room.ts'
import { Subscriptions } from './subscriptions.ts'

export interface ConnectionParts {
  readonly socket: Socket
  readonly principal: Principal
  readonly address: string
  readonly hub: Hub
  readonly authority: Authority
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly observer: LiveObserver
}

interface Ending {
  readonly code: ProblemCode
  readonly reason: string
}

const LOGGED_STREAMS = 8

/** One socket: who it is, what it reads, and how far it may go. */
export class Connection implements Subscriber, Requester {
  readonly subscriptions: Subscriptions
  readonly authority: Authority
  principal: Principal
  readonly #parts: ConnectionParts
  readonly #requests: Allowance
  readonly #badRequests: Allowance
  #unsent: Buffer[] = []
  /** Of those, what the socket has asked for itself. */
  #unsentAskedBytes = 0
  /** Handed to the socket and not yet written: what it was told, and what it had asked for. */
  #toldBytes = 0
  #askedBytes = 0
  #isAnswering = false
  #isOver = false
  #cancelBeat: Cancel

  constructor(parts: ConnectionParts) {
    const { clock, random, socket } = parts
    this.#parts = parts
    this.authority = parts.authority
    this.principal = parts.principal
    this.subscriptions = new Subscriptions({ ...parts, subscriber: this })
    this.#requests = new Allowance({ clock, burst: LIMITS.requestBurst, perSecond: LIMITS.requestsPerSecond })
    const { badRequestBurst: burst, badRequestsPerSecond: perSecond } = LIMITS
    this.#badRequests = new Allowance({ clock, burst, perSecond })
    // Those who came together are not to be told together for ever.
    this.#cancelBeat = clock.after(LIVE_LIMITS.heartbeatMs * random.next(), () => this.#beat())
    // The protocol lets an event be called by a number.
    socket.onAny((event: unknown, ...args: unknown[]) => void this.#receive(String(event), args))
    socket.once('disconnect', reason => this.#closed(reason))
    parts.observer.connected()
    this.#log('live_connected', { expiresInMs: this.expiresInMs() })
    socket.emit('authenticated', { expiresInMs: this.expiresInMs() })
  }

  /** All packets of one turn leave in one write: each write costs more than its bytes. */
  send(packet: Buffer): void {
    if (this.#isOver) return
    if (this.#toldBytes > LIMITS.waitingBytes) {
      this.#dropUnread()
      return
    }
    if (this.#unsent.length === 0) process.nextTick(this.#flush)
    this.#unsent.push(packet)
    if (this.#isAnswering) this.#unsentAskedBytes += packet.length
    this.#parts.observer.delivered(packet.length)
  }

  /** A notice, for those who may see it. */
  tell(packet: Buffer, account: Parameters<Authority['may']>[2]): void {
    if (this.authority.may(this.principal, 'notice.read', account)) this.send(packet)
  }

  /** Null: never. */
  expiresInMs(): number | null {
    const { expiresAt } = this.principal
    return expiresAt === null ? null : expiresAt - this.#parts.clock.now()
  }

  /** Some sessions end; perhaps this one is among them. */
  revoke({ userId, loginId, apiTokenId, reason }: Revocation): void {
    const { principal } = this
    const isMeant =
      (userId !== null || loginId !== null || apiTokenId !== null) &&
      (userId === null || userId === principal.userId) &&
      (loginId === null || loginId === principal.loginId) &&
      (apiTokenId === null || apiTokenId === principal.apiTokenId)
    const ending = isMeant
      ? { code: 'token_revoked' as const, reason: `${reason} Log in again.` }
      : this.#ending()
    if (ending !== null) this.#revoke(ending)
  }

  stop(): void {
    this.#drop('server_stops')
    this.#parts.socket.disconnect(true)
  }

  readonly #flush = (): void => {
    const packets = this.#unsent
    const [first] = packets
    if (first === undefined || this.#isOver) return
    this.#unsent = []
    const frame = packets.length === 1 ? first : Buffer.concat(packets)
    const asked = this.#unsentAskedBytes
    const told = frame.length - asked
    this.#unsentAskedBytes = 0
    this.#askedBytes += asked
    this.#toldBytes += told
    // What is encoded goes by this option, as Socket.IO's own rooms send it; the message beside it is not looked at.
    const options = { compress: false, wsPreEncodedFrame: [frame] }
    this.#parts.socket.conn.write('', options, () => {
      this.#askedBytes -= asked
      this.#toldBytes -= told
    })
  }

  async #receive(event: string, args: readonly unknown[]): Promise<void> {
    if (this.#isOver) return
    if (this.#askedBytes > LIMITS.askedBytes) {
      this.#dropUnread()
      return
    }
    const last = args.at(-1)
    const acknowledge = typeof last === 'function' ? last : null
    const payload = acknowledge === null || args.length > 1 ? args[0] : undefined
    const answer = await this.#answer(event, payload)
    this.#flush()
    acknowledge?.(answer.ok ? answer.value : { error: answer.error })
    if (!answer.ok) this.#refused(event, answer.error.code)
  }

  async #answer(event: string, payload: unknown): Promise<Answer> {
    if (!this.#requests.take())
      return { ok: false, error: problem('rate_limited', 'Too many requests on this socket: slow down.') }
    const before = this.subscriptions.size
    const answer = await this.#done(event, payload)
    this.#countStreams(event, before)
    return answer
  }

  #countStreams(request: string, before: number): void {
    const after = this.subscriptions.size
    if (after === before) return
    this.#parts.observer.subscribed(after - before)
    this.#log('live_subscribed', { request, streams: after })
  }

  /** A bug in one request must not take the server down for everyone. */
  async #done(event: string, payload: unknown): Promise<Answer> {
    try {
      return await this.#asked(() => answerRequest(this, event, payload))
    } catch (error) {
      this.#parts.log.error('live_request_failed', { ...this.#who(), request: event, error: String(error) })
      return { ok: false, error: problem('internal', 'The server could not do this: its log says why.') }
    }
  }

  /** What a slow socket asks for must not be what it is dropped for: it would come back and ask the same again. */
  #asked<T>(answer: () => T): T {
    this.#isAnswering = true
    try {
      return answer()
    } finally {
      this.#isAnswering = false
    }
  }

  #refused(event: string, code: ProblemCode): void {
    this.#parts.observer.badRequest()
    this.#parts.log.debug('live_request_refused', { ...this.#who(), request: event.slice(0, 32), code })
    if (this.#badRequests.take()) return
    const reason = 'Too many requests that could not be done: mend the client.'
    this.#revoke({ code: 'rate_limited', reason })
  }

  /** Every 5 s: whether it may stay, what it can watch by now, and where its streams are. */
  #beat(): void {
    const ending = this.#ending()
    if (ending !== null) {
      this.#revoke(ending)
      return
    }
    const before = this.subscriptions.size
    this.#asked(() => this.subscriptions.gain(this.principal))
    this.#countStreams('none: it can be watched now', before)
    const streams = this.subscriptions.positions(this.subscriptions.names)
    this.send(eventPacket('heartbeat', JSON.stringify({ streams })))
    this.#cancelBeat = this.#parts.clock.after(LIVE_LIMITS.heartbeatMs, () => this.#beat())
  }

  /** Also without a word from anybody: what a token may is asked anew. */
  #ending(): Ending | null {
    const left = this.expiresInMs()
    if (left !== null && left <= 0)
      return { code: 'token_expired', reason: 'The token has expired: connect with a new one.' }
    const principal = this.authority.current(this.principal)
    if (principal === null) return { code: 'token_revoked', reason: 'The session was ended: log in again.' }
    this.principal = principal
    if (this.subscriptions.areAllowed(principal)) return null
    return { code: 'forbidden', reason: 'What you may see has changed: connect again.' }
  }

  #revoke({ code, reason }: Ending): void {
    if (this.#isOver) return
    this.#drop(code === 'rate_limited' ? 'bad_requests' : 'revoked', { code })
    this.#parts.socket.emit('revoked', { code, reason } satisfies Revoked)
    this.#parts.socket.disconnect(true)
  }

  #dropUnread(): void {
    this.#drop('too_slow', { waitingBytes: this.#toldBytes + this.#askedBytes })
    // Who does not read would not read a farewell either.
    this.#parts.socket.request.socket.destroy()
  }

  #drop(reason: DropReason, fields: LogFields = {}): void {
    this.#parts.observer.dropped(reason)
    this.#log('live_dropped', { reason, ...fields })
    this.#end()
  }

  #closed(reason: string): void {
    const streams = this.subscriptions.size
    const left = this.#end()
    this.#parts.observer.disconnected()
    const shown = Object.entries(left).slice(0, LOGGED_STREAMS)
    const subscribersLeft = shown.map(([name, count]) => `${name}=${count}`).join(' ')
    this.#log('live_disconnected', { reason, streams, subscribersLeft })
  }

  /** Nothing reaches this socket from here on. */
  #end(): Readonly<Record<StreamName, number>> {
    this.#isOver = true
    this.#cancelBeat()
    const streams = this.subscriptions.size
    const left = this.subscriptions.endAll()
    if (streams > 0) this.#parts.observer.subscribed(-streams)
    return left
  }

  #log(event: string, fields: LogFields): void {
    this.#parts.log.info(event, { ...this.#who(), ...fields })
  }

  #who(): LogFields {
    return { connection: this.#parts.socket.id, user: this.principal.actor, address: this.#parts.address }
  }
}
