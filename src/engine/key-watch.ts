import type { KeyPermissions } from '../domain/account.ts'
import { ok, type Result } from '../domain/result.ts'
import { type KeyProblem, keyProblem, keyWarning } from '../logic/key-check.ts'
import type { VenueAccount, VenueError } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { rosterOf, tradesOn } from './roster.ts'
import type { AccountState } from './state.ts'
import type { Turn } from './turn.ts'

/** A key's rights can be widened at the venue at any time: they are read again this often. */
const CHECK_EVERY_MS = 24 * 60 * 60_000
/** After a reading that failed. */
const CHECK_AGAIN_MS = 10 * 60_000

export interface KeyWatchParts {
  readonly context: EngineContext
  readonly account: AccountState
  readonly venueAccount: Pick<VenueAccount, 'permissions' | 'close'>
  /** Nothing may be done with the key any more. */
  readonly refuse: (problem: KeyProblem) => void
}

/** Judges one session's key: before anything is done with it, and every day for as long as the session lasts. */
export class KeyWatch {
  readonly #parts: KeyWatchParts
  #timer: (() => void) | null = null
  #ended = false
  /** Whether it has passed once. */
  isChecked = false

  constructor(parts: KeyWatchParts) {
    this.#parts = parts
  }

  /** @returns whether the key may be used; an error: the venue did not say */
  async check(): Promise<Result<boolean, VenueError>> {
    const { context, account, venueAccount, refuse } = this.#parts
    const permissions = await venueAccount.permissions()
    if (this.#ended) return ok(false)
    this.#checkLater(permissions.ok ? CHECK_EVERY_MS : CHECK_AGAIN_MS)
    const needsTrade = tradesOn(rosterOf(context.state), account.account.id)
    const problem = permissions.ok
      ? keyProblem(permissions.value, needsTrade)
      : this.#wrongKey(permissions.error)
    if (problem !== null) {
      this.end()
      refuse(problem)
      await venueAccount.close()
      return ok(false)
    }
    if (!permissions.ok) return permissions
    this.isChecked = true
    const { id, name } = account.account
    context.run(turn => {
      context.over(turn, { code: 'key_refused', accountId: id, text: `The key of account ${name} is good.` })
      this.#warn(turn, permissions.value)
    })
    return ok(true)
  }

  /** A login may use one key of several: which of the others is wrong only shows here. One that was good is asked about again. */
  #wrongKey(error: VenueError): KeyProblem | null {
    if (this.isChecked || error.kind !== 'refused' || error.reason !== 'key') return null
    return { text: error.message, action: 'Give the account the key that the venue has.' }
  }

  /** Told once for as long as it lasts, not every day. */
  #warn(turn: Turn, permissions: KeyPermissions): void {
    const { context, account } = this.#parts
    const { id: accountId, name, environment } = account.account
    const code = 'key_without_addresses'
    const warning = keyWarning(permissions, environment)
    if (warning === null)
      context.over(turn, { code, accountId, text: `The key of account ${name} is bound to addresses.` })
    else if (!context.board.has({ code, accountId, instrumentId: null }))
      context.notice(turn, {
        code,
        level: 'warning',
        accountId,
        text: `Account ${name}: ${warning.text}`,
        action: warning.action,
      })
  }

  end(): void {
    this.#ended = true
    this.#timer?.()
  }

  #checkLater(afterMs: number): void {
    const { context } = this.#parts
    this.#timer?.()
    this.#timer = context.ports.clock.after(afterMs, () => context.detach(this.check()))
  }
}
