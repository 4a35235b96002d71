import type { AccountId } from '../domain/ids.ts'
import type { EngineObserver, SessionState } from '../engine/context.ts'
import { HOPS, hopsOf } from '../logic/hops.ts'
import type { Metrics } from '../ops/metrics.ts'

/** Counts what the engine tells, beside whoever else listens. */
export function countingObserver(metrics: Metrics, other: EngineObserver): EngineObserver {
  const sessions = new SessionCount(metrics)
  return {
    decided: (decision, order, accountId) => {
      metrics.decided(decision.outcome ?? 'none', decision.reason ?? 'none')
      const hops = hopsOf(decision.times)
      for (const hop of HOPS) {
        const ms = hops[hop]
        if (ms !== null) metrics.copyHop(hop, ms)
      }
      other.decided?.(decision, order, accountId)
    },
    session: (accountId, state, message) => {
      sessions.moved(accountId, state)
      other.session?.(accountId, state, message)
    },
    sessionEvent: event => {
      metrics.sessionEvent(event.kind)
      other.sessionEvent?.(event)
    },
    noticed: notice => {
      metrics.noticed(notice.level)
      other.noticed?.(notice)
    },
    hedged: (round, pair) => other.hedged?.(round, pair),
    signalled: status => {
      metrics.signal(status)
      other.signalled?.(status)
    },
  }
}

/** How many sessions are in each state; a closed one is none any more. */
class SessionCount {
  readonly #metrics: Metrics
  readonly #states = new Map<AccountId, SessionState>()
  readonly #counts = new Map<SessionState, number>()

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  moved(accountId: AccountId, state: SessionState): void {
    const former = this.#states.get(accountId)
    if (former !== undefined) this.#add(former, -1)
    if (state === 'closed') this.#states.delete(accountId)
    else {
      this.#states.set(accountId, state)
      this.#add(state, 1)
    }
  }

  #add(state: SessionState, more: number): void {
    const count = (this.#counts.get(state) ?? 0) + more
    this.#counts.set(state, count)
    this.#metrics.sessions(state, count)
  }
}
