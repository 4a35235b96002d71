import type { EngineContext } from '../context.ts'
import { backOff } from '../pauses.ts'
import type { PairRuntime } from '../state.ts'

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
    if (read.ok) runtime.level = { ...read.value, seenAt: context.monotonic() }
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
