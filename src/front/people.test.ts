import { expect, test } from 'vitest'
import { addUser, makeWorld, PASSWORD, value } from '../security/testing/world.ts'
import { peopleOf } from './people.ts'

const OWNER = { email: 'ada@example.com', name: 'Ada', password: PASSWORD }

test('[SE55] the link makes one owner and is then worth nothing', async () => {
  const { security } = await makeWorld()
  const people = peopleOf(security)
  const token = security.firstOwner.linkToken() ?? ''
  expect([
    people.hasOwner(),
    people.mayBecomeFirstOwner('another'),
    people.mayBecomeFirstOwner(token),
  ]).toEqual([false, false, true])
  expect(await people.createFirstOwner({ ...OWNER, token: 'another' })).toMatchObject({
    error: { code: 'not_found' },
  })
  const { id } = value(await people.createFirstOwner({ ...OWNER, token }))
  expect([people.hasOwner(), people.mayBecomeFirstOwner(token)]).toEqual([true, false])
  expect([people.user(id)?.email, people.user('nobody'), people.user('')]).toEqual([OWNER.email, null, null])
})

test('[SE58] nobody ends a device or a token of somebody else by its id', async () => {
  const world = await makeWorld()
  const people = peopleOf(world.security)
  const [ada, bob] = [await addUser(world, 'customer', 'ada'), await addUser(world, 'customer', 'bob')]
  const device = { address: '192.0.2.1', userAgent: 'a test' }
  await people.login({ email: bob.email, password: PASSWORD, code: null, ...device })
  const [login] = people.logins(bob.id)
  const made = value(
    await people.createApiToken({ userId: bob.id, name: 'his', scopes: ['read'], expiresAt: null }),
  )
  const notFound = { error: { code: 'not_found' } }
  if (login === undefined) throw new Error('Bob is logged in')
  expect(await people.endLogin(ada.id, login.id, 'user:ada')).toMatchObject(notFound)
  expect(await people.revokeApiToken(ada.id, made.apiToken.id, 'user:ada')).toMatchObject(notFound)
  expect([people.logins(ada.id), people.apiTokens(ada.id)]).toEqual([[], []])
  expect([people.logins(bob.id).length, people.apiTokens(bob.id).length]).toEqual([1, 1])
})

test('[SE61] the verdict on the chain says where it is broken first, and what to do', async () => {
  const world = await makeWorld()
  const people = peopleOf(world.security)
  for (const name of ['ada', 'bob', 'cleo']) await addUser(world, 'viewer', name)
  expect(await people.verifyAudit()).toMatchObject({ entries: 3, brokenAt: null })
  world.records.audit = world.records.audit.map(row =>
    row.sequence === 2 ? { ...row, actor: 'local!' } : row,
  )
  expect(await people.verifyAudit()).toEqual({
    entries: 3,
    brokenAt: 2,
    message: '1 faults, the first at entry 2: edited. Compare with a backup.',
  })
})
