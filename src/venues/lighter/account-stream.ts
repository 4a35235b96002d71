import type { AccountId } from '../../domain/ids.ts'
import type { Cancel } from '../../ports/clock.ts'
import type { AccountListener, VenueReport } from '../../ports/venue.ts'
import { attempt, integerField, type Row } from '../shared/fields.ts'
import type { ReconnectingSocket } from '../shared/reconnecting-socket.ts'
import type { AuthTokens } from './auth-tokens.ts'
import { type LighterConnections, subscribeFrame } from './connections.ts'
import type { LighterCredential } from './credential.ts'
import { isKeyRefusal, type Refusal } from './errors.ts'
import { HeldTrades } from './held-trades.ts'
import type { KnownOrders } from './known-orders.ts'
import { SUBSCRIBE_TIMEOUT_MS, TOKEN_LIFE_MS, TOKEN_MARGIN_MS } from './limits.ts'
import type { MarketList } from './market-list.ts'
import { malformed, orderRows, type ParsedRow, positionRows, statsRow, tradeRows } from './parse/frame.ts'
import type { TradeContext } from './parse/trade.ts'

/** Orders first: a trade needs the size of its order. */
const CHANNELS = ['account_all_orders', 'account_all_trades', 'account_all_positions', 'user_stats'] as const

export interface AccountStreamOptions {
  readonly accountId: AccountId
  readonly credential: LighterCredential
  readonly connections: LighterConnections
  readonly tokens: AuthTokens
  readonly markets: MarketList
  readonly known: KnownOrders
  readonly ready: () => Promise<string | null>
  readonly listener: AccountListener
}

/** The account's reports: subscribed with a token, live when every channel has answered; after a loss all of it again. */
export class LighterAccountStream {
  readonly #options: AccountStreamOptions
  readonly #socket: ReconnectingSocket
  readonly #held: HeldTrades
  readonly #context: TradeContext
  #awaited = new Set<string>(CHANNELS)
  #live = false
  #timeout: Cancel | null = null
  /** The highest trade that this stream has told of. */
  #lastTrade = 0
  #reports: VenueReport[] = []
  #receivedAt = 0

  constructor(options: AccountStreamOptions) {
    this.#options = options
    const { accountId, credential, connections, markets, known, ready, listener } = options
    this.#context = { accountId, accountIndex: credential.accountIndex, markets }
    this.#held = new HeldTrades(connections.clock, known, reports => this.#collect(reports))
    this.#socket = connections.socket({
      name: `lighter account ${accountId}`,
      priority: 'exit',
      ready,
      listener: {
        connecting: () => listener.stream({ kind: 'connecting' }),
        opened: () => void this.#subscribe(),
        data: (frame, topic, isFirst) => this.#data(frame, topic, isFirst),
        refused: refusal => this.#refused(refusal),
        malformed: message => this.#collect([malformed('', message)]),
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

  async #subscribe(): Promise<void> {
    const { connections, tokens, credential } = this.#options
    this.#after(SUBSCRIBE_TIMEOUT_MS, 'not every channel has answered in time')
    const token = await tokens.current()
    if (!token.ok) {
      this.#socket.drop(token.error.message)
      return
    }
    for (const channel of CHANNELS) {
      if (this.#socket.send(subscribeFrame(`${channel}/${credential.accountIndex}`, token.value))) continue
      connections.log.debug('subscription_not_sent', { channel })
      return
    }
  }

  #data(frame: Row, topic: string, isFirst: boolean): void {
    if (topic === 'account_all_orders')
      this.#told(topic, orderRows(frame, this.#context), report => ({ kind: 'order', report }))
    else if (topic === 'account_all_trades') this.#trades(frame, isFirst)
    else if (topic === 'account_all_positions') this.#positions(frame, topic)
    else if (topic === 'user_stats')
      this.#told(topic, [statsRow(frame)], balances => ({ kind: 'balance', balances }))
    else this.#collect([malformed(topic, 'a channel that nobody asked for')])
    if (isFirst) this.#answered(topic)
  }

  /** What the first frame has is old, and read anew by whoever missed it. */
  #trades(frame: Row, isFirst: boolean): void {
    for (const row of tradeRows(frame, this.#context)) {
      if (!row.ok) this.#collect([malformed('account_all_trades', row.error)])
      else {
        this.#lastTrade = Math.max(this.#lastTrade, row.value.fill.venueSequence)
        if (!isFirst && !this.#held.take(row.value.fill))
          this.#socket.drop('too many trades of unknown orders')
      }
    }
  }

  #positions(frame: Row, topic: string): void {
    const at = attempt(() => integerField(frame, 'timestamp'))
    const { clock, venueClock } = this.#options.connections
    const moment = {
      venueSequence: this.#lastTrade,
      at: at.ok ? at.value : Math.trunc(venueClock.now() ?? clock.now()),
    }
    this.#told(topic, positionRows(frame, this.#context, moment), position => ({
      kind: 'position',
      position,
    }))
  }

  #told<T>(topic: string, rows: readonly ParsedRow<T>[], report: (value: T) => VenueReport): void {
    this.#collect(rows.map(row => (row.ok ? report(row.value) : malformed(topic, row.error))))
  }

  /** What comes in one piece from the network is one turn and one commit. */
  #collect(reports: readonly VenueReport[]): void {
    if (reports.length === 0) return
    for (const report of reports) this.#options.known.take(report)
    if (this.#reports.length === 0) {
      this.#receivedAt = this.#options.connections.clock.now()
      queueMicrotask(() => this.#handOn())
    }
    this.#reports.push(...reports)
    this.#held.release()
  }

  #handOn(): void {
    const reports = this.#reports
    if (reports.length === 0) return
    this.#reports = []
    this.#options.listener.reports(reports, this.#receivedAt)
  }

  #answered(topic: string): void {
    this.#awaited.delete(topic)
    if (this.#awaited.size > 0 || this.#live) return
    this.#live = true
    this.#socket.settled()
    // Its token must not end while it is relied on.
    this.#after(TOKEN_LIFE_MS - TOKEN_MARGIN_MS, 'the auth token is renewed')
    this.#handOn()
    this.#options.listener.stream({ kind: 'live' })
  }

  #refused(refusal: Refusal): void {
    const { accountId, credential, connections, listener, tokens } = this.#options
    tokens.forget()
    if (!isKeyRefusal(refusal)) {
      this.#socket.drop(`subscription refused: ${refusal.code} ${refusal.message}`)
      return
    }
    this.close()
    const keyIndex = credential.lanes.quotes.apiKeyIndex
    const message = `Lighter says "${refusal.message}" to key index ${keyIndex} of account ${credential.accountIndex}`
    connections.log.error('key_refused', { accountId, message })
    listener.stream({ kind: 'refused', error: { ...refusal, message } })
  }

  #after(delayMs: number, why: string): void {
    this.#timeout?.()
    this.#timeout = this.#options.connections.clock.after(delayMs, () => this.#socket.drop(why))
  }

  #ended(): void {
    this.#live = false
    this.#awaited = new Set<string>(CHANNELS)
    this.#timeout?.()
    this.#timeout = null
    this.#held.clear()
    this.#options.known.lost()
  }
}
