import type { Query } from '../wire/bybit/page.ts'
import type { Reply } from '../wire/bybit/reply.ts'
import type { Faults, Occasion } from './faults.ts'

/** Answers that are kept while the fault is set; more queries than this are answered truly. */
const MAXIMUM_ANSWERS = 10_000

/** stale_query: what each query was first answered with since the fault was set. */
export class StaleAnswers {
  readonly #answers = new Map<string, Reply>()

  answer(faults: Faults, asked: Occasion & { readonly query: Query }, fresh: () => Reply): Reply {
    if (!faults.has('stale_query')) {
      this.#answers.clear()
      return fresh()
    }
    const name = JSON.stringify([asked.account, asked.target, asked.query])
    const known = this.#answers.get(name)
    if (known !== undefined && faults.strike('stale_query', asked) !== null) return known
    const reply = fresh()
    if (known === undefined && this.#answers.size < MAXIMUM_ANSWERS) this.#answers.set(name, reply)
    return reply
  }
}
