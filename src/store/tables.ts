import type { Account } from '../domain/account.ts'
import type { Decision, HopTimes } from '../domain/decision.ts'
import type { Fill } from '../domain/fill.ts'
import type { Book, LinkState } from '../domain/link-state.ts'
import type { Notice } from '../domain/notice.ts'
import { type Claim, isTerminal, type Order, type Side } from '../domain/order.ts'
import type {
  EntryStyle,
  LeverageRule,
  Link,
  RiskLimits,
  Sizing,
  Source,
  Strategy,
} from '../domain/strategy.ts'
import type { AccountSync, StoredFill, StoredPosition } from '../ports/store.ts'
import {
  amount,
  type Codec,
  entries,
  flag,
  type Json,
  json,
  list,
  nullable,
  number,
  object,
  table,
  text,
  variants,
} from './codec.ts'

/** Inside JSON a boolean is itself. */
const truth: Codec<boolean, Json> = { encode: value => value, decode: stored => stored === true }

const sizing = variants<Sizing>({
  ratio: object({ kind: text(), inverse: truth, ratio: amount }),
  equity_ratio: object({ kind: text(), inverse: truth, ratio: amount }),
  fixed_notional: object({ kind: text(), inverse: truth, notional: amount }),
  fixed_quantity: object({ kind: text(), inverse: truth, quantity: amount }),
})

const entry = variants<EntryStyle>({
  market: object({ kind: text() }),
  limit: object({ kind: text() }),
  limit_follow: object({ kind: text(), discountBps: number(), maximumOpenOrders: number() }),
  marketable_limit: object({ kind: text(), slippageBps: number() }),
})

const leverage = variants<LeverageRule>({
  follow: object({ kind: text() }),
  fixed: object({ kind: text(), leverage: amount }),
  capped: object({ kind: text(), leverage: amount }),
})

const limits = object<RiskLimits>({
  killSwitch: truth,
  maximumLeverage: nullable(amount),
  maximumOrderNotional: nullable(amount),
  maximumSymbolNotional: nullable(amount),
  maximumTotalNotional: nullable(amount),
  maximumOrdersPerMinute: nullable(number()),
  allowedSymbols: nullable(list(text())),
  deniedSymbols: list(text()),
  allowedSides: nullable(list(text<Side>())),
  priceCollarBps: nullable(number()),
})

const times = object<HopTimes>({
  leaderFillAt: number(),
  receivedAt: number(),
  decidedAt: number(),
  persistedAt: nullable(number()),
  sentAt: nullable(number()),
  ackedAt: nullable(number()),
  filledAt: nullable(number()),
})

const claim = object<Claim>({
  route: text(),
  venueTimestamp: number(),
  deadlineAt: number(),
  sendBefore: number(),
  leaseEpoch: number(),
})

export const accounts = table<Account>('accounts', ['id'], {
  id: text(),
  kind: text(),
  origin: text(),
  name: text(),
  venue: text(),
  environment: text(),
  status: text(),
  maximumLeverage: amount,
})

export const sources = table<Source>('sources', ['id'], {
  id: text(),
  origin: text(),
  name: text(),
  accountId: text(),
})

export const strategies = table<Strategy>('strategies', ['id'], {
  id: text(),
  origin: text(),
  name: text(),
  sourceId: text(),
  mode: text(),
  sizing: json(sizing),
  entry: json(entry),
  leverage: json(leverage),
  limits: json(limits),
  symbolMap: json(entries()),
  maxAgeMs: number(),
  maxDriftBps: nullable(number()),
})

export const links = table<Link>('links', ['id'], {
  id: text(),
  origin: text(),
  strategyId: text(),
  accountId: text(),
  mode: text(),
  sizing: nullable(json(sizing)),
  startSequence: number(),
})

export const books = table<Book>('books', ['sourceId', 'instrumentId', 'positionIndex'], {
  sourceId: text(),
  instrumentId: text(),
  positionIndex: number(),
  quantity: amount,
  averagePrice: amount,
  venueSequence: number(),
  leverage: nullable(amount),
})

export const linkStates = table<LinkState>('link_states', ['linkId', 'instrumentId', 'positionIndex'], {
  linkId: text(),
  instrumentId: text(),
  positionIndex: number(),
  leaderQuantity: amount,
  desired: amount,
  attributed: amount,
  stopped: flag,
  cursor: number(),
})

export const decisions = table<Decision>('decisions', ['id'], {
  id: text(),
  linkId: text(),
  instrumentId: text(),
  positionIndex: number(),
  part: text(),
  firstFill: number(),
  lastFill: number(),
  quantity: amount,
  wanted: amount,
  leaderPrice: amount,
  validUntil: nullable(number()),
  status: text(),
  outcome: nullable(text()),
  reason: nullable(text()),
  detail: nullable(text()),
  intentId: nullable(text()),
  times: json(times),
})

export const intents = table<Order>('intents', ['intentId'], {
  intentId: text(),
  sequence: number(),
  clientOrderId: text(),
  key: text(),
  accountId: text(),
  instrumentId: text(),
  positionIndex: number(),
  linkId: nullable(text()),
  purpose: text(),
  side: text(),
  type: text(),
  timeInForce: text(),
  quantity: amount,
  limitPrice: nullable(amount),
  reduceOnly: flag,
  collarPrice: nullable(amount),
  validUntil: nullable(number()),
  createdAt: number(),
  status: text(),
  claim: nullable(json(claim)),
  venueOrderId: nullable(text()),
  filled: amount,
  filledNotional: amount,
  reportedFilled: amount,
  reason: nullable(text()),
  updatedAt: number(),
})

/** What became of an intent. The rest is what it means, and that was fixed before its bytes left (I2). */
type Progress = Pick<
  Order,
  | 'status'
  | 'claim'
  | 'venueOrderId'
  | 'filled'
  | 'filledNotional'
  | 'reportedFilled'
  | 'reason'
  | 'updatedAt'
>

export function progressOf(order: Order): Progress {
  const { status, claim, venueOrderId, filled, filledNotional, reportedFilled, reason, updatedAt } = order
  return { status, claim, venueOrderId, filled, filledNotional, reportedFilled, reason, updatedAt }
}

export const progress = table<Progress>('intents', [], {
  status: text(),
  claim: nullable(json(claim)),
  venueOrderId: nullable(text()),
  filled: amount,
  filledNotional: amount,
  reportedFilled: amount,
  reason: nullable(text()),
  updatedAt: number(),
})

/** Nothing can become of it any more: terminal, and every fill that was reported is here. */
export function isSettled(order: Order): boolean {
  return isTerminal(order.status) && order.filled >= order.reportedFilled
}

/** Stored flat: a fill's own columns beside whose it is. */
type FillRow = Fill & Omit<StoredFill, 'fill'>

export const fills = table<FillRow>('fills', ['accountId', 'instrumentId', 'tradeId'], {
  accountId: text(),
  instrumentId: text(),
  positionIndex: number(),
  tradeId: text(),
  venueOrderId: text(),
  clientOrderId: nullable(text()),
  side: text(),
  quantity: amount,
  fillPrice: amount,
  orderQuantity: amount,
  fee: amount,
  liquidity: text(),
  cause: text(),
  venueSequence: number(),
  at: number(),
  intentId: nullable(text()),
  linkId: nullable(text()),
  attributed: amount,
  sourceId: nullable(text()),
  sourceSequence: nullable(number()),
  receivedAt: number(),
})

export function fillRow(stored: StoredFill): FillRow {
  const { fill, ...owner } = stored
  return { ...fill, ...owner }
}

export function storedFill(row: FillRow): StoredFill {
  const { intentId, linkId, attributed, sourceId, sourceSequence, receivedAt, ...fill } = row
  return { fill, intentId, linkId, attributed, sourceId, sourceSequence, receivedAt }
}

export const positions = table<StoredPosition>('positions', ['accountId', 'instrumentId', 'positionIndex'], {
  accountId: text(),
  instrumentId: text(),
  positionIndex: number(),
  openingQuantity: amount,
  quantity: amount,
  averagePrice: amount,
  baselineSequence: number(),
  venueSequence: number(),
})

export const accountSyncs = table<AccountSync>('account_syncs', ['accountId'], {
  accountId: text(),
  baselineAt: number(),
  syncedAt: number(),
})

export const notices = table<Notice>('notices', ['id'], {
  id: text(),
  code: text(),
  level: text(),
  accountId: nullable(text()),
  instrumentId: nullable(text()),
  text: text(),
  action: text(),
  recovers: nullable(text()),
  at: number(),
  acknowledgedAt: nullable(number()),
  acknowledgedBy: nullable(text()),
})
