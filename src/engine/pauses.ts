import type { Order } from '../domain/order.ts'
import type { EngineContext } from './context.ts'
import type { Pause } from './state.ts'

/** The first wait after a refusal that may pass; doubles up to the last. */
const FIRST_BACKOFF_MS = 250
const LAST_BACKOFF_MS = 30_000
/** Closes in a row that came to nothing, after which a person is told. */
export const PATIENCE_WITH_EXITS = 5

export function backOff(context: EngineContext, pause: Pause): void {
  const cap = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(pause.refusals, 10))
  pause.refusals += 1
  pause.notBefore = context.monotonic() + cap * (0.5 + context.ports.random.next() / 2)
}

export function clearPause(pause: Pause): void {
  pause.refusals = 0
  pause.notBefore = 0
}

/** An opening that never left does not count against their rate; an exit of the same moment never did. */
export function forgetOpening(context: EngineContext, { accountId, createdAt, purpose }: Order): void {
  if (purpose === 'exit') return
  const times = context.state.accounts.get(accountId)?.openingTimes ?? []
  const index = times.indexOf(createdAt)
  if (index >= 0) times.splice(index, 1)
}
