import type { AccountId, ApiTokenId, LoginId, UserId } from '../../domain/ids.ts'
import { uuidv7 } from '../../domain/ids.ts'
import { err, ok } from '../../domain/result.ts'
import { ROLES, type Role, SCOPES, type Scope } from '../../domain/user.ts'
import type { Action, Authority, Principal } from '../../ports/authority.ts'

type Grant = 'all' | 'own' | 'none'
type Grants = Readonly<Record<Role, Grant>>

const EVERYBODY: Grants = { owner: 'all', operator: 'all', viewer: 'all', customer: 'all' }
const SEEN: Grants = { ...EVERYBODY, customer: 'own' }
const RUN: Grants = { owner: 'all', operator: 'all', viewer: 'none', customer: 'own' }
const OPERATED: Grants = { owner: 'all', operator: 'all', viewer: 'none', customer: 'none' }
const OWNED: Grants = { owner: 'all', operator: 'none', viewer: 'none', customer: 'none' }

/** One way to share out the actions: the tests ask whether routes follow it, not whether it is the best. */
export const GRANTS: Readonly<Record<Action, Grants>> = {
  'account.read': SEEN,
  'account.trade': RUN,
  'account.manage': RUN,
  'strategy.read': SEEN,
  'strategy.manage': OPERATED,
  'strategy.pause': RUN,
  'source.read': SEEN,
  'source.manage': OPERATED,
  'source.signal': RUN,
  'pair.read': SEEN,
  'pair.manage': OPERATED,
  'pair.trade': OPERATED,
  'history.sync': RUN,
  'market.read': EVERYBODY,
  'notice.read': SEEN,
  'notice.acknowledge': RUN,
  'system.read': { ...EVERYBODY, customer: 'none' },
  'system.manage': OWNED,
  'user.manage': OWNED,
  'audit.read': OWNED,
  self: EVERYBODY,
}

/** The least scope that an action needs. */
export function scopeOf(action: Action): Scope {
  if (action === 'self' || action.endsWith('.read')) return 'read'
  return action.endsWith('.manage') ? 'manage' : 'trade'
}

export const USER_IDS = Object.fromEntries(
  ROLES.map((role, index) => [role, uuidv7<UserId>(1_000 + index, new Uint8Array(10))]),
) as Record<Role, UserId>

/** Knows `<role>` as a person's token, and `<role>.<scope>` as an API token with that scope and the lesser ones. */
export function fakeAuthority(ownAccounts: ReadonlySet<AccountId>): Authority {
  const may = (principal: Principal, action: Action, accountId: AccountId | null): boolean => {
    if (!principal.scopes.includes(scopeOf(action))) return false
    const grant = GRANTS[action][principal.role]
    return grant === 'all' || (grant === 'own' && accountId !== null && ownAccounts.has(accountId))
  }
  return {
    may,
    authenticate: async token => {
      const known = principalNamed(token)
      if (known !== null) return ok(known)
      const code = token.startsWith('expired') ? 'token_expired' : 'token_invalid'
      return err({ code, message: 'Log in again.' })
    },
    current: principal => principal,
    visibleAccounts: ({ role }) => (role === 'customer' ? ownAccounts : null),
    onRevoked: () => () => {},
  }
}

function principalNamed(token: string): Principal | null {
  const [name, scope] = token.split('.')
  const role = ROLES.find(each => each === name)
  const most = SCOPES.find(each => each === scope)
  if (role === undefined) return null
  const scopes = SCOPES.slice(0, most === undefined ? SCOPES.length : SCOPES.indexOf(most) + 1)
  const person = most === undefined
  return {
    actor: person ? `user:${USER_IDS[role]}` : `token:${token}`,
    userId: USER_IDS[role],
    role,
    scopes,
    loginId: person ? uuidv7<LoginId>(2_000, new Uint8Array(10)) : null,
    apiTokenId: person ? null : uuidv7<ApiTokenId>(3_000, new Uint8Array(10)),
    expiresAt: null,
  }
}
