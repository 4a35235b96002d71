import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/observe.ts'
import type { Random } from '../../ports/random.ts'
import type { Dial } from '../../ports/transport.ts'
import { acquire, type Priority } from '../shared/rate-budget.ts'
import { ReconnectingSocket, type ReconnectingSocketOptions } from '../shared/reconnecting-socket.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import { CONNECT_WAIT_MS } from './limits.ts'
import type { EgressQuota } from './quota.ts'
import type { BybitUrls } from './urls.ts'

type SocketOptions = Pick<ReconnectingSocketOptions, 'name' | 'url' | 'listener' | 'pingFrame'> & {
  /** Private streams go before trade streams, and both before the public one. */
  readonly priority: Priority
  /** Logging in is signed with the venue's time; public streams need none. */
  readonly login: boolean
}

/** What every stream of one venue shares: its clock, its address's budget, its way to dial. */
export class BybitConnections {
  readonly urls: BybitUrls
  readonly clock: Clock
  readonly venueClock: VenueClock
  readonly random: Random
  readonly log: Log
  readonly egress: EgressQuota
  readonly #dial: Dial

  constructor(options: {
    readonly urls: BybitUrls
    readonly clock: Clock
    readonly venueClock: VenueClock
    readonly random: Random
    readonly log: Log
    readonly egress: EgressQuota
    readonly dial: Dial
  }) {
    this.urls = options.urls
    this.clock = options.clock
    this.venueClock = options.venueClock
    this.random = options.random
    this.log = options.log
    this.egress = options.egress
    this.#dial = options.dial
  }

  socket({ priority, login, ...options }: SocketOptions): ReconnectingSocket {
    const { clock, random, log } = this
    const admit = () => this.#admit(priority, login)
    return new ReconnectingSocket({ ...options, dial: this.#dial, clock, random, log, admit })
  }

  async #admit(priority: Priority, login: boolean): Promise<string | null> {
    this.venueClock.start()
    if (login && (await this.venueClock.known()) === null) return "the venue's time is not known yet"
    const until = this.clock.monotonic() + CONNECT_WAIT_MS
    const windows = [this.egress.connect]
    const taken = await acquire({ clock: this.clock, windows, priority, until })
    return taken ? null : 'the address has no budget for another connection yet'
  }
}
