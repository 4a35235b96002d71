import { COPYING } from './copying.ts'
import { FILLS } from './fills.ts'
import { HANDS } from './hands.ts'
import { HEDGING } from './hedging.ts'
import { HISTORY } from './history.ts'
import { LIGHTER } from './lighter.ts'
import { LIMITS } from './limits.ts'
import { type Mutant, mutate } from './mutant.ts'
import { ORDERS } from './orders.ts'
import { PEOPLE } from './people.ts'
import { readProjectFile } from './project.ts'
import { RECOVERY } from './recovery.ts'

/** Every bug that is planted, by area. */
export const MUTANTS: readonly Mutant[] = [
  ...ORDERS,
  ...FILLS,
  ...COPYING,
  ...LIMITS,
  ...RECOVERY,
  ...PEOPLE,
  ...HANDS,
  ...HISTORY,
  ...HEDGING,
  ...LIGHTER,
]

/** What keeps mutants from being planted, each with what to do: the code has changed under them. */
export function problemsOf(mutants: readonly Mutant[]): readonly string[] {
  return mutants.flatMap(mutant => {
    const mutated = mutate(mutant, readProjectFile)
    return mutated.ok ? [] : [mutated.error]
  })
}
