import fc from 'fast-check'
import { ENVIRONMENTS } from '../../src/domain/account.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { Fill } from '../../src/domain/fill.ts'
import { type AccountId, type PairId, VENUES } from '../../src/domain/ids.ts'
import type { Claim, Order } from '../../src/domain/order.ts'
import { REASONS, type Reason } from '../../src/domain/reason.ts'
import {
  type EntryStyle,
  type LeverageRule,
  type Link,
  MODES,
  NO_LIMITS,
  type Sizing,
  type Source,
  type Strategy,
} from '../../src/domain/strategy.ts'
import type { Write } from '../../src/ports/store.ts'
import { progressOf } from '../../src/store/tables.ts'
import { amount, count, name, nullable, side, text, time } from './arbitraries.ts'
import { anyPair } from './pair-arbitraries.ts'
import { anyRecord, numberedRecords, recordWritesOf } from './record-arbitraries.ts'
import { id } from './store-rows.ts'

const index = fc.constantFrom(0 as const, 1 as const, 2 as const)
const mode = fc.constantFrom(...MODES)
/** Of a row that is in force: what is removed is not in an image. */
const origin = fc.constantFrom('file' as const, 'api' as const)
const place = { instrumentId: name<Fill['instrumentId']>(), positionIndex: index }

const sizing: fc.Arbitrary<Sizing> = fc.oneof(
  fc.record({ kind: fc.constant('ratio' as const), inverse: fc.boolean(), ratio: amount }),
  fc.record({ kind: fc.constant('equity_ratio' as const), inverse: fc.boolean(), ratio: amount }),
  fc.record({ kind: fc.constant('fixed_notional' as const), inverse: fc.boolean(), notional: amount }),
  fc.record({ kind: fc.constant('fixed_quantity' as const), inverse: fc.boolean(), quantity: amount }),
)

const entry: fc.Arbitrary<EntryStyle> = fc.oneof(
  fc.record({ kind: fc.constantFrom('market' as const, 'limit' as const) }),
  fc.record({ kind: fc.constant('limit_follow' as const), discountBps: count, maximumOpenOrders: count }),
  fc.record({ kind: fc.constant('marketable_limit' as const), slippageBps: count }),
)

const leverage: fc.Arbitrary<LeverageRule> = fc.oneof(
  fc.constant({ kind: 'follow' as const }),
  fc.record({ kind: fc.constantFrom('fixed' as const, 'capped' as const), leverage: amount }),
)

const limits = fc.oneof(
  fc.constant(NO_LIMITS),
  fc.record({
    killSwitch: fc.boolean(),
    maximumLeverage: nullable(amount),
    maximumOrderNotional: nullable(amount),
    maximumSymbolNotional: nullable(amount),
    maximumTotalNotional: nullable(amount),
    maximumOrdersPerMinute: nullable(count),
    allowedSymbols: nullable(fc.array(text, { maxLength: 3 })),
    deniedSymbols: fc.array(text, { maxLength: 3 }),
    allowedSides: nullable(fc.array(side, { maxLength: 2 })),
    priceCollarBps: nullable(count),
  }),
)

const claims: fc.Arbitrary<Claim> = fc.record({
  route: fc.constantFrom('stream' as const, 'request' as const),
  venueTimestamp: time,
  deadlineAt: time,
  sendBefore: time,
  leaseEpoch: count,
})

const reasons = Object.keys(REASONS) as Reason[]
const times = fc.record({
  leaderFillAt: time,
  receivedAt: time,
  decidedAt: time,
  persistedAt: nullable(time),
  sentAt: nullable(time),
  ackedAt: nullable(time),
  filledAt: nullable(time),
})

const fillOf: fc.Arbitrary<Fill> = fc.record({
  accountId: name<Fill['accountId']>(),
  ...place,
  tradeId: name<Fill['tradeId']>(),
  venueOrderId: name<Fill['venueOrderId']>(),
  clientOrderId: nullable(name<Order['clientOrderId']>()),
  side,
  quantity: amount,
  fillPrice: amount,
  orderQuantity: amount,
  fee: amount,
  liquidity: fc.constantFrom('maker', 'taker'),
  cause: fc.constantFrom('trade', 'liquidation', 'adl', 'settlement'),
  venueSequence: count,
  at: time,
})

const order: fc.Arbitrary<Order> = fc.record({
  intentId: name<Order['intentId']>(),
  sequence: count,
  clientOrderId: name<Order['clientOrderId']>(),
  key: name<Order['key']>(),
  accountId: name<Order['accountId']>(),
  ...place,
  linkId: nullable(name<Link['id']>()),
  pairId: nullable(name<PairId>()),
  purpose: fc.constantFrom('exit', 'hedge', 'entry'),
  side,
  type: fc.constantFrom('market', 'limit'),
  timeInForce: fc.constantFrom('gtc', 'ioc', 'fok'),
  quantity: amount,
  limitPrice: nullable(amount),
  reduceOnly: fc.boolean(),
  collarPrice: nullable(amount),
  validUntil: nullable(time),
  createdAt: time,
  status: fc.constantFrom('created', 'submitted', 'acknowledged', 'in_doubt', 'open', 'filled', 'canceled'),
  claim: nullable(claims),
  venueOrderId: nullable(name<Fill['venueOrderId']>()),
  filled: amount,
  filledNotional: amount,
  reportedFilled: amount,
  reason: nullable(text),
  updatedAt: time,
})

type Rows = { readonly [Kind in Write['kind']]: fc.Arbitrary<Extract<Write, { kind: Kind }>['row']> }

/** Any row of every kind; nothing is said of which of them may stand beside which. */
export const anyRow: Rows = {
  account: fc.record({
    id: name<Link['accountId']>(),
    kind: fc.constantFrom('venue', 'virtual'),
    origin,
    name: text,
    venue: fc.constantFrom(...VENUES),
    environment: fc.constantFrom(...ENVIRONMENTS),
    status: fc.constantFrom('active', 'inactive'),
    maximumLeverage: amount,
  }),
  source: fc.record({
    id: name<Source['id']>(),
    origin,
    name: text,
    accountId: name<Link['accountId']>(),
  }),
  strategy: fc.record({
    id: name<Strategy['id']>(),
    origin,
    name: text,
    sourceId: name<Source['id']>(),
    mode,
    sizing,
    entry,
    leverage,
    limits,
    symbolMap: fc.array(fc.tuple(place.instrumentId, place.instrumentId)).map(pairs => new Map(pairs)),
    maxAgeMs: count,
    maxDriftBps: nullable(count),
  }),
  link: fc.record({
    id: name<Link['id']>(),
    origin,
    strategyId: name<Strategy['id']>(),
    accountId: name<Link['accountId']>(),
    mode,
    sizing: nullable(sizing),
    startSequence: count,
  }),
  book: fc.record({
    sourceId: name<Source['id']>(),
    ...place,
    quantity: amount,
    averagePrice: amount,
    venueSequence: count,
    leverage: nullable(amount),
  }),
  link_state: fc.record({
    linkId: name<Link['id']>(),
    ...place,
    leaderQuantity: amount,
    desired: amount,
    attributed: amount,
    stopped: fc.boolean(),
    cursor: count,
  }),
  decision: fc.record({
    id: name<Decision['id']>(),
    linkId: name<Link['id']>(),
    ...place,
    part: fc.constantFrom('reduce', 'increase', 'rebase'),
    firstFill: count,
    lastFill: count,
    quantity: amount,
    wanted: amount,
    leaderPrice: amount,
    validUntil: nullable(time),
    status: fc.constantFrom('pending', 'working', 'done'),
    outcome: nullable(fc.constantFrom('copied', 'partly', 'carried', 'forgone', 'skipped', 'failed')),
    reason: nullable(fc.constantFrom(...reasons)),
    detail: nullable(text),
    intentId: nullable(name<Order['intentId']>()),
    times,
  }),
  intent_insert: order,
  intent_update: order,
  fill: fc.record({
    fill: fillOf,
    intentId: nullable(name<Order['intentId']>()),
    linkId: nullable(name<Link['id']>()),
    attributed: amount,
    sourceId: nullable(name<Source['id']>()),
    sourceSequence: nullable(count),
    pairId: nullable(name<PairId>()),
    pairSequence: nullable(count),
    exposure: nullable(fc.record({ a: amount, b: amount, gap: amount })),
    receivedAt: time,
  }),
  position: fc.record({
    accountId: name<Link['accountId']>(),
    ...place,
    openingQuantity: amount,
    quantity: amount,
    averagePrice: amount,
    baselineSequence: count,
    venueSequence: count,
    realizedDay: count,
    realizedPnl: amount,
  }),
  account_sync: fc.record({ accountId: name<Link['accountId']>(), baselineAt: time, syncedAt: time }),
  ...anyPair,
  ...anyRecord,
}

export type AnyRows = {
  [Kind in keyof typeof anyRow]: (typeof anyRow)[Kind] extends fc.Arbitrary<infer Row> ? Row : never
}

/** The same rows with keys that do not meet, in the order of their number. */
export function numbered(rows: AnyRows, count: number): AnyRows {
  const { intent_insert: intent, fill: stored } = rows
  const accountId = id<AccountId>('account', count)
  const inserted = {
    ...intent,
    intentId: id<typeof intent.intentId>('intent', count),
    accountId,
    sequence: count,
    claim: null,
  }
  return {
    account: { ...rows.account, id: accountId },
    source: { ...rows.source, id: id('source', count) },
    strategy: { ...rows.strategy, id: id('strategy', count) },
    link: { ...rows.link, id: id('link', count) },
    pair: { ...rows.pair, id: id('pair', count) },
    pair_state: { ...rows.pair_state, pairId: id('pair', count) },
    round: { ...rows.round, id: id('round', count) },
    book: { ...rows.book, sourceId: id('source', count) },
    link_state: { ...rows.link_state, linkId: id('link', count) },
    decision: { ...rows.decision, id: id('decision', count) },
    intent_insert: inserted,
    intent_update: { ...inserted, ...progressOf(rows.intent_update) },
    fill: { ...stored, fill: { ...stored.fill, accountId }, sourceSequence: count },
    position: { ...rows.position, accountId },
    account_sync: { ...rows.account_sync, accountId },
    notice: { ...rows.notice, id: id('notice', count) },
    ...numberedRecords(rows, count),
  }
}

export function writesOf(rows: AnyRows): Write[] {
  return [
    { kind: 'account', row: rows.account },
    { kind: 'source', row: rows.source },
    { kind: 'strategy', row: rows.strategy },
    { kind: 'link', row: rows.link },
    { kind: 'pair', row: rows.pair },
    { kind: 'book', row: rows.book },
    { kind: 'link_state', row: rows.link_state },
    { kind: 'pair_state', row: rows.pair_state },
    { kind: 'round', row: rows.round },
    { kind: 'decision', row: rows.decision },
    { kind: 'intent_insert', row: rows.intent_insert },
    { kind: 'intent_update', row: rows.intent_update },
    { kind: 'fill', row: rows.fill },
    { kind: 'position', row: rows.position },
    { kind: 'account_sync', row: rows.account_sync },
    { kind: 'notice', row: rows.notice },
    ...recordWritesOf(rows),
  ]
}
