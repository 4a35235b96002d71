import * as argon2 from '@node-rs/argon2'
import { Secret, TOTP } from 'otpauth'
import { afterEach, expect, test, vi } from 'vitest'
import type { User } from '../domain/user.ts'
import { TRIES_PER_EMAIL } from './password-gate.ts'
import {
  ADDRESS,
  addUser,
  logIn,
  makeWorld,
  PASSWORD,
  refusalOf,
  value,
  type World,
} from './testing/world.ts'

vi.mock('@node-rs/argon2', { spy: true })
afterEach(() => void vi.mocked(argon2.verify).mockReset())

const PERIOD_MS = 30_000

function codeAt(secret: string, at: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret), period: 30, digits: 6 }).generate({ timestamp: at })
}

function who(user: User, password = PASSWORD) {
  return { userId: user.id, password, address: ADDRESS }
}

/** A user whose second factor is on. The code that confirmed it is used up. */
async function withSecondFactor(world: World): Promise<{ user: User; secret: string }> {
  const user = await addUser(world, 'owner')
  const { secret, uri } = value(await world.security.secondFactor.begin(who(user)))
  expect(uri).toMatch(/^otpauth:\/\/totp\/Lockstep:owner%40example.com\?.*secret=/)
  const code = codeAt(secret, world.clock.now())
  value(await world.security.secondFactor.confirm({ userId: user.id, code }))
  return { user, secret }
}

test('[SE35] a second factor counts from the moment in which a code has confirmed it', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  const { secret } = value(await world.security.secondFactor.begin(who(user)))
  // The app may not have taken the secret: nobody is locked out by that.
  expect(world.security.secondFactor.isOn(user.id)).toBe(false)
  value(await logIn(world, user))
  const confirm = (code: string) => world.security.secondFactor.confirm({ userId: user.id, code })
  expect(refusalOf(await confirm('000000'))).toBe('invalid')
  value(await confirm(codeAt(secret, world.clock.now())))
  expect(world.security.secondFactor.isOn(user.id)).toBe(true)
  expect(refusalOf(await logIn(world, user))).toBe('totp_required')
  await world.clock.advance(PERIOD_MS)
  value(await logIn(world, user, { code: codeAt(secret, world.clock.now()) }))
  expect(refusalOf(await world.security.secondFactor.begin(who(user)))).toBe('conflict')
})

test('[SE34] a code is taken once, also by two at once and after a restart', async () => {
  const world = await makeWorld()
  const { user, secret } = await withSecondFactor(world)
  await world.clock.advance(PERIOD_MS)
  const code = codeAt(secret, world.clock.now())
  const both = await Promise.all([logIn(world, user, { code }), logIn(world, user, { code })])
  expect(both.map(refusalOf).sort()).toEqual(['done', 'login_failed'])
  const next = await world.restart()
  expect(refusalOf(await logIn(next, user, { code }))).toBe('login_failed')
})

test('[SE34] a code is good for one period before and after its own, and never one older than the last', async () => {
  const world = await makeWorld()
  const { user, secret } = await withSecondFactor(world)
  await world.clock.advance(10 * PERIOD_MS)
  const now = world.clock.now()
  const tryCode = async (at: number) => refusalOf(await logIn(world, user, { code: codeAt(secret, at) }))
  expect(await tryCode(now - 2 * PERIOD_MS)).toBe('login_failed')
  expect(await tryCode(now + 2 * PERIOD_MS)).toBe('login_failed')
  expect(await tryCode(now - PERIOD_MS)).toBe('done')
  expect(await tryCode(now + PERIOD_MS)).toBe('done')
  // Its own period was not used, but a younger code was: whoever comes with it now has read it off a screen.
  expect(await tryCode(now)).toBe('login_failed')
})

test('[SE34] wrong codes are tries like wrong passwords', async () => {
  const world = await makeWorld()
  const { user, secret } = await withSecondFactor(world)
  await world.clock.advance(PERIOD_MS)
  // Real checks of twenty passwords would take a second.
  vi.mocked(argon2.verify).mockResolvedValue(true)
  for (let turn = 0; turn < TRIES_PER_EMAIL; turn += 1)
    expect(refusalOf(await logIn(world, user, { code: '000000' }))).toBe('login_failed')
  const right = codeAt(secret, world.clock.now())
  expect(refusalOf(await logIn(world, user, { code: right }))).toBe('rate_limited')
})

test('[SE35] a second factor is begun and switched off by password alone, or by an owner', async () => {
  // A device that was left logged in must not let a stranger lock its user out, or in.
  const world = await makeWorld()
  const { user, secret } = await withSecondFactor(world)
  const { secondFactor } = world.security
  expect(refusalOf(await secondFactor.switchOff(who(user, 'wrong')))).toBe('login_failed')
  value(await secondFactor.switchOff(who(user)))
  value(await logIn(world, user))
  expect(refusalOf(await secondFactor.remove({ by: 'local', userId: user.id }))).toBe('not_found')
  expect(refusalOf(await secondFactor.begin(who(user, 'wrong')))).toBe('login_failed')
  // The next one has another secret.
  expect(value(await secondFactor.begin(who(user))).secret).not.toBe(secret)
  value(await secondFactor.remove({ by: 'user:another', userId: user.id }))
})

test('[SE35] a second factor that cannot be read is no leave to do without it', async () => {
  const world = await makeWorld()
  const { user } = await withSecondFactor(world)
  const row = (await world.records.directory()).secrets.find(secret => secret.field === 'totp')
  if (row === undefined) throw new Error('the second factor is sealed')
  world.records.tamper({ kind: 'secret', row: { ...row, sealed: 'v1.AAAA.AAAA' } })
  const next = await world.restart()
  expect(refusalOf(await logIn(next, user))).toBe('unavailable')
  expect(next.security.secondFactor.isOn(user.id)).toBe(true)
})
