import { type InstrumentId, instrumentId, type PositionIndex, symbolOf } from '../domain/ids.ts'
import { type Book, emptyLinkState, type LinkState } from '../domain/link-state.ts'
import { isTerminal } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import { type Mode, strictestMode } from '../domain/strategy.ts'
import { allowsSymbol, type CopySettings } from '../logic/copy.ts'
import type { EngineContext } from './context.ts'
import { equityOf } from './holdings.ts'
import { bookKey, type Holding, holdingOf, isFree, type LinkRuntime } from './state.ts'

/**
 * The follower's place for a leader's instrument, with the link on it; taken on the first fill.
 *
 * @returns null where the link may not trade the symbol, or another link has the place
 */
export function placeOf(
  context: EngineContext,
  link: LinkRuntime,
  leaderInstrument: InstrumentId,
  positionIndex: PositionIndex,
): Holding | null {
  const key = bookKey(leaderInstrument, positionIndex)
  const known = link.holdings.get(key)
  if (known !== undefined) return known
  const instrument = followerInstrument(link, leaderInstrument)
  const limits = [context.options.systemLimits, link.strategy.limits]
  if (!limits.every(limit => allowsSymbol(limit, symbolOf(instrument)))) return null
  return takePlace(context, link, newLinkState(link, { instrumentId: leaderInstrument, positionIndex }))
}

/** Puts the link on its place whatever the filters say: what is copied must be closed one day. */
export function takePlace(context: EngineContext, link: LinkRuntime, fresh: LinkState): Holding | null {
  const key = bookKey(fresh.instrumentId, fresh.positionIndex)
  const instrument = followerInstrument(link, fresh.instrumentId)
  const holding = holdingOf(context.state, link.account, instrument, fresh.positionIndex)
  if (!isFree(holding) || hasOrphans(holding, link)) return null
  holding.link = { runtime: link, state: link.untraded.get(key) ?? fresh, decisions: new Map() }
  link.untraded.delete(key)
  link.holdings.set(key, holding)
  return holding
}

/** Orders of a link that is gone: what they still trade is not this one's. What a person trades is in nobody's way. */
function hasOrphans({ orders }: Holding, { link }: LinkRuntime): boolean {
  for (const { order } of orders) {
    const isOthers = order.linkId !== null && order.linkId !== link.id
    if (isOthers && !isTerminal(order.status)) return true
  }
  return false
}

/** What a link may do now: the stricter of its own mode and its strategy's, and nothing new on a flattened account. */
export function modeOf({ link, strategy, account }: LinkRuntime): Mode {
  const mode = strictestMode(link.mode, strategy.mode)
  return account.isFlattened ? strictestMode(mode, 'close_only') : mode
}

export function newLinkState(
  { link }: LinkRuntime,
  of: Pick<Book, 'instrumentId' | 'positionIndex'>,
): LinkState {
  const { instrumentId, positionIndex } = of
  return emptyLinkState({ linkId: link.id, instrumentId, positionIndex, cursor: link.startSequence })
}

export function followerInstrument({ strategy, account }: LinkRuntime, leader: InstrumentId): InstrumentId {
  return strategy.symbolMap.get(leader) ?? instrumentId(account.account.venue, symbolOf(leader))
}

/** What copying must know of a link now. @param instrument the follower's */
/** @param receivedAt when the leader's fills arrived, our clock, ms */
export function settingsOf(
  context: EngineContext,
  { link, receivedAt }: { readonly link: LinkRuntime; readonly receivedAt: number },
  instrument: InstrumentId,
): CopySettings {
  const { strategy, account, source } = link
  const sizing = link.link.sizing ?? strategy.sizing
  const bySize = sizing.kind === 'equity_ratio'
  const leader = context.state.accounts.get(source.source.accountId)
  return {
    mode: strictestMode(link.link.mode, strategy.mode),
    sizing,
    limits: [context.options.systemLimits, strategy.limits],
    symbol: symbolOf(instrument),
    maxAgeMs: strategy.maxAgeMs,
    leaderEquity: bySize && leader !== undefined ? equityOf(context, leader) : null,
    followerEquity: bySize ? equityOf(context, account) : null,
    refusal: refusalOf(link, instrument),
    venueOffsetMs: leader?.session?.market.offsetMs() ?? 0,
    receivedAt,
  }
}

function refusalOf({ account }: LinkRuntime, instrument: InstrumentId): Reason | null {
  if (account.account.status === 'inactive') return 'account_inactive'
  if (account.isFlattened) return 'account_flattened'
  if (account.refusal !== null) return account.refusal
  const { session } = account
  // While a start is under way there is no session yet: the increase waits for it as long as it is valid.
  if (session === null) return null
  return session.market.hasInstruments() && session.market.instrument(instrument) === null
    ? 'symbol_unknown'
    : null
}
