import { absolute, add, type Decimal, maximum, minimum, subtract, ZERO } from '../domain/decimal.ts'
import type { Decision, Outcome } from '../domain/decision.ts'
import { knownFilled, type Order, type OrderStatus } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import { forgoWaiting, unownedQuantity } from '../logic/shortfall.ts'
import type { RefusalReason } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { CUT, markHop, returnToPending, settleDecision } from './decisions.ts'
import { linkOrders } from './holdings.ts'
import { endPairOrder } from './pairs/pair-endings.ts'
import { backOff, clearPause, forgetOpening, PATIENCE_WITH_EXITS } from './pauses.ts'
import type { HeldLink, OrderEntry } from './state.ts'
import type { Turn } from './turn.ts'

/** What follows from an order's end: its decisions, what is desired, and when sending may be tried again. */
export function endOrder(
  context: EngineContext,
  turn: Turn,
  entry: OrderEntry,
  refusal?: RefusalReason,
): void {
  const { order, holding } = entry
  if (order.pairId !== null) {
    if (order.reduceOnly) takeFailedReduction(context, entry, refusal)
    endPairOrder(context, turn, entry, order.pairId)
    return
  }
  if (order.linkId === null) {
    endByHand(context, turn, entry, refusal)
    return
  }
  const pause = order.purpose === 'exit' ? holding.exitPause : holding.openingPause
  if (order.status === 'filled' || knownFilled(order) > 0n) {
    if (order.purpose === 'exit')
      context.over(turn, {
        code: 'exit_refused',
        holding,
        text: 'The venue takes orders that close this position again.',
      })
    clearPause(pause)
    markHop(
      holding,
      entry.decisions.map(decision => decision.id),
      { filledAt: context.now() },
    )
  } else {
    if (order.status === 'withdrawn') forgetOpening(context, order)
    // What could not be sent is not sent better at once.
    if (order.status !== 'canceled' || order.purpose === 'exit') backOff(context, pause)
  }
  if (order.purpose === 'exit') endExit(context, turn, entry)
  else endOpening(context, turn, entry, refusal)
}

/** Of a pair. What reduced nothing, or was never seen again, says that what is held is not what we count. */
function takeFailedReduction(
  context: EngineContext,
  { order, holding }: OrderEntry,
  refusal?: RefusalReason,
): void {
  if (order.purpose === 'exit' && refusal === 'quantity') holding.refusedClose = order.quantity
  if (refusal === 'reduce_only' || order.status === 'never_accepted')
    context.state.accounts.get(order.accountId)?.session?.resync('a reduction came to nothing')
}

/**
 * A person's own order: nothing that a link wants hangs on it, and it is never tried again. Where the venue says that
 * there was nothing to reduce, what was wanted is so.
 */
function endByHand(context: EngineContext, turn: Turn, entry: OrderEntry, refusal?: RefusalReason): void {
  const { order, holding } = entry
  if (order.status === 'withdrawn') forgetOpening(context, order)
  // A close that the venue cancels had nothing to reduce; what rests is cancelled because somebody wants it so.
  const isMissed = order.status === 'canceled' && order.timeInForce === 'ioc' && !order.reduceOnly
  if (knownFilled(order) > 0n || (!isMissed && !CAME_TO_NOTHING.has(order.status))) return
  if (order.reduceOnly)
    context.state.accounts.get(order.accountId)?.session?.resync('a close came to nothing')
  if (refusal === 'reduce_only') return
  const why = order.reason === null ? order.status : `${order.status}: ${order.reason}`
  context.notice(turn, {
    code: 'hand_order_failed',
    level: 'warning',
    holding,
    text: `Order ${order.clientOrderId}, made by hand, came to nothing (${why}).`,
    action: 'Mend what the venue says, and send it again under a new key if it is still wanted.',
  })
}

const CAME_TO_NOTHING: ReadonlySet<OrderStatus> = new Set(['rejected', 'withdrawn', 'never_accepted'])

function endOpening(context: EngineContext, turn: Turn, entry: OrderEntry, refusal?: RefusalReason): void {
  const { order, holding, decisions } = entry
  const unsent = order.status === 'withdrawn' || order.status === 'never_accepted'
  if (unsent || (order.status === 'rejected' && mayPass(refusal) && knownFilled(order) === ZERO)) {
    giveBack(context, turn, entry)
    return
  }
  const rest = subtract(order.quantity, knownFilled(order))
  const held = holding.link
  if (rest > 0n && held !== null) {
    // What other increases want is theirs, even where this order was larger than what is desired by now.
    const unclaimed = unownedQuantity(held.state, linkOrders(holding), other => wantedOf(held, other))
    const unowned = maximum(ZERO, subtract(unclaimed, waitingQuantity(held)))
    const before = held.state.desired
    held.state = forgoWaiting(held.state, minimum(rest, unowned))
    const size = absolute(subtract(before, held.state.desired))
    entry.forgone = { size, reductions: holding.reductions }
    turn.linkState(holding)
  }
  const ending = endingOf(order, refusal)
  for (const decision of decisions) {
    const isCut = ending.outcome === 'copied' && decision.detail === CUT
    const own = isCut ? ({ outcome: 'partly', reason: 'above_maximum' } as const) : ending
    settleDecision(context, turn, holding, decision, { ...own, order })
  }
}

/** What is still valid may try again; for the rest it was the last try. */
function giveBack(context: EngineContext, turn: Turn, { order, holding, decisions }: OrderEntry): void {
  returnToPending(turn, holding, decisions)
  const held = holding.link
  for (const { id } of decisions) {
    const decision = held?.decisions.get(id)
    const isLate = (decision?.validUntil ?? Number.POSITIVE_INFINITY) < context.now()
    if (held === null || decision === undefined || !isLate) continue
    held.state = forgoWaiting(held.state, absolute(decision.wanted))
    turn.linkState(holding)
    const reason = order.status === 'never_accepted' ? 'never_accepted' : 'stale'
    settleDecision(context, turn, holding, decision, { outcome: 'forgone', reason, detail: order.reason })
  }
}

/** Size, base units, of the increases that no order carries. */
function waitingQuantity(held: HeldLink): Decimal {
  return wantedBy(held, ({ status }) => status === 'pending')
}

/** Size, base units, of the increases that an order carries, whatever it has brought of them. */
function wantedOf(held: HeldLink, order: Order): Decimal {
  return wantedBy(held, ({ intentId }) => intentId === order.intentId)
}

function wantedBy(held: HeldLink, counts: (decision: Decision) => boolean): Decimal {
  let total: Decimal = ZERO
  for (const decision of held.decisions.values())
    if (decision.part === 'increase' && counts(decision)) total = add(total, absolute(decision.wanted))
  return total
}

export function endingOf(
  order: Order,
  refusal?: RefusalReason,
): { outcome: Outcome; reason: Reason; detail: string | null } {
  const filled = knownFilled(order)
  if (filled >= order.quantity) return { outcome: 'copied', reason: 'copied', detail: null }
  if (filled > 0n) return { outcome: 'partly', reason: 'ended_short', detail: order.reason }
  if (order.status === 'rejected')
    return { outcome: 'failed', reason: reasonOf(refusal), detail: order.reason }
  return { outcome: 'forgone', reason: 'ended_short', detail: order.reason }
}

/** A reduction is done when it is filled; until then it is wanted again, after a pause when it was refused. */
function endExit(context: EngineContext, turn: Turn, entry: OrderEntry): void {
  const { order, holding, decisions } = entry
  if (knownFilled(order) >= order.quantity) {
    for (const decision of decisions)
      settleDecision(context, turn, holding, decision, { outcome: 'copied', reason: 'copied', order })
    return
  }
  if (order.status !== 'rejected') {
    returnToPending(turn, holding, decisions)
    return
  }
  // Refused as not reducing, or for a reason that a report leaves out: only looking can tell what is held.
  context.state.accounts.get(order.accountId)?.session?.resync('an exit was refused')
  if (holding.exitPause.refusals < PATIENCE_WITH_EXITS) {
    returnToPending(turn, holding, decisions)
    return
  }
  if (holding.exitPause.refusals === PATIENCE_WITH_EXITS) noticeStuckExit(context, turn, entry)
  const ending = { outcome: 'failed', reason: 'close_refused', detail: order.reason, order } as const
  for (const decision of decisions) settleDecision(context, turn, holding, decision, ending)
}

/** A person must know; the exit itself goes on being tried. */
function noticeStuckExit(context: EngineContext, turn: Turn, { order, holding }: OrderEntry): void {
  context.notice(turn, {
    code: 'exit_refused',
    level: 'critical',
    holding,
    text: `The venue has refused ${PATIENCE_WITH_EXITS} orders that close this position (${order.reason}). It is tried again by itself.`,
    action: 'See whether the key may trade and whether the symbol trades, or close it by hand.',
  })
}

/** Refusals that say nothing against the order itself. */
function mayPass(refusal: RefusalReason | undefined): boolean {
  return refusal === 'rate_limited' || refusal === 'time_window'
}

function reasonOf(refusal: RefusalReason | undefined): Reason {
  switch (refusal) {
    case 'balance':
      return 'insufficient_balance'
    case 'key':
    case 'address':
      return 'key_refused'
    case 'position_mode':
      return 'position_mode'
    case 'leverage':
      return 'leverage_refused'
    case 'symbol':
      return 'symbol_closed'
    default:
      return 'venue_refused'
  }
}
