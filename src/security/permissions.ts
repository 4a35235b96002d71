import type { Role, Scope } from '../domain/user.ts'
import { SCOPES } from '../domain/user.ts'
import type { Action, Principal } from '../ports/authority.ts'

/** all: whatever it is about; own: only accounts that are somebody's own. */
export type Grant = 'all' | 'own' | 'none'

type Grants = Readonly<Partial<Record<Role, Exclude<Grant, 'none'>>>>

/** Those who run the server. */
const RUNNERS: Grants = { owner: 'all', operator: 'all' }
const READERS: Grants = { ...RUNNERS, viewer: 'all' }

/** Who may do what. What does not stand here is refused. */
const GRANTS: Readonly<Record<Action, Grants>> = {
  'account.read': { ...READERS, customer: 'own' },
  'account.trade': { ...RUNNERS, customer: 'own' },
  'account.manage': RUNNERS,
  'strategy.read': { ...READERS, customer: 'own' },
  'strategy.manage': RUNNERS,
  // A customer may stop (and resume) the copying on an account of theirs, never a whole strategy.
  'strategy.pause': { ...RUNNERS, customer: 'own' },
  'source.read': READERS,
  'source.manage': RUNNERS,
  'source.signal': RUNNERS,
  // A customer sees the pairs both of whose accounts are theirs; what one does moves both legs.
  'pair.read': { ...READERS, customer: 'own' },
  'pair.manage': RUNNERS,
  'pair.trade': RUNNERS,
  'history.sync': { ...RUNNERS, customer: 'own' },
  'market.read': { ...READERS, customer: 'all' },
  'notice.read': { ...READERS, customer: 'own' },
  'notice.acknowledge': { ...RUNNERS, customer: 'own' },
  'system.read': READERS,
  'system.manage': { owner: 'all' },
  'user.manage': { owner: 'all' },
  'audit.read': READERS,
  self: { ...READERS, customer: 'all' },
}

/** The least that an API token needs. Null: none is enough, or a token could make itself an owner. */
const SCOPE_FOR: Readonly<Record<Action, Scope | null>> = {
  'account.read': 'read',
  'account.trade': 'trade',
  'account.manage': 'manage',
  'strategy.read': 'read',
  'strategy.manage': 'manage',
  'strategy.pause': 'trade',
  'source.read': 'read',
  'source.manage': 'manage',
  'source.signal': 'trade',
  'pair.read': 'read',
  'pair.manage': 'manage',
  'pair.trade': 'trade',
  'history.sync': 'trade',
  'market.read': 'read',
  'notice.read': 'read',
  'notice.acknowledge': 'trade',
  'system.read': 'read',
  'system.manage': 'manage',
  'user.manage': null,
  'audit.read': 'read',
  self: 'read',
}

/** What somebody may do of a kind, by role and by the scopes of the token. */
export function grantOf(principal: Pick<Principal, 'role' | 'scopes' | 'apiTokenId'>, action: Action): Grant {
  const needed = SCOPE_FOR[action]
  const isByToken = principal.apiTokenId !== null
  if (isByToken && (needed === null || !reaches(principal.scopes, needed))) return 'none'
  return GRANTS[action][principal.role] ?? 'none'
}

/** Each scope has those before it in it. */
function reaches(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.some(scope => SCOPES.indexOf(scope) >= SCOPES.indexOf(needed))
}
