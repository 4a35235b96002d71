import type { Account } from '../../domain/account.ts'
import { decimal, ONE } from '../../domain/decimal.ts'
import type { Decision } from '../../domain/decision.ts'
import {
  type AccountId,
  type ClientOrderId,
  type DecisionId,
  type IdKind,
  type IntentId,
  instrumentId,
  type LinkId,
  type NoticeId,
  type PairId,
  positionKey,
  type SourceId,
  type StrategyId,
  uuidv7,
} from '../../domain/ids.ts'
import type { Notice } from '../../domain/notice.ts'
import type { Order } from '../../domain/order.ts'
import { PAIR_DEFAULTS, type Pair } from '../../domain/pair.ts'
import { type Link, NO_LIMITS, type Source, type Strategy } from '../../domain/strategy.ts'

/** What no one but those who may see the foreign account must ever read. */
export const FOREIGN_WORD = 'canary-of-another-owner'
export const BTC = instrumentId('bybit', 'BTCUSDT')

let made = 0
export function newId<T extends IdKind>(): T {
  made += 1
  return uuidv7<T>(1_700_000_000_000 + made, new Uint8Array(10))
}

export function account(name: string, overrides: Partial<Account> = {}): Account {
  return {
    id: newId<AccountId>(),
    kind: 'venue',
    origin: 'api',
    name,
    venue: 'bybit',
    environment: 'paper',
    status: 'active',
    maximumLeverage: ONE,
    ...overrides,
  }
}

export function source(name: string, accountId: AccountId): Source {
  return { id: newId<SourceId>(), origin: 'api', name, accountId }
}

export function strategy(name: string, sourceId: SourceId, overrides: Partial<Strategy> = {}): Strategy {
  return {
    id: newId<StrategyId>(),
    origin: 'api',
    name,
    sourceId,
    mode: 'on',
    sizing: { kind: 'ratio', inverse: false, ratio: decimal('0.5') },
    entry: { kind: 'limit_follow', discountBps: 5, maximumOpenOrders: 2 },
    leverage: { kind: 'capped', leverage: decimal('3') },
    limits: { ...NO_LIMITS, maximumTotalNotional: decimal('1000'), allowedSymbols: ['BTCUSDT'] },
    symbolMap: new Map([[BTC, BTC]]),
    maxAgeMs: 60_000,
    maxDriftBps: 25,
    ...overrides,
  }
}

export function link(strategyId: StrategyId, accountId: AccountId): Link {
  const id = newId<LinkId>()
  return { id, origin: 'api', strategyId, accountId, mode: 'on', sizing: null, startSequence: 0 }
}

/** Mirrors. */
export function pair(name: string, a: AccountId, b: AccountId): Pair {
  return {
    ...PAIR_DEFAULTS,
    id: newId<PairId>(),
    origin: 'api',
    name,
    a: { accountId: a, instrumentId: BTC },
    b: { accountId: b, instrumentId: instrumentId('bybit', 'ETHUSDT') },
    tolerance: decimal('0.01'),
    quoting: null,
  }
}

export function order(accountId: AccountId, sequence: number, overrides: Partial<Order> = {}): Order {
  return {
    intentId: newId<IntentId>(),
    sequence,
    clientOrderId: `client${sequence}` as ClientOrderId,
    key: positionKey(accountId, BTC, 0),
    accountId,
    instrumentId: BTC,
    positionIndex: 0,
    linkId: null,
    pairId: null,
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'ioc',
    quantity: decimal('0.25'),
    limitPrice: null,
    reduceOnly: false,
    collarPrice: null,
    validUntil: null,
    createdAt: 1_000 + sequence,
    status: 'filled',
    claim: null,
    venueOrderId: null,
    filled: decimal('0.25'),
    filledNotional: decimal('15000'),
    reportedFilled: decimal('0.25'),
    reason: null,
    updatedAt: 1_000 + sequence,
    ...overrides,
  }
}

export function decision(linkId: LinkId): Decision {
  const at = 1_000.5
  return {
    id: newId<DecisionId>(),
    linkId,
    instrumentId: BTC,
    positionIndex: 0,
    part: 'increase',
    firstFill: 1,
    lastFill: 2,
    quantity: decimal('0.1'),
    wanted: decimal('0'),
    leaderPrice: decimal('60000'),
    validUntil: null,
    status: 'done',
    outcome: 'forgone',
    reason: 'stale',
    detail: null,
    intentId: null,
    times: {
      leaderFillAt: at,
      receivedAt: at,
      decidedAt: at,
      persistedAt: at,
      sentAt: null,
      ackedAt: null,
      filledAt: null,
    },
  }
}

export function notice(accountId: AccountId | null, text: string): Notice {
  return {
    id: newId<NoticeId>(),
    code: 'key_refused',
    level: 'warning',
    accountId,
    instrumentId: null,
    text,
    action: 'Renew the key.',
    details: null,
    recovers: null,
    at: 1_000,
    acknowledgedAt: null,
    acknowledgedBy: null,
  }
}

/** Two customers' accounts, each a leader with a follower's link, a strategy and a pair; a source of signals; and a pair between both. */
export interface World {
  readonly own: AccountId
  readonly foreign: AccountId
  readonly accounts: Map<string, Account>
  readonly sources: Map<string, Source>
  readonly strategies: Map<string, Strategy>
  readonly links: Map<string, Link>
  /** The own one, the foreign one, and the one that has a leg of each. */
  readonly pairs: Map<string, Pair>
  readonly orders: Order[]
  readonly decisions: Decision[]
  readonly notices: Notice[]
}

export function makeWorld(): World {
  const own = account('own')
  const foreign = account(FOREIGN_WORD)
  const ownSignals = account('own signals', { kind: 'virtual' })
  const foreignSignals = account(`${FOREIGN_WORD} signals`, { kind: 'virtual' })
  const accounts = [own, foreign, ownSignals, foreignSignals]
  const sources = [source('own signals', ownSignals.id), source(`${FOREIGN_WORD} signals`, foreignSignals.id)]
  const strategies = sources.map(row => strategy(`follows ${row.name}`, row.id))
  const followers = [own, foreign]
  const links = strategies.map((row, index) => link(row.id, followers[index]?.id ?? own.id))
  const byId = <T extends { id: string }>(rows: readonly T[]): Map<string, T> =>
    new Map(rows.map(row => [row.id, row]))
  return {
    own: own.id,
    foreign: foreign.id,
    accounts: byId(accounts),
    sources: byId(sources),
    strategies: byId(strategies),
    links: byId(links),
    pairs: byId([
      pair('own pair', own.id, own.id),
      pair(`${FOREIGN_WORD} pair`, foreign.id, foreign.id),
      pair(`${FOREIGN_WORD} and own`, own.id, foreign.id),
    ]),
    orders: followers.flatMap(({ id, name }, index) => [order(id, index + 1, { reason: name })]),
    decisions: links.map(row => decision(row.id)),
    notices: followers.map(({ id, name }) => notice(id, `The venue refuses the key of ${name}.`)),
  }
}
