import { sign, subtract, ZERO } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import type { Instrument } from '../domain/instrument.ts'
import { isTerminal, isUnacknowledged } from '../domain/order.ts'
import type { HoldingView } from '../logic/holding-view.ts'
import { type Plan, plan } from '../logic/plan.ts'
import { assess, type Proposal, type RiskVerdict } from '../logic/risk.ts'
import { claimFor } from './claims.ts'
import type { EngineContext } from './context.ts'
import { settleDecision } from './decisions.ts'
import { cancelOrder, sendOrder } from './executor.ts'
import { equityOf, exposuresOf, linkOrders, openingsInLastMinute } from './holdings.ts'
import { ensureLeverage } from './leverage.ts'
import { modeOf } from './link-places.ts'
import { drivePair } from './pairs/drive-pair.ts'
import type { AccountSession, AccountState, HeldLink, Holding } from './state.ts'
import type { Turn } from './turn.ts'
import { cancelOrphans, settleUnplannable } from './unplannable.ts'

/** Compares what a link desires on this holding with what it has, and does what is missing. */
export function drive(context: EngineContext, turn: Turn, holding: Holding): void {
  const account = context.state.accounts.get(holding.accountId)
  if (account === undefined) return
  if (holding.pair !== null) {
    drivePair(context, turn, holding.pair.runtime)
    return
  }
  const held = holding.link
  if (held === null) {
    cancelOrphans(context, turn, holding)
    return
  }
  const { session } = account
  const instrument = session?.market.instrument(holding.instrumentId) ?? null
  if (session === null || instrument === null) {
    settleUnplannable(context, turn, holding, account)
    return
  }
  const pending = pendingOf(context, held)
  if (pending.length === 0 && !mayBeOff(held, holding)) return
  // One reading of the clock for all of it: what cannot go at this time is planned as a wait at this time.
  const times = { now: context.now(), monotonic: context.monotonic() }
  const ready: Ready = { account, held, session, instrument, pending, ...times }
  let planned = plan(viewOf(context, holding, ready))
  const claim = planned.order === null ? null : claimFor(context, holding, account, planned.order.purpose)
  // It cannot go after all, and its pause has begun: planned again as what it is, a wait.
  if (planned.order !== null && claim === null) planned = plan(viewOf(context, holding, ready))
  applyPlan(context, turn, holding, planned)
  if (planned.order !== null && claim !== null) {
    sendOrder(context, turn, {
      holding,
      account,
      venueAccount: session.venueAccount,
      linkId: held.runtime.link.id,
      draft: planned.order,
      claim,
    })
  }
  scheduleWake(context, holding, ready, planned)
}

/**
 * What wants an order, oldest first, each valid by the venue's clock as it is known now: when an increase was decided
 * it may not have been known, and ours may have been set since. What has no known time is not sent at all.
 */
function pendingOf(context: EngineContext, { decisions, runtime }: HeldLink): readonly Decision[] {
  const leader = context.state.accounts.get(runtime.source.source.accountId)
  const offsetMs = leader?.session?.market.knownOffsetMs() ?? null
  const pending: Decision[] = []
  for (const decision of decisions.values()) {
    if (decision.status !== 'pending') continue
    const end = decision.times.leaderFillAt - (offsetMs ?? 0) + runtime.strategy.maxAgeMs
    const isShorter = offsetMs !== null && decision.validUntil !== null && end < decision.validUntil
    pending.push(isShorter ? { ...decision, validUntil: end } : decision)
  }
  return pending
}

interface Ready {
  readonly account: AccountState
  readonly held: HeldLink
  readonly session: AccountSession
  readonly instrument: Instrument
  readonly pending: readonly Decision[]
  readonly now: number
  readonly monotonic: number
}

/** Without a waiting decision there can only be something to close, or an opening in the way. */
function mayBeOff(held: HeldLink, holding: Holding): boolean {
  if (held.state.attributed !== held.state.desired) return true
  return holding.orders.size > 0
}

function viewOf(context: EngineContext, holding: Holding, ready: Ready): HoldingView {
  const { held, session, instrument, account, now, monotonic } = ready
  const { strategy } = held.runtime
  const wantsOpening = ready.pending.some(decision => decision.validUntil !== null)
  return {
    instrument,
    mode: modeOf(held.runtime),
    state: held.state,
    position: holding.position.quantity,
    orders: linkOrders(holding),
    pending: ready.pending,
    entry: strategy.entry,
    maxDriftBps: strategy.maxDriftBps,
    maximumOpenOrdersReached: wantsOpening && openOrdersReached(held),
    market: session.market.prices(holding.instrumentId),
    canSend: session.isLive() && monotonic >= holding.exitPause.notBefore,
    canOpen: monotonic >= holding.openingPause.notBefore,
    leverageSet: !wantsOpening || ensureLeverage(context, holding, ready),
    assess: proposal => assessFor(context, account, held, proposal),
    now,
  }
}

function openOrdersReached({ runtime }: HeldLink): boolean {
  const { entry } = runtime.strategy
  if (entry.kind !== 'limit_follow') return false
  let open = 0
  for (const holding of runtime.holdings.values()) {
    for (const { order } of holding.orders)
      if (order.purpose === 'entry' && !isTerminal(order.status)) open += 1
  }
  return open >= entry.maximumOpenOrders
}

function assessFor(
  context: EngineContext,
  account: AccountState,
  held: HeldLink,
  proposal: Proposal,
): RiskVerdict {
  const exposures = exposuresOf(account)
  if (exposures === null) return { approved: false, reason: 'market_stale', waits: true }
  return assess({
    proposal,
    exposures,
    limits: [context.options.systemLimits, held.runtime.strategy.limits],
    equity: equityOf(context, account)?.equity ?? null,
    maximumLeverage: account.account.maximumLeverage,
    ordersInLastMinute: openingsInLastMinute(account, context.now()),
  })
}

function applyPlan(context: EngineContext, turn: Turn, holding: Holding, planned: Plan): void {
  const held = holding.link
  if (held === null) return
  if (planned.state !== held.state) {
    // What was just given up may have been held already: then there is something to close now.
    if (planned.state.desired !== held.state.desired) turn.revisit(holding)
    held.state = planned.state
    turn.linkState(holding)
  }
  for (const { decision: id, outcome, reason } of planned.settlements) {
    const decision = held.decisions.get(id)
    if (decision === undefined) continue
    settleDecision(context, turn, holding, decision, { outcome, reason })
    if (reason === 'close_refused') noticeCloseRefused(context, turn, holding)
  }
  for (const order of planned.cancels) cancelOrder(context, turn, holding, order)
}

function noticeCloseRefused(context: EngineContext, turn: Turn, holding: Holding): void {
  context.notice(turn, {
    code: 'close_refused',
    level: 'warning',
    holding,
    text: "The leader is flat, but a rest of the copy cannot be closed through the venue's lot.",
    action: 'Close it by hand.',
  })
}

/** Something waits: look again when it ends, or when sending may be tried again. */
function scheduleWake(
  context: EngineContext,
  holding: Holding,
  { held, pending, now, monotonic }: Ready,
  planned: Plan,
): void {
  holding.wake?.()
  holding.wake = null
  const pauses =
    pending.length > 0 || exitWaits(holding, held)
      ? [holding.exitPause.notBefore, holding.openingPause.notBefore]
      : []
  const waits = pauses.map(time => time - monotonic)
  const delays = planned.order === null ? waits.filter(delayMs => delayMs > 0) : []
  if (planned.wakeAt !== null) delays.push(planned.wakeAt - now)
  if (delays.length === 0) return
  holding.wake = context.ports.clock.after(Math.max(1, Math.min(...delays) + 1), () => {
    holding.wake = null
    context.run(turn => turn.revisit(holding))
  })
}

function exitWaits(holding: Holding, { state }: HeldLink): boolean {
  const excess = subtract(state.attributed, state.desired)
  if (excess === ZERO || sign(excess) !== sign(state.attributed)) return false
  return !linkOrders(holding).some(({ purpose, status }) => purpose === 'exit' && isUnacknowledged(status))
}
