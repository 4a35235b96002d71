import type { Book } from '../domain/link-state.ts'
import { must } from '../domain/result.ts'
import {
  allowsSymbol,
  copyFills,
  type DecisionDraft,
  type LeaderStep,
  type Reduction,
  reduced,
} from '../logic/copy.ts'
import type { EngineContext } from './context.ts'
import { addWaiting, newDecision, replaceDecision } from './decisions.ts'
import { followerInstrument, newLinkState, placeOf, settingsOf } from './link-places.ts'
import { bookKey, type Holding, type LinkRuntime, type SourceState } from './state.ts'
import type { Turn } from './turn.ts'

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
  const { linksPerTurn } = context.options
  copyChunk(context, turn, run, links.slice(0, linksPerTurn))
  for (let from = linksPerTurn; from < links.length; from += linksPerTurn) {
    turn.afterThis(next => copyChunk(context, next, run, links.slice(from, from + linksPerTurn)))
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

export function copyToLink(context: EngineContext, turn: Turn, run: LinkRun): void {
  const { link, steps } = run
  const first = steps[0]
  if (first === undefined) return
  const { instrumentId, positionIndex } = first.fill
  const holding = placeOf(context, link, instrumentId, positionIndex)
  if (holding === null) {
    skipOnLink(context, turn, run, { instrumentId, positionIndex })
    return
  }
  const held = must(holding.link, 'a place has its link')
  const settings = settingsOf(context, run, holding.instrumentId)
  const { state, drafts, reductions } = copyFills(held.state, steps, settings)
  held.state = state
  reduceWaiting(turn, holding, reductions)
  turn.linkState(holding)
  for (const draft of drafts) addDecision(context, turn, run, draft, holding)
  if (drafts.length > 0) turn.revisit(holding)
}

/** A symbol that the link may not trade takes no place, so that another link may, and a place may be taken; the outcome is told all the same. */
function skipOnLink(
  context: EngineContext,
  turn: Turn,
  run: LinkRun,
  of: Pick<Book, 'instrumentId' | 'positionIndex'>,
): void {
  const { link, steps } = run
  const key = bookKey(of.instrumentId, of.positionIndex)
  const before = link.untraded.get(key) ?? newLinkState(link, of)
  const instrument = followerInstrument(link, of.instrumentId)
  const settings = settingsOf(context, run, instrument)
  const isAllowed = settings.limits.every(limits => allowsSymbol(limits, settings.symbol))
  const refusal = settings.refusal ?? (isAllowed ? 'place_taken' : null)
  const { state, drafts } = copyFills(before, steps, { ...settings, refusal })
  link.untraded.set(key, state)
  turn.untraded(state)
  for (const draft of drafts) addDecision(context, turn, run, draft, null)
}

/** What an increase still wants is a part of desired: it shrinks with it, also while an order carries it. */
function reduceWaiting(turn: Turn, holding: Holding, reductions: readonly Reduction[]): void {
  if (reductions.length === 0) return
  holding.reductions += 1
  for (const decision of [...(holding.link?.decisions.values() ?? [])]) {
    if (decision.part !== 'increase') continue
    const smaller = { ...decision, wanted: reductions.reduce(reduced, decision.wanted) }
    replaceDecision(holding, smaller)
    turn.decision(smaller)
  }
}

/** @param holding null where the link has no place: then every draft is final */
function addDecision(
  context: EngineContext,
  turn: Turn,
  { link, steps, receivedAt }: LinkRun,
  draft: DecisionDraft,
  holding: Holding | null,
): void {
  const fill = must(steps[0], 'a run has fills').fill
  const decision = newDecision(context, {
    linkId: link.link.id,
    instrumentId: followerInstrument(link, fill.instrumentId),
    positionIndex: fill.positionIndex,
    draft,
    receivedAt,
  })
  turn.decision(decision)
  if (holding !== null && decision.status === 'pending') addWaiting(context, turn, holding, decision)
  else turn.afterCommit(() => context.ports.observer.decided?.(decision, null, link.account.account.id))
}
