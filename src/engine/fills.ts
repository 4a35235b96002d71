import { isOwnClientOrderId } from '../domain/capability.ts'
import { add, type Decimal, subtract, ZERO } from '../domain/decimal.ts'
import type { Fill } from '../domain/fill.ts'
import { signedQuantity, unseenQuantity, withFill } from '../domain/order.ts'
import { addToDay, applyTrade, dayOf } from '../domain/position.ts'
import { applyLeaderFill } from '../logic/book.ts'
import type { LeaderStep } from '../logic/copy.ts'
import { applyForeignTrade } from '../logic/shortfall.ts'
import type { EngineContext } from './context.ts'
import { finishOrder, freeOthers, moveOrder, noteFilled } from './order-events.ts'
import { pairTradeOf } from './pair-trades.ts'
import { takePairFill } from './pairs/pair-rounds.ts'
import {
  type AccountState,
  bookKey,
  type Holding,
  holdingOf,
  type OrderEntry,
  type SourceState,
} from './state.ts'
import type { Turn } from './turn.ts'

/** Trades that are counted in one turn, and so how far a crash between its transactions leaves a link behind. */
export const MAXIMUM_FILLS_PER_TURN = 10_000

export interface Arrival {
  readonly account: AccountState
  readonly fill: Fill
  /** Our clock, ms. */
  readonly receivedAt: number
}

export interface Counted {
  readonly holding: Holding
  readonly fill: Fill
  /** What the leader's book made of it, when the account feeds a source. */
  readonly step: LeaderStep | null
}

/**
 * Counts one trade, once: in the position, in the order it belongs to, in the link's attribution, in the
 * source's book.
 *
 * @returns null when it was counted before
 */
export function takeFill(
  context: EngineContext,
  turn: Turn,
  { account, fill, receivedAt }: Arrival,
): Counted | null {
  const trade = tradeKey(fill)
  if (account.recentTrades.has(trade)) return null
  const holding = holdingOf(context.state, account, fill.instrumentId, fill.positionIndex)
  const entry = ownEntry(account, fill)
  // A trade that an order of ours is waiting for is never given, however late the venue files it.
  const isAwaited = entry !== null && unseenQuantity(entry.order) > ZERO
  if (!isAwaited && isBeforeOurCount(account, holding, fill)) return null
  account.recentTrades.add(trade, receivedAt)
  const signed = signedQuantity(fill.side, fill.quantity)
  const move: Move = { context, turn, holding, entry, signed }
  const attributed = attribute(move)
  countPosition(move, fill)
  takePairFill(context, turn, { holding, fill, signed })
  // Risk and equity measure everything that is held.
  account.session?.market.watch(fill.instrumentId)
  if (entry !== null) fillOrder(context, turn, entry, fill)
  else freeOthers(context, turn, holding)
  const step = account.source === null ? null : takeLeaderFill(turn, account.source, fill)
  turn.fill({
    fill,
    intentId: entry?.order.intentId ?? null,
    linkId: attributed === ZERO ? null : (holding.link?.runtime.link.id ?? null),
    attributed,
    sourceId: step === null ? null : (account.source?.source.id ?? null),
    sourceSequence: step?.sequence ?? null,
    ...pairTradeOf(context.state, holding),
    receivedAt,
  })
  turn.revisit(holding)
  return { holding, fill, step }
}

/** Trade ids are unique per account and instrument only. */
export function tradeKey(fill: Fill): string {
  return `${fill.instrumentId}/${fill.tradeId}`
}

/** What the opening quantity holds already, and what was before the account was first looked at. */
function isBeforeOurCount(account: AccountState, holding: Holding, fill: Fill): boolean {
  if (fill.venueSequence <= holding.position.baselineSequence) return true
  return account.sync !== null && fill.at < account.sync.baselineAt
}

function ownEntry(account: AccountState, fill: Fill): OrderEntry | null {
  return fill.clientOrderId === null ? null : (account.orders.get(fill.clientOrderId) ?? null)
}

/** Whether only the store can tell whose a fill is: an id of ours that memory has forgotten. */
export function isForgotten(context: EngineContext, account: AccountState, fill: Fill): boolean {
  const { clientOrderId } = fill
  if (clientOrderId === null || account.orders.has(clientOrderId)) return false
  return isOwnClientOrderId(account.capability.clientOrderId, context.state.installationTag, clientOrderId)
}

interface Move {
  readonly context: EngineContext
  readonly turn: Turn
  readonly holding: Holding
  readonly entry: OrderEntry | null
  /** Signed, base units. */
  readonly signed: Decimal
}

/** @returns the signed part of the trade that moved the link's attributed quantity */
function attribute({ context, turn, holding, entry, signed }: Move): Decimal {
  const held = holding.link
  if (held === null) return ZERO
  if (entry !== null && entry.order.linkId === held.runtime.link.id) {
    held.state = { ...held.state, attributed: add(held.state.attributed, signed) }
    turn.linkState(holding)
    return signed
  }
  const foreign = applyForeignTrade(held.state, holding.position.quantity, signed)
  if (foreign.attributed === ZERO) return ZERO
  held.state = foreign.state
  turn.linkState(holding)
  context.notice(turn, {
    code: 'foreign_reduction',
    level: 'warning',
    holding,
    text: held.state.stopped
      ? 'The copied position was closed by other means than copying. Nothing is opened again until the leader is flat.'
      : 'A part of the copied position was closed by other means than copying. The copy follows the smaller quantity.',
    action:
      'Nothing needs to be done if it was you or a stop of yours; otherwise see who trades on this account.',
  })
  return foreign.attributed
}

function countPosition({ context, turn, holding, signed }: Move, fill: Fill): void {
  const before = holding.position
  const { position, realizedPnl } = applyTrade(before, signed, fill.fillPrice)
  const venueSequence = Math.max(before.venueSequence, fill.venueSequence)
  const day = addToDay(before, dayOf(fill.at), subtract(realizedPnl, fill.fee))
  holding.position = { ...before, ...position, venueSequence, ...day }
  if (holding.lastTrade === null || holding.lastTrade.at <= fill.at) {
    holding.lastTrade = { at: fill.at, seenAt: context.monotonic(), fillPrice: fill.fillPrice }
  }
  turn.position(holding)
}

function fillOrder(context: EngineContext, turn: Turn, entry: OrderEntry, fill: Fill): void {
  const order = withFill(entry.order, fill.quantity, fill.fillPrice, context.now())
  noteFilled(context, turn, entry, order)
  moveOrder(context, turn, entry, { kind: order.filled >= order.quantity ? 'completed' : 'filled' })
  finishOrder(context, turn, entry)
}

function takeLeaderFill(turn: Turn, source: SourceState, fill: Fill): LeaderStep {
  const key = bookKey(fill.instrumentId, fill.positionIndex)
  const book = source.books.get(key) ?? emptyBook(source, fill)
  const step = applyLeaderFill(book, fill)
  source.books.set(key, step.book)
  source.lastSequence += 1
  turn.book(step.book)
  return { sequence: source.lastSequence, fill, changes: step.changes }
}

function emptyBook(source: SourceState, { instrumentId, positionIndex }: Fill) {
  return {
    sourceId: source.source.id,
    instrumentId,
    positionIndex,
    quantity: ZERO,
    averagePrice: ZERO,
    venueSequence: 0,
    leverage: null,
  }
}
