import { absolute, formatDecimal, multiply, ZERO } from '../../domain/decimal.ts'
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

/** What the first listeners of a pair are told of every trade on a leg: durable with it, and nothing waits for it. */
export function tellFill(
  context: EngineContext,
  turn: Turn,
  { runtime, holding, fill }: { runtime: PairRuntime; holding: Holding; fill: Fill },
): void {
  const { pair, state } = runtime
  const leg = holding === runtime.a ? 'a' : 'b'
  const { side, quantity, fillPrice, clientOrderId, venueOrderId } = fill
  context.notice(turn, {
    code: `account_${leg}_filled`,
    level: 'info',
    holding,
    text: `Pair ${pair.name}: leg ${leg.toUpperCase()} traded ${side} ${formatDecimal(quantity)} ${symbolOf(holding.instrumentId)} at ${formatDecimal(fillPrice)}.`,
    action: 'Nothing needs to be done.',
    details: {
      ...legDetails(context, runtime, holding),
      order: clientOrderId ?? venueOrderId,
      quantity: formatDecimal(quantity),
      quoteQuantity: formatDecimal(multiply(quantity, fillPrice)),
      averagePrice: formatDecimal(fillPrice),
      side,
      reason: null,
      attempts: state.attempts,
    },
  })
}

function legDetails(context: EngineContext, { pair }: PairRuntime, holding: Holding): NoticeDetails {
  return {
    pair: pair.name,
    account: context.state.accounts.get(holding.accountId)?.account.name ?? null,
    instrument: holding.instrumentId,
    at: Math.trunc(context.now()),
  }
}
