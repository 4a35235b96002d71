import { QUOTING_DEFAULTS } from '../../domain/pair.ts'
import type { QuoteLevel } from '../../logic/hedge/hedge-view.ts'
import type { EngineContext } from '../context.ts'
import { backOff } from '../pauses.ts'
import type { PairRuntime } from '../state.ts'
import { setPairState } from './pair-notices.ts'

/** Of a book that is read every two seconds: half a minute. */
const MAXIMUM_SHALLOW_READS = 15

/** Reads the book at the pair's depth for its next quote, and looks at the pair again when it is there. */
export function readLevel(context: EngineContext, runtime: PairRuntime): void {
  const { a, pair } = runtime
  const market = context.state.accounts.get(a.accountId)?.session?.market
  if (runtime.isAsking || market === undefined || pair.quoting === null) return
  runtime.isAsking = true
  const { depthLevel } = pair.quoting
  const ask = async (): Promise<void> => {
    const read = await market.depth(a.instrumentId, depthLevel)
    runtime.isAsking = false
    if (read.ok) takeLevel(context, runtime, read.value)
    else if (read.error.kind === 'refused') pauseForLevel(context, runtime, read.error.message)
    else {
      context.ports.log.warn('book_unavailable', {
        pair: pair.name,
        message: read.error.message,
        action: 'tried again by itself',
      })
      backOff(context, a.openingPause)
    }
    context.run(turn => turn.revisit(a))
  }
  context.detach(ask())
}

/** A book that is too thin again and again is not what the depth was set for. */
function takeLevel(context: EngineContext, runtime: PairRuntime, level: QuoteLevel): void {
  runtime.level = { ...level, seenAt: context.monotonic() }
  runtime.shallowReads = level.bid === null || level.ask === null ? runtime.shallowReads + 1 : 0
  if (runtime.shallowReads < MAXIMUM_SHALLOW_READS) return
  const { depthLevel } = runtime.pair.quoting ?? QUOTING_DEFAULTS
  pauseForLevel(context, runtime, `The book has no level ${depthLevel}. Set depthLevel to less.`)
}

function pauseForLevel(context: EngineContext, runtime: PairRuntime, why: string): void {
  runtime.shallowReads = 0
  const { state } = runtime
  if (state.pause !== null) return
  context.run(turn =>
    setPairState(context, turn, runtime, { ...state, pause: 'misfit', phase: 'paused' }, why),
  )
}
