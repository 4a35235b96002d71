import { decimal, formatDecimal } from '../../src/domain/decimal.ts'
import type { PairId } from '../../src/domain/ids.ts'
import type { Order, Side } from '../../src/domain/order.ts'
import {
  PAIR_DEFAULTS,
  type PairState,
  QUOTING_DEFAULTS,
  type Quoting,
  type Round,
} from '../../src/domain/pair.ts'
import { must } from '../../src/domain/result.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { SetupPair } from '../../src/engine/setup.ts'
import type { PairRuntime } from '../../src/engine/state.ts'
import { Simulation } from './simulation.ts'
import { trade } from './traders.ts'
import { BYBIT, type VenueKind } from './venue-kinds.ts'

export const LEG_A = 'leg-a'
export const LEG_B = 'leg-b'

export interface PairStoryOptions {
  readonly seed: number
  readonly pair?: Partial<Omit<SetupPair, 'name' | 'a' | 'b'>>
  readonly quoting?: Partial<Quoting>
  /** Bybit if left out. */
  readonly venueKind?: VenueKind
  /** B's symbol; A's is the venue's market of bitcoin. */
  readonly symbolB?: string
  readonly commitDelayMs?: () => number
  readonly reconcileEveryMs?: number
  readonly depositB?: string
}

/** One pair, one to one, both legs on the same market unless a story says otherwise; mirror where it does not quote. */
export class PairStory {
  readonly simulation: Simulation
  readonly #symbolA: string
  readonly #symbolB: string

  private constructor(options: PairStoryOptions) {
    const { seed, pair, quoting, commitDelayMs, reconcileEveryMs = 10_000, venueKind = BYBIT } = options
    const [symbolA] = venueKind.symbols
    const symbolB = options.symbolB ?? symbolA
    this.#symbolA = symbolA
    this.#symbolB = symbolB
    const row: SetupPair = {
      ...PAIR_DEFAULTS,
      name: 'pair',
      a: { account: LEG_A, symbol: symbolA },
      b: { account: LEG_B, symbol: symbolB },
      tolerance: decimal('0.002'),
      quoting: quoting === undefined ? null : { ...QUOTING_DEFAULTS, quantity: decimal('0.010'), ...quoting },
      ...pair,
    }
    this.simulation = new Simulation({
      seed,
      venueKind,
      deposits: new Map([
        [LEG_A, '1000000'],
        [LEG_B, options.depositB ?? '1000000'],
      ]),
      ...(commitDelayMs === undefined ? {} : { commitDelayMs }),
      engineOptions: { reconcileEveryMs },
      setup: {
        accounts: [LEG_A, LEG_B].map(name => ({
          name,
          venue: venueKind.capability.venue,
          environment: 'paper',
          status: 'active',
          maximumLeverage: decimal('10'),
        })),
        sources: [],
        strategies: [],
        links: [],
        pairs: [row],
      },
    })
  }

  /** The engine is live and has begun the pair. */
  static async begin(options: PairStoryOptions): Promise<PairStory> {
    const story = new PairStory(options)
    await story.run({ ms: 3_000 })
    return story
  }

  get engine(): Engine {
    return must(this.simulation.process?.engine, 'the engine runs')
  }

  get runtime(): PairRuntime {
    return must([...this.engine.context.state.pairs.values()][0], 'a story has one pair')
  }

  get id(): PairId {
    return this.runtime.pair.id
  }

  get state(): PairState {
    return this.runtime.state
  }

  async run({ ms }: { readonly ms: number }): Promise<void> {
    await this.simulation.run({ ms })
  }

  /** A person resumes it, which is the one way out of a pause. */
  async resume(): ReturnType<Engine['pairHands']['resume']> {
    const { judge } = this.simulation
    const resumed = judge.resuming(this.id)
    const answer = await this.engine.pairHands.resume(this.id)
    resumed()
    return answer
  }

  /** Somebody trades on A at market. */
  tradeA(side: Side, quantity: string): void {
    trade(this.simulation.host, LEG_A, { symbol: this.#symbolA, side, quantity: decimal(quantity) })
  }

  tradeB(side: Side, quantity: string): void {
    trade(this.simulation.host, LEG_B, { symbol: this.#symbolB, side, quantity: decimal(quantity) })
  }

  /** What A and B hold on the exchange. */
  get held(): readonly [string, string] {
    const { exchange } = this.simulation
    return [
      formatDecimal(exchange.position(LEG_A, this.#symbolA).quantity),
      formatDecimal(exchange.position(LEG_B, this.#symbolB).quantity),
    ]
  }

  /** Durable ones, in the order in which they were made. */
  get orders(): readonly Order[] {
    return [...this.simulation.judge.ledger.intents.values()]
  }

  /** purpose side quantity status */
  get told(): readonly string[] {
    return this.orders.map(
      ({ purpose, side, quantity, status }) => `${purpose} ${side} ${formatDecimal(quantity)} ${status}`,
    )
  }

  get rounds(): readonly Round[] {
    return [...this.simulation.judge.ledger.rounds.values()]
  }

  get notices(): readonly string[] {
    return this.simulation.judge.ledger.notices.map(({ code }) => code)
  }

  /** Every invariant, now that nothing is in flight. */
  get violations(): readonly string[] {
    this.simulation.judge.atRest()
    return this.simulation.judge.violations.map(({ invariant, text }) => `${invariant}: ${text}`)
  }
}
