import { absolute } from '../domain/decimal.ts'
import { forgoWaiting } from '../logic/shortfall.ts'
import type { EngineContext } from './context.ts'
import { type Ending, settleDecision } from './decisions.ts'
import type { Holding } from './state.ts'
import type { Turn } from './turn.ts'

/** Ends every waiting increase with one reason, for what no plan can mend. */
export function failIncreases(
  context: EngineContext,
  turn: Turn,
  holding: Holding,
  ending: Pick<Ending, 'outcome' | 'reason' | 'detail'>,
): void {
  const held = holding.link
  if (held === null) return
  for (const decision of [...held.decisions.values()]) {
    if (decision.status !== 'pending' || decision.validUntil === null) continue
    held.state = forgoWaiting(held.state, absolute(decision.wanted))
    turn.linkState(holding)
    settleDecision(context, turn, holding, decision, ending)
  }
}
