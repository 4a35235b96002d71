import type { Decision } from '../domain/decision.ts'
import type { InstrumentId, PositionIndex } from '../domain/ids.ts'
import { instrumentId, symbolOf } from '../domain/ids.ts'
import { emptyLinkState } from '../domain/link-state.ts'
import type { Reason } from '../domain/reason.ts'
import { type Strategy, strictestMode } from '../domain/strategy.ts'
import {
  type CopySettings,
  copyFills,
  type DecisionDraft,
  type LeaderStep,
  type Reduction,
  reduced,
} from '../logic/copy.ts'
import type { EngineContext } from './context.ts'
import { replaceDecision } from './decisions.ts'
import { equityOf } from './holdings.ts'
import { bookKey, type Holding, holdingOf, type LinkRuntime, type SourceState } from './state.ts'
import type { Turn } from './turn.ts'

/** Links per transaction: small enough that sending overlaps the disk, large enough to share its cost. */
export const LINKS_PER_TURN = 100

/** A run of one source's fills of one instrument, as every link sees it. */
export interface LeaderRun {
  readonly source: SourceState
  readonly steps: readonly LeaderStep[]
  /** Our clock, ms. */
  readonly receivedAt: number
}

/** Takes every link of a source past its new fills: the first chunk in the turn that counts them. */
export function copyToLinks(context: EngineContext, turn: Turn, run: LeaderRun): void {
  const { links } = run.source
  copyChunk(context, turn, run, links.slice(0, LINKS_PER_TURN))
  for (let from = LINKS_PER_TURN; from < links.length; from += LINKS_PER_TURN) {
    turn.afterThis(next => copyChunk(context, next, run, links.slice(from, from + LINKS_PER_TURN)))
  }
}

function copyChunk(context: EngineContext, turn: Turn, run: LeaderRun, links: readonly LinkRuntime[]): void {
  for (const [, steps] of groupByBook(run.steps)) {
    for (const link of links) copyToLink(context, turn, { link, steps, receivedAt: run.receivedAt })
  }
}

function groupByBook(steps: readonly LeaderStep[]): ReadonlyMap<string, readonly LeaderStep[]> {
  return Map.groupBy(steps, ({ fill }) => bookKey(fill.instrumentId, fill.positionIndex))
}

export interface LinkRun {
  readonly link: LinkRuntime
  /** Of one instrument. */
  readonly steps: readonly LeaderStep[]
  readonly receivedAt: number
}

export function copyToLink(context: EngineContext, turn: Turn, { link, steps, receivedAt }: LinkRun): void {
  const first = steps[0]
  if (first === undefined) return
  const holding = linkHolding(context, link, first.fill.instrumentId, first.fill.positionIndex)
  const held = holding.link
  if (held === null) return
  if (held.runtime !== link) {
    context.ports.log.error('holding_taken', {
      link: link.link.id,
      by: held.runtime.link.id,
      instrument: holding.instrumentId,
    })
    return
  }
  const { state, drafts, reductions } = copyFills(held.state, steps, settingsOf(context, link, holding))
  held.state = state
  reduceWaiting(turn, holding, reductions)
  turn.linkState(holding)
  for (const draft of drafts) addDecision(context, turn, { holding, link, draft, receivedAt })
  if (drafts.length > 0) turn.revisit(holding)
}

/** What an increase still wants is a part of desired: it shrinks with it, also while an order carries it. */
function reduceWaiting(turn: Turn, holding: Holding, reductions: readonly Reduction[]): void {
  if (reductions.length === 0) return
  for (const decision of [...(holding.link?.decisions.values() ?? [])]) {
    if (decision.part !== 'increase') continue
    const smaller = { ...decision, quantity: reductions.reduce(reduced, decision.quantity) }
    replaceDecision(holding, smaller)
    turn.decision(smaller)
  }
}

/** The follower's place for a leader's instrument, with the link on it; made on the first fill. */
export function linkHolding(
  context: EngineContext,
  link: LinkRuntime,
  leaderInstrument: InstrumentId,
  positionIndex: PositionIndex,
): Holding {
  const key = bookKey(leaderInstrument, positionIndex)
  const known = link.holdings.get(key)
  if (known !== undefined) return known
  const holding = holdingOf(
    context.state,
    link.account,
    followerInstrument(link, leaderInstrument),
    positionIndex,
  )
  if (holding.link === null) {
    const cursor = link.link.startSequence
    const state = emptyLinkState({
      linkId: link.link.id,
      instrumentId: leaderInstrument,
      positionIndex,
      cursor,
    })
    holding.link = { runtime: link, state, decisions: new Map() }
    link.holdings.set(key, holding)
  }
  return holding
}

function followerInstrument({ strategy, account }: LinkRuntime, leader: InstrumentId): InstrumentId {
  return strategy.symbolMap.get(leader) ?? instrumentId(account.account.venue, symbolOf(leader))
}

function settingsOf(context: EngineContext, link: LinkRuntime, holding: Holding): CopySettings {
  const { strategy, account, source } = link
  const sizing = link.link.sizing ?? strategy.sizing
  const bySize = sizing.kind === 'equity_ratio'
  const leader = context.state.accounts.get(source.source.accountId)
  return {
    mode: modeOf(link, strategy),
    sizing,
    limits: [context.options.systemLimits, strategy.limits],
    symbol: symbolOf(holding.instrumentId),
    maxAgeMs: strategy.maxAgeMs,
    leaderEquity: bySize && leader !== undefined ? equityOf(context, leader) : null,
    followerEquity: bySize ? equityOf(context, account) : null,
    refusal: refusalOf(link, holding),
    venueOffsetMs: leader?.session?.market.offsetMs() ?? 0,
  }
}

function modeOf(link: LinkRuntime, strategy: Strategy) {
  return strictestMode(link.link.mode, strategy.mode)
}

function refusalOf({ account }: LinkRuntime, { instrumentId: id }: Holding): Reason | null {
  if (account.account.status === 'inactive') return 'account_inactive'
  if (account.refusal !== null) return account.refusal
  const { session } = account
  // While a start is under way there is no session yet: the increase waits for it as long as it is valid.
  if (session === null) return null
  return session.market.hasInstruments() && session.market.instrument(id) === null ? 'symbol_unknown' : null
}

interface NewDecision {
  readonly holding: Holding
  readonly link: LinkRuntime
  readonly draft: DecisionDraft
  readonly receivedAt: number
}

function addDecision(
  context: EngineContext,
  turn: Turn,
  { holding, link, draft, receivedAt }: NewDecision,
): void {
  const held = holding.link
  if (held === null) return
  const decision: Decision = {
    id: context.newId(),
    linkId: link.link.id,
    instrumentId: holding.instrumentId,
    positionIndex: holding.positionIndex,
    part: draft.part,
    firstFill: draft.firstFill,
    lastFill: draft.lastFill,
    quantity: draft.quantity,
    leaderPrice: draft.leaderPrice,
    validUntil: draft.validUntil,
    status: draft.final === null ? 'pending' : 'done',
    outcome: draft.final?.outcome ?? null,
    reason: draft.final?.reason ?? null,
    detail: null,
    intentId: null,
    times: {
      leaderFillAt: draft.leaderFillAt,
      receivedAt,
      decidedAt: context.now(),
      persistedAt: null,
      sentAt: null,
      ackedAt: null,
      filledAt: null,
    },
  }
  turn.decision(decision)
  if (decision.status === 'pending') replaceDecision(holding, decision)
  else turn.afterCommit(() => context.ports.observer.decided?.(decision, null, holding.accountId))
}
