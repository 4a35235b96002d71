import { decimal } from '../../src/domain/decimal.ts'
import { type AccountId, instrumentId, uuidv7, type VenueOrderId } from '../../src/domain/ids.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import type { CountedClosedPnl, HistoryStore } from '../../src/ports/history-store.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { openSqliteHistory } from '../../src/store/history/sqlite.ts'

/** As many as Bybit puts on a page. */
const PAGE = 100
const ACCOUNTS = 10
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map(symbol => instrumentId('bybit', symbol))
const START = Date.UTC(2_025, 0)
const EVERY_MS = 1_000

/** Pages of closed PnL into a store of its own, one after the other, as long as it is told to. */
export class Ingestion {
  readonly #store: HistoryStore
  #page = 0
  #running = false
  #done: Promise<void> = Promise.resolve()

  private constructor(store: HistoryStore) {
    this.#store = store
  }

  static async open(path: string): Promise<Ingestion> {
    const opened = await openSqliteHistory({ path, log: SILENT })
    if (!opened.ok) throw new Error(opened.error.message)
    return new Ingestion(opened.value)
  }

  /** @returns CPU of all threads per row, µs, without the making of the rows */
  async rows(count: number): Promise<number> {
    let cpuUs = 0
    for (let done = 0; done < count; done += PAGE) {
      const rows = this.#next()
      const before = process.cpuUsage()
      await this.#write(rows)
      const { user, system } = process.cpuUsage(before)
      cpuUs += user + system
    }
    return cpuUs / count
  }

  start(): void {
    this.#running = true
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#running = false
    await this.#done
  }

  async close(): Promise<void> {
    await this.#store.close()
  }

  async #run(): Promise<void> {
    while (this.#running) await this.#write(this.#next())
  }

  async #write(rows: readonly CountedClosedPnl[]): Promise<void> {
    const accountId = `account-${this.#page % ACCOUNTS}` as AccountId
    const found = { kind: 'closed_pnl', rows } as const
    const written = await this.#store.commit({ accountId, found, coverage: null, job: null })
    if (!written.ok) throw new Error(written.error.message)
  }

  /** Newest first within a page, as the venue has them. */
  #next(): readonly CountedClosedPnl[] {
    this.#page += 1
    const end = START + this.#page * PAGE * EVERY_MS
    return Array.from({ length: PAGE }, (_, index) =>
      closing(end - index * EVERY_MS, this.#page * PAGE + index),
    )
  }
}

const random = systemRandom()

function closing(at: number, number: number): CountedClosedPnl {
  return {
    instrumentId: SYMBOLS[number % SYMBOLS.length] ?? instrumentId('bybit', 'BTCUSDT'),
    venueOrderId: uuidv7<never>(at, random.bytes(10)) as string as VenueOrderId,
    side: number % 2 === 0 ? 'sell' : 'buy',
    closedQuantity: decimal('0.125'),
    averageEntryPrice: decimal('60123.45'),
    averageExitPrice: decimal('60187.1'),
    entryNotional: decimal('7515.43125'),
    exitNotional: decimal('7523.3875'),
    openFee: decimal('4.13348719'),
    closeFee: decimal('4.13786312'),
    closedPnl: decimal('-0.31510031'),
    fillCount: 1,
    leverage: decimal('10'),
    cause: 'Trade',
    createdAt: at,
    at,
    ordinal: 0,
  }
}
