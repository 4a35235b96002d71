import type { Account } from '../domain/account.ts'
import type { Capability } from '../domain/capability.ts'
import { ZERO } from '../domain/decimal.ts'
import { symbolOf } from '../domain/ids.ts'
import { isTerminal } from '../domain/order.ts'
import { must } from '../domain/result.ts'
import type { Link, Strategy } from '../domain/strategy.ts'
import { allowsSymbol } from '../logic/copy.ts'
import type { EngineContext } from './context.ts'
import { settleDecision } from './decisions.ts'
import { cancelOrder } from './executor.ts'
import { linkOrders } from './holdings.ts'
import { modeOf } from './link-places.ts'
import { addAccount, addLink, addSource, beginBooks } from './members.ts'
import { putPair, removePair } from './pairs/pair-members.ts'
import { changesOf, type Roster, type RowChanges } from './roster.ts'
import type { AccountState, Holding, LinkRuntime } from './state.ts'
import type { Turn } from './turn.ts'

export interface NewRoster {
  readonly before: Roster
  readonly after: Roster
  readonly capabilityOf: (account: Account) => Capability
  /** By account that is new: the lease is taken before there is anything to claim. */
  readonly leases: ReadonlyMap<string, number>
}

/**
 * Makes memory what the new roster says, as a part of the turn that stores it: whatever is decided from here on is
 * decided by it, and becomes durable behind it.
 */
export function takeRoster(context: EngineContext, turn: Turn, roster: NewRoster): void {
  const { before, after } = roster
  const { state } = context
  const sources = changesOf(before.sources, after.sources)
  const strategies = changesOf(before.strategies, after.strategies)
  const accounts = changesOf(before.accounts, after.accounts)
  putAccounts(context, turn, accounts, roster)
  for (const source of sources.put) {
    const known = state.sources.get(source.id)
    if (known !== undefined) known.source = source
    else for (const book of beginBooks(state, addSource(state, source, 0))) turn.book(book)
  }
  for (const strategy of strategies.put) putStrategy(context, turn, strategy)
  putLinks(context, turn, changesOf(before.links, after.links))
  const pairs = changesOf(before.pairs, after.pairs)
  for (const { id } of pairs.removed) removePair(context, turn, id)
  for (const pair of pairs.put) putPair(context, turn, pair)
  for (const { id } of strategies.removed) state.strategies.delete(id)
  for (const { id, accountId } of sources.removed) {
    state.sources.delete(id)
    const account = state.accounts.get(accountId)
    if (account !== undefined) account.source = null
  }
  for (const { id } of accounts.removed) removeAccount(context, id)
}

function putAccounts(
  context: EngineContext,
  turn: Turn,
  { put }: RowChanges<Account>,
  roster: NewRoster,
): void {
  for (const row of put) {
    const known = context.state.accounts.get(row.id)
    if (known === undefined) {
      const added = addAccount(context.state, row, roster.capabilityOf(row))
      added.leaseEpoch = must(roster.leases.get(row.id), 'the lease of a new account was taken')
      continue
    }
    const wasActive = known.account.status === 'active'
    known.account = row
    for (const holding of known.holdings.values()) turn.revisit(holding)
    if (wasActive && row.status === 'inactive') tellWhatIsLeft(context, turn, known)
    if (!wasActive && row.status === 'active') tellItIsFollowed(context, turn, row)
  }
}

/** An inactive account has no session at once, as after a start: nobody follows up what it leaves on the venue. */
function tellWhatIsLeft(context: EngineContext, turn: Turn, { account, holdings }: AccountState): void {
  const left = [...holdings.values()].filter(
    ({ link, orders, pair, position }) =>
      orders.size > 0 ||
      (link !== null && link.state.attributed !== ZERO) ||
      (pair !== null && position.quantity !== ZERO),
  )
  if (left.length === 0) return
  const symbols = left.map(({ instrumentId }) => symbolOf(instrumentId)).join(', ')
  context.notice(turn, {
    code: 'inactive_with_copies',
    level: 'warning',
    accountId: account.id,
    text: `Account ${account.name} was set inactive with copies, legs of pairs or orders of ${symbols}. They stay on the venue as they are.`,
    action: 'Set it active to have them followed again, or close them by hand.',
  })
}

/** Also at a start: config.yaml may have set it active meanwhile. */
export function tellItIsFollowed(context: EngineContext, turn: Turn, { id, name }: Account): void {
  const text = `Account ${name} is active: what it left on the venue is followed again.`
  context.over(turn, { code: 'inactive_with_copies', accountId: id, text })
}

function removeAccount({ state }: EngineContext, id: Account['id']): void {
  for (const key of state.accounts.get(id)?.holdings.keys() ?? []) state.holdings.delete(key)
  state.accounts.delete(id)
}

function putStrategy(context: EngineContext, turn: Turn, strategy: Strategy): void {
  context.state.strategies.set(strategy.id, strategy)
  for (const link of context.state.links.values()) {
    if (link.strategy.id !== strategy.id) continue
    link.strategy = strategy
    refit(context, turn, link)
  }
}

function putLinks(context: EngineContext, turn: Turn, { put, removed }: RowChanges<Link>): void {
  const { links } = context.state
  for (const { id } of removed) endLink(context, turn, must(links.get(id), 'a link in force is in memory'))
  for (const link of put) {
    const known = links.get(link.id)
    if (known === undefined) addLink(context.state, link)
    else {
      known.link = link
      refit(context, turn, known)
    }
  }
}

/** What is held and what waits is looked at again by the new settings; what was decided stays as it was sized. */
function refit(context: EngineContext, turn: Turn, link: LinkRuntime): void {
  for (const [key, holding] of link.holdings) {
    if (!mayOpen(context, link)) callBack(context, turn, holding)
    if (!mayTrade(context, link, holding) && isIdle(holding)) {
      link.untraded.set(key, must(holding.link, 'a place has its link').state)
      link.holdings.delete(key)
      holding.link = null
    }
    turn.revisit(holding)
  }
}

function mayOpen({ options }: EngineContext, link: LinkRuntime): boolean {
  const isStopped = options.systemLimits.killSwitch || link.strategy.limits.killSwitch
  return !isStopped && modeOf(link) === 'on'
}

function mayTrade({ options }: EngineContext, { strategy }: LinkRuntime, { instrumentId }: Holding): boolean {
  return [options.systemLimits, strategy.limits].every(limit => allowsSymbol(limit, symbolOf(instrumentId)))
}

/** Nothing is held, wanted or on its way: another link may have the place. */
function isIdle(holding: Holding): boolean {
  const { link } = holding
  if (link === null) return true
  const { desired, attributed } = link.state
  const isFlat = desired === ZERO && attributed === ZERO
  return isFlat && link.decisions.size === 0 && linkOrders(holding).length === 0
}

/** Openings of a link that rest, and those whose bytes may still be held back. */
export function callBack(context: EngineContext, turn: Turn, holding: Holding): void {
  for (const { order } of holding.orders) {
    const isOnItsWay = order.timeInForce === 'gtc' || order.status === 'submitted'
    const isOpening = order.linkId !== null && order.purpose !== 'exit'
    if (isOpening && isOnItsWay && !isTerminal(order.status)) cancelOrder(context, turn, holding, order)
  }
}

/** What the link holds is the owner's own from now on; what it still wanted ends. */
function endLink(context: EngineContext, turn: Turn, link: LinkRuntime): void {
  for (const holding of link.holdings.values()) {
    for (const decision of [...(holding.link?.decisions.values() ?? [])])
      settleDecision(context, turn, holding, decision, { outcome: 'skipped', reason: 'link_removed' })
    callBack(context, turn, holding)
    holding.wake?.()
    holding.wake = null
    holding.link = null
    turn.revisit(holding)
  }
  context.state.links.delete(link.link.id)
  link.source.links.splice(link.source.links.indexOf(link), 1)
}

/** Places where a link holds something, or where something of it is on its way that may still change what it holds. */
export function placesHeldBy(link: LinkRuntime): readonly Holding[] {
  return [...link.holdings.values()].filter(
    holding =>
      holding.link?.state.attributed !== ZERO ||
      linkOrders(holding).some(({ status, timeInForce }) => !isTerminal(status) && timeInForce !== 'gtc'),
  )
}
