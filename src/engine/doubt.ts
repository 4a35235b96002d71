import type { Fill } from '../domain/fill.ts'
import { isTerminal, unseenQuantity } from '../domain/order.ts'
import { isProofOfAbsence, nextProofAt } from '../logic/reconcile.ts'
import type { Absent, ExecutionReport } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { moveOrder, takeReport } from './order-events.ts'
import type { AccountState, OrderEntry } from './state.ts'

/** How often the live orders are looked through. */
export const SWEEP_EVERY_MS = 250
/** The first wait between two questions after one order; doubles up to the last. */
const FIRST_ASK_MS = 500
const LAST_ASK_MS = 15_000
/** A resting order in the way whose cancel went unanswered is cancelled again after this. */
const CANCEL_AGAIN_MS = 2_000

/** Gives the trades that a question brought to whoever counts them (engine/intake.ts). */
export type FillSink = (account: AccountState, fills: readonly Fill[]) => Promise<void>

/** Looks through the live orders for what is overdue, and asks the venue. */
export function sweep(context: EngineContext, takeFills: FillSink): void {
  if (context.halted) return
  const now = context.monotonic()
  for (const entry of [...context.state.liveOrders]) {
    const account = context.state.accounts.get(entry.order.accountId)
    if (account === undefined) continue
    noteOverdue(context, entry, now)
    noticeLongDoubt(context, entry, now)
    if (isDue(context, entry, now)) context.detach(ask(context, account, entry, takeFills))
    if (isCancelOverdue(entry, now) && !entry.inquiry.asking && now >= entry.inquiry.notBefore) {
      // What waits for the cancel may wait for an order that is gone.
      context.detach(ask(context, account, entry, takeFills))
      context.run(turn => turn.revisit(entry.holding))
    }
  }
}

/** Acknowledged is not on the book, and what is not resting must end: silence after that is doubt. */
function noteOverdue(context: EngineContext, entry: OrderEntry, now: number): void {
  const { order, heardAt } = entry
  const expectsReport =
    order.status === 'acknowledged' || (order.status === 'open' && order.timeInForce !== 'gtc')
  if (!expectsReport || now - heardAt < context.options.reportTimeoutMs) return
  context.ports.log.warn('order_report_overdue', { order: order.clientOrderId, account: order.accountId })
  context.run(turn => moveOrder(context, turn, entry, { kind: 'report_overdue' }))
}

function isCancelOverdue({ order, cancelAskedAt }: OrderEntry, now: number): boolean {
  return cancelAskedAt !== null && now - cancelAskedAt > CANCEL_AGAIN_MS && !isTerminal(order.status)
}

function isDue(context: EngineContext, { order, inquiry, heardAt }: OrderEntry, now: number): boolean {
  if (inquiry.asking || now < inquiry.notBefore) return false
  if (order.status === 'in_doubt') return true
  return unseenQuantity(order) > 0n && now - heardAt >= context.options.fillLagMs
}

function noticeLongDoubt(context: EngineContext, entry: OrderEntry, now: number): void {
  const { inquiry, order, holding } = entry
  if (
    inquiry.doubtSince === null ||
    inquiry.noticed ||
    now - inquiry.doubtSince < context.options.doubtNoticeMs
  )
    return
  inquiry.noticed = true
  context.run(turn => {
    context.notice(turn, {
      code: 'order_lost',
      level: 'critical',
      holding,
      text: `The venue has not said what became of order ${order.clientOrderId}. Nothing is opened here until it does.`,
      action: 'Look at the order on the venue.',
    })
  })
}

async function ask(
  context: EngineContext,
  account: AccountState,
  entry: OrderEntry,
  takeFills: FillSink,
): Promise<void> {
  const { inquiry } = entry
  const venueAccount = account.session?.venueAccount
  if (venueAccount === undefined) return
  inquiry.asking = true
  inquiry.asks += 1
  inquiry.notBefore =
    context.monotonic() + Math.min(LAST_ASK_MS, FIRST_ASK_MS * 2 ** Math.min(inquiry.asks - 1, 10))
  if (entry.order.status === 'in_doubt' || isCancelOverdue(entry, context.monotonic())) {
    const found = await venueAccount.find(entry.order)
    if (found.ok) context.run(turn => takeFinding(context, turn, entry, found.value))
  }
  const { venueOrderId, instrumentId, purpose, claim } = entry.order
  if (unseenQuantity(entry.order) > 0n && venueOrderId !== null) {
    const since = (claim?.venueTimestamp ?? 0) - FILLS_MARGIN_MS
    const fills = await venueAccount.executions({ since, instrumentId, venueOrderId, purpose })
    if (fills.ok) await takeFills(account, fills.value)
  }
  inquiry.asking = false
}

/** Clocks of order and execution rows may differ a little. */
const FILLS_MARGIN_MS = 5_000

function takeFinding(
  context: EngineContext,
  turn: Parameters<typeof moveOrder>[1],
  entry: OrderEntry,
  finding: ExecutionReport | Absent,
): void {
  if (!('absent' in finding)) {
    turn.saw(entry.order.accountId, { kind: 'order', report: finding })
    takeReport(context, turn, entry, finding)
    return
  }
  if (entry.order.status === 'open') moveOrder(context, turn, entry, { kind: 'report_overdue' })
  // The report may have come while we asked.
  if (entry.order.status !== 'in_doubt') return
  const lag =
    context.state.accounts.get(entry.order.accountId)?.capability.queryLagMs ?? Number.POSITIVE_INFINITY
  const { inquiry } = entry
  if (isProofOfAbsence(entry.order, finding.at, lag)) inquiry.absentAt ??= finding.at
  // One empty answer may come from a replica that lags; a second, a lag later, is proof.
  if (inquiry.absentAt === null || finding.at - inquiry.absentAt < lag) {
    // A hedge waits for the proof: not for the end of a pause between two questions that has become long.
    const waitMs = nextProofAt(entry.order, inquiry.absentAt, lag) - finding.at
    inquiry.notBefore = Math.min(inquiry.notBefore, context.monotonic() + waitMs)
    return
  }
  context.ports.log.warn('order_proven_absent', {
    order: entry.order.clientOrderId,
    account: entry.order.accountId,
  })
  moveOrder(context, turn, entry, { kind: 'proven_absent', detail: 'in no query after its deadline' })
}
