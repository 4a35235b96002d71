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

/**
 * Compares the settings with the markets once, before the first order under them.
 *
 * @returns whether the pair may be looked at: false while it is not known, and nothing was sent under these settings
 */
export function fitPair(context: EngineContext, turn: Turn, runtime: PairRuntime): boolean {
  if (runtime.isFitted) return true
  const { a, b, pair, state } = runtime
  const [first, second] = [liveSession(context, a), liveSession(context, b)]
  // What is unhedged is not kept waiting by what only quoting needs.
  const mayWait = state.phase === 'idle' || state.phase === 'paused'
  if (first === null || second === null) return !mayWait
  const [instrumentA, instrumentB] = [
    first.market.instrument(a.instrumentId),
    second.market.instrument(b.instrumentId),
  ]
  if (instrumentA === null || instrumentB === null) return noteUnlisted(context, turn, runtime)
  const closed = closedText(instrumentA) ?? closedText(instrumentB)
  if (closed !== null) return noteFit(context, turn, runtime, closed)
  // Behind that look: asking for a price subscribes, and a symbol that is not listed may cost all others theirs.
  const [marketA, marketB] = [first.market.prices(a.instrumentId), second.market.prices(b.instrumentId)]
  if (marketA === null || marketB === null) return !mayWait
  const input = { pair, a: instrumentA, b: instrumentB, markA: marketA.mark, markB: marketB.mark }
  return noteFit(context, turn, runtime, misfitOf(input))
}

/** @param misfit with what to do; null: it fits */
function noteFit(context: EngineContext, turn: Turn, runtime: PairRuntime, misfit: string | null): true {
  runtime.isFitted = true
  const paused = { ...runtime.state, pause: 'misfit', phase: 'paused' } as const
  if (misfit !== null) setPairState(context, turn, runtime, paused, misfit)
  return true
}

function noteUnlisted(context: EngineContext, turn: Turn, runtime: PairRuntime): boolean {
  for (const holding of [runtime.a, runtime.b]) {
    const { market } = must(liveSession(context, holding), 'both sessions are live')
    if (!market.hasInstruments() || market.instrument(holding.instrumentId) !== null) continue
    const { instrumentId } = holding
    // A venue may leave a halted market out of its list.
    const misfit = `${instrumentId} is not listed or does not trade. Name a symbol that does, or resume the pair when it does.`
    noteFit(context, turn, runtime, misfit)
  }
  return false
}

function liveSession({ state }: EngineContext, { accountId }: Holding): AccountSession | null {
  const session = state.accounts.get(accountId)?.session ?? null
  return session?.isLive() === true ? session : null
}
