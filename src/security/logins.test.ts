import * as argon2 from '@node-rs/argon2'
import { afterEach, expect, test, vi } from 'vitest'
import type { Revocation } from '../ports/authority.ts'
import { MAXIMUM_LOGINS_PER_USER } from './logins.ts'
import { LOGIN_IDLE_MS, LOGIN_MAXIMUM_MS, REFRESH_GRACE_MS } from './refresh-tokens.ts'
import { actsOf, addUser, logIn, makeWorld, refusalOf, value, type World } from './testing/world.ts'

vi.mock('@node-rs/argon2', { spy: true })
afterEach(() => void vi.mocked(argon2.verify).mockReset())

function revocationsOf({ security }: World): Revocation[] {
  const seen: Revocation[] = []
  security.authority.onRevoked(revocation => seen.push(revocation))
  return seen
}

test('[SE42] a refresh token is good for one exchange; the next one has its own', async () => {
  const world = await makeWorld()
  const first = value(await logIn(world, await addUser(world, 'owner')))
  await world.clock.advance(60_000)
  const second = value(await world.security.logins.refresh(first.refreshToken))
  expect(second.refreshToken).not.toBe(first.refreshToken)
  expect(second.loginId).toBe(first.loginId)
  value(await world.security.authority.authenticate(second.accessToken))
  // Also by the next process.
  await world.clock.advance(60_000)
  value(await (await world.restart()).security.logins.refresh(second.refreshToken))
})

test('[SE42] a refresh whose answer was lost is answered the same once more', async () => {
  // A phone in a tunnel asks again with the token that it still has: it must not be logged out by that.
  const world = await makeWorld()
  const first = value(await logIn(world, await addUser(world, 'owner')))
  const { refresh } = world.security.logins
  const ask = () => refresh.call(world.security.logins, first.refreshToken)
  const lost = value(await ask())
  await world.clock.advance(REFRESH_GRACE_MS)
  const again = value(await ask())
  expect(again.refreshToken).toBe(lost.refreshToken)
  // So may the answer after it.
  const { refreshToken } = again
  const next = value(await world.security.logins.refresh(refreshToken))
  expect(value(await world.security.logins.refresh(refreshToken)).refreshToken).toBe(next.refreshToken)
})

test('[SE42] a former token that is asked for a third time within ten seconds is somebody else’s copy', async () => {
  const world = await makeWorld()
  const first = value(await logIn(world, await addUser(world, 'owner')))
  const ask = () => world.security.logins.refresh(first.refreshToken)
  const answers = await Promise.all([ask(), ask(), ask()])
  expect(answers.map(refusalOf)).toEqual(['done', 'done', 'token_revoked'])
  expect(actsOf(world).at(-1)).toBe('system login.reuse')
})

test('[SE43] a refresh token that was exchanged before ends the whole login, and is told', async () => {
  // Two hold the same token: the device, and who copied it. Nobody knows which of them is asking.
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  const stolen = value(await logIn(world, user))
  const other = value(await logIn(world, user))
  const revoked = revocationsOf(world)
  const used = value(await world.security.logins.refresh(stolen.refreshToken))
  await world.clock.advance(REFRESH_GRACE_MS + 1)
  expect(refusalOf(await world.security.logins.refresh(stolen.refreshToken))).toBe('token_revoked')
  expect(refusalOf(await world.security.logins.refresh(used.refreshToken))).toBe('token_revoked')
  expect(refusalOf(await world.security.authority.authenticate(used.accessToken))).toBe('token_revoked')
  expect(revoked.map(each => each.loginId)).toEqual([stolen.loginId])
  expect(actsOf(world).at(-1)).toBe('system login.reuse')
  // Another device of the same person goes on.
  value(await world.security.logins.refresh(other.refreshToken))
})

test('[SE43] a refresh token older than the former one ends the login at once', async () => {
  const world = await makeWorld()
  const first = value(await logIn(world, await addUser(world, 'owner')))
  const second = value(await world.security.logins.refresh(first.refreshToken))
  value(await world.security.logins.refresh(second.refreshToken))
  expect(refusalOf(await world.security.logins.refresh(first.refreshToken))).toBe('token_revoked')
})

test('[SE41] a refresh token that this server did not make is refused, and changes nothing', async () => {
  const world = await makeWorld()
  const { refreshToken } = value(await logIn(world, await addUser(world, 'owner')))
  const [id = '', , mac = ''] = refreshToken.slice('lsr_'.length).split('.')
  const units = world.records.units.length
  for (const forged of [
    '',
    'lsr_',
    `lsr_${id}.1.${mac}`,
    `lsr_${id}.0.${'A'.repeat(43)}`,
    `lsr_${id}.-1.${mac}`,
  ])
    expect(refusalOf(await world.security.logins.refresh(forged))).toBe('token_invalid')
  expect(world.records.units).toHaveLength(units)
  value(await world.security.logins.refresh(refreshToken))
})

test('[SE44] a device that is not used for 30 days, or 90 days in all, logs in again', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  const idle = value(await logIn(world, user))
  await world.clock.advance(LOGIN_IDLE_MS)
  expect(refusalOf(await world.security.logins.refresh(idle.refreshToken))).toBe('token_expired')
  expect(world.security.logins.list(user.id)).toEqual([])

  let tokens = value(await logIn(world, user))
  const begun = world.clock.now()
  for (let turn = 0; turn < 4; turn += 1) {
    await world.clock.advance(20 * 86_400_000)
    tokens = value(await world.security.logins.refresh(tokens.refreshToken))
  }
  expect(tokens.refreshExpiresAt).toBe(begun + LOGIN_MAXIMUM_MS)
  await world.clock.advance(10 * 86_400_000)
  expect(refusalOf(await world.security.logins.refresh(tokens.refreshToken))).toBe('token_expired')
})

test('[SE45] one device more than twenty ends the one that was not used for the longest time', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  // Real checks of twenty passwords would take a second.
  vi.mocked(argon2.verify).mockResolvedValue(true)
  const devices = []
  for (let turn = 0; turn < MAXIMUM_LOGINS_PER_USER; turn += 1) {
    devices.push(value(await logIn(world, user)))
    await world.clock.advance(1_000)
  }
  const [first, second] = devices
  if (first === undefined || second === undefined) throw new Error('there are twenty')
  value(await world.security.logins.refresh(first.refreshToken))
  const revoked = revocationsOf(world)
  value(await logIn(world, user))
  expect(revoked.map(each => each.loginId)).toEqual([second.loginId])
  expect(world.security.logins.list(user.id)).toHaveLength(MAXIMUM_LOGINS_PER_USER)
})

test('[SE46] logging out ends the device at once, for requests and for its open sockets', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  const other = await addUser(world, 'viewer')
  const { accessToken, refreshToken, loginId } = value(await logIn(world, user))
  const principal = value(await world.security.authority.authenticate(accessToken))
  const revoked = revocationsOf(world)
  const revoke = (by: string, userId: typeof user.id) => world.security.logins.revoke({ by, userId, loginId })
  // Another person's device is as unknown as none.
  expect(refusalOf(await revoke('user:other', other.id))).toBe('not_found')
  expect(world.security.authority.current(principal)).not.toBeNull()
  value(await revoke(principal.actor, user.id))
  expect(revoked).toMatchObject([{ userId: user.id, loginId }])
  expect(world.security.authority.current(principal)).toBeNull()
  expect(refusalOf(await world.security.authority.authenticate(accessToken))).toBe('token_revoked')
  expect(refusalOf(await world.security.logins.refresh(refreshToken))).toBe('token_revoked')
  expect(refusalOf(await revoke(principal.actor, user.id))).toBe('not_found')
})

test('[SE46] all devices of a user are logged out with one word, and of nobody else', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  const other = value(await logIn(world, await addUser(world, 'viewer')))
  const tokens = [value(await logIn(world, user)), value(await logIn(world, user))]
  expect(value(await world.security.logins.revokeAll({ by: 'local', userId: user.id }))).toBe(2)
  for (const { accessToken } of tokens)
    expect(refusalOf(await world.security.authority.authenticate(accessToken))).toBe('token_revoked')
  value(await world.security.authority.authenticate(other.accessToken))
})

test('[SE46] a disabled user is out at once, with every device and every API token', async () => {
  const world = await makeWorld()
  await addUser(world, 'owner')
  const user = await addUser(world, 'viewer')
  const { authority, users, apiTokens } = world.security
  const tokens = value(await logIn(world, user))
  const made = await apiTokens.create({
    userId: user.id,
    name: 'a script',
    scopes: ['read'],
    expiresAt: null,
  })
  const { token } = value(made)
  const byToken = value(await authority.authenticate(token))
  const revoked = revocationsOf(world)
  value(await users.update({ by: 'local', userId: user.id, change: { status: 'disabled' } }))
  expect(refusalOf(await authority.authenticate(tokens.accessToken))).toBe('token_revoked')
  expect(refusalOf(await authority.authenticate(token))).toBe('token_revoked')
  expect(authority.current(byToken)).toBeNull()
  // Whoever is let in again makes new ones.
  value(await users.update({ by: 'local', userId: user.id, change: { status: 'active' } }))
  expect(refusalOf(await authority.authenticate(token))).toBe('token_revoked')
  // Sockets of the device, and all the others of the user.
  expect(revoked.map(each => [each.userId, each.loginId])).toEqual([
    [user.id, tokens.loginId],
    [user.id, null],
  ])
})

test('[SE47] who changes the password stays, every other device of the user is logged out', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  const here = value(await logIn(world, user))
  const there = value(await logIn(world, user))
  const next = 'another four plain words'
  const change = (current: string, password: string) =>
    world.security.users.changePassword({
      userId: user.id,
      loginId: here.loginId,
      current,
      next: password,
      address: '192.0.2.1',
    })
  expect(refusalOf(await change('wrong', next))).toBe('login_failed')
  expect(refusalOf(await change('four plain words together', 'short'))).toBe('invalid')
  value(await change('four plain words together', next))
  value(await world.security.authority.authenticate(here.accessToken))
  expect(refusalOf(await world.security.authority.authenticate(there.accessToken))).toBe('token_revoked')
  expect(refusalOf(await logIn(world, user))).toBe('login_failed')
  value(await logIn(world, user, { password: next }))
  const own = { userId: user.id, name: 'a script', scopes: ['read'], expiresAt: null } as const
  const script = value(await world.security.apiTokens.create(own))
  value(await world.security.authority.authenticate(script.token))
  // By an owner, for somebody who has forgotten it or had it stolen: nobody stays, and nothing that was made with it.
  value(
    await world.security.users.setPassword({ by: 'local', userId: user.id, password: 'words of an owner' }),
  )
  for (const token of [here.accessToken, script.token])
    expect(refusalOf(await world.security.authority.authenticate(token))).toBe('token_revoked')
  expect(world.security.apiTokens.list(user.id)).toEqual([])
})

test('[SE48] who may read the data folder is an owner for some minutes, and nobody in particular', async () => {
  const world = await makeWorld()
  const { token } = await world.security.logins.localToken()
  const principal = value(await world.security.authority.authenticate(token))
  expect(principal).toMatchObject({ actor: 'local', userId: null, role: 'owner' })
  expect(world.security.authority.may(principal, 'user.manage', null)).toBe(true)
  await world.clock.advance(15 * 60_000)
  expect(world.security.authority.current(principal)).toBeNull()
  expect(refusalOf(await world.security.authority.authenticate(token))).toBe('token_expired')
})
