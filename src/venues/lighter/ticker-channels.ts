import type { InstrumentId } from '../../domain/ids.ts'
import type { Cancel, Clock } from '../../ports/clock.ts'
import { acquire, type RateWindow } from '../shared/rate-budget.ts'
import { subscribeFrame, unsubscribeFrame } from './connections.ts'
import { MAXIMUM_TICKER_CHANNELS, TICKER_AGAIN_MS } from './limits.ts'
import type { MarketList } from './market-list.ts'

export interface TickerChannelsOptions {
  readonly clock: Clock
  readonly markets: MarketList
  /** Client messages that the address has for this. */
  readonly messages: RateWindow
  /** False: nothing was handed over. */
  readonly send: (text: string) => boolean
}

/** One subscription for each watched instrument, as fast as the address may send: only `ticker` has best prices. */
export class TickerChannels {
  readonly #options: TickerChannelsOptions
  #watched: ReadonlySet<InstrumentId> = new Set()
  /** Subscribed to on this connection; true once the channel has answered. */
  readonly #asked = new Map<InstrumentId, boolean>()
  #open = false
  #asking = false
  #again: Cancel | null = null

  constructor(options: TickerChannelsOptions) {
    this.#options = options
  }

  /** The connection carries tickers of all markets; the best prices follow. */
  opened(): void {
    this.#open = true
    void this.#ask()
  }

  ended(): void {
    this.#open = false
    this.#again?.()
    this.#again = null
    this.#asked.clear()
  }

  watch(instruments: ReadonlySet<InstrumentId>): void {
    this.#watched = instruments
    for (const id of [...this.#asked.keys()]) if (!instruments.has(id)) this.#leave(id)
    void this.#ask()
  }

  answered(id: InstrumentId): void {
    if (this.#asked.has(id)) this.#asked.set(id, true)
  }

  /** A refusal does not say which channel it is about: those without an answer are asked for again, later. */
  refused(): void {
    for (const [id, hasAnswered] of this.#asked) if (!hasAnswered) this.#asked.delete(id)
    this.#again?.()
    this.#again = this.#options.clock.after(TICKER_AGAIN_MS, () => {
      this.#again = null
      void this.#ask()
    })
  }

  async #ask(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    const { clock, messages, markets, send } = this.#options
    while (this.#next() !== undefined) {
      const until = clock.monotonic() + 2 * messages.perMs()
      if (!(await acquire({ clock, windows: [messages], priority: 'read', until }))) break
      // What is watched, and the connection, may have changed while it waited.
      const id = this.#next()
      const entry = id === undefined ? undefined : markets.ofInstrument(id)
      if (id === undefined || entry === undefined || !send(subscribeFrame(`ticker/${entry.marketIndex}`)))
        break
      this.#asked.set(id, false)
    }
    this.#asking = false
  }

  #next(): InstrumentId | undefined {
    if (!this.#open || this.#again !== null || this.#asked.size >= MAXIMUM_TICKER_CHANNELS) return undefined
    const { markets } = this.#options
    for (const id of this.#watched)
      if (!this.#asked.has(id) && markets.ofInstrument(id) !== undefined) return id
    return undefined
  }

  #leave(id: InstrumentId): void {
    this.#asked.delete(id)
    const entry = this.#options.markets.ofInstrument(id)
    if (entry !== undefined) this.#options.send(unsubscribeFrame(`ticker/${entry.marketIndex}`))
  }
}
