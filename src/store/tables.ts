import type { Decision, HopTimes } from '../domain/decision.ts'
import type { Fill } from '../domain/fill.ts'
import type { Book, LinkState } from '../domain/link-state.ts'
import type { Notice } from '../domain/notice.ts'
import { type Claim, isTerminal, type Order } from '../domain/order.ts'
import type { PairExposure, PairState, Round } from '../domain/pair.ts'
import type { AccountSync, StoredFill, StoredPosition } from '../ports/store.ts'
import { amount, flag, json, list, nullable, number, object, record, table, text } from './codec.ts'

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

export const pairStates = table<PairState>('pair_states', ['pairId'], {
  pairId: text(),
  phase: text(),
  pause: nullable(text()),
  closingLeg: nullable(text()),
  baseA: nullable(amount),
  baseB: nullable(amount),
  attempts: number(),
  unhedgedSince: nullable(number()),
  cycleSide: text(),
  cycles: number(),
  rounds: number(),
})

export const rounds = table<Round>('rounds', ['id'], {
  id: text(),
  pairId: text(),
  number: number(),
  startedAt: number(),
  endedAt: nullable(number()),
  quantityA: amount,
  notionalA: amount,
  tradedA: amount,
  quantityB: amount,
  notionalB: amount,
  tradedB: amount,
  attempts: json(list(text())),
  outcome: text(),
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
  pairId: nullable(text()),
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

const exposure = object<PairExposure>({ a: amount, b: amount, gap: amount })

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
  pairId: nullable(text()),
  pairSequence: nullable(number()),
  exposure: nullable(json(exposure)),
  receivedAt: number(),
})

export function fillRow(stored: StoredFill): FillRow {
  const { fill, ...owner } = stored
  return { ...fill, ...owner }
}

export function storedFill(row: FillRow): StoredFill {
  const { intentId, linkId, attributed, sourceId, sourceSequence, receivedAt, ...rest } = row
  const { pairId, pairSequence, exposure: stood, ...fill } = rest
  const ofPair = { pairId, pairSequence, exposure: stood }
  return { fill, intentId, linkId, attributed, sourceId, sourceSequence, ...ofPair, receivedAt }
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
  realizedDay: number(),
  realizedPnl: amount,
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
  details: nullable(json(record())),
  recovers: nullable(text()),
  at: number(),
  acknowledgedAt: nullable(number()),
  acknowledgedBy: nullable(text()),
})
