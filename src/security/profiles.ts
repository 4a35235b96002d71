import type { AccountId, UserId } from '../domain/ids.ts'
import { ok, type Result } from '../domain/result.ts'
import type { AccountProfile } from '../domain/user.ts'
import type { Revocation } from '../ports/authority.ts'
import type { Ledger, Plan } from './ledger.ts'
import { parseName } from './names.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { SecurityState } from './state.ts'
import { accountOwner } from './vault.ts'

export const MAXIMUM_LABELS = 20
const MAXIMUM_LABEL_CHARACTERS = 40

/** Whose accounts are whose, and what they are called among people. */
export class Profiles {
  readonly #state: SecurityState
  readonly #ledger: Ledger

  constructor(parts: { state: SecurityState; ledger: Ledger }) {
    this.#state = parts.state
    this.#ledger = parts.ledger
  }

  /** Nobody's, without labels, where none was set. */
  find(accountId: AccountId): AccountProfile {
    return this.#state.profile(accountId) ?? { accountId, ownerId: null, labels: [] }
  }

  async set(input: AccountProfile & { readonly by: string }): Promise<Result<AccountProfile, Refusal>> {
    return this.#ledger.run(() => {
      const changed = this.change(input)
      if (!changed.ok) return changed
      const { ownerId, labels } = changed.value.value
      const detail = { owner: ownerId, labels: labels.join(', ') }
      const subject = accountOwner(input.accountId)
      return ok({ ...changed.value, act: { actor: input.by, action: 'account.profile', subject, detail } })
    })
  }

  /**
   * For a unit that changes the account too; to be asked in its turn. The connections of a former owner end: what
   * they showed is another's by now.
   */
  change({
    accountId,
    ownerId,
    ...input
  }: AccountProfile): Result<Omit<Plan<AccountProfile>, 'act'>, Refusal> {
    const labels = parseLabels(input.labels)
    if (labels === null)
      return refuse(
        'invalid',
        `Give at most ${MAXIMUM_LABELS} labels of at most ${MAXIMUM_LABEL_CHARACTERS} characters.`,
      )
    if (ownerId !== null && this.#state.user(ownerId) === undefined)
      return refuse('not_found', 'There is no such user to own the account.')
    const former = this.find(accountId).ownerId
    const row = { accountId, ownerId, labels }
    const revokes = former === null || former === ownerId ? [] : [movedAway(former)]
    return ok({ writes: [{ kind: 'account_profile', row }], value: row, revokes })
  }
}

function movedAway(userId: UserId): Revocation {
  return { userId, loginId: null, apiTokenId: null, reason: 'Your accounts were changed.' }
}

function parseLabels(labels: readonly string[]): readonly string[] | null {
  if (labels.length > MAXIMUM_LABELS) return null
  const parsed = labels.flatMap(label => parseName(label, MAXIMUM_LABEL_CHARACTERS) ?? [])
  return parsed.length === labels.length ? [...new Set(parsed)] : null
}
