import { add, type Decimal, subtract, ZERO } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import { rebaseState } from '../logic/copy.ts'
import { applyForeignTrade } from '../logic/shortfall.ts'
import type { AccountSnapshot } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { linkHolding } from './copier.ts'
import { settleDecision } from './decisions.ts'
import {
  type AccountState,
  bookKey,
  type Holding,
  holdingOf,
  type LinkRuntime,
  type SourceState,
} from './state.ts'
import type { Turn } from './turn.ts'

/** Where our count of an account begins: what it holds now is given, what it trades from now on is counted. */
export function accountBaseline(
  context: EngineContext,
  turn: Turn,
  account: AccountState,
  snapshot: AccountSnapshot,
): void {
  for (const report of snapshot.positions) {
    const { instrumentId, positionIndex, quantity, averagePrice, venueSequence, leverage } = report
    const holding = holdingOf(context.state, account, instrumentId, positionIndex)
    const count = {
      openingQuantity: quantity,
      quantity,
      averagePrice,
      baselineSequence: venueSequence,
      venueSequence,
    }
    holding.position = { ...holding.position, ...count }
    turn.position(holding)
    if (account.source !== null) {
      const sourceId = account.source.source.id
      const book = { sourceId, instrumentId, positionIndex, quantity, averagePrice, venueSequence, leverage }
      account.source.books.set(bookKey(instrumentId, positionIndex), book)
      turn.book(book)
    }
  }
  account.sync = { accountId: account.account.id, baselineAt: snapshot.at, syncedAt: snapshot.at }
  turn.sync(account.sync)
}

export interface Rebase {
  readonly account: AccountState
  readonly holding: Holding
  /** Signed, base units. */
  readonly venueQuantity: Decimal
  /** Quote per base. */
  readonly averagePrice: Decimal
  readonly venueSequence: number
}

/** Takes the venue's position where the trades between are lost, and lets every desire follow it down. */
export function rebaseHolding(context: EngineContext, turn: Turn, rebase: Rebase): void {
  const { account, holding, venueQuantity, averagePrice } = rebase
  const { position } = holding
  const missing = subtract(venueQuantity, position.quantity)
  const venueSequence = Math.max(position.venueSequence, rebase.venueSequence)
  const openingQuantity = add(position.openingQuantity, missing)
  if (holding.link !== null) {
    holding.link.state = applyForeignTrade(holding.link.state, position.quantity, missing).state
    turn.linkState(holding)
  }
  holding.position = {
    ...position,
    openingQuantity,
    quantity: venueQuantity,
    averagePrice,
    baselineSequence: venueSequence,
    venueSequence,
  }
  turn.position(holding)
  turn.revisit(holding)
  if (account.source !== null) rebaseSource(context, turn, account.source, holding)
}

function rebaseSource(context: EngineContext, turn: Turn, source: SourceState, { position }: Holding): void {
  const { instrumentId, positionIndex, quantity, averagePrice, venueSequence } = position
  const key = bookKey(instrumentId, positionIndex)
  const leverage = source.books.get(key)?.leverage ?? null
  const book = {
    sourceId: source.source.id,
    instrumentId,
    positionIndex,
    quantity,
    averagePrice,
    venueSequence,
    leverage,
  }
  source.books.set(key, book)
  turn.book(book)
  for (const link of source.links) rebaseLink(context, turn, link, book)
}

function rebaseLink(
  context: EngineContext,
  turn: Turn,
  link: LinkRuntime,
  book: Pick<Decision, 'instrumentId' | 'positionIndex'> & {
    readonly quantity: Decimal
    readonly averagePrice: Decimal
  },
): void {
  const holding = linkHolding(context, link, book.instrumentId, book.positionIndex)
  const held = holding.link
  if (held === null || held.runtime !== link || held.state.leaderQuantity === book.quantity) return
  const before = held.state
  held.state = rebaseState(before, book.quantity)
  turn.linkState(holding)
  turn.revisit(holding)
  const now = context.now()
  const decision: Decision = {
    id: context.newId(),
    linkId: link.link.id,
    instrumentId: holding.instrumentId,
    positionIndex: holding.positionIndex,
    part: 'rebase',
    firstFill: before.cursor,
    lastFill: before.cursor,
    quantity: subtract(held.state.desired, before.desired),
    leaderPrice: book.averagePrice,
    validUntil: null,
    status: 'done',
    outcome: null,
    reason: null,
    detail: null,
    intentId: null,
    times: {
      leaderFillAt: now,
      receivedAt: now,
      decidedAt: now,
      persistedAt: null,
      sentAt: null,
      ackedAt: null,
      filledAt: null,
    },
  }
  const followed = held.state.desired === ZERO && before.desired === ZERO ? 'skipped' : 'forgone'
  settleDecision(context, turn, holding, decision, { outcome: followed, reason: 'gap' })
}
