import { setTimeout as sleep } from 'node:timers/promises'
import type { Trader } from '../e2e/trader.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'

const LEAST_PAUSE_MS = 40
const MOST_PAUSE_MS = 220
const CLOSE_TRIES = 20

/** Trades in a loop beside everything that happens; while its exchange is down it tries in vain. */
export class Leader {
  readonly #random: SeededRandom
  readonly #makeTrader: () => Trader
  #trader: Trader
  #loop: Promise<void> | null = null
  #trading = false
  orders = 0

  constructor(random: SeededRandom, makeTrader: () => Trader) {
    this.#random = random
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
      await sleep(MOST_PAUSE_MS)
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
      await sleep(this.#random.integer(LEAST_PAUSE_MS, MOST_PAUSE_MS))
    }
  }
}
