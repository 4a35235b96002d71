import { createHash } from 'node:crypto'
import type { Act, Answer, Refusal } from '../api/answer.ts'
import type { Hands } from '../api/trading.ts'
import type { IntentId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Engine } from '../engine/engine.ts'
import type { HandProblem } from '../engine/hand-problem.ts'
import type { HandOrder } from '../engine/hands.ts'
import type { StoreError, Write } from '../ports/store.ts'
import { storeRefusal } from '../security/ledger.ts'
import type { Security } from '../security/security.ts'
import { handRefusal } from './refusals.ts'

interface HandParts {
  readonly engine: Engine
  readonly security: Security
}

/** Trading by hand, as the API asks for it: every order and every flatten in one unit with its entry in the audit chain. */
export function handsOf(parts: HandParts): Hands {
  const { hands } = parts.engine
  return {
    trade: (order, act, key) => trade(parts, { ...order, intentId: intentIdOf(act.actor, key) }, act),
    cancel: (intentId, act) => noted(parts, act, rows => hands.cancel(intentId, rows)),
    async flatten(accountId, act) {
      const blocked = await noted(parts, act, rows => hands.block(accountId, rows))
      return blocked.ok ? refusing(await hands.close(accountId)) : blocked
    },
    resume: (accountId, act) => noted(parts, act, rows => hands.resume(accountId, rows)),
  }
}

async function trade(parts: HandParts, wish: HandOrder, act: Act): ReturnType<Hands['trade']> {
  const { hands } = parts.engine
  const before = await hands.made(wish)
  if (!before.ok) return err(handRefusal(before.error))
  if (before.value !== null) return ok(namesOf(before.value))
  // Before the act has its turn: whoever comes behind it must not wait for a venue.
  const ready = await hands.ready(wish)
  if (!ready.ok) return err(handRefusal(ready.error))
  const made = await noted(parts, act, rows => hands.trade(wish, rows))
  return made.ok ? ok(namesOf(made.value)) : made
}

/** Does it with the act's rows in its unit, or not at all. */
async function noted<T>(
  { security }: HandParts,
  act: Act,
  commit: (rows: readonly Write[]) => Promise<Result<T, HandProblem>>,
): Answer<T> {
  const decide = () => ok({ writes: [] })
  const done = await security.ledger.runWith<T, HandProblem>({ act, decide, commit })
  return done.ok ? done : err(refusalOf(done.error))
}

function refusing<T>(result: Result<T, HandProblem>): Result<T, Refusal> {
  return result.ok ? result : err(handRefusal(result.error))
}

function refusalOf(error: HandProblem | StoreError | Refusal): Refusal {
  if ('code' in error) return error
  return error.kind === 'conflict' ? storeRefusal(error) : handRefusal(error)
}

function namesOf({ intentId, clientOrderId }: Order): Pick<Order, 'intentId' | 'clientOrderId'> {
  return { intentId, clientOrderId }
}

/**
 * The caller's Idempotency-Key is the order's identity: sent again after a crash that came before the answer was kept,
 * it finds the order that was made, and the store itself takes no second one (I1). RFC 9562, version 8.
 */
function intentIdOf(actor: string, key: string): IntentId {
  const hex = createHash('sha256').update(`${actor} ${key}`).digest('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`]
  return [...parts, hex.slice(20, 32)].join('-') as IntentId
}
