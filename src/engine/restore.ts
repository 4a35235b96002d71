import type { Account } from '../domain/account.ts'
import type { Capability } from '../domain/capability.ts'
import { ZERO } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import type { InstrumentId, LinkId, PairId, PositionIndex, SourceId } from '../domain/ids.ts'
import type { Strategy } from '../domain/strategy.ts'
import type { Store, StoreImage } from '../ports/store.ts'
import type { EngineContext } from './context.ts'
import { returnToPending } from './decisions.ts'
import { MINUTE_MS } from './holdings.ts'
import { followerInstrument, placeOf, takePlace } from './link-places.ts'
import { addAccount, addLink, addSource } from './members.ts'
import { moveOrder } from './order-events.ts'
import { addPair } from './pairs/pair-members.ts'
import type { Roster } from './roster.ts'
import { type AccountState, bookKey, type EngineState, holdingOf, newEntry } from './state.ts'

export interface RestoreInput {
  readonly image: StoreImage
  readonly roster: Roster
  readonly lastSequences: ReadonlyMap<SourceId, number>
  readonly capabilityOf: (account: Account) => Capability
  /** Our clock, ms. */
  readonly now: number
}

/** Memory as the store remembers it. */
export function restoreState({ image, roster, lastSequences, capabilityOf, now }: RestoreInput): EngineState {
  const state: EngineState = {
    installationTag: image.installationTag,
    restoredAt: image.syncs.length === 0 ? 0 : now,
    lastIntentSequence: image.lastIntentSequence,
    accounts: new Map(),
    sources: new Map(),
    strategies: new Map(roster.strategies.map(row => [row.id, row])),
    links: new Map(),
    pairs: new Map(),
    pairSequences: new Map(),
    holdings: new Map(),
    liveOrders: new Set(),
  }
  for (const account of roster.accounts) addAccount(state, account, capabilityOf(account))
  for (const sync of image.syncs) {
    const account = state.accounts.get(sync.accountId)
    if (account !== undefined) account.sync = sync
  }
  for (const source of roster.sources) addSource(state, source, lastSequences.get(source.id) ?? 0)
  for (const book of image.books)
    state.sources.get(book.sourceId)?.books.set(bookKey(book.instrumentId, book.positionIndex), book)
  for (const link of roster.links) addLink(state, link)
  for (const pair of roster.pairs) {
    const mine = ({ pairId }: { readonly pairId: PairId }): boolean => pairId === pair.id
    addPair(state, pair, { state: image.pairStates.find(mine), round: image.rounds.find(mine) })
  }
  for (const position of image.positions) {
    const account = state.accounts.get(position.accountId)
    if (account !== undefined)
      holdingOf(state, account, position.instrumentId, position.positionIndex).position = position
  }
  return state
}

const NEVER_LEFT = 'the process ended before it could be sent'

/** Puts links, orders and decisions back in place, and doubts every order whose answer a stop may have swallowed. */
export function restoreWork(context: EngineContext, image: StoreImage): void {
  const { state } = context
  const undone = new Set(
    image.decisions.map(({ linkId, instrumentId, positionIndex }) =>
      workKey(linkId, instrumentId, positionIndex),
    ),
  )
  for (const row of image.linkStates) {
    const link = state.links.get(row.linkId)
    if (link === undefined) continue
    const key = bookKey(row.instrumentId, row.positionIndex)
    // A place that is held is kept, whatever the filters say by now: what was copied must be closed one day,
    // and what was decided must get its outcome.
    link.untraded.set(key, row)
    const instrument = followerInstrument(link, row.instrumentId)
    const isUndone = undone.has(workKey(row.linkId, instrument, row.positionIndex))
    const isHeld = row.attributed !== ZERO || row.desired !== ZERO || isUndone
    if (isHeld) takePlace(context, link, row)
    else placeOf(context, link, row.instrumentId, row.positionIndex)
  }
  for (const decision of image.decisions) heldFor(context, decision)?.decisions.set(decision.id, decision)
  endOrphans(context, image)
  for (const order of image.intents) {
    const account = state.accounts.get(order.accountId)
    if (account === undefined) continue
    const holding = holdingOf(state, account, order.instrumentId, order.positionIndex)
    const decisions = image.decisions.filter(decision => decision.intentId === order.intentId)
    const entry = newEntry({ order, holding, decisions })
    holding.orders.add(entry)
    account.orders.set(order.clientOrderId, entry)
    state.liveOrders.add(entry)
  }
  context.run(turn => {
    for (const entry of [...state.liveOrders]) {
      const { status, pairId } = entry.order
      const isUnsent = status === 'submitted' && pairId !== null && context.marks.neverLeft(entry.order)
      if (isUnsent) moveOrder(context, turn, entry, { kind: 'withdrawn', detail: NEVER_LEFT })
      else if (status === 'submitted') moveOrder(context, turn, entry, { kind: 'answer_lost' })
      else if (status === 'acknowledged') moveOrder(context, turn, entry, { kind: 'report_overdue' })
      else if (status === 'in_doubt') entry.inquiry.doubtSince = sinceBefore(context, entry.order.updatedAt)
    }
    for (const holding of state.holdings.values()) {
      const carried = new Set([...holding.orders].map(entry => entry.order.intentId))
      const orphans = [...(holding.link?.decisions.values() ?? [])].filter(
        decision =>
          decision.status === 'working' && (decision.intentId === null || !carried.has(decision.intentId)),
      )
      returnToPending(turn, holding, orphans)
    }
  })
}

/** Of another process, whose monotonic clock was another: only the wall clock can tell how long ago it was. */
function sinceBefore(context: EngineContext, at: number): number {
  return context.monotonic() - Math.max(0, context.now() - at)
}

function workKey(...of: readonly [LinkId, InstrumentId, PositionIndex]): string {
  return of.join('/')
}

/** How far back the orders of an account are looked through: more than any limit allows in a minute. */
const RECENT_OPENINGS = 500

/** A limit per minute outlives a restart: who just sent a burst does not get another one for crashing. */
export async function restoreOpeningTimes(
  context: EngineContext,
  store: Store,
  accounts: ReadonlySet<AccountState>,
): Promise<void> {
  const since = context.now() - MINUTE_MS
  for (const account of accounts) {
    if (account.openingsRestored || since > context.startedAt) continue
    account.openingsRestored = true
    const accountIds = [account.account.id]
    const recent = await store.orderPage({
      accountIds,
      from: since,
      to: context.startedAt,
      limit: RECENT_OPENINGS,
    })
    const openings = recent.filter(({ purpose, status }) => purpose !== 'exit' && status !== 'withdrawn')
    account.openingTimes.push(...openings.map(({ createdAt }) => createdAt))
    account.openingTimes.sort((a, b) => a - b)
  }
}

/** Whether so many openings a minute are allowed and no more. */
export function isRateLimited({ options }: EngineContext, strategy: Strategy): boolean {
  return [options.systemLimits, strategy.limits].some(limits => limits.maximumOrdersPerMinute !== null)
}

/** What a link that is gone still wanted: nobody will carry it out, and its outcome says so. */
function endOrphans(context: EngineContext, image: StoreImage): void {
  context.run(turn => {
    for (const decision of image.decisions) {
      if (context.state.links.has(decision.linkId)) continue
      turn.decision({ ...decision, status: 'done', outcome: 'skipped', reason: 'link_removed' })
    }
  })
}

function heldFor({ state }: EngineContext, decision: Decision) {
  const link = state.links.get(decision.linkId)
  if (link === undefined) return null
  for (const holding of link.holdings.values()) {
    if (holding.instrumentId === decision.instrumentId && holding.positionIndex === decision.positionIndex)
      return holding.link
  }
  return null
}
