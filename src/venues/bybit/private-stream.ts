import type { Credential } from '../../domain/account.ts'
import type { AccountId } from '../../domain/ids.ts'
import type { AccountListener, VenueError, VenueReport } from '../../ports/venue.ts'
import { attempt, optionalText, parseObject, type Row } from '../shared/fields.ts'
import type { ReconnectingSocket } from '../shared/reconnecting-socket.ts'
import type { BybitConnections } from './connections.ts'
import { isKeyRefusal } from './errors.ts'
import { Login } from './login.ts'
import { malformed, parsePrivateFrame } from './parse/frame.ts'

const PING = JSON.stringify({ op: 'ping' })
// All categories: a topic of one category may not stand beside a topic of all, and wallet has no other.
const SUBSCRIBE = JSON.stringify({ op: 'subscribe', args: ['order', 'execution', 'position', 'wallet'] })

export interface PrivateStreamOptions {
  readonly accountId: AccountId
  readonly credential: Credential
  readonly connections: BybitConnections
  readonly listener: AccountListener
}

/** The account's reports: log in, subscribe, live; after a loss all of it again. */
export class BybitPrivateStream {
  readonly #options: PrivateStreamOptions
  readonly #socket: ReconnectingSocket
  readonly #login: Login
  #live = false
  /** What came in one piece from the network and is not handed on yet. */
  #reports: VenueReport[] = []
  #receivedAt = 0

  constructor(options: PrivateStreamOptions) {
    this.#options = options
    const { connections, credential, accountId, listener } = options
    const { clock, venueClock, urls } = connections
    this.#login = new Login({ credential, clock, venueClock, socket: () => this.#socket })
    this.#socket = connections.socket({
      name: `bybit private ${accountId}`,
      url: urls.privateStream,
      priority: 'exit',
      login: true,
      pingFrame: PING,
      listener: {
        connecting: () => listener.stream({ kind: 'connecting' }),
        opened: () => this.#login.begin(),
        frame: text => this.#frame(text),
        lost: message => {
          this.#ended()
          listener.stream({ kind: 'lost', message })
        },
      },
    })
  }

  open(): void {
    this.#socket.open()
  }

  close(): void {
    this.#ended()
    this.#socket.close()
  }

  isAlive(): boolean {
    return this.#live && this.#socket.isAlive()
  }

  #frame(text: string): void {
    const { connections, accountId } = this.#options
    const read = attempt(() => {
      const frame = parseObject(text)
      return { frame, topic: optionalText(frame, 'topic') }
    })
    if (!read.ok) this.#collect([malformed('', read.error)])
    else if (read.value.topic === null) this.#control(read.value.frame)
    else {
      const { frame, topic } = read.value
      const { reports, ignored } = parsePrivateFrame(frame, topic, accountId)
      if (ignored > 0) connections.log.debug('rows_ignored', { accountId, topic, ignored })
      if (reports.length > 0) this.#collect(reports)
    }
  }

  /** A trade is told in four frames, mostly in one piece: together they are one turn and one commit. */
  #collect(reports: readonly VenueReport[]): void {
    if (this.#reports.length === 0) {
      this.#receivedAt = this.#options.connections.clock.now()
      queueMicrotask(() => this.#handOn())
    }
    this.#reports.push(...reports)
  }

  #handOn(): void {
    const reports = this.#reports
    if (reports.length === 0) return
    this.#reports = []
    this.#options.listener.reports(reports, this.#receivedAt)
  }

  /** Where a login or subscription stands would be a guess after a frame like that: begin again. */
  #control(frame: Row): void {
    this.#handOn()
    const outcome = attempt(() => {
      if (frame['op'] === 'pong') this.#socket.pong()
      else if (frame['op'] === 'auth') this.#loggedIn(frame)
      else if (frame['op'] === 'subscribe') this.#subscribed(frame)
    })
    if (!outcome.ok) this.#socket.drop(`a control frame that cannot be read: ${outcome.error}`)
  }

  #loggedIn(frame: Row): void {
    const error = this.#login.refusal(frame)
    if (error === null) this.#socket.send(SUBSCRIBE)
    else if (isKeyRefusal(error)) this.#refused(error)
    else this.#socket.drop(`login refused: ${error.message}`)
  }

  /** Closed before the engine is told, so that nothing more follows `refused`. */
  #refused(error: VenueError): void {
    const { accountId, connections, listener } = this.#options
    this.close()
    connections.log.error('key_refused', { accountId, message: error.message })
    listener.stream({ kind: 'refused', error })
  }

  #subscribed(frame: Row): void {
    if (frame['success'] !== true) {
      this.#socket.drop(`subscription refused: ${optionalText(frame, 'ret_msg') ?? ''}`)
      return
    }
    this.#login.end()
    this.#live = true
    this.#socket.settled()
    this.#options.listener.stream({ kind: 'live' })
  }

  #ended(): void {
    this.#live = false
    this.#login.end()
  }
}
