import type { Decision, HopTimes, Outcome } from '../domain/decision.ts'
import type { DecisionId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import type { DecisionDraft } from '../logic/copy.ts'
import type { EngineContext } from './context.ts'
import type { Holding } from './state.ts'
import type { Turn } from './turn.ts'

export interface NewDecision extends Pick<Decision, 'linkId' | 'instrumentId' | 'positionIndex'> {
  readonly draft: Omit<DecisionDraft, 'part'> & Pick<Decision, 'part'>
  /** Our clock, ms. */
  readonly receivedAt: number
}

export function newDecision(context: EngineContext, { draft, receivedAt, ...of }: NewDecision): Decision {
  const { part, firstFill, lastFill, quantity, leaderPrice, leaderFillAt, validUntil, final } = draft
  const decidedAt = context.now()
  const times = {
    leaderFillAt,
    receivedAt,
    decidedAt,
    persistedAt: null,
    sentAt: null,
    ackedAt: null,
    filledAt: null,
  }
  return {
    ...of,
    id: context.newId(),
    part,
    firstFill,
    lastFill,
    quantity,
    wanted: quantity,
    leaderPrice,
    validUntil,
    status: final === null ? 'pending' : 'done',
    outcome: final?.outcome ?? null,
    reason: final?.reason ?? null,
    detail: null,
    intentId: null,
    times,
  }
}

/**
 * Of one holding, while its account cannot trade. Increases end by themselves; of reductions more would only be
 * told, for what is to be closed at last is one order, however many ask for it.
 */
const MAXIMUM_WAITING = 1_000

/** Stands beside a decision whose order had to be smaller than wanted, so that its ending can say so. */
export const CUT = 'more than one order may be'

export interface Ending {
  readonly outcome: Outcome
  readonly reason: Reason
  /** The venue's own words. */
  readonly detail?: string | null
  readonly order?: Order
}

/** Gives a decision its outcome. A second ending (a trade after the cancel) replaces the first. */
export function settleDecision(
  context: EngineContext,
  turn: Turn,
  holding: Holding,
  decision: Decision,
  ending: Ending,
): void {
  const { outcome, reason, detail = null, order = null } = ending
  const current = holding.link?.decisions.get(decision.id) ?? decision
  const done: Decision = { ...current, status: 'done', outcome, reason, detail }
  holding.link?.decisions.delete(decision.id)
  turn.decision(done)
  turn.afterCommit(() => context.ports.observer.decided?.(done, order, holding.accountId))
}

/** The order came to nothing that binds: what is still valid may try again. */
export function returnToPending(turn: Turn, holding: Holding, decisions: readonly Decision[]): void {
  for (const { id } of decisions) {
    const decision = holding.link?.decisions.get(id)
    if (decision === undefined) continue
    const pending: Decision = { ...decision, status: 'pending', intentId: null }
    replaceDecision(holding, pending)
    turn.decision(pending)
  }
}

/** Adds one that waits for its order. */
export function addWaiting(context: EngineContext, turn: Turn, holding: Holding, decision: Decision): void {
  replaceDecision(holding, decision)
  const decisions = holding.link?.decisions
  if (decision.part === 'increase' || decisions === undefined || decisions.size <= MAXIMUM_WAITING) return
  for (const oldest of decisions.values()) {
    if (oldest.status !== 'pending' || oldest.validUntil !== null) continue
    settleDecision(context, turn, holding, oldest, { outcome: 'carried', reason: 'with_later' })
    return
  }
}

export function replaceDecision(holding: Holding, decision: Decision): void {
  holding.link?.decisions.set(decision.id, decision)
}

/** Notes when a hop was passed; written with the decision's next change, because no truth hangs on it. */
export function markHop(holding: Holding, ids: readonly DecisionId[], times: Partial<HopTimes>): void {
  for (const id of ids) {
    const decision = holding.link?.decisions.get(id)
    if (decision !== undefined)
      replaceDecision(holding, { ...decision, times: { ...decision.times, ...times } })
  }
}
