import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/observe.ts'
import type { Random } from '../../ports/random.ts'
import type { Dial } from '../../ports/transport.ts'
import { attempt, integerField, isRow, optionalText, parseObject, type Row } from '../shared/fields.ts'
import { acquire, type Priority, type RateWindow } from '../shared/rate-budget.ts'
import { ReconnectingSocket } from '../shared/reconnecting-socket.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import { ALREADY_SUBSCRIBED, type Refusal, refused } from './errors.ts'
import { CONNECT_WAIT_MS } from './limits.ts'
import type { EgressQuota } from './quota.ts'
import type { LighterUrls } from './urls.ts'

const PING = JSON.stringify({ type: 'ping' })
const PONG = JSON.stringify({ type: 'pong' })

/** What a stream hears, once pings and errors are dealt with. */
export interface FrameListener {
  connecting(): void
  opened(): void
  /** `topic` is the frame's type without what it does: "account_all_orders". */
  data(frame: Row, topic: string, isFirst: boolean): void
  refused(refusal: Refusal): void
  malformed(message: string): void
  lost(message: string): void
}

export interface LighterConnectionsOptions {
  readonly urls: LighterUrls
  readonly clock: Clock
  readonly venueClock: VenueClock
  readonly random: Random
  readonly log: Log
  readonly egress: EgressQuota
  readonly dial: Dial
}

/** What every stream of one venue shares: its clock, its address's budget, its way to dial, its manners. */
export class LighterConnections {
  readonly clock: Clock
  readonly venueClock: VenueClock
  readonly random: Random
  readonly log: Log
  /** Subscriptions that the market stream may ask for. */
  readonly messages: RateWindow
  readonly #options: LighterConnectionsOptions

  constructor(options: LighterConnectionsOptions) {
    this.#options = options
    this.clock = options.clock
    this.venueClock = options.venueClock
    this.random = options.random
    this.log = options.log
    this.messages = options.egress.messages
  }

  /** @param ready why there may be no connection yet, besides its budget */
  socket(options: {
    readonly name: string
    readonly priority: Priority
    readonly listener: FrameListener
    readonly ready: () => Promise<string | null>
  }): ReconnectingSocket {
    const { name, priority, listener, ready } = options
    const { urls, dial, clock, random, log } = this.#options
    const socket: ReconnectingSocket = new ReconnectingSocket({
      name,
      url: urls.stream,
      dial,
      clock,
      random,
      log,
      pingFrame: PING,
      admit: async () => (await ready()) ?? this.#admit(priority),
      listener: {
        connecting: () => listener.connecting(),
        opened: () => listener.opened(),
        frame: text => hear(socket, listener, text),
        lost: message => listener.lost(message),
      },
    })
    return socket
  }

  async #admit(priority: Priority): Promise<string | null> {
    const { clock, egress } = this.#options
    this.venueClock.start()
    const until = clock.monotonic() + CONNECT_WAIT_MS
    const taken = await acquire({ clock, windows: [egress.connect], priority, until })
    return taken ? null : 'the address has no budget for another connection yet'
  }
}

export function subscribeFrame(channel: string, auth?: string): string {
  return JSON.stringify({ type: 'subscribe', channel, ...(auth !== undefined && { auth }) })
}

export function unsubscribeFrame(channel: string): string {
  return JSON.stringify({ type: 'unsubscribe', channel })
}

function hear(socket: ReconnectingSocket, listener: FrameListener, text: string): void {
  const read = attempt(() => {
    const frame = parseObject(text)
    const [what = '', topic = ''] = (optionalText(frame, 'type') ?? '').split('/', 2)
    return { frame, what, topic, refusal: refusalOf(frame) }
  })
  if (!read.ok) {
    listener.malformed(read.error)
    return
  }
  const { frame, what, topic, refusal } = read.value
  if (refusal !== null) listener.refused(refusal)
  else if (what === 'pong') socket.pong()
  // Whoever leaves the venue's pings without an answer is closed.
  else if (what === 'ping') socket.send(PONG)
  else if (what === 'subscribed' || what === 'update') listener.data(frame, topic, what === 'subscribed')
}

/** `{"error": {"code": 30003, "message": "Already Subscribed"}}`. */
function refusalOf(frame: Row): Refusal | null {
  const error = frame['error']
  if (!isRow(error)) return null
  const code = integerField(error, 'code')
  return code === ALREADY_SUBSCRIBED ? null : refused(code, optionalText(error, 'message') ?? '')
}
