import type { EngineObserver } from '../engine/context.ts'
import type { Metrics } from '../ops/metrics.ts'

/** Counts what the engine tells, beside whoever else listens. */
export function countingObserver(metrics: Metrics, other: EngineObserver): EngineObserver {
  return {
    decided: (decision, order, accountId) => {
      metrics.decided(decision.outcome ?? 'none', decision.reason ?? 'none')
      other.decided?.(decision, order, accountId)
    },
    session: (accountId, state, message) => other.session?.(accountId, state, message),
    sessionEvent: event => {
      metrics.sessionEvent(event.kind)
      other.sessionEvent?.(event)
    },
    noticed: notice => {
      metrics.noticed(notice.level)
      other.noticed?.(notice)
    },
  }
}
