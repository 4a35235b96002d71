import type { AuditEntry } from '../../exchange/core/types.ts'
import { decimal, formatDecimal } from '../../src/domain/decimal.ts'
import type { Decision } from '../../src/domain/decision.ts'
import {
  type AccountId,
  type IntentId,
  instrumentId,
  type LinkId,
  type StrategyId,
} from '../../src/domain/ids.ts'
import type { LinkState } from '../../src/domain/link-state.ts'
import type { Order, Side } from '../../src/domain/order.ts'
import { assert, must, type Result } from '../../src/domain/result.ts'
import { type Link, NO_LIMITS, type RiskLimits, type Strategy } from '../../src/domain/strategy.ts'
import type { Change, ChangeProblem } from '../../src/engine/change.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { Flattened } from '../../src/engine/flatten.ts'
import type { HandProblem } from '../../src/engine/hand-problem.ts'
import type { HandOrder } from '../../src/engine/hands.ts'
import type { Roster } from '../../src/engine/roster.ts'
import { LEADER } from './configuration.ts'
import { Simulation } from './simulation.ts'
import { trade } from './traders.ts'

export interface StoryOptions {
  readonly seed: number
  readonly strategy?: Partial<Omit<Strategy, 'id' | 'origin' | 'sourceId' | 'name'>>
  readonly mode?: Link['mode']
  /** How long the disk takes for the next unit, ms. */
  readonly commitDelayMs?: () => number
  readonly reconcileEveryMs?: number
  readonly systemLimits?: Partial<RiskLimits>
  /** Who set strategy and link up: a file, or people while everything runs. Default: a file. */
  readonly setUpBy?: 'file' | 'people'
}

export const FOLLOWER = 'follower-1'
export const STRATEGY = 'strategy-of-people' as StrategyId
export const LINK = 'link-of-people' as LinkId
const SYMBOL = 'BTCUSDT'

const ONE_TO_ONE: Omit<Strategy, 'id' | 'origin' | 'name' | 'sourceId'> = {
  mode: 'on',
  sizing: { kind: 'ratio', ratio: decimal('1'), inverse: false },
  entry: { kind: 'market' },
  leverage: { kind: 'follow' },
  limits: NO_LIMITS,
  symbolMap: new Map(),
  maxAgeMs: 60_000,
  maxDriftBps: null,
}

/** One leader and one follower that copies one to one by market orders, unless a story says otherwise. */
export class Story {
  readonly simulation: Simulation

  private constructor(options: StoryOptions) {
    const {
      seed,
      strategy,
      mode = 'on',
      commitDelayMs,
      setUpBy = 'file',
      reconcileEveryMs = 10_000,
      systemLimits = {},
    } = options
    const isFile = setUpBy === 'file'
    this.simulation = new Simulation({
      seed,
      deposits: new Map([
        [LEADER, '1000000'],
        [FOLLOWER, '1000000'],
      ]),
      ...(commitDelayMs === undefined ? {} : { commitDelayMs }),
      engineOptions: { reconcileEveryMs, systemLimits: { ...NO_LIMITS, ...systemLimits } },
      setup: {
        accounts: [LEADER, FOLLOWER].map(name => ({
          name,
          venue: 'bybit',
          environment: 'paper',
          status: 'active',
          maximumLeverage: decimal('10'),
        })),
        sources: [{ name: 'source', account: LEADER }],
        strategies: isFile ? [{ ...ONE_TO_ONE, name: 'strategy', source: 'source', ...strategy }] : [],
        links: isFile ? [{ account: FOLLOWER, strategy: 'strategy', mode, sizing: null }] : [],
        pairs: [],
      },
    })
  }

  /** The engine is live, the exchange quiet. */
  static async begin(options: StoryOptions): Promise<Story> {
    const story = new Story(options)
    await story.run({ ms: 3_000 })
    if (options.setUpBy === 'people') await story.setUp(options)
    return story
  }

  async setUp({ strategy, mode = 'on' }: Pick<StoryOptions, 'strategy' | 'mode'>): Promise<void> {
    const { sources } = this.engine.roster()
    const sourceId = must(sources[0], 'a story has one source').id
    const accountId = this.follower
    const row = { ...ONE_TO_ONE, id: STRATEGY, name: 'strategy', sourceId, ...strategy }
    const link = { id: LINK, strategyId: STRATEGY, accountId, mode, sizing: null }
    const changed = await this.change({ kind: 'put_strategy', row }, { kind: 'put_link', row: link })
    assert(changed.ok, 'a story sets up what can be')
  }

  get engine(): Engine {
    return must(this.simulation.process?.engine, 'the engine runs')
  }

  /** What a person changes while everything runs, and the answer. */
  async change(...changes: readonly Change[]): Promise<Result<Roster, ChangeProblem>> {
    const answer = this.engine.reconfigure(changes)
    await this.run({ ms: 200 })
    return answer
  }

  /** What the follower's owner orders through Lockstep, and the answer. One id is one order. */
  async byHand(id: string, wish: Partial<HandOrder> = {}): Promise<Result<Order, HandProblem>> {
    const order = this.wish(id, wish)
    const answer = this.engine.hands.ready(order).then(ready => {
      return ready.ok ? this.engine.hands.trade(order) : ready
    })
    await this.run({ ms: 1_000 })
    return answer
  }

  /** A buy of 0.01 BTCUSDT at market, unless a story says otherwise. */
  wish(id: string, wish: Partial<HandOrder> = {}): HandOrder {
    return {
      intentId: id as IntentId,
      accountId: this.follower,
      instrumentId: instrumentId('bybit', SYMBOL),
      side: 'buy',
      quantity: decimal('0.010'),
      limitPrice: null,
      reduceOnly: false,
      ...wish,
    }
  }

  /** The follower, through Lockstep. @returns what was told after it */
  async flatten(): Promise<Result<Flattened, HandProblem>> {
    const { hands } = this.engine
    const answer = hands.block(this.follower).then(done => (done.ok ? hands.close(this.follower) : done))
    await this.run({ ms: 12_000 })
    return answer
  }

  get follower(): AccountId {
    const row = this.engine.roster().accounts.find(({ name }) => name === FOLLOWER)
    return must(row, 'a story has one follower').id
  }

  async run({ ms }: { readonly ms: number }): Promise<void> {
    await this.simulation.run({ ms })
  }

  /** Other settings of the strategy, and a restart that brings them. */
  resetStrategy(over: NonNullable<StoryOptions['strategy']>, afterMs: number): void {
    const { setup } = this.simulation
    const strategies = setup.strategies.map(strategy => ({ ...strategy, ...over }))
    this.simulation.setup = { ...setup, strategies }
    this.simulation.restart({ afterMs })
  }

  leader(side: Side, quantity: string): void {
    trade(this.simulation.host, LEADER, { symbol: SYMBOL, side, quantity: decimal(quantity) })
  }

  /** The follower's owner, by hand. */
  owner(side: Side, quantity: string): void {
    trade(this.simulation.host, FOLLOWER, { symbol: SYMBOL, side, quantity: decimal(quantity) })
  }

  /** The account's stream looks alive, and nothing comes on it. */
  deafen(name: string): void {
    for (const account of this.simulation.process?.venue.accounts ?? [])
      if (account.name === name) account.stream.deaf = true
  }

  /** What the follower holds on the exchange. */
  get held(): string {
    return formatDecimal(this.simulation.exchange.position(FOLLOWER, SYMBOL).quantity)
  }

  /** Orders of ours that the exchange accepted. */
  get accepted(): readonly AuditEntry[] {
    return this.simulation.exchange
      .audit(0, Number.MAX_SAFE_INTEGER)
      .filter(entry => entry.kind === 'accepted' && entry.clientOrderId !== '')
  }

  /** Durable ones, in the order in which they were made. */
  get orders(): readonly Order[] {
    return [...this.simulation.judge.ledger.intents.values()]
  }

  /** How the durable decisions stand: part, outcome, reason. */
  get outcomes(): readonly string[] {
    return [...this.simulation.judge.ledger.decisions.values()].map(
      ({ part, status, outcome, reason }: Decision) => `${part} ${outcome ?? status} ${reason ?? ''}`.trim(),
    )
  }

  get link(): LinkState | undefined {
    return [...this.simulation.judge.ledger.linkStates.values()][0]
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
