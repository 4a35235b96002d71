import type { IntentId } from '../domain/ids.ts'
import { isTerminal } from '../domain/order.ts'
import { ok, type Result } from '../domain/result.ts'
import type { EngineContext } from './context.ts'
import { type HandProblem, problem } from './hand-problem.ts'
import type { OrderEntry } from './state.ts'

/**
 * An order of ours that a person may cancel: whoever made it, it rests, or may come to rest.
 *
 * @returns its entry; or why there is nothing to cancel, or no way to the venue
 */
export function cancellable({ state }: EngineContext, intentId: IntentId): Result<OrderEntry, HandProblem> {
  const entry = [...state.liveOrders].find(({ order }) => order.intentId === intentId)
  if (entry === undefined || isTerminal(entry.order.status))
    return problem('over', 'The order is over. Look at the trades.')
  // What is at market ends by itself, and what closes a copy would be made again at once.
  if (entry.order.timeInForce !== 'gtc')
    return problem('invalid', 'The order does not rest: it ends by itself. Look at the trades.')
  const session = state.accounts.get(entry.order.accountId)?.session ?? null
  if (session === null || !session.isLive())
    return problem('busy', 'The account is not connected. See the state of its session, and try again.')
  return ok(entry)
}
