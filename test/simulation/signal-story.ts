import { type Decimal, decimal, formatDecimal } from '../../src/domain/decimal.ts'
import type { Fill } from '../../src/domain/fill.ts'
import {
  type AccountId,
  instrumentId,
  type LinkId,
  type SignalId,
  type SourceId,
  type StrategyId,
} from '../../src/domain/ids.ts'
import { assert, must, type Result } from '../../src/domain/result.ts'
import type { Signal, SignalAction } from '../../src/domain/signal.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import type { SignalProblem } from '../../src/engine/signals.ts'
import { FOLLOWER, LINK, Story, type StoryOptions } from './story.ts'

export const SOURCE = 'hook' as SourceId
const BITCOIN = instrumentId('bybit', 'BTCUSDT')

export function buy(quantity: string): SignalAction {
  return { kind: 'trade', side: 'buy', size: { kind: 'quantity', quantity: decimal(quantity) } }
}

export function sell(quantity: string): SignalAction {
  return { kind: 'trade', side: 'sell', size: { kind: 'quantity', quantity: decimal(quantity) } }
}

export function target(quantity: string): SignalAction {
  return { kind: 'target', quantity: decimal(quantity) }
}

/** A follower who follows what a webhook says, one to one. */
export class SignalStory {
  readonly story: Story
  #sent = 0

  private constructor(story: Story) {
    this.story = story
  }

  static async begin(options: StoryOptions): Promise<SignalStory> {
    const story = await Story.begin({ ...options, setUpBy: 'people' })
    const { accounts, strategies } = story.engine.roster()
    const follower = must(
      accounts.find(({ name }) => name === FOLLOWER),
      'a story has one follower',
    )
    const leader = { ...follower, id: 'virtual' as AccountId, kind: 'virtual', name: 'hook' } as const
    const strategy: Strategy = {
      ...must(strategies[0], 'a story has one strategy'),
      id: 'by-hook' as StrategyId,
      name: 'by-hook',
      sourceId: SOURCE,
    }
    const link = { id: 'hooked' as LinkId, strategyId: strategy.id, accountId: follower.id } as const
    const changed = await story.change(
      { kind: 'remove', id: LINK },
      { kind: 'put_account', row: leader },
      { kind: 'put_source', row: { id: SOURCE, name: 'hook', accountId: leader.id } },
      { kind: 'put_strategy', row: strategy },
      { kind: 'put_link', row: { ...link, mode: 'on', sizing: null } },
    )
    assert(changed.ok, 'a story sets up what can be')
    return new SignalStory(story)
  }

  signal(action: SignalAction, over: Partial<Signal> = {}): Signal {
    this.#sent += 1
    const now = this.story.simulation.clock.now()
    return {
      id: `signal-${this.#sent}` as SignalId,
      sourceId: SOURCE,
      externalId: `theirs-${this.#sent}`,
      digest: `said ${this.#sent}`,
      instrumentId: BITCOIN,
      action,
      signalPrice: null,
      at: now,
      receivedAt: now,
      status: 'pending',
      reason: null,
      ...over,
    }
  }

  /** @returns the answer, when it was given within `ms` */
  async send(signal: Signal, ms = 1_000): Promise<Result<Signal, SignalProblem>> {
    const taken = this.story.engine.signals.take(signal)
    await this.story.run({ ms })
    const answer = await taken
    if (answer.ok) this.story.simulation.judge.answered(answer.value)
    return answer
  }

  silence(): void {
    const process = this.story.simulation.process
    if (process !== null) process.venue.market.silent = true
  }

  stateOf({ id }: Signal): string {
    const { status, reason } = must(this.story.simulation.judge.ledger.signals.get(id), 'it is stored')
    return reason === null ? status : `${status} ${reason}`
  }

  fillOf({ id }: Signal): Fill | undefined {
    const fills = [...this.story.simulation.judge.ledger.fills.values()]
    return fills.find(({ fill }) => String(fill.tradeId) === id)?.fill
  }

  /** What the book of the webhook holds. */
  get book(): string {
    const source = this.story.engine.context.state.sources.get(SOURCE)
    return formatDecimal(source?.books.get(`${BITCOIN}/0`)?.quantity ?? (0n as Decimal))
  }
}
