import { clientOrderId } from '../domain/capability.ts'
import { ZERO } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import type { IntentId, LinkId, PairId } from '../domain/ids.ts'
import { type Claim, isTerminal, nextStatus, type Order } from '../domain/order.ts'
import { must, type Result } from '../domain/result.ts'
import type { OrderDraft } from '../logic/holding-view.ts'
import type { Acked, OrderRequest, VenueAccount, VenueError } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { CUT, markHop, replaceDecision } from './decisions.ts'
import { moveOrder } from './order-events.ts'
import { isGateShut } from './pairs/pair-view.ts'
import { type AccountState, type Holding, newEntry, type OrderEntry } from './state.ts'
import type { Turn } from './turn.ts'

export interface Sending {
  readonly holding: Holding
  readonly account: AccountState
  readonly venueAccount: VenueAccount
  /** Null, as pairId: a person's own. */
  readonly linkId: LinkId | null
  readonly pairId?: PairId
  /** Of whoever must know it again; otherwise a new one. */
  readonly intentId?: IntentId
  readonly draft: OrderDraft
  readonly claim: Claim
}

/**
 * Makes an intent and its claim part of the turn, and sends it when the turn is durable.
 *
 * One commit decides and claims (decision 0004): the deadline is fixed before the disk is asked, so that a
 * disk that takes too long makes the sender give up, never the venue accept late.
 */
export function sendOrder(context: EngineContext, turn: Turn, sending: Sending): OrderEntry {
  const { holding, account, draft, venueAccount } = sending
  const order = intentOf(context, sending)
  const decisions = takeDecisions(turn, holding, draft, order)
  const madeAt = context.monotonic()
  const entry = { ...newEntry({ order, holding, decisions }), heardAt: madeAt, madeAt }
  holding.orders.add(entry)
  account.orders.set(order.clientOrderId, entry)
  context.state.liveOrders.add(entry)
  if (draft.purpose !== 'exit') account.openingTimes.push(order.createdAt)
  turn.insertOrder(order)
  turn.afterCommit(durableAt => {
    markHop(holding, draft.decisions, { persistedAt: durableAt })
    context.detach(submit(context, venueAccount, entry))
  })
  return entry
}

function intentOf(context: EngineContext, { holding, account, draft, ...sending }: Sending): Order {
  const { state } = context
  state.lastIntentSequence += 1
  const now = context.now()
  const claim = withinValidity(context, sending.claim, draft.validUntil)
  return {
    intentId: sending.intentId ?? context.newId(),
    sequence: state.lastIntentSequence,
    clientOrderId: clientOrderId(
      account.capability.clientOrderId,
      state.installationTag,
      state.lastIntentSequence,
    ),
    key: holding.key,
    accountId: holding.accountId,
    instrumentId: holding.instrumentId,
    positionIndex: holding.positionIndex,
    linkId: sending.linkId,
    pairId: sending.pairId ?? null,
    purpose: draft.purpose,
    side: draft.side,
    type: draft.type,
    timeInForce: draft.timeInForce,
    quantity: draft.quantity,
    limitPrice: draft.limitPrice,
    reduceOnly: draft.reduceOnly,
    collarPrice: draft.collarPrice,
    validUntil: draft.validUntil,
    createdAt: now,
    status: must(nextStatus('created', 'sent'), 'an intent is claimed as it is made'),
    claim,
    venueOrderId: null,
    filled: ZERO,
    filledNotional: ZERO,
    reportedFilled: ZERO,
    reason: null,
    updatedAt: now,
  }
}

/** Waiting for budget must not carry an opening past its end (I17). */
function withinValidity(context: EngineContext, claim: Claim, validUntil: number | null): Claim {
  if (validUntil === null) return claim
  const { clock } = context.ports
  return { ...claim, sendBefore: Math.min(claim.sendBefore, clock.monotonic() + validUntil - clock.now()) }
}

function takeDecisions(turn: Turn, holding: Holding, draft: OrderDraft, order: Order): readonly Decision[] {
  const taken: Decision[] = []
  for (const id of draft.decisions) {
    const decision = must(holding.link?.decisions.get(id), 'a plan names decisions of its own holding')
    const detail = draft.isCut ? CUT : null
    const working: Decision = { ...decision, status: 'working', detail, intentId: order.intentId }
    replaceDecision(holding, working)
    turn.decision(working)
    taken.push(working)
  }
  return taken
}

async function submit(context: EngineContext, venueAccount: VenueAccount, entry: OrderEntry): Promise<void> {
  const late = lateness(context, entry)
  const { pairId, sequence } = entry.order
  if (late === null && pairId !== null) context.marks.mark(sequence)
  const answer: Result<Acked, VenueError> =
    late === null
      ? await venueAccount.submit(requestOf(entry.order))
      : { ok: false, error: { kind: 'not_sent', message: late } }
  context.run(turn => takeAnswer(context, turn, entry, answer))
}

/** A disk or a stopped process may have taken the time that an opening had (I17), or the leader turned round. */
function lateness(
  context: EngineContext,
  { order: { purpose, validUntil }, holding, cancelAskedAt }: OrderEntry,
): string | null {
  if (cancelAskedAt !== null) return 'it was no longer wanted when it could be sent'
  if (purpose === 'entry' && isGateShut(context, holding))
    return 'its pair was unhedged when it could be sent'
  return validUntil !== null && context.now() > validUntil
    ? 'its increase was no longer valid when it could be sent'
    : null
}

function requestOf(order: Order): OrderRequest {
  return { ...order, claim: must(order.claim, 'only claimed intents are sent') }
}

function takeAnswer(
  context: EngineContext,
  turn: Turn,
  entry: OrderEntry,
  answer: Result<Acked, VenueError>,
): void {
  const { order, holding, decisions } = entry
  if (answer.ok) {
    const { venueOrderId, sentAt, ackedAt } = answer.value
    markHop(
      holding,
      decisions.map(decision => decision.id),
      { sentAt, ackedAt },
    )
    acknowledge(context, entry, venueOrderId)
    if (holding.link !== null && holding.link.decisions.size > decisions.length) turn.revisit(holding)
    return
  }
  const { error } = answer
  const who = {
    order: order.clientOrderId,
    account: order.accountId,
    instrument: order.instrumentId,
    message: error.message,
  }
  switch (error.kind) {
    case 'not_sent':
      context.ports.log.warn('order_not_sent', who)
      moveOrder(context, turn, entry, { kind: 'withdrawn', detail: error.message })
      return
    case 'refused':
      context.ports.log.warn('order_refused', { ...who, code: error.code, reason: error.reason })
      if (error.reason === 'duplicate_id')
        moveOrder(context, turn, entry, { kind: 'answer_lost', detail: error.message })
      else
        moveOrder(context, turn, entry, {
          kind: 'rejected',
          refusal: error.reason,
          detail: `${error.code} ${error.message}`,
        })
      return
    default:
      context.ports.log.warn('order_in_doubt', who)
      moveOrder(context, turn, entry, { kind: 'answer_lost', detail: error.message })
  }
}

/**
 * Taken for processing. Not written by itself: after a crash the order is asked for either way, so the disk
 * would be paid for nothing; the next report carries it.
 */
function acknowledge(context: EngineContext, entry: OrderEntry, venueOrderId: Acked['venueOrderId']): void {
  const status = nextStatus(entry.order.status, 'acked')
  if (status === undefined) return
  entry.order = { ...entry.order, status, venueOrderId, updatedAt: context.now() }
  entry.heardAt = context.monotonic()
}

/** Asks once, when the turn is durable, for an opening that is in the way; what became of it comes by report. */
export function cancelOrder(context: EngineContext, turn: Turn, holding: Holding, order: Order): void {
  const account = context.state.accounts.get(holding.accountId)
  const entry = account?.orders.get(order.clientOrderId)
  if (account === undefined || account.session === null || entry === undefined) return
  const now = context.monotonic()
  if (entry.cancelSentAt !== null && now - entry.cancelSentAt < CANCEL_AGAIN_MS) return
  entry.cancelAskedAt ??= now
  entry.cancelSentAt = now
  const { venueAccount } = account.session
  turn.afterCommit(() => {
    // No answer is evidence of an end: it may be filled, or not be on the book yet. Reports and questions tell.
    if (!isTerminal(entry.order.status)) context.detach(venueAccount.cancel(entry.order, 'exit'))
  })
}

const CANCEL_AGAIN_MS = 1_000
