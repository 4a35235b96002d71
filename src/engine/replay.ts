import { subtract } from '../domain/decimal.ts'
import { signedQuantity } from '../domain/order.ts'
import { must } from '../domain/result.ts'
import { applyLeaderFill } from '../logic/book.ts'
import type { LeaderStep } from '../logic/copy.ts'
import type { Store, StoredFill } from '../ports/store.ts'
import type { EngineContext } from './context.ts'
import { copyToLink, type LinkRun } from './copier.ts'
import { findLeaderDamage } from './damage.ts'
import { bookKey, type SourceState } from './state.ts'

/** How many of a source's last fills are looked through for links that a crash left behind. */
const REPLAY_LIMIT = 10_000

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
  const runs = await lagging(store, source)
  if (runs.length === 0) return []
  const leader = must(context.state.accounts.get(source.source.accountId), 'a source has its account')
  const damage = await findLeaderDamage(store, leader)
  if (damage.length > 0) return damage
  for (const { link, steps } of runs)
    context.run(turn => copyToLink(context, turn, { link, steps, receivedAt: context.now() }))
  return []
}

async function lagging(store: Store, source: SourceState): Promise<readonly Omit<LinkRun, 'receivedAt'>[]> {
  const after = Math.max(0, source.lastSequence - REPLAY_LIMIT)
  const fills = await store.sourceFills(source.source.id, after, REPLAY_LIMIT)
  const groups = Map.groupBy(fills, ({ fill }) => bookKey(fill.instrumentId, fill.positionIndex))
  return Array.from(groups).flatMap(([key, group]) => {
    const steps = stepsOf(source, key, group)
    return source.links
      .map(link => {
        const known = link.holdings.get(key)?.link?.state ?? link.untraded.get(key)
        const cursor = known?.cursor ?? link.link.startSequence
        return { link, steps: steps.filter(step => step.sequence > cursor) }
      })
      .filter(run => run.steps.length > 0)
  })
}

/** What each stored fill did to the book, worked out backwards from where the book is now. */
function stepsOf(source: SourceState, key: string, stored: readonly StoredFill[]): readonly LeaderStep[] {
  let book = source.books.get(key)
  if (book === undefined) return []
  for (const { fill } of stored)
    book = { ...book, quantity: subtract(book.quantity, signedQuantity(fill.side, fill.quantity)) }
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
