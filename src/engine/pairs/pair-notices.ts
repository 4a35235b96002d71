import { formatDecimal, subtract } from '../../domain/decimal.ts'
import type { Fill } from '../../domain/fill.ts'
import { symbolOf } from '../../domain/ids.ts'
import type { NoticeDetails } from '../../domain/notice.ts'
import { PAIR_PAUSES, type PairState } from '../../domain/pair.ts'
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
  context.notice(turn, {
    code: isFailure ? 'account_b_hedge_failed' : `pair_${pause}`,
    level: pause === 'finished' ? 'info' : 'critical',
    holding: b,
    text: `Pair ${pair.name} is paused${why === null ? '' : `: ${why.replace(/\.$/, '')}`}${isFailure ? unhedgedText(runtime) : '.'}`,
    action: PAIR_PAUSES[pause],
    details: { ...legDetails(context, runtime, b), reason: pause, attempts: state.attempts },
  })
}

function unhedgedText({ a, b, state }: PairRuntime): string {
  const ofA = formatDecimal(subtract(a.position.quantity, state.baseA ?? a.position.quantity))
  const ofB = formatDecimal(subtract(b.position.quantity, state.baseB ?? b.position.quantity))
  return `: A holds ${ofA} ${symbolOf(a.instrumentId)}, B ${ofB} ${symbolOf(b.instrumentId)}, after ${state.attempts} attempts.`
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
