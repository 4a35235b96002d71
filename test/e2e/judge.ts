import type { Evidence, Verdict, Violation } from './evidence.ts'
import { judgeFills } from './judge-fills.ts'
import { judgeOrders } from './judge-orders.ts'
import { judgeOutcomes } from './judge-outcomes.ts'
import { percentile } from './percentile.ts'

/** More of them would tell no more; the count goes on. */
const KEPT_VIOLATIONS = 50

/** Holds what the server wrote down against what the exchange wrote down. */
export function judge(evidence: Omit<Evidence, 'violate'>, earlier: readonly Violation[]): Verdict {
  const violations: Violation[] = [...earlier]
  let invariantsBroken = earlier.length
  const violate = (invariant: string, text: string): void => {
    invariantsBroken += 1
    if (violations.length < KEPT_VIOLATIONS) violations.push({ invariant, text })
  }
  const whole = { ...evidence, violate }
  const { orders } = judgeOrders(whole)
  const { positionMismatches, foreignFills } = judgeFills(whole)
  const { copyMs, ...outcomes } = judgeOutcomes(whole)
  return {
    ...outcomes,
    positionMismatches,
    foreignFills,
    orders,
    medianMs: percentile(copyMs, 0.5),
    p99Ms: percentile(copyMs, 0.99),
    invariantsBroken,
    violations,
  }
}
