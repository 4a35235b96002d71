import { type OrderParamsV5, RestClientV5 } from 'bybit-api'
import type { Credential } from '../../../src/domain/account.ts'
import type { SeededRandom } from '../../simulation/seeded-random.ts'

const LINEAR = { category: 'linear' } as const
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const
const BUY_CHANCE = 0.5
const LIMIT_CHANCE = 0.2
const CANCEL_CHANCE = 0.1
/** Far below any price that the exchange comes to: it rests until somebody cancels it. */
const RESTING_PRICE = '1000'
const MOST_LOTS = 5

/** Somebody who trades at the venue itself with the npm package bybit-api: nothing of it passes through the server. */
export class MarketTrader {
  readonly #rest: RestClientV5
  readonly #random: SeededRandom
  /** Orders that the venue has taken. */
  taken = 0

  constructor({ key, secret }: Credential, baseUrl: string, random: SeededRandom) {
    this.#rest = new RestClientV5({ key, secret, baseUrl })
    this.#random = random
  }

  async trade(): Promise<void> {
    if (this.#random.chance(CANCEL_CHANCE)) await this.cancelAll()
    else if (this.#random.chance(LIMIT_CHANCE))
      await this.#submit({ ...this.#order('Buy'), orderType: 'Limit', price: RESTING_PRICE })
    else await this.#submit(this.#order(this.#random.chance(BUY_CHANCE) ? 'Buy' : 'Sell'))
  }

  async cancelAll(): Promise<void> {
    for (const symbol of SYMBOLS) await this.#rest.cancelAllOrders({ ...LINEAR, symbol })
  }

  /** Decimal text by currency, as the venue's own answer has it. */
  async balances(): Promise<ReadonlyMap<string, string>> {
    const { result } = await this.#rest.getWalletBalance({ accountType: 'UNIFIED' })
    const coins = result.list[0]?.coin ?? []
    return new Map(coins.map(({ coin, walletBalance }) => [coin, walletBalance]))
  }

  #order(side: 'Buy' | 'Sell'): OrderParamsV5 {
    const qty = (this.#random.integer(1, MOST_LOTS) / 100).toFixed(2)
    return { ...LINEAR, symbol: this.#random.pick(SYMBOLS), side, orderType: 'Market', qty }
  }

  async #submit(order: OrderParamsV5): Promise<void> {
    const { retCode } = await this.#rest.submitOrder(order)
    if (retCode === 0) this.taken += 1
  }
}
