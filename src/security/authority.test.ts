import { expect, test } from 'vitest'
import type { AccountId } from '../domain/ids.ts'
import { ROLES, type Role, SCOPES, type Scope } from '../domain/user.ts'
import type { Action, Principal } from '../ports/authority.ts'
import { addUser, makeWorld, principalOf, refusalOf, value, type World } from './testing/world.ts'

const OWN = 'own' as AccountId
const FOREIGN = 'foreign' as AccountId

/** What product and domain say of the roles, written down a second time: for an account of one's own, another, none. */
const EXPECTED: Readonly<Record<Action, string>> = {
  'account.read': 'owner yyy operator yyy viewer yyy customer ynn',
  'account.trade': 'owner yyy operator yyy viewer nnn customer ynn',
  'account.manage': 'owner yyy operator yyy viewer nnn customer nnn',
  'strategy.read': 'owner yyy operator yyy viewer yyy customer ynn',
  'strategy.manage': 'owner yyy operator yyy viewer nnn customer nnn',
  'strategy.pause': 'owner yyy operator yyy viewer nnn customer ynn',
  'source.read': 'owner yyy operator yyy viewer yyy customer nnn',
  'source.manage': 'owner yyy operator yyy viewer nnn customer nnn',
  'source.signal': 'owner yyy operator yyy viewer nnn customer nnn',
  'pair.read': 'owner yyy operator yyy viewer yyy customer ynn',
  'pair.manage': 'owner yyy operator yyy viewer nnn customer nnn',
  'pair.trade': 'owner yyy operator yyy viewer nnn customer nnn',
  'history.sync': 'owner yyy operator yyy viewer nnn customer ynn',
  'market.read': 'owner yyy operator yyy viewer yyy customer yyy',
  'notice.read': 'owner yyy operator yyy viewer yyy customer ynn',
  'notice.acknowledge': 'owner yyy operator yyy viewer nnn customer ynn',
  'system.read': 'owner yyy operator yyy viewer yyy customer nnn',
  'system.manage': 'owner yyy operator nnn viewer nnn customer nnn',
  'user.manage': 'owner yyy operator nnn viewer nnn customer nnn',
  'audit.read': 'owner yyy operator yyy viewer yyy customer nnn',
  self: 'owner yyy operator yyy viewer yyy customer yyy',
}
const ACTIONS = Object.keys(EXPECTED) as readonly Action[]

async function makePeople(): Promise<{ world: World; principals: Map<Role, Principal> }> {
  const world = await makeWorld()
  const principals = new Map<Role, Principal>()
  for (const role of ROLES) principals.set(role, await principalOf(world, await addUser(world, role)))
  const ownerId = principals.get('customer')?.userId ?? null
  value(await world.security.profiles.set({ by: 'local', accountId: OWN, ownerId, labels: [] }))
  return { world, principals }
}

test('[SE50] each role may do what its row of the table says, of accounts of its own and of others', async () => {
  const { world, principals } = await makePeople()
  for (const action of ACTIONS) {
    const rows = ROLES.map(role => {
      const principal = principals.get(role)
      if (principal === undefined) throw new Error(`there is a ${role}`)
      const answers = [OWN, FOREIGN, null].map(id => world.security.authority.may(principal, action, id))
      return `${role} ${answers.map(may => (may ? 'y' : 'n')).join('')}`
    })
    expect(`${action}: ${rows.join(' ')}`).toBe(`${action}: ${EXPECTED[action]}`)
  }
})

test('[SE51] an API token may do what its scope reaches, never more than its user, and nothing about users', async () => {
  const { world, principals } = await makePeople()
  const { authority, apiTokens } = world.security
  const reach: Record<Scope, RegExp> = {
    read: /^self$|\.read$/,
    trade: /^self$|\.(read|trade|pause|signal|acknowledge|sync)$/,
    manage: /^(?!user\.manage)/,
  }
  for (const scope of SCOPES) {
    for (const [role, principal] of principals) {
      const userId = principal.userId
      if (userId === null) throw new Error('a person')
      const made = await apiTokens.create({ userId, name: scope, scopes: [scope], expiresAt: null })
      const byToken = value(await authority.authenticate(value(made).token))
      expect(byToken).toMatchObject({ role, actor: expect.stringMatching(/^token:/) })
      for (const action of ACTIONS) {
        const isExpected = reach[scope].test(action) && authority.may(principal, action, OWN)
        const said = `${role} ${scope} ${action} ${authority.may(byToken, action, OWN)}`
        expect(said).toBe(`${role} ${scope} ${action} ${isExpected}`)
      }
    }
  }
})

test('[SE52] a customer sees the accounts that are theirs, everybody else sees all', async () => {
  const { world, principals } = await makePeople()
  const visible = (role: Role) => {
    const principal = principals.get(role)
    return principal === undefined ? undefined : world.security.authority.visibleAccounts(principal)
  }
  expect(visible('customer')).toEqual(new Set([OWN]))
  for (const role of ['owner', 'operator', 'viewer'] as const) expect(visible(role)).toBeNull()
})

test('[SE52] an account that goes to another customer is the former one’s no longer, and their sockets end', async () => {
  const { world, principals } = await makePeople()
  const former = principals.get('customer')
  if (former === undefined) throw new Error('there is a customer')
  const next = await addUser(world, 'customer', 'next')
  const revoked: unknown[] = []
  world.security.authority.onRevoked(({ userId }) => revoked.push(userId))
  const profile = { by: 'local', accountId: OWN, ownerId: next.id, labels: [' vip ', 'vip'] }
  expect(value(await world.security.profiles.set(profile)).labels).toEqual(['vip'])
  expect(world.security.authority.visibleAccounts(former)).toEqual(new Set())
  expect(world.security.authority.may(former, 'account.trade', OWN)).toBe(false)
  expect(revoked).toEqual([former.userId])
  // As it is after the next start too.
  const { security } = await world.restart()
  expect(security.profiles.find(OWN)).toEqual({ accountId: OWN, ownerId: next.id, labels: ['vip'] })
  expect(security.authority.may(former, 'account.trade', OWN)).toBe(false)
})

test('[SE53] another role counts at once, also for tokens that were given before', async () => {
  const { world, principals } = await makePeople()
  const { authority, apiTokens, users } = world.security
  const operator = principals.get('operator')
  if (operator?.userId === undefined || operator.userId === null) throw new Error('there is an operator')
  const { userId } = operator
  const made = await apiTokens.create({ userId, name: 'script', scopes: ['manage'], expiresAt: null })
  const byToken = value(await authority.authenticate(value(made).token))
  value(await users.update({ by: 'local', userId, change: { role: 'viewer' } }))
  expect(authority.current(byToken)?.role).toBe('viewer')
  // Logins begin anew, so that nothing that is open shows more than it may.
  expect(authority.current(operator)).toBeNull()
})

test('[SE54] the last active owner stays one', async () => {
  const world = await makeWorld()
  const first = await addUser(world, 'owner')
  const { users } = world.security
  const update = (userId: typeof first.id, change: Parameters<typeof users.update>[0]['change']) =>
    users.update({ by: 'local', userId, change })
  expect(refusalOf(await update(first.id, { status: 'disabled' }))).toBe('conflict')
  expect(refusalOf(await update(first.id, { role: 'viewer' }))).toBe('conflict')
  const second = await addUser(world, 'owner', 'second')
  // Two owners who put each other out at the same time.
  const both = await Promise.all([
    update(first.id, { role: 'viewer' }),
    update(second.id, { status: 'disabled' }),
  ])
  expect(both.map(refusalOf).sort()).toEqual(['conflict', 'done'])
})

test('[SE55] there is one first owner, by the link of this start or by who starts the server', async () => {
  const world = await makeWorld()
  const { firstOwner } = world.security
  const owner = (email: string) => ({ email, name: 'Ada', password: 'four plain words together' })
  const token = firstOwner.linkToken() ?? ''
  expect(token).toHaveLength(43)
  expect([firstOwner.isLink(token), firstOwner.isLink('wrong')]).toEqual([true, false])
  expect(refusalOf(await firstOwner.createByLink({ ...owner('a@example.com'), token: 'wrong' }))).toBe(
    'not_found',
  )
  const both = await Promise.all([
    firstOwner.createByLink({ ...owner('a@example.com'), token }),
    firstOwner.create({ ...owner('b@example.com'), by: 'system' }),
  ])
  expect(both.map(refusalOf).sort()).toEqual(['conflict', 'done'])
  expect(world.security.users.list()).toHaveLength(1)
  expect(firstOwner.linkToken()).toBeNull()
  expect(refusalOf(await firstOwner.createByLink({ ...owner('c@example.com'), token }))).toBe('not_found')
  expect(refusalOf(await firstOwner.create({ ...owner('c@example.com'), by: 'local' }))).toBe('conflict')
  expect((await world.restart()).security.firstOwner.isMissing()).toBe(false)
})

test('[SE56] one email is one user, however it is written', async () => {
  const world = await makeWorld()
  await addUser(world, 'owner', 'ada')
  const create = (email: string, name = 'Ada') =>
    world.security.users.create({
      email,
      name,
      role: 'viewer',
      password: 'four plain words together',
      by: 'local',
    })
  expect(refusalOf(await create(' ADA@Example.com'))).toBe('conflict')
  const both = await Promise.all([create('new@example.com'), create('NEW@example.com')])
  expect(both.map(refusalOf).sort()).toEqual(['conflict', 'done'])
  for (const email of ['', 'ada', 'a b@example.com', 'a@b@c', `${'a'.repeat(250)}@example.com`, 'a\u202e@b'])
    expect(refusalOf(await create(email))).toBe('invalid')
  for (const name of ['', ' ', 'a\nb', 'x'.repeat(101)])
    expect(refusalOf(await create('other@example.com', name))).toBe('invalid')
})
