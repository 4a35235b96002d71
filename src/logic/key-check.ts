import type { Environment, KeyPermissions } from '../domain/account.ts'

export interface KeyProblem {
  readonly text: string
  /** What to do about it, in a sentence. */
  readonly action: string
}

/**
 * Why a key may not be used, or null. A key that can move money away is refused whatever it is for: a
 * copier never needs it, and whoever steals it would.
 *
 * @param needsTrade a leader's key may be read-only, a follower's may not
 */
export function keyProblem(permissions: KeyPermissions, needsTrade: boolean): KeyProblem | null {
  const { withdraw, transfer, trade, readOnly } = permissions
  if (withdraw || transfer) {
    return {
      text: 'The key can withdraw or transfer funds.',
      action: 'Make one on the venue that can only trade, and remove this one.',
    }
  }
  if (needsTrade && (readOnly || !trade)) {
    return {
      text: 'The key may not trade.',
      action: 'Give it the right to trade contracts on the venue, or make another.',
    }
  }
  return null
}

/**
 * What a person should know of a key that may be used, or null: who steals it could use it from anywhere. On paper that
 * harms nobody.
 */
export function keyWarning({ addresses }: KeyPermissions, environment: Environment): KeyProblem | null {
  if (addresses.length > 0 || environment === 'paper') return null
  return {
    text: 'The key can be used from any address.',
    action: 'Bind it to the address of this server where the venue can, and keep it nowhere else.',
  }
}
