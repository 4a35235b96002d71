import type { Account } from '../../src/domain/account.ts'
import { decimal, ZERO } from '../../src/domain/decimal.ts'
import type { Fill } from '../../src/domain/fill.ts'
import type { TradeId } from '../../src/domain/ids.ts'
import type { LinkState } from '../../src/domain/link-state.ts'
import { DEFAULT_MAX_AGE_MS, type Link, NO_LIMITS, type Strategy } from '../../src/domain/strategy.ts'
import type { StoredPosition } from '../../src/ports/store.ts'
import { BTC, decision, fill, id, order } from '../contract/store-rows.ts'
import type { AuditRow } from './audit.ts'
import type { Records } from './records.ts'

/** A line of the audit log before it has its number. */
export type Row = AuditRow extends infer R ? (R extends AuditRow ? Omit<R, 'number'> : never) : never

export const LEADER = 'leader'
const TAG = 'tag0001'
const OWN_ID = `LS${TAG}1`
export const QUANTITY = '0.1'
export const AT = 1_000_000

function rowsOf(account: string, clientOrderId: string, tradeId: string): Row[] {
  const common = { account, clientOrderId, at: AT }
  const traded = { symbol: 'BTCUSDT', side: 'buy', quantity: QUANTITY } as const
  const orderId = `order of ${account}`
  return [
    { ...common, ...traded, kind: 'received', command: 'submit', reduceOnly: false },
    { ...common, kind: 'accepted', orderId },
    { ...common, ...traded, kind: 'filled', orderId, tradeId, positionAfter: QUANTITY, sequence: 7 },
    { ...common, kind: 'ended', orderId, status: 'filled' },
  ]
}

/** The leader buys, ada buys the same. */
export const ROWS: readonly Row[] = [...rowsOf(LEADER, '', 't1'), ...rowsOf('ada', OWN_ID, 't2')]

const LEADER_ACCOUNT = account(LEADER, 1)
const ADA = account('ada', 2)
const HELD = decimal(QUANTITY)
const KEY = `ada/${OWN_ID}`
const INTENT = order(1, {
  accountId: ADA.id,
  clientOrderId: id('client', 1),
  quantity: HELD,
  status: 'filled',
})

const STRATEGY: Strategy = {
  id: id('strategy', 1),
  origin: 'file',
  name: 'follow',
  sourceId: id('source', 1),
  mode: 'on',
  sizing: { kind: 'ratio', inverse: false, ratio: decimal('1') },
  entry: { kind: 'market' },
  leverage: { kind: 'follow' },
  limits: NO_LIMITS,
  symbolMap: new Map(),
  maxAgeMs: DEFAULT_MAX_AGE_MS,
  maxDriftBps: null,
}
const LINK: Link = {
  id: id('link', 1),
  origin: 'file',
  strategyId: STRATEGY.id,
  accountId: ADA.id,
  mode: 'on',
  sizing: null,
  startSequence: 0,
}

/** What the database holds of it, when everything is right. */
export function recordsOf(): Records {
  const decided = decision(1, {
    status: 'done',
    outcome: 'copied',
    reason: 'copied',
    intentId: INTENT.intentId,
    times: { ...decision(1).times, persistedAt: AT },
  })
  return {
    image: imageOf(),
    fills: new Map([
      [LEADER, [fill(1, { fill: trade(LEADER_ACCOUNT, 't1'), sourceSequence: 1 })]],
      ['ada', [fill(2, { fill: trade(ADA, 't2'), intentId: INTENT.intentId, attributed: HELD })]],
    ]),
    links: [{ link: LINK, strategy: STRATEGY, account: ADA, mode: 'on', decisions: [decided] }],
    notices: [],
    intents: new Map([[KEY, INTENT]]),
    keysByIntent: new Map([[INTENT.intentId, KEY]]),
  }
}

function imageOf(): Records['image'] {
  const followed: LinkState = {
    linkId: LINK.id,
    instrumentId: BTC,
    positionIndex: 0,
    leaderQuantity: HELD,
    desired: HELD,
    attributed: HELD,
    stopped: false,
    cursor: 1,
  }
  return {
    installationTag: TAG,
    lastIntentSequence: 1,
    accounts: [LEADER_ACCOUNT, ADA],
    sources: [],
    strategies: [STRATEGY],
    links: [LINK],
    pairs: [],
    pairStates: [],
    rounds: [],
    books: [],
    linkStates: [followed],
    decisions: [],
    intents: [],
    positions: [position(LEADER_ACCOUNT), position(ADA)],
    syncs: [],
  }
}

function account(name: string, count: number): Account {
  return {
    id: id('account', count),
    kind: 'venue',
    origin: 'file',
    name,
    venue: 'bybit',
    environment: 'paper',
    status: 'active',
    maximumLeverage: decimal('10'),
  }
}

function position(of: Account): StoredPosition {
  return {
    accountId: of.id,
    instrumentId: BTC,
    positionIndex: 0,
    openingQuantity: ZERO,
    quantity: HELD,
    averagePrice: ZERO,
    baselineSequence: 0,
    venueSequence: 7,
    realizedDay: 0,
    realizedPnl: ZERO,
  }
}

function trade(of: Account, tradeId: string): Fill {
  return { ...fill(1).fill, tradeId: tradeId as TradeId, accountId: of.id }
}
