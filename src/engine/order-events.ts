import { absolute, add, type Decimal, maximum, minimum, subtract, ZERO } from '../domain/decimal.ts'
import type { Outcome } from '../domain/decision.ts'
import type { VenueOrderId } from '../domain/ids.ts'
import {
  isTerminal,
  knownFilled,
  nextStatus,
  type Order,
  type OrderEventKind,
  type OrderStatus,
  signedQuantity,
  unseenQuantity,
} from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import { missingQuantity, writeDown } from '../logic/shortfall.ts'
import type { ExecutionReport, RefusalReason } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { markHop, returnToPending, settleDecision } from './decisions.ts'
import { ordersOf } from './holdings.ts'
import type { HeldLink, Holding, OrderEntry } from './state.ts'
import type { Turn } from './turn.ts'

export interface OrderEvent {
  readonly kind: OrderEventKind
  readonly venueOrderId?: VenueOrderId
  /** For a refusal: what it means, and the venue's own words. */
  readonly refusal?: RefusalReason
  readonly detail?: string | null
}

/** The first wait after a refusal that may pass; doubles up to the last. */
const FIRST_BACKOFF_MS = 250
const LAST_BACKOFF_MS = 30_000
/** Refusals of exits in a row after which a person is told. */
const PATIENCE_WITH_EXITS = 5

/** Takes an order one step through its table, and does what follows from an end. */
export function moveOrder(context: EngineContext, turn: Turn, entry: OrderEntry, event: OrderEvent): void {
  const { order } = entry
  const status = nextStatus(order.status, event.kind)
  if (status === undefined) {
    context.ports.log.error('order_event_illegal', {
      order: order.clientOrderId,
      status: order.status,
      event: event.kind,
    })
    return
  }
  if (order.status === 'never_accepted') alarmAdopted(context, turn, entry)
  entry.order = {
    ...order,
    status,
    venueOrderId: event.venueOrderId ?? order.venueOrderId,
    reason: event.detail ?? order.reason,
    updatedAt: context.now(),
  }
  noteDoubt(context, entry)
  turn.updateOrder(entry.order)
  turn.revisit(entry.holding)
  if (isTerminal(status) && !isTerminal(order.status)) endOrder(context, turn, entry, event)
  else if (isTerminal(order.status) && !isTerminal(status)) reviveOrder(context, entry)
}

/** Takes in what the venue says of an order, in whatever order it says it. */
export function takeReport(
  context: EngineContext,
  turn: Turn,
  entry: OrderEntry,
  report: ExecutionReport,
): void {
  const reportedFilled = maximum(entry.order.reportedFilled, report.filled)
  noteFilled(context, turn, entry, { ...entry.order, reportedFilled })
  const detail = report.reason
  moveOrder(context, turn, entry, {
    kind: EVENT_OF[report.status],
    venueOrderId: report.venueOrderId,
    detail,
  })
  finishOrder(context, turn, entry)
}

/**
 * Takes in a larger filled quantity. After an end that was written down (a trade that raced the cancel, a
 * second Filled), what was forgone has been bought after all: it is desired again and the outcome changes.
 */
export function noteFilled(context: EngineContext, turn: Turn, entry: OrderEntry, next: Order): void {
  const before = entry.order
  entry.order = next
  const late = subtract(knownFilled(next), knownFilled(before))
  const { holding, decisions } = entry
  const held = holding.link
  if (late <= 0n || held === null || !WRITTEN_DOWN.has(before.status) || next.purpose === 'exit') return
  if (next.linkId !== held.runtime.link.id) return
  restoreForgone(turn, entry, held, late)
  const ending = { ...endingOf(next), order: next }
  for (const decision of decisions) settleDecision(context, turn, holding, decision, ending)
}

/** At most what was written down, and only while the leader has not reduced since: then it is an excess. */
function restoreForgone(turn: Turn, entry: OrderEntry, held: HeldLink, late: Decimal): void {
  const { order, holding, forgone } = entry
  if (forgone === null || forgone.reductions !== holding.reductions) return
  const size = minimum(late, forgone.size)
  entry.forgone = { ...forgone, size: subtract(forgone.size, size) }
  held.state = { ...held.state, desired: add(held.state.desired, signedQuantity(order.side, size)) }
  turn.linkState(holding)
}

const WRITTEN_DOWN: ReadonlySet<OrderStatus> = new Set(['canceled', 'rejected'])

const EVENT_OF: Record<ExecutionReport['status'], OrderEventKind> = {
  created: 'acked',
  open: 'accepted',
  filled: 'completed',
  canceled: 'canceled',
  rejected: 'rejected',
}

/** An order that was over and is not: it counts again wherever live orders count. */
function reviveOrder(context: EngineContext, entry: OrderEntry): void {
  context.state.liveOrders.add(entry)
  entry.holding.orders.add(entry)
}

function noteDoubt(context: EngineContext, { order, inquiry }: OrderEntry): void {
  if (order.status !== 'in_doubt') {
    inquiry.doubtSince = null
    inquiry.absentAt = null
    inquiry.asks = 0
    inquiry.notBefore = 0
  } else if (inquiry.doubtSince === null) inquiry.doubtSince = context.now()
}

function alarmAdopted(context: EngineContext, turn: Turn, { order, holding }: OrderEntry): void {
  context.notice(turn, {
    code: 'absent_order_appeared',
    level: 'critical',
    holding,
    text: `Order ${order.clientOrderId} was proven absent and has appeared all the same. It was adopted; check the position.`,
  })
}

function endOrder(context: EngineContext, turn: Turn, entry: OrderEntry, event: OrderEvent): void {
  const { order, holding } = entry
  if (order.status === 'filled' || knownFilled(order) > 0n) {
    holding.refusals = 0
    holding.notBefore = 0
    markHop(
      holding,
      entry.decisions.map(decision => decision.id),
      { filledAt: context.now() },
    )
  } else {
    if (order.status === 'withdrawn') forgetSending(context, order)
    // What could not be sent is not sent better at once.
    if (order.status !== 'canceled' || order.purpose === 'exit') backOff(context, holding)
  }
  if (order.purpose === 'exit') endExit(context, turn, entry)
  else endOpening(context, turn, entry, event)
  finishOrder(context, turn, entry)
}

/** An order that never left does not count against the rate of openings. */
function forgetSending(context: EngineContext, { accountId, createdAt }: Order): void {
  const times = context.state.accounts.get(accountId)?.openingTimes ?? []
  const index = times.indexOf(createdAt)
  if (index >= 0) times.splice(index, 1)
}

/** Once its trades add up an order leaves the working set; late news may still reach it for a while. */
export function finishOrder(context: EngineContext, turn: Turn, entry: OrderEntry): void {
  const { order, holding } = entry
  turn.updateOrder(order)
  if (!isTerminal(order.status) || unseenQuantity(order) > ZERO) return
  holding.orders.delete(entry)
  context.state.liveOrders.delete(entry)
  const account = context.state.accounts.get(order.accountId)
  const forgotten = account?.recentOrders.add(order.clientOrderId)
  if (forgotten !== undefined) account?.orders.delete(forgotten)
}

function endOpening(context: EngineContext, turn: Turn, entry: OrderEntry, event: OrderEvent): void {
  const { order, holding, decisions } = entry
  const unsent = order.status === 'withdrawn' || order.status === 'never_accepted'
  if (unsent || (order.status === 'rejected' && mayPass(event.refusal) && knownFilled(order) === ZERO)) {
    returnToPending(turn, holding, decisions)
    return
  }
  const rest = subtract(order.quantity, knownFilled(order))
  const held = holding.link
  if (rest > 0n && held !== null) {
    const orders = ordersOf(holding)
    // What waiting increases want is theirs, even where the order was larger than what is desired by now.
    const missing = absolute(missingQuantity(held.state, orders))
    const unowned = maximum(ZERO, subtract(missing, waitingQuantity(held)))
    const before = held.state.desired
    held.state = writeDown(held.state, orders, minimum(rest, unowned))
    const size = absolute(subtract(before, held.state.desired))
    entry.forgone = { size, reductions: holding.reductions }
    turn.linkState(holding)
  }
  const ending = endingOf(order, event.refusal)
  for (const decision of decisions) settleDecision(context, turn, holding, decision, { ...ending, order })
}

/** Size, base units, of the increases that no order carries. */
function waitingQuantity(held: HeldLink): Decimal {
  let total: Decimal = ZERO
  for (const { part, status, wanted } of held.decisions.values())
    if (part === 'increase' && status === 'pending') total = add(total, absolute(wanted))
  return total
}

function endingOf(
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
  if (holding.refusals < PATIENCE_WITH_EXITS) {
    returnToPending(turn, holding, decisions)
    return
  }
  if (holding.refusals === PATIENCE_WITH_EXITS) noticeStuckExit(context, turn, entry)
  const ending = { outcome: 'failed', reason: 'close_refused', detail: order.reason, order } as const
  for (const decision of decisions) settleDecision(context, turn, holding, decision, ending)
}

/** A person must know; the exit itself goes on being tried. */
function noticeStuckExit(context: EngineContext, turn: Turn, { order, holding }: OrderEntry): void {
  context.notice(turn, {
    code: 'exit_refused',
    level: 'critical',
    holding,
    text: `The venue has refused ${PATIENCE_WITH_EXITS} orders that close this position (${order.reason}). It is tried again by itself; see whether the key may trade and whether the symbol trades, or close it by hand.`,
  })
}

function backOff(context: EngineContext, holding: Holding): void {
  const cap = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(holding.refusals, 10))
  holding.refusals += 1
  holding.notBefore = context.now() + cap * (0.5 + context.ports.random.next() / 2)
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
