import type { AuditVerdict, People } from '../api/services.ts'
import type { AuditFault } from '../security/audit-verify.ts'
import type { Security } from '../security/security.ts'

/** People's rooms as the API asks for them. */
export function peopleOf(security: Security): People {
  const { users, logins, secondFactor, apiTokens, firstOwner, profiles, settings, audit, rotation } = security
  return {
    hasOwner: () => !firstOwner.isMissing(),
    mayBecomeFirstOwner: token => firstOwner.isLink(token),
    createFirstOwner: input => firstOwner.createByLink(input),
    login: input => logins.login(input),
    refresh: token => logins.refresh(token),
    users: () => users.list(),
    user: id => users.list().find(user => user.id === id) ?? null,
    createUser: (input, by) => users.create({ ...input, by }),
    changeUser: (userId, change, by) => users.update({ by, userId, change }),
    setPassword: (userId, password, by) => users.setPassword({ by, userId, password }),
    changePassword: input => users.changePassword(input),
    beginTotp: who => secondFactor.begin(who),
    confirmTotp: (userId, code) => secondFactor.confirm({ userId, code }),
    endTotp: who => secondFactor.switchOff(who),
    removeTotp: (userId, by) => secondFactor.remove({ by, userId }),
    logins: userId => logins.list(userId),
    endLogin: (userId, loginId, by) => logins.revoke({ by, userId, loginId }),
    endLogins: (userId, by) => logins.revokeAll({ by, userId }),
    apiTokens: userId => apiTokens.list(userId),
    createApiToken: input => apiTokens.create(input),
    revokeApiToken: (userId, apiTokenId, by) => apiTokens.revoke({ by, userId, apiTokenId }),
    profile: accountId => profiles.find(accountId),
    settings: () => settings.all(),
    setSetting: (name, value, by) => settings.set({ by, name, value }),
    verifyAudit: async () => verdictOf(await audit.verify()),
    rotateKeys: by => rotation.rotate(by),
  }
}

/** What a walk along the audit chain found, for a person. */
export function verdictOf({
  entries,
  faults,
}: {
  entries: number
  faults: readonly AuditFault[]
}): AuditVerdict {
  const [first] = faults
  const message =
    first === undefined
      ? `All ${entries} entries are as they were written.`
      : `${faults.length} faults, the first at entry ${first.sequence}: ${first.kind}. Compare with a backup.`
  return { entries, brokenAt: first?.sequence ?? null, message }
}
