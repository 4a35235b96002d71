import { subtract, ZERO } from '../domain/decimal.ts'
import { writeDown } from '../logic/shortfall.ts'
import type { EngineContext } from './context.ts'
import { settleDecision } from './decisions.ts'
import { ordersOf } from './holdings.ts'
import type { Holding } from './state.ts'
import type { Turn } from './turn.ts'

/** Ends every waiting increase with one reason, for what no plan can mend. */
export function failIncreases(
  context: EngineContext,
  turn: Turn,
  holding: Holding,
  ending: { readonly reason: 'leverage_refused' | 'position_mode' | 'key_refused'; readonly detail: string },
): void {
  const held = holding.link
  if (held === null) return
  for (const decision of [...held.decisions.values()]) {
    if (decision.status !== 'pending' || decision.validUntil === null) continue
    const size = decision.quantity < 0n ? subtract(ZERO, decision.quantity) : decision.quantity
    held.state = writeDown(held.state, ordersOf(holding), size)
    turn.linkState(holding)
    settleDecision(context, turn, holding, decision, { outcome: 'failed', ...ending })
  }
}
