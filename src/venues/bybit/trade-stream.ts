import type { Credential } from '../../domain/account.ts'
import type { AccountId } from '../../domain/ids.ts'
import type { Cancel } from '../../ports/clock.ts'
import { attempt, integerField, isRow, optionalText, parseObject, type Row } from '../shared/fields.ts'
import type { ReconnectingSocket } from '../shared/reconnecting-socket.ts'
import type { BybitConnections } from './connections.ts'
import { isKeyRefusal } from './errors.ts'
import { MAXIMUM_IN_FLIGHT } from './limits.ts'
import { Login } from './login.ts'

const PING = JSON.stringify({ op: 'ping' })

export type TradeOutcome =
  | {
      readonly kind: 'answered'
      readonly code: number
      readonly message: string
      readonly data: Row
      readonly header: Row
      /** Our clock, ms. */
      readonly sentAt: number
      readonly answeredAt: number
    }
  | { readonly kind: 'not_sent'; readonly message: string }
  /** Bytes were handed over; what the venue made of them is unknown. */
  | { readonly kind: 'lost'; readonly message: string }

export interface TradeRequest {
  readonly op: 'order.create' | 'order.cancel'
  /** The venue's clock, ms. */
  readonly timestamp: number
  readonly receiveWindowMs: number
  /** JSON. */
  readonly argument: string
  /** Monotonic, ms: not a byte leaves after it. */
  readonly sendBefore: number
  readonly timeoutMs: number
}

interface Pending {
  readonly sentAt: number
  readonly cancel: Cancel
  readonly settle: (outcome: TradeOutcome) => void
}

/** Orders by WebSocket: no signature per request, and an answer in a third of the time of REST. */
export class BybitTradeStream {
  readonly #accountId: AccountId
  readonly #connections: BybitConnections
  readonly #socket: ReconnectingSocket
  readonly #login: Login
  readonly #pending = new Map<string, Pending>()
  /** Ids must differ between processes too: "duplicate reqId" would refuse an order (20006). */
  readonly #idPrefix: string
  #count = 0
  #ready = false

  constructor(options: {
    readonly accountId: AccountId
    readonly credential: Credential
    readonly connections: BybitConnections
    readonly url: string
  }) {
    const { accountId, credential, connections, url } = options
    const { clock, venueClock, random } = connections
    this.#accountId = accountId
    this.#connections = connections
    this.#idPrefix = Buffer.from(random.bytes(8)).toString('hex')
    this.#login = new Login({ credential, clock, venueClock, socket: () => this.#socket })
    this.#socket = connections.socket({
      name: `bybit trade ${accountId}`,
      url,
      priority: 'entry',
      login: true,
      pingFrame: PING,
      listener: {
        connecting: () => {},
        opened: () => this.#login.begin(),
        frame: text => this.#frame(text),
        lost: message => this.#ended(message),
      },
    })
  }

  open(): void {
    this.#socket.open()
  }

  close(): void {
    this.#socket.close()
    this.#ended('closed')
  }

  /** Logged in, and answering. */
  isReady(): boolean {
    return this.#ready && this.#socket.isAlive()
  }

  /** Sends once. Settles with the answer, or with what is certain without one. */
  send(request: TradeRequest): Promise<TradeOutcome> {
    const { clock } = this.#connections
    if (!this.#ready) return notSent('the trade stream is not connected')
    if (this.#pending.size >= MAXIMUM_IN_FLIGHT)
      return notSent(`${MAXIMUM_IN_FLIGHT} requests wait for answers already`)
    const id = this.#nextId()
    const frame = requestFrame(id, request)
    // The process may have stood still since the claim: looked at right before the write.
    if (clock.monotonic() > request.sendBefore) return notSent('too late to send')
    if (!this.#socket.send(frame)) return notSent('the trade stream takes nothing')
    return new Promise(resolve => {
      const cancel = clock.after(request.timeoutMs, () => {
        this.#settle(id, () => ({ kind: 'lost', message: `no answer within ${request.timeoutMs} ms` }))
      })
      this.#pending.set(id, { sentAt: clock.now(), cancel, settle: resolve })
    })
  }

  #frame(text: string): void {
    const outcome = attempt(() => {
      const frame = parseObject(text)
      const op = frame['op']
      if (op === 'pong') this.#socket.pong()
      else if (op === 'auth') this.#loggedIn(frame)
      else this.#answered(frame)
    })
    // An answer that cannot be read stays unanswered: its order becomes doubtful in time.
    if (!outcome.ok)
      this.#connections.log.warn('frame_malformed', { accountId: this.#accountId, message: outcome.error })
  }

  #answered(frame: Row): void {
    const id = optionalText(frame, 'reqId') ?? ''
    const code = integerField(frame, 'retCode')
    const message = optionalText(frame, 'retMsg') ?? ''
    const answeredAt = this.#connections.clock.now()
    const { data, header } = frame
    this.#settle(id, ({ sentAt }) => ({
      kind: 'answered',
      code,
      message,
      data: isRow(data) ? data : {},
      header: isRow(header) ? header : {},
      sentAt,
      answeredAt,
    }))
  }

  #settle(id: string, outcome: (pending: Pending) => TradeOutcome): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    pending.cancel()
    pending.settle(outcome(pending))
  }

  #loggedIn(frame: Row): void {
    this.#login.end()
    const error = this.#login.refusal(frame)
    if (error === null) {
      this.#ready = true
      this.#socket.settled()
      return
    }
    // Whether the key is good is the private stream's to say; orders go by REST meanwhile.
    this.#connections.log.warn('trade_login_refused', { accountId: this.#accountId, message: error.message })
    if (isKeyRefusal(error)) this.close()
    else this.#socket.drop(`login refused: ${error.message}`)
  }

  #ended(message: string): void {
    this.#ready = false
    this.#login.end()
    for (const id of [...this.#pending.keys()])
      this.#settle(id, () => ({ kind: 'lost', message: `the trade stream was lost: ${message}` }))
  }

  /** Sixteen digits and a count: far below the 36 that the venue takes. */
  #nextId(): string {
    this.#count += 1
    return `${this.#idPrefix}-${this.#count.toString(36)}`
  }
}

function requestFrame(id: string, { op, timestamp, receiveWindowMs, argument }: TradeRequest): string {
  const header = `{"X-BAPI-TIMESTAMP":"${timestamp}","X-BAPI-RECV-WINDOW":"${receiveWindowMs}"}`
  return `{"reqId":"${id}","header":${header},"op":"${op}","args":[${argument}]}`
}

function notSent(message: string): Promise<TradeOutcome> {
  return Promise.resolve({ kind: 'not_sent', message })
}
