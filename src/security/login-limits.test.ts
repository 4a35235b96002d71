import * as argon2 from '@node-rs/argon2'
import { afterEach, expect, test, vi } from 'vitest'
import { networkOf } from './names.ts'
import { TRIES_PER_ADDRESS, TRIES_PER_EMAIL, TRIES_WINDOW_MS } from './password-gate.ts'
import { actsOf, addUser, logIn, makeWorld, PASSWORD, refusalOf, value } from './testing/world.ts'

vi.mock('@node-rs/argon2', { spy: true })
afterEach(() => void vi.mocked(argon2.verify).mockReset())

/** Counting is what is looked at here: a hundred real checks would take seconds. */
function letEveryPasswordBeWrong(): void {
  vi.mocked(argon2.verify).mockResolvedValue(false)
}

test('[SE31] after 20 wrong passwords even the right one is refused, from anywhere, until the window ends', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  letEveryPasswordBeWrong()
  for (let turn = 0; turn < TRIES_PER_EMAIL; turn += 1) {
    const address = `192.0.2.${turn}`
    expect(refusalOf(await logIn(world, user, { password: 'wrong', address }))).toBe('login_failed')
  }
  const refused = await logIn(world, user, { address: '198.51.100.7' })
  expect(refused).toMatchObject({ error: { code: 'rate_limited', retryAfterMs: TRIES_WINDOW_MS } })
  expect(refusalOf(await logIn(world, user))).toBe('rate_limited')
  // Told once: the chain must not grow by a flood.
  expect(actsOf(world).filter(act => act === 'system login.locked')).toHaveLength(1)
  vi.mocked(argon2.verify).mockReset()
  await world.clock.advance(TRIES_WINDOW_MS)
  value(await logIn(world, user))
})

test('[SE31] many wrong passwords at once are not more than many in a row', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  letEveryPasswordBeWrong()
  const tries = Array.from({ length: 2 * TRIES_PER_EMAIL }, () => logIn(world, user, { password: 'wrong' }))
  const codes = (await Promise.all(tries)).map(refusalOf)
  expect(codes.filter(code => code === 'login_failed')).toHaveLength(TRIES_PER_EMAIL)
})

test('[SE31] who logs in begins to count anew', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  const wrong = Array.from({ length: TRIES_PER_EMAIL - 1 }, () => 'wrong')
  for (const password of [...wrong, PASSWORD, ...wrong, PASSWORD]) {
    vi.mocked(argon2.verify).mockResolvedValueOnce(password === PASSWORD)
    expect(refusalOf(await logIn(world, user, { password }))).not.toBe('rate_limited')
  }
})

test('[SE36] one address that tries many emails is refused, and others are not', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  // An IPv6 customer has 2^64 addresses to try from.
  const addressOf = (turn: number) => `2001:db8:0:1::${turn.toString(16)}`
  letEveryPasswordBeWrong()
  for (let turn = 0; turn < TRIES_PER_ADDRESS; turn += 1)
    await logIn(world, { email: `nobody${turn}@example.com` }, { address: addressOf(turn) })
  expect(refusalOf(await logIn(world, user, { address: addressOf(500) }))).toBe('rate_limited')
  vi.mocked(argon2.verify).mockReset()
  value(await logIn(world, user, { address: '2001:db8:0:2::1' }))
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:0:1::7', '2001:db8:0:1::/64'],
  ['2001:0DB8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
  ['', ''],
])('[SE36] %s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('[SE32] nobody learns whether there is a user: answer, audit row and work are the same', async () => {
  const world = await makeWorld()
  await addUser(world, 'owner')
  const known = await addUser(world, 'viewer', 'known')
  const disabled = await addUser(world, 'viewer', 'disabled')
  const change = { status: 'disabled' } as const
  value(await world.security.users.update({ by: 'local', userId: disabled.id, change }))
  const cases = [
    { email: known.email, password: 'a wrong password' },
    { email: 'nobody@example.com', password: 'a wrong password' },
    { email: disabled.email, password: PASSWORD },
    { email: 'no email at all', password: 'a wrong password' },
  ]
  const seen = []
  for (const { email, password } of cases) {
    vi.mocked(argon2.verify).mockClear()
    const before = actsOf(world).length
    const answer = await logIn(world, { email }, { password })
    const acts = actsOf(world).slice(before)
    seen.push(JSON.stringify({ answer, acts, verified: vi.mocked(argon2.verify).mock.calls.length }))
  }
  expect(new Set(seen)).toEqual(new Set([seen[0]]))
  expect(seen[0]).toContain('"code":"login_failed"')
  expect(seen[0]).toContain('"acts":["system login.failed"],"verified":1')
  // The decoy costs what a real one costs: same algorithm, same parameters.
  const [decoy] = vi.mocked(argon2.verify).mock.calls.at(-1) ?? []
  expect(decoy).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  // What was typed in place of an email may be a password: it is kept nowhere.
  expect(world.records.dump()).not.toContain('no email at all')
})
