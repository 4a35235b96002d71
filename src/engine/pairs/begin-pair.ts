import type { PairPause, PairPhase } from '../../domain/pair.ts'
import { must } from '../../domain/result.ts'
import { closedText, misfitOf } from '../../logic/hedge/misfit.ts'
import type { EngineContext } from '../context.ts'
import type { AccountSession, Holding, PairRuntime } from '../state.ts'
import type { Turn } from '../turn.ts'
import { setPairState } from './pair-notices.ts'

/**
 * What the legs hold when both are first known is where the pair begins: what was there before is not its business.
 *
 * @returns whether it has begun
 */
export function beginPair(context: EngineContext, turn: Turn, runtime: PairRuntime): boolean {
  const { a, b, state } = runtime
  if (state.baseA !== null) return true
  if (liveSession(context, a) === null || liveSession(context, b) === null) return false
  setPairState(context, turn, runtime, {
    ...state,
    baseA: a.position.quantity,
    baseB: b.position.quantity,
  })
  return true
}

/** Pauses that a misfit does not hide: what led to them is to be read. */
const KEPT: ReadonlySet<PairPause> = new Set(['hedge_failed', 'unconfirmed', 'force_closed', 'flattened'])

/** Compares the settings with the markets once, as soon as both are known: before the first order under them. */
export function fitPair(context: EngineContext, turn: Turn, runtime: PairRuntime): void {
  if (runtime.isFitted) return
  const { a, b, pair } = runtime
  const [first, second] = [liveSession(context, a), liveSession(context, b)]
  if (first === null || second === null) return
  const [instrumentA, instrumentB] = [
    first.market.instrument(a.instrumentId),
    second.market.instrument(b.instrumentId),
  ]
  if (instrumentA === null || instrumentB === null) {
    noteUnlisted(context, turn, runtime)
    return
  }
  const closed = closedText(instrumentA) ?? closedText(instrumentB)
  if (closed !== null) {
    noteFit(context, turn, runtime, closed)
    return
  }
  // Behind that look: asking for a price subscribes, and a symbol that is not listed may cost all others theirs.
  const [marketA, marketB] = [first.market.prices(a.instrumentId), second.market.prices(b.instrumentId)]
  if (marketA === null || marketB === null) return
  const input = { pair, a: instrumentA, b: instrumentB, markA: marketA.mark, markB: marketB.mark }
  noteFit(context, turn, runtime, misfitOf(input))
}

/** @param misfit with what to do; null: it fits */
function noteFit(context: EngineContext, turn: Turn, runtime: PairRuntime, misfit: string | null): void {
  const { state } = runtime
  // What is being hedged or closed goes on; the misfit is told when that is over.
  if (misfit !== null && BUSY.has(state.phase)) return
  runtime.isFitted = true
  if (misfit === null || (state.pause !== null && KEPT.has(state.pause))) return
  setPairState(context, turn, runtime, { ...state, pause: 'misfit', phase: 'paused' }, misfit)
}

const BUSY: ReadonlySet<PairPhase> = new Set(['exposed', 'hedging', 'closing'])

function noteUnlisted(context: EngineContext, turn: Turn, runtime: PairRuntime): void {
  for (const holding of [runtime.a, runtime.b]) {
    const { market } = must(liveSession(context, holding), 'both sessions are live')
    if (!market.hasInstruments() || market.instrument(holding.instrumentId) !== null) continue
    const { instrumentId } = holding
    // A venue may leave a halted market out of its list.
    const misfit = `${instrumentId} is not listed or does not trade. Name a symbol that does, or resume the pair when it does.`
    noteFit(context, turn, runtime, misfit)
  }
}

function liveSession({ state }: EngineContext, { accountId }: Holding): AccountSession | null {
  const session = state.accounts.get(accountId)?.session ?? null
  return session?.isLive() === true ? session : null
}
