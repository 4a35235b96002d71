import type { Act, Answer, Refusal } from '../api/answer.ts'
import type { Pairs } from '../api/pairs.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Engine } from '../engine/engine.ts'
import type { HandProblem } from '../engine/hand-problem.ts'
import type { StoreError, Write } from '../ports/store.ts'
import { storeRefusal } from '../security/ledger.ts'
import type { Security } from '../security/security.ts'
import { handRefusal } from './refusals.ts'

interface PairParts {
  readonly engine: Engine
  readonly security: Security
}

/** Pairs as the API asks for them: what people do with them is in one unit with its entry in the audit chain. */
export function pairsOf(parts: PairParts): Pairs {
  const { engine } = parts
  const { pairHands } = engine
  return {
    view: id => engine.pairs.view(id),
    waitsFor: id => engine.context.state.pairs.get(id)?.waitsFor ?? null,
    pause: (id, act) => noted(parts, act, rows => pairHands.pause(id, rows)),
    resume: (id, act) => noted(parts, act, rows => pairHands.resume(id, rows)),
    closes(id, leg) {
      const closes = pairHands.closes(id, leg)
      return closes.ok ? closes : err(handRefusal(closes.error))
    },
    flatten: (id, leg, act) => noted(parts, act, rows => pairHands.flatten(id, leg, rows)),
  }
}

/** Does it with the act's rows in its unit, or not at all. */
async function noted(
  { security }: PairParts,
  act: Act,
  commit: (rows: readonly Write[]) => Promise<Result<unknown, HandProblem>>,
): Answer<void> {
  const decide = () => ok({ writes: [] })
  const done = await security.ledger.runWith<unknown, HandProblem>({ act, decide, commit })
  return done.ok ? ok() : err(refusalOf(done.error))
}

function refusalOf(error: HandProblem | StoreError | Refusal): Refusal {
  if ('code' in error) return error
  return error.kind === 'conflict' ? storeRefusal(error) : handRefusal(error)
}
