import { absolute, add, divide, formatDecimal, multiply, ZERO } from '../../domain/decimal.ts'
import type { Fill } from '../../domain/fill.ts'
import { symbolOf } from '../../domain/ids.ts'
import type { NoticeDetails } from '../../domain/notice.ts'
import { sideOf } from '../../domain/order.ts'
import { PAIR_PAUSES, type PairState } from '../../domain/pair.ts'
import { standingOf } from '../../logic/hedge/standing.ts'
import type { EngineContext } from '../context.ts'
import type { Holding, PairRuntime } from '../state.ts'
import type { Turn } from '../turn.ts'

/** Makes a state the pair's, durable with the turn; a pause that begins is told. @param why in words, where there are some */
export function setPairState(
  context: EngineContext,
  turn: Turn,
  runtime: PairRuntime,
  state: PairState,
  why: string | null = null,
): void {
  const before = runtime.state
  if (isSame(before, state)) return
  runtime.state = state
  if (state.unhedgedSince === null) runtime.unhedgedAt = null
  else if (before.unhedgedSince === null) runtime.unhedgedAt = context.monotonic()
  turn.pairState(state)
  if (state.phase === 'closing' && before.phase !== 'closing') tellClosing(context, turn, runtime)
  if (state.pause !== null && state.pause !== before.pause) tellPause(context, turn, runtime, why)
}

function isSame(a: PairState, b: PairState): boolean {
  return (Object.keys(a) as (keyof PairState)[]).every(field => a[field] === b[field])
}

function tellPause(context: EngineContext, turn: Turn, runtime: PairRuntime, why: string | null): void {
  const { pair, state, b } = runtime
  const { pause } = state
  if (pause === null) return
  context.ports.log.warn('pair_paused', { pair: pair.name, reason: pause, message: why })
  if (why === null && (pause === 'by_hand' || pause === 'flattened')) return
  const isFailure = pause === 'hedge_failed' || pause === 'unconfirmed'
  const failure = isFailure ? failureOf(context, runtime) : null
  context.notice(turn, {
    code: isFailure ? 'account_b_hedge_failed' : `pair_${pause}`,
    level: pause === 'finished' ? 'info' : 'critical',
    holding: b,
    text: `Pair ${pair.name} is paused${why === null ? '' : `: ${why.replace(/\.$/, '')}`}${failure?.text ?? '.'}`,
    action: PAIR_PAUSES[pause],
    details: {
      ...legDetails(context, runtime, b),
      ...failure?.details,
      reason: pause,
      attempts: state.attempts,
    },
  })
}

/** What was to be traded and was not: the last order that tried to, and what B still lacks. */
function failureOf(
  context: EngineContext,
  { pair, state, a, b }: PairRuntime,
): { readonly text: string; readonly details: NoticeDetails } {
  const standing = standingOf(pair, state, { a: a.position.quantity, b: b.position.quantity })
  const [ofA, ofB, gap] = [standing.a ?? ZERO, standing.b ?? ZERO, standing.gap ?? ZERO]
  const entries = context.state.accounts.get(b.accountId)?.orders.values() ?? []
  const hedges = Array.from(entries, ({ order }) => order).filter(
    ({ pairId, purpose }) => pairId === pair.id && purpose === 'hedge',
  )
  const last = hedges.toSorted((first, second) => second.sequence - first.sequence)[0]
  const held = `A holds ${formatDecimal(ofA)} ${symbolOf(a.instrumentId)}, B ${formatDecimal(ofB)} ${symbolOf(b.instrumentId)}`
  const words = last === undefined || last.reason === null ? '' : ` The venue says: ${last.reason}.`
  return {
    text: `: ${held}, after ${state.attempts} attempts.${words}`,
    details: {
      order: last?.clientOrderId ?? null,
      quantity: formatDecimal(absolute(gap)),
      quoteQuantity: null,
      averagePrice: null,
      side: gap === ZERO ? null : sideOf(gap),
    },
  }
}

function tellClosing(context: EngineContext, turn: Turn, runtime: PairRuntime): void {
  if (runtime.state.pause === 'flattened') return
  const { pair, a } = runtime
  context.notice(turn, {
    code: 'pair_closing',
    level: 'critical',
    holding: a,
    text: `Pair ${pair.name} could not be hedged for ${pair.forceCloseAfterMs} ms: both legs are being closed.`,
    action: 'Watch both positions; the pair stays paused when they are closed.',
  })
}

interface LegTrade {
  readonly holding: Holding
  readonly fill: Fill
}

/**
 * What listeners of a pair are told of trades on its legs: durable with them, and nothing waits for it. What one order
 * traded in one turn is one notice, in however many pieces the venue told it.
 */
export function tellFills(context: EngineContext, turn: Turn, trades: readonly LegTrade[]): void {
  const onLegs = trades.filter(({ holding }) => holding.pair !== null)
  if (onLegs.length === 0) return
  const perOrder = Map.groupBy(onLegs, ({ holding, fill }) => `${holding.key}/${orderOf(fill)}/${fill.side}`)
  for (const [first, ...others] of perOrder.values())
    if (first !== undefined) tellOrder(context, turn, first, [first, ...others])
}

function tellOrder(
  context: EngineContext,
  turn: Turn,
  { holding, fill }: LegTrade,
  trades: readonly LegTrade[],
): void {
  const runtime = holding.pair?.runtime
  if (runtime === undefined || runtime.state.baseA === null) return
  const leg = holding === runtime.a ? 'a' : 'b'
  const quantity = trades.reduce((sum, each) => add(sum, each.fill.quantity), ZERO)
  const quoteQuantity = trades.reduce(
    (sum, each) => add(sum, multiply(each.fill.quantity, each.fill.fillPrice)),
    ZERO,
  )
  const averagePrice = formatDecimal(divide(quoteQuantity, quantity))
  context.notice(turn, {
    code: `account_${leg}_filled`,
    level: 'info',
    holding,
    text: `Pair ${runtime.pair.name}: leg ${leg.toUpperCase()} traded ${fill.side} ${formatDecimal(quantity)} ${symbolOf(holding.instrumentId)} at ${averagePrice}.`,
    action: 'Nothing needs to be done.',
    details: {
      ...legDetails(context, runtime, holding),
      order: orderOf(fill),
      quantity: formatDecimal(quantity),
      quoteQuantity: formatDecimal(quoteQuantity),
      averagePrice,
      side: fill.side,
      reason: null,
      attempts: runtime.state.attempts,
    },
  })
}

function orderOf({ clientOrderId, venueOrderId }: Fill): string {
  return clientOrderId ?? venueOrderId
}

function legDetails(context: EngineContext, { pair }: PairRuntime, holding: Holding): NoticeDetails {
  return {
    pair: pair.name,
    account: context.state.accounts.get(holding.accountId)?.account.name ?? null,
    instrument: holding.instrumentId,
    at: Math.trunc(context.now()),
  }
}
