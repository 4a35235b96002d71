import { ok, type Result } from '../domain/result.ts'
import type { Ledger } from './ledger.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { SecurityState } from './state.ts'

const MAXIMUM_VALUE_CHARACTERS = 4_096
/** Small words with dots between. What the server keeps for itself begins with `audit.`. */
const NAME = /^(?!audit\.)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,4}$/
const MAXIMUM_NAME_CHARACTERS = 100

/** What people have chosen for the whole server. */
export class Settings {
  readonly #state: SecurityState
  readonly #ledger: Ledger

  constructor(parts: { state: SecurityState; ledger: Ledger }) {
    this.#state = parts.state
    this.#ledger = parts.ledger
  }

  all(): ReadonlyMap<string, string> {
    return new Map([...this.#state.settings()].filter(([name]) => NAME.test(name)))
  }

  async set(input: { by: string; name: string; value: string }): Promise<Result<void, Refusal>> {
    const { by, name, value } = input
    if (!NAME.test(name) || name.length > MAXIMUM_NAME_CHARACTERS)
      return refuse('invalid', 'There is no setting of this name.')
    if (value.length > MAXIMUM_VALUE_CHARACTERS)
      return refuse('invalid', `A setting has at most ${MAXIMUM_VALUE_CHARACTERS} characters.`)
    return this.#ledger.run(() => {
      const act = { actor: by, action: 'settings.update', subject: null, detail: { name, value } }
      return ok({ act, writes: [{ kind: 'setting', row: { name, value } }], value: undefined })
    })
  }
}
