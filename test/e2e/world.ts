import { decimal } from '../../src/domain/decimal.ts'
import {
  DEFAULT_MAX_AGE_MS,
  type EntryStyle,
  type Mode,
  NO_LIMITS,
  type RiskLimits,
  type Sizing,
} from '../../src/domain/strategy.ts'
import type { Setup } from '../../src/engine/setup.ts'

export const LEADER = 'leader'
export const LEADER_DEPOSIT = '200000'
export const SYMBOL = 'BTCUSDT'

/** One account that follows: between them, every sizing, entry style and way of being refused. */
export interface Follower {
  readonly name: string
  readonly deposit: string
  readonly sizing: Sizing
  readonly entry: EntryStyle
  readonly mode: Mode
  readonly limits: RiskLimits
  readonly status: 'active' | 'inactive'
}

/** Its owner holds something before the server is there, and trades by hand meanwhile. */
export const MEDDLER = 'kim'

const ratio = (text: string, inverse = false): Sizing => ({ kind: 'ratio', inverse, ratio: decimal(text) })
const equity = (text: string, inverse = false): Sizing => ({
  kind: 'equity_ratio',
  inverse,
  ratio: decimal(text),
})
const notional = (text: string, inverse = false): Sizing => ({
  kind: 'fixed_notional',
  inverse,
  notional: decimal(text),
})
const quantity = (text: string, inverse = false): Sizing => ({
  kind: 'fixed_quantity',
  inverse,
  quantity: decimal(text),
})

const MARKET: EntryStyle = { kind: 'market' }
const LIMIT: EntryStyle = { kind: 'limit' }
const MARKETABLE: EntryStyle = { kind: 'marketable_limit', slippageBps: 20 }
const RESTING: EntryStyle = { kind: 'limit_follow', discountBps: 2, maximumOpenOrders: 3 }

const follower = (name: string, sizing: Sizing, more: Partial<Follower> = {}): Follower => ({
  name,
  sizing,
  deposit: '50000',
  entry: MARKET,
  mode: 'on',
  limits: NO_LIMITS,
  status: 'active',
  ...more,
})

/** A lot is 0.001 and the leader trades 0.01 to 0.20: what asks for less carries. */
export const FOLLOWERS: readonly Follower[] = [
  follower('ada', ratio('0.5')),
  follower('ben', ratio('0.1')),
  follower('cleo', ratio('0.01'), { deposit: '2000' }),
  follower('dora', ratio('0.0037'), { deposit: '1000', entry: MARKETABLE }),
  follower('emil', ratio('0.2', true)),
  follower('fay', ratio('0.021', true), { entry: MARKETABLE }),
  follower('gus', equity('1'), { deposit: '25000' }),
  follower('hana', equity('0.13'), { deposit: '30000', entry: RESTING }),
  follower('ivan', equity('1', true), { deposit: '40000' }),
  follower('jo', equity('0.5', true), { deposit: '3000', entry: LIMIT }),
  follower(MEDDLER, notional('300')),
  follower('lea', notional('37'), { entry: MARKETABLE }),
  follower('max', notional('500', true), { entry: RESTING }),
  follower('nia', notional('15'), { deposit: '500' }),
  follower('ole', quantity('0.005'), { entry: LIMIT }),
  follower('pia', quantity('0.0004'), { deposit: '500' }),
  follower('quin', quantity('0.0021', true), { entry: RESTING }),
  follower('rosa', ratio('0.3'), { mode: 'close_only' }),
  follower('sam', ratio('0.4'), {
    limits: {
      ...NO_LIMITS,
      maximumOrderNotional: decimal('900'),
      maximumOrdersPerMinute: 40,
      allowedSides: ['buy'],
    },
  }),
  follower('tess', ratio('0.1'), { status: 'inactive' }),
]

/** Every follower with a strategy of its own, because limits and entry style are the strategy's. */
export function setupOf(followers: readonly Follower[]): Setup {
  const account = (name: string, status: Follower['status']) =>
    ({ name, venue: 'bybit', environment: 'paper', status, maximumLeverage: decimal('10') }) as const
  return {
    accounts: [account(LEADER, 'active'), ...followers.map(({ name, status }) => account(name, status))],
    sources: [{ name: LEADER, account: LEADER }],
    strategies: followers.map(({ name, sizing, entry, mode, limits }) => ({
      name: strategyOf(name),
      source: LEADER,
      mode,
      sizing,
      entry,
      leverage: { kind: 'follow' },
      limits,
      symbolMap: new Map(),
      maxAgeMs: DEFAULT_MAX_AGE_MS,
      maxDriftBps: null,
    })),
    pairs: [],
    links: followers.map(({ name }) => ({
      strategy: strategyOf(name),
      account: name,
      mode: 'on',
      sizing: null,
    })),
  }
}

function strategyOf(follower: string): string {
  return `follow as ${follower}`
}
