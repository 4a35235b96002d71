import { expect, test } from 'vitest'
import { decimal, formatDecimal } from '../../src/domain/decimal.ts'
import { NO_LIMITS } from '../../src/domain/strategy.ts'
import { Simulation } from '../simulation/simulation.ts'
import { FOLLOWER, Story } from '../simulation/story.ts'
import { trade } from '../simulation/traders.ts'

/** More than may be read whole at once: leaders who waited in there would keep out those they wait for. */
const PAIRS = 24
const SYMBOL = 'BTCUSDT'

const leaderOf = (pair: number): string => `leader-${pair}`
const followerOf = (pair: number): string => `follower-${pair}`
const PAIR_NUMBERS = Array.from({ length: PAIRS }, (_, index) => index + 1)

/** Each leader has one follower, which takes as much of its own equity as the leader did. */
function manyLeaders(seed: number): Simulation {
  const names = [...PAIR_NUMBERS.map(leaderOf), ...PAIR_NUMBERS.map(followerOf)]
  const simulation = new Simulation({
    seed,
    deposits: new Map(names.map(name => [name, '1000000'])),
    setup: {
      accounts: names.map(name => ({
        name,
        venue: 'bybit',
        environment: 'paper',
        status: 'active',
        maximumLeverage: decimal('10'),
      })),
      sources: PAIR_NUMBERS.map(pair => ({ name: `source-${pair}`, account: leaderOf(pair) })),
      strategies: PAIR_NUMBERS.map(pair => ({
        name: `strategy-${pair}`,
        source: `source-${pair}`,
        mode: 'on',
        sizing: { kind: 'equity_ratio', inverse: false, ratio: decimal('1') },
        entry: { kind: 'market' },
        leverage: { kind: 'follow' },
        limits: NO_LIMITS,
        symbolMap: new Map(),
        maxAgeMs: 60_000,
        maxDriftBps: null,
      })),
      pairs: [],
      links: PAIR_NUMBERS.map(pair => ({
        account: followerOf(pair),
        strategy: `strategy-${pair}`,
        mode: 'on',
        sizing: null,
      })),
    },
  })
  // Everything takes the same time: all streams are there in one moment, those of the leaders first.
  simulation.faults.latencyMs = () => 5
  return simulation
}

function notLive(simulation: Simulation): readonly string[] {
  const accounts = [...(simulation.process?.engine?.context.state.accounts.values() ?? [])]
  expect(accounts).toHaveLength(2 * PAIRS)
  return accounts.filter(({ session }) => session?.isLive() !== true).map(({ account }) => account.name)
}

test('[RC20] more leaders than are read at once wait for their followers, and all become live', async () => {
  const simulation = manyLeaders(35)
  await simulation.run({ ms: 2_000 })
  expect(notLive(simulation)).toEqual([])
  simulation.restart({ afterMs: 500 })
  for (const pair of PAIR_NUMBERS)
    trade(simulation.host, leaderOf(pair), { symbol: SYMBOL, side: 'buy', quantity: decimal('0.020') })
  await simulation.run({ ms: 2_500 })
  expect(notLive(simulation)).toEqual([])
  await simulation.run({ ms: 20_000 })
  const held = PAIR_NUMBERS.map(pair => simulation.exchange.position(followerOf(pair), SYMBOL).quantity)
  expect(new Set(held.map(formatDecimal))).toEqual(new Set(['0.02']))
  simulation.judge.atRest()
  expect(simulation.judge.violations).toEqual([])
})

test('[RC21] a leader waits ten seconds for a follower that cannot be read, and no longer', async () => {
  // Whoever cannot be read has no equity to be sized by. The others must not wait for that follower for ever.
  const sizing = { kind: 'equity_ratio', inverse: false, ratio: decimal('1') } as const
  const story = await Story.begin({ seed: 36, strategy: { sizing } })
  const { simulation } = story
  simulation.restart({ afterMs: 100 })
  await story.run({ ms: 101 })
  const follower = simulation.process?.venue.accounts.find(({ name }) => name === FOLLOWER)
  if (follower === undefined) throw new Error('the second process has not begun')
  follower.snapshot = () => new Promise(() => {})
  story.leader('buy', '0.020')
  await story.run({ ms: 9_500 })
  expect(story.outcomes).toEqual([])
  await story.run({ ms: 1_500 })
  expect(story.outcomes).toEqual(['increase skipped equity_unknown'])
})
