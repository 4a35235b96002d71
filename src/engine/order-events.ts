import { add, type Decimal, maximum, minimum, subtract, ZERO } from '../domain/decimal.ts'
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
import type { ExecutionReport, RefusalReason } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { settleDecision } from './decisions.ts'
import { endingOf, endOrder } from './order-endings.ts'
import type { HeldLink, Holding, OrderEntry } from './state.ts'
import type { Turn } from './turn.ts'

export interface OrderEvent {
  readonly kind: OrderEventKind
  readonly venueOrderId?: VenueOrderId
  /** For a refusal: what it means, and the venue's own words. */
  readonly refusal?: RefusalReason
  readonly detail?: string | null
}

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
  entry.heardAt = context.monotonic()
  noteDoubt(context, entry)
  if (order.status === 'in_doubt' && status !== 'in_doubt') tellDoubtIsOver(context, turn, entry)
  turn.updateOrder(entry.order)
  turn.revisit(entry.holding)
  if (isTerminal(status) && !isTerminal(order.status)) {
    endOrder(context, turn, entry, event.refusal)
    finishOrder(context, turn, entry)
  } else if (isTerminal(order.status) && !isTerminal(status)) reviveOrder(context, entry)
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
  // It was over and all of it counted; the venue now says that it has traded more, and that is on its way.
  if (isTerminal(entry.order.status) && unseenQuantity(entry.order) > ZERO) reviveOrder(context, entry)
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
  } else if (inquiry.doubtSince === null) inquiry.doubtSince = context.monotonic()
}

function tellDoubtIsOver(context: EngineContext, turn: Turn, { order, holding }: OrderEntry): void {
  const text = `The venue has said what became of order ${order.clientOrderId}: ${order.status}.`
  context.over(turn, { code: 'order_lost', holding, text })
}

function alarmAdopted(context: EngineContext, turn: Turn, { order, holding }: OrderEntry): void {
  context.notice(turn, {
    code: 'absent_order_appeared',
    level: 'critical',
    holding,
    text: `Order ${order.clientOrderId} was proven absent and has appeared all the same. It was adopted.`,
    action: 'See that the position on the venue is the one you want.',
  })
}

/** Risk needs the price of all that an account has at stake: what has nothing at stake any more keeps nobody waiting. */
export function freeOthers(context: EngineContext, turn: Turn, holding: Holding): void {
  if (holding.position.quantity !== ZERO || holding.orders.size > 0) return
  const account = context.state.accounts.get(holding.accountId)
  const isKnown = (account?.session?.market.prices(holding.instrumentId) ?? null) !== null
  if (account === undefined || isKnown) return
  for (const other of account.holdings.values())
    if (other !== holding && other.link !== null && other.link.decisions.size > 0) turn.revisit(other)
}

/** Once its trades add up an order leaves the working set; late news may still reach it for a while. */
export function finishOrder(context: EngineContext, turn: Turn, entry: OrderEntry): void {
  const { order, holding } = entry
  turn.updateOrder(order)
  if (!isTerminal(order.status) || unseenQuantity(order) > ZERO) return
  holding.orders.delete(entry)
  context.state.liveOrders.delete(entry)
  freeOthers(context, turn, holding)
  const account = context.state.accounts.get(order.accountId)
  const forgotten = account?.recentOrders.add(order.clientOrderId, context.now()) ?? []
  for (const clientOrderId of forgotten) account?.orders.delete(clientOrderId)
}
