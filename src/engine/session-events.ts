import type { EngineContext, SessionEvent } from './context.ts'
import type { AccountState } from './state.ts'

/** What happens to a session, for the log and for those who count. */
export function tellSession(
  { ports }: EngineContext,
  { account, session }: AccountState,
  { kind, reason }: Pick<SessionEvent, 'kind' | 'reason'>,
): void {
  const offsetMs = session?.market.offsetMs() ?? 0
  const { name, environment } = account
  const level = kind === 'invalid' ? 'warn' : 'info'
  ports.log[level](`session_${kind}`, { account: name, environment, reason, offsetMs: Math.round(offsetMs) })
  ports.observer.sessionEvent?.({ accountId: account.id, kind, reason, offsetMs })
}
