import { setTimeout as sleep } from 'node:timers/promises'
import type { Trader } from '../e2e/trader.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'

const CLOSE_TRIES = 20
const CLOSE_PAUSE_MS = 200

/** How long a leader thinks between two trades, ms. */
export interface Pace {
  readonly least: number
  readonly most: number
}

/** Trades in a loop beside everything that happens; while its exchange is down it tries in vain. */
export class Leader {
  readonly #random: SeededRandom
  readonly #makeTrader: () => Trader
  readonly #pace: Pace
  #trader: Trader
  #loop: Promise<void> | null = null
  #trading = false
  orders = 0

  constructor(random: SeededRandom, pace: Pace, makeTrader: () => Trader) {
    this.#random = random
    this.#pace = pace
    this.#makeTrader = makeTrader
    this.#trader = makeTrader()
  }

  /** Its exchange is another process now. */
  moveOver(): void {
    this.#trader = this.#makeTrader()
  }

  begin(): void {
    if (this.#trading) return
    this.#trading = true
    this.#loop = this.#trade()
  }

  async pause(): Promise<void> {
    this.#trading = false
    await this.#loop
  }

  /** @returns false when a position is left */
  async close(): Promise<boolean> {
    for (let tries = 0; tries < CLOSE_TRIES; tries += 1) {
      if (await this.#trader.closeAll().catch(() => false)) return true
      await sleep(CLOSE_PAUSE_MS)
    }
    return false
  }

  async #trade(): Promise<void> {
    while (this.#trading) {
      await this.#trader.trade().then(
        () => {
          this.orders += 1
        },
        () => undefined,
      )
      await sleep(this.#random.integer(this.#pace.least, this.#pace.most))
    }
  }
}

/** Everybody who trades by hand in a world: the leader, and one on the first leg of each pair that does not quote. */
export class Leaders {
  readonly #each: readonly Leader[]

  constructor(each: readonly Leader[]) {
    this.#each = each
  }

  get orders(): number {
    return this.#each.reduce((sum, { orders }) => sum + orders, 0)
  }

  moveOver(): void {
    for (const leader of this.#each) leader.moveOver()
  }

  begin(): void {
    for (const leader of this.#each) leader.begin()
  }

  async pause(): Promise<void> {
    await Promise.all(this.#each.map(leader => leader.pause()))
  }

  /** @returns false when a position is left */
  async close(): Promise<boolean> {
    const closed = await Promise.all(this.#each.map(leader => leader.close()))
    return closed.every(isClosed => isClosed)
  }
}
