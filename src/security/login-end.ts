import type { Login } from '../domain/user.ts'
import type { Revocation } from '../ports/authority.ts'
import type { RecordWrite } from '../ports/records.ts'

/** What ends logins: their rows, and whoever holds a connection by them. @param reason what the people are told */
export function endLogins(
  logins: readonly Login[],
  reason: string,
): { readonly writes: readonly RecordWrite[]; readonly revokes: readonly Revocation[] } {
  return {
    writes: logins.map(({ id }) => ({ kind: 'login_end', row: { id } })),
    revokes: logins.map(({ id, userId }) => ({ userId, loginId: id, apiTokenId: null, reason })),
  }
}
