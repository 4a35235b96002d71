import { type Decimal, subtract, ZERO } from '../../domain/decimal.ts'
import { notional } from '../../domain/instrument.ts'
import type { Order } from '../../domain/order.ts'
import { must } from '../../domain/result.ts'
import { exposureOf } from '../../logic/hedge/exposure.ts'
import type { HedgeView, LegView } from '../../logic/hedge/hedge-view.ts'
import { unknownInstrument } from '../../logic/hedge/unknown-instrument.ts'
import { assess, type Proposal, type RiskVerdict } from '../../logic/risk.ts'
import type { EngineContext } from '../context.ts'
import { equityOf, exposuresOf, openingsInLastMinute } from '../holdings.ts'
import type { AccountState, Holding, OrderEntry, PairRuntime } from '../state.ts'

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

/** What a plan must know of a pair now. @returns null: it has not begun */
export function viewOf(
  context: EngineContext,
  runtime: PairRuntime,
  times: Times = timesOf(context),
): HedgeView | null {
  const { pair, state, level } = runtime
  if (state.baseA === null || state.baseB === null) return null
  const { tolerance } = pair
  const isFresh = level !== null && times.monotonic - level.seenAt <= LEVEL_MAX_AGE_MS
  return {
    pair,
    state,
    a: legView(context, runtime.a, { base: state.baseA, tolerance, times }),
    b: legView(context, runtime.b, { base: state.baseB, tolerance, times }),
    level: isFresh ? level : null,
    unhedgedMs: unhedgedMs(context, runtime),
    upMs: times.monotonic - context.upSince,
    isFitted: mayOrder(runtime),
    quoteAgeMs: order => quoteAgeMs(context, runtime, order),
    cancelAgeMs: order => cancelAgeMs(context, runtime, order),
    doubtAgeMs: order => doubtAgeMs(context, runtime.b, order),
    now: times.now,
  }
}

interface LegParts {
  readonly base: Decimal
  readonly tolerance: Decimal
  readonly times: Times
}

function legView(context: EngineContext, holding: Holding, { base, tolerance, times }: LegParts): LegView {
  const account = must(context.state.accounts.get(holding.accountId), 'a leg has its account')
  const market = account.session?.market ?? null
  const known = market?.instrument(holding.instrumentId) ?? null
  const isReachable = known !== null && account.session?.isLive() === true && account.refusal === null
  const isLive = isReachable && known.status === 'trading'
  const now = times.monotonic
  const instrument = known ?? unknownInstrument(account.account.venue, holding.instrumentId, tolerance)
  // Asking for a price subscribes: not before it is listed.
  const prices = known === null ? null : (market?.prices(holding.instrumentId) ?? null)
  const { refusedClose } = holding
  const isWorthEnough = prices !== null && notional(refusedClose, prices.mark) >= instrument.minimumNotional
  return {
    instrument,
    position: subtract(holding.position.quantity, base),
    held: holding.position.quantity,
    orders: ordersOf(holding),
    market: prices,
    isLive,
    canSend: isLive && now >= holding.openingPause.notBefore,
    // The list may be ten minutes old: whether a close is taken is the venue's to say.
    canClose: isReachable && now >= holding.exitPause.notBefore,
    unclosable: isWorthEnough ? ZERO : refusedClose,
    assess: proposal => assessFor(context, account, proposal),
  }
}

/** Settings that were not compared with the markets yet let nothing go; what was begun under them goes on. */
function mayOrder({ isFitted, state: { phase } }: PairRuntime): boolean {
  return isFitted || (phase !== 'idle' && phase !== 'paused')
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
  const since = entryOf(holding, order)?.inquiry.doubtSince ?? null
  return since === null ? null : context.monotonic() - since
}

/** Of an order that a former process made only the wall clock can tell. */
function quoteAgeMs(context: EngineContext, { a }: PairRuntime, order: Order): number {
  const madeAt = entryOf(a, order)?.madeAt ?? Number.NEGATIVE_INFINITY
  return Number.isFinite(madeAt) ? context.monotonic() - madeAt : context.now() - order.createdAt
}

function cancelAgeMs(context: EngineContext, { a }: PairRuntime, order: Order): number | null {
  const askedAt = entryOf(a, order)?.cancelAskedAt ?? null
  return askedAt === null ? null : context.monotonic() - askedAt
}

function entryOf({ orders }: Holding, { intentId }: Order): OrderEntry | undefined {
  for (const entry of orders) if (entry.order.intentId === intentId) return entry
  return undefined
}

/** More than the tolerance is unhedged: A sends nothing, whatever was decided before (I6). */
export function isGateShut(context: EngineContext, { pair }: Holding): boolean {
  const view = pair?.leg === 'a' ? viewOf(context, pair.runtime) : null
  return view !== null && exposureOf(view).isBeyond
}
