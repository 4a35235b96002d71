import { subtract } from '../domain/decimal.ts'
import type { Book } from '../domain/link-state.ts'
import { signedQuantity } from '../domain/order.ts'
import { must } from '../domain/result.ts'
import { applyLeaderFill } from '../logic/book.ts'
import type { LeaderStep } from '../logic/copy.ts'
import type { Store, StoredFill } from '../ports/store.ts'
import { rebaseLink } from './baseline.ts'
import type { EngineContext } from './context.ts'
import { copyToLink } from './copier.ts'
import { findLeaderDamage } from './damage.ts'
import { MAXIMUM_FILLS_PER_TURN } from './fills.ts'
import { bookKey, type LinkRuntime, type SourceState } from './state.ts'

/** Where one link goes on: the leader's book before the first step that it has not seen, and the steps. */
interface Lag {
  readonly link: LinkRuntime
  readonly steps: readonly LeaderStep[]
  /** The book before the oldest fill that was looked at, where the link had not come even that far; else null. */
  readonly missedUntil: Book | null
}

/**
 * Takes links past the fills that were stored before a crash but not yet copied to them (chunks commit apart).
 *
 * @returns why nothing was copied: what is stored of the leader does not add up
 */
export async function replayLagging(
  context: EngineContext,
  store: Store,
  source: SourceState,
): Promise<readonly string[]> {
  const lags = await lagging(store, source)
  if (lags.length === 0) return []
  const leader = must(context.state.accounts.get(source.source.accountId), 'a source has its account')
  const damage = await findLeaderDamage(store, leader)
  if (damage.length > 0) return damage
  for (const { link, steps, missedUntil } of lags) {
    context.run(turn => {
      if (missedUntil !== null) rebaseLink(context, turn, link, missedUntil)
      copyToLink(context, turn, { link, steps, receivedAt: context.now() })
    })
  }
  return []
}

/**
 * A crash leaves a link behind by a part of the last turn, because units are durable in order. One that was not
 * set up for a while may be further behind: of what it missed beyond the limit only the sum is followed.
 */
async function lagging(store: Store, source: SourceState): Promise<readonly Lag[]> {
  const after = Math.max(0, source.lastSequence - MAXIMUM_FILLS_PER_TURN)
  const fills = await store.sourceFills(source.source.id, after, MAXIMUM_FILLS_PER_TURN)
  const groups = Map.groupBy(fills, ({ fill }) => bookKey(fill.instrumentId, fill.positionIndex))
  return Array.from(source.books).flatMap(([key, book]) => {
    const stored = groups.get(key) ?? []
    const before = bookBefore(book, stored)
    const steps = stepsOf(before, stored)
    return source.links
      .map(link => {
        const known = link.holdings.get(key)?.link?.state ?? link.untraded.get(key)
        const cursor = known?.cursor ?? link.link.startSequence
        const hasMissed = known !== undefined && cursor < after && known.leaderQuantity !== before.quantity
        const missedUntil = hasMissed ? before : null
        return { link, steps: steps.filter(step => step.sequence > cursor), missedUntil }
      })
      .filter(({ steps: unseen, missedUntil }) => unseen.length > 0 || missedUntil !== null)
  })
}

/** What a source's last fills did to its books, oldest first. */
export async function lastSteps(
  store: Store,
  source: SourceState,
  count: number,
): Promise<readonly LeaderStep[]> {
  const { lastSequence, books } = source
  const now = new Map(books)
  const fills = await store.sourceFills(source.source.id, Math.max(0, lastSequence - count), count)
  const groups = Map.groupBy(
    // What was counted while they were read is not in the books that they are taken back from.
    fills.filter(({ sourceSequence }) => (sourceSequence ?? 0) <= lastSequence),
    ({ fill }) => bookKey(fill.instrumentId, fill.positionIndex),
  )
  const steps = Array.from(groups).flatMap(([key, stored]) => {
    const book = now.get(key)
    return book === undefined ? [] : stepsOf(bookBefore(book, stored), stored)
  })
  return steps.sort((a, b) => a.sequence - b.sequence)
}

/** Worked out backwards from where the book is now. */
function bookBefore(book: Book, stored: readonly StoredFill[]): Book {
  const quantity = stored.reduce(
    (now, { fill }) => subtract(now, signedQuantity(fill.side, fill.quantity)),
    book.quantity,
  )
  return { ...book, quantity }
}

/** What each stored fill did to the book. */
function stepsOf(before: Book, stored: readonly StoredFill[]): readonly LeaderStep[] {
  let book = before
  const steps: LeaderStep[] = []
  for (const { fill, sourceSequence } of stored) {
    const step = applyLeaderFill(book, fill)
    book = step.book
    steps.push({
      sequence: must(sourceSequence, 'a source fill has its sequence'),
      fill,
      changes: step.changes,
    })
  }
  return steps
}
