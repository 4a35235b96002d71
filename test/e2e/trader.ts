import { type OrderParamsV5, RestClientV5 } from 'bybit-api'
import type { Credential } from '../../src/domain/account.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import { SYMBOL } from './world.ts'

const LINEAR = { category: 'linear', symbol: SYMBOL } as const
/** Thousandths of a coin, so that no float meets a quantity. */
const LEAST = 10
const MOST = 200
const MAXIMUM_POSITION = 900
/** Steps that a resting order is given. */
const REST_STEPS = 8
const CLOSE_TRIES = 20

/**
 * A person who trades at the venue with the npm package bybit-api, as it is published: nothing in here
 * knows that anybody follows. Opens, adds, reduces, closes, turns round, and rests limit orders.
 */
export class Trader {
  readonly #client: RestClientV5
  readonly #random: SeededRandom
  #resting = 0
  orders = 0
  /** How often the venue said no, by its code. */
  readonly refused = new Map<number, number>()

  constructor({ key, secret }: Credential, baseUrl: string, random: SeededRandom) {
    this.#client = new RestClientV5({ key, secret, baseUrl })
    this.#random = random
  }

  /** Signed, thousandths of a coin. */
  async position(): Promise<number> {
    const { result } = await this.#client.getPositionInfo(LINEAR)
    const [row] = result.list
    const size = Math.round(Number(row?.size ?? 0) * 1_000)
    return row?.side === 'Sell' ? -size : size
  }

  async trade(): Promise<void> {
    if (this.#resting > 0) this.#resting -= 1
    if (this.#resting === 1) await this.#cancelResting()
    const held = await this.position()
    const size = this.#random.integer(LEAST, MOST)
    const direction = held === 0 ? (this.#random.chance(0.5) ? 1 : -1) : Math.sign(held)
    const chance = this.#random.next()
    if (chance < 0.2 && this.#resting === 0) await this.#limit(this.#random.chance(0.5) ? size : -size)
    else if (held === 0) await this.market(direction * size)
    else if (chance < 0.3 || Math.abs(held) > MAXIMUM_POSITION) await this.market(-held)
    else if (chance < 0.4) await this.market(-held - direction * size)
    else if (chance < 0.6) await this.market(-direction * Math.min(size, Math.abs(held)))
    else await this.market(direction * size)
  }

  /** @param thousandths signed, of a coin; not 0 */
  async market(thousandths: number): Promise<void> {
    await this.#submit({ ...LINEAR, ...sideAndSize(thousandths), orderType: 'Market' })
  }

  /** Ends what rests and what is held. @returns false when the venue still shows a position after many tries */
  async closeAll(): Promise<boolean> {
    await this.#cancelResting()
    for (let tries = 0; tries < CLOSE_TRIES; tries += 1) {
      const held = await this.position()
      if (held === 0) return true
      await this.market(-held)
    }
    return false
  }

  async #cancelResting(): Promise<void> {
    await this.#client.cancelAllOrders(LINEAR)
    this.#resting = 0
  }

  /** A little better than the market: it trades within seconds, or is cancelled. */
  async #limit(thousandths: number): Promise<void> {
    const { result } = await this.#client.getTickers(LINEAR)
    const last = Number(result.list[0]?.lastPrice ?? 0)
    const away = (last * this.#random.integer(1, 4)) / 10_000
    const price = (thousandths > 0 ? last - away : last + away).toFixed(1)
    this.#resting = REST_STEPS
    await this.#submit({ ...LINEAR, ...sideAndSize(thousandths), orderType: 'Limit', price })
  }

  async #submit(order: OrderParamsV5): Promise<void> {
    this.orders += 1
    const { retCode } = await this.#client.submitOrder(order)
    if (retCode !== 0) this.refused.set(retCode, (this.refused.get(retCode) ?? 0) + 1)
  }
}

function sideAndSize(thousandths: number) {
  const qty = (Math.abs(thousandths) / 1_000).toFixed(3)
  return { side: thousandths > 0 ? 'Buy' : 'Sell', qty } as const
}
