import type { EngineContext } from './context.ts'
import type { LinkRuntime, SourceState } from './state.ts'

/** What keeps a follower from being sized for longer than this keeps it from being sized at all. */
const WAIT_MS = 10_000
const LOOK_EVERY_MS = 50

/**
 * What a leader did while nobody looked is counted when its followers' equity is known: all sessions begin at the
 * same time, and a follower that is sized by equity would lose the trade only because it was read a moment later.
 */
export async function followersSized(context: EngineContext, source: SourceState): Promise<void> {
  const { clock } = context.ports
  const until = clock.monotonic() + WAIT_MS
  while (clock.monotonic() < until && source.links.some(isAwaited))
    await new Promise<void>(resolve => clock.after(LOOK_EVERY_MS, resolve))
}

function isAwaited({ link, strategy, account }: LinkRuntime): boolean {
  const sizing = link.sizing ?? strategy.sizing
  if (sizing.kind !== 'equity_ratio' || link.mode === 'off' || strategy.mode === 'off') return false
  return account.session !== null && account.refusal === null && account.wallet === null
}
