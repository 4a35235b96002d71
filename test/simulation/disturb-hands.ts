import { type Decimal, ZERO } from '../../src/domain/decimal.ts'
import { type AccountId, type IntentId, instrumentId } from '../../src/domain/ids.ts'
import { opposite, type Side, sideOf } from '../../src/domain/order.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { HandOrder } from '../../src/engine/hands.ts'
import { type Disturb, pickAccount, repeat } from './disturb.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Simulation } from './simulation.ts'
import { unitOf } from './venue-kinds.ts'

/** What owners do through Lockstep: orders by hand, some of them asked for twice, and now and then a flatten. */

const SHARE = 0.5
/** How often it is looked whether every account was resumed, once nothing goes wrong any more. */
const WAKE_EVERY_MS = 500

class Owner {
  readonly #simulation: Simulation
  readonly #random: SeededRandom
  readonly #asked: HandOrder[] = []

  constructor(simulation: Simulation, random: SeededRandom) {
    this.#simulation = simulation
    this.#random = random
  }

  act(): void {
    const engine = this.#simulation.process?.engine ?? null
    if (engine === null) return
    const random = this.#random
    const name = pickAccount(this.#simulation, random)
    const accountId = engine.roster().accounts.find(account => account.name === name)?.id
    if (accountId === undefined) return
    const former = this.#asked.at(-1)
    const kind = random.next()
    if (former !== undefined && kind < 0.2) void this.#trade(engine, former)
    else if (kind < 0.9) void this.#trade(engine, this.#draw(name, accountId))
    else void this.#flatten(engine, name, accountId)
  }

  /** Nobody is left flattened when everything is to come to rest. */
  wake(): void {
    const { process, judge, clock } = this.#simulation
    const [accountId] = judge.ledger.flattened
    if (accountId !== undefined) void process?.engine?.hands.resume(accountId as AccountId)
    clock.after(WAKE_EVERY_MS, () => this.wake())
  }

  /** As REST does it: what was made is found, else it is made when the account is ready. */
  async #trade({ hands }: Engine, wish: HandOrder): Promise<void> {
    const { judge } = this.#simulation
    const made = await hands.made(wish)
    if (!made.ok) judge.violate('I1', `${wish.intentId} was found as another order`)
    if (!made.ok || made.value !== null || !(await hands.ready(wish)).ok) return
    const answer = await hands.trade(wish)
    if (answer.ok && judge.ledger.intents.get(wish.intentId) === undefined)
      judge.violate('I2', `${wish.intentId} was answered before it was durable`)
  }

  async #flatten({ hands }: Engine, account: string, accountId: AccountId): Promise<void> {
    const { faults, clock } = this.#simulation
    faults.note('flattened', { account })
    if (!(await hands.block(accountId)).ok) return
    await hands.close(accountId)
    clock.after(this.#random.integer(500, 20_000), () => {
      void this.#simulation.process?.engine?.hands.resume(accountId)
    })
  }

  #draw(account: string, accountId: AccountId): HandOrder {
    const random = this.#random
    const { exchange, faults, host } = this.#simulation
    faults.note('tradedByHand', { account })
    const [bitcoin, ether, solana] = host.kind.symbols
    const symbol = random.pick([bitcoin, bitcoin, ether, solana])
    const held = exchange.position(account, symbol).quantity
    const reduceOnly = held !== ZERO && random.chance(0.4)
    const side: Side = reduceOnly ? opposite(sideOf(held)) : random.pick(['buy', 'sell'])
    const { bid, ask } = exchange.ticker(symbol)
    const wish: HandOrder = {
      intentId: `hand-${this.#asked.length + 1}` as IntentId,
      accountId,
      instrumentId: instrumentId(host.kind.capability.venue, symbol),
      side,
      quantity: (unitOf(host.kind, symbol) * BigInt(random.integer(1, 40))) as Decimal,
      // Rests near the market, and fills when the path comes by.
      limitPrice: random.chance(0.25) ? (side === 'buy' ? bid : ask) : null,
      reduceOnly,
    }
    this.#asked.push(wish)
    return wish
  }
}

const hands: Disturb = (simulation, random) => {
  if (!random.chance(SHARE)) return () => undefined
  const owner = new Owner(simulation, random)
  const pace = random.pick([
    [500, 10_000],
    [5_000, 40_000],
  ] as const)
  const end = repeat(simulation.clock, random, pace, () => owner.act())
  return () => {
    end()
    owner.wake()
  }
}

export const HAND_DISTURBANCES = { hands } as const satisfies Record<string, Disturb>
