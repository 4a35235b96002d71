import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Notice } from '../../domain/notice.ts'
import { systemClock } from '../../ops/system-clock.ts'
import { systemRandom } from '../../ops/system-random.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Log, type LogFields, SILENT } from '../../ports/observe.ts'
import { type Gateway, openGateway } from '../gateway.ts'
import { Hub, type HubParts } from '../hub.ts'
import { type LiveObserver, NO_OBSERVER } from '../observer.ts'
import { ScriptedAccounts, ScriptedTickers } from './accounts.ts'
import { ScriptedAuthority } from './authority.ts'
import { ScriptedPairs } from './pairs.ts'

export interface LogLine extends LogFields {
  readonly event: string
}

/** The gateway on a port of its own, over accounts and people that a test plays. */
export class LiveServer {
  readonly accounts = new ScriptedAccounts()
  readonly pairs = new ScriptedPairs()
  readonly tickers = new ScriptedTickers()
  readonly authority: ScriptedAuthority
  readonly lines: LogLine[] = []
  readonly hub: Hub
  readonly gateway: Gateway
  readonly #http: Server
  #notice: (notice: Notice) => void = () => undefined

  private constructor(
    http: Server,
    { clock, origins, observer, isSilent, makeHub, addressOf }: Required<LiveServerOptions>,
  ) {
    this.#http = http
    const line = (event: string, fields?: LogFields) => void this.lines.push({ event, ...fields })
    const log: Log = isSilent ? SILENT : { debug: line, info: line, warn: line, error: line }
    this.authority = new ScriptedAuthority(() => clock.now())
    const random = systemRandom()
    const { accounts, pairs, tickers } = this
    this.hub = makeHub({ accounts, pairs, tickers, clock, random, log })
    const notices = (listener: (notice: Notice) => void) => {
      this.#notice = listener
      return () => undefined
    }
    const { hub, authority } = this
    this.gateway = openGateway({
      server: http,
      hub,
      authority,
      notices,
      clock,
      random,
      log,
      observer,
      origins,
      addressOf,
    })
  }

  static async start(options: LiveServerOptions = {}): Promise<LiveServer> {
    const http = createServer()
    const defaults = {
      clock: systemClock(),
      origins: [],
      addressOf: (request: IncomingMessage) => request.socket.remoteAddress ?? '',
      observer: NO_OBSERVER,
      isSilent: false,
      makeHub: (parts: HubParts) => new Hub(parts),
    }
    const server = new LiveServer(http, { ...defaults, ...options })
    http.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 })
    await once(http, 'listening')
    return server
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  notice(notice: Notice): void {
    this.#notice(notice)
  }

  /** The lines of one event. */
  logged(event: string): readonly LogLine[] {
    return this.lines.filter(line => line.event === event)
  }

  async close(): Promise<void> {
    this.gateway.close()
    this.#http.closeAllConnections()
    this.#http.close()
    await once(this.#http, 'close')
  }
}

export interface LiveServerOptions {
  readonly clock?: Clock
  readonly origins?: readonly string[]
  readonly addressOf?: (request: IncomingMessage) => string
  readonly observer?: LiveObserver
  /** Keeps no log lines. */
  readonly isSilent?: boolean
  readonly makeHub?: (parts: HubParts) => Hub
}
