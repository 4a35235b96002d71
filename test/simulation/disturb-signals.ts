import { decimal, negate } from '../../src/domain/decimal.ts'
import {
  type AccountId,
  instrumentId,
  type LinkId,
  type SignalId,
  type SourceId,
  type StrategyId,
} from '../../src/domain/ids.ts'
import type { Signal, SignalAction } from '../../src/domain/signal.ts'
import type { Change } from '../../src/engine/change.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { drawStrategy } from './configuration.ts'
import { type Disturb, repeat } from './disturb.ts'
import { openAccount } from './disturb-people.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Simulation } from './simulation.ts'

/** A second leader, which only signals move: they come while processes die, and come again when nobody answered. */

const SHARE = 0.4
const FOLLOWERS = ['signalled-1', 'signalled-2'] as const
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'] as const
const SOURCE = 'source-of-signals' as SourceId

class Sender {
  readonly #simulation: Simulation
  readonly #random: SeededRandom
  /** By the sender's own id: what nobody has answered, and what somebody has. */
  readonly #unanswered = new Map<string, Signal>()
  readonly #answered: Signal[] = []
  #sent = 0

  constructor(simulation: Simulation, random: SeededRandom) {
    this.#simulation = simulation
    this.#random = random
  }

  send(): void {
    const engine = this.#simulation.process?.engine ?? null
    if (engine === null) return
    if (!engine.roster().sources.some(({ id }) => id === SOURCE)) {
      void engine.reconfigure(this.#setUp(engine))
      return
    }
    const [waiting] = this.#unanswered.values()
    const known = this.#answered[this.#random.integer(0, Math.max(0, this.#answered.length - 1))]
    const kind = this.#random.next()
    if (waiting !== undefined && kind < 0.3) void this.#take(engine, this.#again(waiting))
    else if (known !== undefined && kind < 0.35) void this.#repeat(engine, known)
    else void this.#take(engine, this.#draw())
  }

  async #take(engine: Engine, signal: Signal): Promise<void> {
    this.#unanswered.set(signal.externalId, signal)
    const answer = await engine.signals.take(signal)
    if (!answer.ok) return
    this.#unanswered.delete(signal.externalId)
    this.#answered.push(answer.value)
    this.#simulation.judge.answered(answer.value)
  }

  /** The same again is answered as the first time; the same id with something else is refused. */
  async #repeat(engine: Engine, known: Signal): Promise<void> {
    const { violate } = this.#simulation.judge
    const isOther = this.#random.chance(0.5)
    const digest = isOther ? `${known.digest} and more` : known.digest
    const answer = await engine.signals.take({ ...this.#again(known), digest })
    if (answer.ok && isOther) violate('I11', `${known.externalId} was taken with another body`)
    if (answer.ok && answer.value.id !== known.id) violate('I11', `${known.externalId} was taken twice`)
    const isExpected =
      answer.ok || answer.error.kind === 'unavailable' || (isOther && answer.error.kind === 'conflict')
    if (!isExpected) violate('I11', `${known.externalId} came again and was answered ${answer.error.kind}`)
  }

  #again(signal: Signal): Signal {
    return {
      ...signal,
      id: this.#id(),
      receivedAt: this.#simulation.clock.now(),
      status: 'pending',
      reason: null,
    }
  }

  #draw(): Signal {
    const random = this.#random
    const now = this.#simulation.clock.now()
    const symbol = random.pick(SYMBOLS)
    const action = this.#action()
    const id = this.#id()
    const signalPrice = random.chance(0.5) ? this.#simulation.exchange.mark(symbol) : null
    return {
      id,
      sourceId: SOURCE,
      externalId: `their ${id}`,
      digest: `${action.kind} ${this.#sent}`,
      instrumentId: instrumentId('bybit', symbol),
      action,
      signalPrice,
      at: now - random.pick([0, 0, random.integer(0, 2_000), 60_000]),
      receivedAt: now,
      status: 'pending',
      reason: null,
    }
  }

  #action(): SignalAction {
    const random = this.#random
    const quantity = decimal(String(random.integer(1, 400) / 1_000))
    switch (random.integer(1, 4)) {
      case 1:
        return { kind: 'target', quantity: decimal('0') }
      case 2:
        return { kind: 'target', quantity: random.chance(0.5) ? quantity : negate(quantity) }
      case 3:
        return { kind: 'trade', side: random.pick(['buy', 'sell']), size: { kind: 'quantity', quantity } }
      default: {
        const notional = decimal(String(random.integer(20, 5_000)))
        return { kind: 'trade', side: random.pick(['buy', 'sell']), size: { kind: 'notional', notional } }
      }
    }
  }

  #setUp(engine: Engine): readonly Change[] {
    const [like] = engine.roster().accounts
    if (like === undefined) return []
    const leader = {
      ...like,
      id: 'leader-of-signals' as AccountId,
      kind: 'virtual',
      name: 'signals',
    } as const
    const { source: _, ...drawn } = drawStrategy(this.#random, 0)
    const strategyId = 'strategy-of-signals' as StrategyId
    const followers = FOLLOWERS.flatMap((name): readonly Change[] => {
      openAccount(this.#simulation, this.#random, name)
      const account = { ...like, id: `account-${name}` as AccountId, name }
      const id = `link-${name}` as LinkId
      const link = { id, strategyId, accountId: account.id, mode: 'on', sizing: null } as const
      return [
        { kind: 'put_account', row: account },
        { kind: 'put_link', row: link },
      ]
    })
    return [
      { kind: 'put_account', row: leader },
      { kind: 'put_source', row: { id: SOURCE, name: 'signals', accountId: leader.id } },
      { kind: 'put_strategy', row: { ...drawn, id: strategyId, name: 'by-signals', sourceId: SOURCE } },
      ...followers,
    ]
  }

  #id(): SignalId {
    this.#sent += 1
    return `signal-${this.#sent}` as SignalId
  }
}

const signals: Disturb = (simulation, random) => {
  if (!random.chance(SHARE)) return () => undefined
  const sender = new Sender(simulation, random)
  const pace = random.pick([
    [5, 500],
    [50, 4_000],
  ] as const)
  return repeat(simulation.clock, random, pace, () => sender.send())
}

export const SIGNAL_DISTURBANCES = { signals } as const satisfies Record<string, Disturb>
