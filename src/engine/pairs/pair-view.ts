import { type Decimal, subtract } from '../../domain/decimal.ts'
import type { Order } from '../../domain/order.ts'
import { must } from '../../domain/result.ts'
import { exposureOf } from '../../logic/hedge/exposure.ts'
import type { HedgeView, LegView } from '../../logic/hedge/hedge-view.ts'
import { assess, type Proposal, type RiskVerdict } from '../../logic/risk.ts'
import type { EngineContext } from '../context.ts'
import { equityOf, exposuresOf, openingsInLastMinute } from '../holdings.ts'
import type { AccountState, Holding, PairRuntime } from '../state.ts'

/** A book that was read longer ago than this is read again. */
const LEVEL_MAX_AGE_MS = 2_000

/** One reading of both clocks, ms: what cannot go at this time is woken for by the same time. */
export interface Times {
  readonly now: number
  readonly monotonic: number
}

export function timesOf(context: EngineContext): Times {
  return { now: context.now(), monotonic: context.monotonic() }
}

/** What a plan must know of a pair now. @returns null while an instrument of its legs is not known */
export function viewOf(
  context: EngineContext,
  runtime: PairRuntime,
  times: Times = timesOf(context),
): HedgeView | null {
  const { pair, state, level } = runtime
  if (state.baseA === null || state.baseB === null) return null
  const a = legView(context, runtime.a, { base: state.baseA, times })
  const b = legView(context, runtime.b, { base: state.baseB, times })
  if (a === null || b === null) return null
  const isFresh = level !== null && times.monotonic - level.seenAt <= LEVEL_MAX_AGE_MS
  return {
    pair,
    state,
    a,
    b,
    level: isFresh ? level : null,
    unhedgedMs: unhedgedMs(context, runtime),
    cancelAgeMs: order => cancelAgeMs(context, runtime, order),
    doubtAgeMs: order => doubtAgeMs(context, runtime.b, order),
    now: times.now,
  }
}

function legView(
  context: EngineContext,
  holding: Holding,
  { base, times }: { readonly base: Decimal; readonly times: Times },
): LegView | null {
  const account = must(context.state.accounts.get(holding.accountId), 'a leg has its account')
  const session = account.session
  const instrument = session?.market.instrument(holding.instrumentId) ?? null
  if (session === null || instrument === null) return null
  const isReachable = session.isLive() && account.refusal === null
  const isLive = isReachable && instrument.status === 'trading'
  const now = times.monotonic
  return {
    instrument,
    position: subtract(holding.position.quantity, base),
    held: holding.position.quantity,
    orders: ordersOf(holding),
    market: session.market.prices(holding.instrumentId),
    isLive,
    canSend: isLive && now >= holding.openingPause.notBefore,
    // The list may be ten minutes old: whether a close is taken is the venue's to say.
    canClose: isReachable && now >= holding.exitPause.notBefore,
    assess: proposal => assessFor(context, account, proposal),
  }
}

/** What somebody trades by hand on a leg is no order of the pair's. */
export function ordersOf({ orders, pair }: Holding): readonly Order[] {
  const own = Array.from(orders, entry => entry.order)
  return own.filter(({ pairId }) => pairId === pair?.runtime.pair.id)
}

/** A pair has the limits of the system and of its accounts. */
function assessFor(context: EngineContext, account: AccountState, proposal: Proposal): RiskVerdict {
  const exposures = exposuresOf(account)
  if (exposures === null) return { approved: false, reason: 'market_stale', waits: true }
  return assess({
    proposal,
    exposures,
    limits: [context.options.systemLimits],
    equity: equityOf(context, account)?.equity ?? null,
    maximumLeverage: account.account.maximumLeverage,
    ordersInLastMinute: openingsInLastMinute(account, context.now()),
  })
}

/** Of a time before this start only the wall clock can tell; after it the clock counts that nobody sets. */
function unhedgedMs(context: EngineContext, runtime: PairRuntime): number | null {
  const { unhedgedSince } = runtime.state
  if (unhedgedSince === null) return null
  runtime.unhedgedAt ??= context.monotonic() - Math.max(0, context.now() - unhedgedSince)
  return context.monotonic() - runtime.unhedgedAt
}

function doubtAgeMs(context: EngineContext, holding: Holding, order: Order): number | null {
  for (const { order: own, inquiry } of holding.orders)
    if (own.intentId === order.intentId && inquiry.doubtSince !== null)
      return context.monotonic() - inquiry.doubtSince
  return null
}

function cancelAgeMs(context: EngineContext, runtime: PairRuntime, order: Order): number | null {
  for (const entry of runtime.a.orders) {
    if (entry.order.intentId === order.intentId && entry.cancelAskedAt !== null)
      return context.monotonic() - entry.cancelAskedAt
  }
  return null
}

/** More than the tolerance is unhedged: A sends nothing, whatever was decided before (I6). */
export function isGateShut(context: EngineContext, { pair }: Holding): boolean {
  const view = pair?.leg === 'a' ? viewOf(context, pair.runtime) : null
  return view !== null && exposureOf(view).isBeyond
}
