import { add, type Decimal, subtract, ZERO } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import { strictestMode } from '../domain/strategy.ts'
import { rebaseState } from '../logic/copy.ts'
import { applyForeignTrade } from '../logic/shortfall.ts'
import type { AccountSnapshot } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { newDecision } from './decisions.ts'
import { placeOf } from './link-places.ts'
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

/** Lets what a link desires follow its leader's book down, and says so; nothing where they agree. */
export function rebaseLink(
  context: EngineContext,
  turn: Turn,
  link: LinkRuntime,
  book: Pick<Decision, 'instrumentId' | 'positionIndex'> & {
    readonly quantity: Decimal
    readonly averagePrice: Decimal
  },
): void {
  const holding = placeOf(context, link, book.instrumentId, book.positionIndex)
  const held = holding?.link ?? null
  if (holding === null || held === null || held.state.leaderQuantity === book.quantity) return
  const before = held.state
  turn.linkState(holding)
  if (strictestMode(link.link.mode, link.strategy.mode) === 'off') {
    held.state = { ...before, leaderQuantity: book.quantity }
    return
  }
  held.state = rebaseState(before, book.quantity)
  turn.revisit(holding)
  const now = context.now()
  const outcome = held.state.desired === ZERO && before.desired === ZERO ? 'skipped' : 'forgone'
  const draft = {
    part: 'rebase',
    firstFill: before.cursor,
    lastFill: before.cursor,
    quantity: subtract(held.state.desired, before.desired),
    leaderPrice: book.averagePrice,
    leaderFillAt: now,
    validUntil: null,
    final: { outcome, reason: 'gap' },
  } as const
  const { instrumentId, positionIndex, accountId } = holding
  const decision = newDecision(context, {
    linkId: link.link.id,
    instrumentId,
    positionIndex,
    draft,
    receivedAt: now,
  })
  turn.decision(decision)
  turn.afterCommit(() => context.ports.observer.decided?.(decision, null, accountId))
}
