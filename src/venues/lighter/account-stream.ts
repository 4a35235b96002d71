import type { AccountId } from '../../domain/ids.ts'
import type { Cancel } from '../../ports/clock.ts'
import type { AccountListener, VenueReport } from '../../ports/venue.ts'
import { attempt, integerField, type Row } from '../shared/fields.ts'
import { AccountLine } from './account-line.ts'
import type { AuthTokens } from './auth-tokens.ts'
import type { LighterConnections } from './connections.ts'
import type { LighterCredential } from './credential.ts'
import { isKeyRefusal, type Refusal, SEE_KEYS } from './errors.ts'
import { HeldTrades } from './held-trades.ts'
import type { KnownOrders } from './known-orders.ts'
import { RENEWAL_OVERLAP_MS, RENEWAL_SPREAD_MS, RENEWAL_WAIT_MS, TOKEN_MARGIN_MS } from './limits.ts'
import type { MarketList } from './market-list.ts'
import { malformed, orderRows, type ParsedRow, positionRows, statsRow, tradeRows } from './parse/frame.ts'
import type { TradeContext } from './parse/trade.ts'

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

/**
 * The account's reports. Live while a line is complete. Before the token of that line ends another one is made; both are
 * heard for a while, so that nothing is missed and no order in flight has to be asked for.
 */
export class LighterAccountStream {
  readonly #options: AccountStreamOptions
  readonly #held: HeldTrades
  readonly #context: TradeContext
  /** The one that is relied on. */
  #line: AccountLine
  /** On its way to replace it. */
  #successor: AccountLine | null = null
  /** Replaced a moment ago. */
  #former: AccountLine | null = null
  #live = false
  #renewal: Cancel | null = null
  #overlap: Cancel | null = null
  /** The highest trade that this stream has told of. */
  #lastTrade = 0
  #reports: VenueReport[] = []
  #receivedAt = 0

  constructor(options: AccountStreamOptions) {
    this.#options = options
    const { accountId, credential, connections, markets, known, listener } = options
    this.#context = { accountId, accountIndex: credential.accountIndex, markets }
    this.#held = new HeldTrades({
      clock: connections.clock,
      known,
      isSizeNeeded: () => listener.needsOrderQuantity?.() ?? true,
      report: reports => this.#collect(reports),
    })
    this.#line = this.#newLine()
  }

  open(): void {
    this.#line.open()
  }

  close(): void {
    this.#ended()
    this.#overlap?.()
    for (const line of [this.#line, this.#successor, this.#former]) line?.close()
  }

  isAlive(): boolean {
    return this.#live && this.#line.isAlive()
  }

  #newLine(): AccountLine {
    const { accountId, credential, connections, tokens, ready, listener } = this.#options
    const line: AccountLine = new AccountLine({
      accountId,
      accountIndex: credential.accountIndex,
      connections,
      tokens,
      ready,
      listener: {
        connecting: () => line === this.#line && listener.stream({ kind: 'connecting' }),
        data: (frame, topic, isFirst) => this.#data(frame, topic, isFirst),
        complete: tokenEndsAt => this.#complete(line, tokenEndsAt),
        refused: refusal => this.#refused(line, refusal),
        malformed: message => this.#collect([malformed('', message)]),
        lost: message => this.#lost(line, message),
      },
    })
    return line
  }

  #complete(line: AccountLine, tokenEndsAt: number): void {
    if (line === this.#successor) {
      this.#leave(this.#line)
      this.#line = line
    } else this.#successor?.close()
    this.#successor = null
    this.#renewAt(tokenEndsAt)
    if (this.#live) return
    this.#live = true
    this.#handOn()
    this.#options.listener.stream({ kind: 'live' })
  }

  /** Heard for a while longer if it was relied on until now. */
  #leave(line: AccountLine): void {
    this.#overlap?.()
    this.#former?.close()
    this.#former = this.#live ? line : null
    if (this.#former === null) line.close()
    this.#overlap = this.#options.connections.clock.after(RENEWAL_OVERLAP_MS, () => {
      this.#former?.close()
      this.#former = null
    })
  }

  #lost(line: AccountLine, message: string): void {
    const { listener } = this.#options
    if (line === this.#line) {
      this.#ended()
      listener.stream({ kind: 'lost', message })
    } else if (line === this.#former) {
      line.close()
      this.#former = null
      // What it had on its way is lost: the account is read anew.
      listener.stream({ kind: 'lost', message })
      if (this.#live) listener.stream({ kind: 'live' })
    }
  }

  /** Its token must not end while it is relied on. @param tokenEndsAt the venue's clock, ms */
  #renewAt(tokenEndsAt: number): void {
    const { clock, venueClock, random } = this.#options.connections
    const leftMs = tokenEndsAt - (venueClock.now() ?? clock.now())
    const delayMs = Math.max(0, leftMs - TOKEN_MARGIN_MS) + random.next() * RENEWAL_SPREAD_MS
    this.#renewal?.()
    this.#renewal = clock.after(delayMs, () => {
      this.#successor?.close()
      this.#successor = this.#newLine()
      this.#successor.open()
      this.#renewal = clock.after(RENEWAL_WAIT_MS, () =>
        this.#line.drop('the auth token was not renewed in time'),
      )
    })
  }

  #data(frame: Row, topic: string, isFirst: boolean): void {
    if (topic === 'account_all_orders')
      this.#told(topic, orderRows(frame, this.#context), report => ({ kind: 'order', report }))
    else if (topic === 'account_all_trades') this.#trades(frame, isFirst)
    else if (topic === 'account_all_positions') this.#positions(frame, topic)
    else if (topic === 'user_stats')
      this.#told(topic, [statsRow(frame)], balances => ({ kind: 'balance', balances }))
    else this.#collect([malformed(topic, 'a channel that nobody asked for')])
  }

  /** What the first frame has is old, and read anew by whoever missed it. */
  #trades(frame: Row, isFirst: boolean): void {
    for (const row of tradeRows(frame, this.#context)) {
      if (!row.ok) this.#collect([malformed('account_all_trades', row.error)])
      else {
        this.#lastTrade = Math.max(this.#lastTrade, row.value.fill.venueSequence)
        if (!isFirst && !this.#held.take(row.value.fill)) this.#line.drop('too many trades of unknown orders')
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

  #refused(line: AccountLine, refusal: Refusal): void {
    const { accountId, credential, connections, listener, tokens } = this.#options
    tokens.forget()
    if (!isKeyRefusal(refusal)) {
      line.drop(`subscription refused: ${refusal.code} ${refusal.message}`)
      return
    }
    this.close()
    const keyIndex = credential.lanes.quotes.apiKeyIndex
    const message = `Lighter says "${refusal.message}" to key index ${keyIndex} of account ${credential.accountIndex}. ${SEE_KEYS}`
    connections.log.error('key_refused', { accountId, message })
    listener.stream({ kind: 'refused', error: { ...refusal, message } })
  }

  #ended(): void {
    this.#live = false
    this.#renewal?.()
    this.#renewal = null
    this.#held.clear()
    this.#options.known.lost()
  }
}
