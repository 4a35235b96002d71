import type { KeyPermissions } from '../domain/account.ts'

/**
 * Why a key may not be used, or null. A key that can move money away is refused whatever it is for: a
 * copier never needs it, and whoever steals it would.
 *
 * @param needsTrade a leader's key may be read-only, a follower's may not
 * @returns what is wrong and what to do, in one sentence each
 */
export function keyProblem(permissions: KeyPermissions, needsTrade: boolean): string | null {
  const { withdraw, transfer, trade, readOnly } = permissions
  if (withdraw || transfer) {
    return 'The key can withdraw or transfer funds. Make one on the venue that can only trade, and remove this one.'
  }
  if (needsTrade && (readOnly || !trade)) {
    return 'The key may not trade. Give it the right to trade contracts on the venue, or make another.'
  }
  return null
}
