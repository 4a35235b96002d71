import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import type { LoginId, UserId } from '../domain/ids.ts'
import { secureRandom } from '../ops/secure-random.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { ACCESS_TOKEN_MS, AccessTokens } from './access-tokens.ts'
import { MasterKeys } from './master-keys.ts'
import { refusalOf, value } from './testing/world.ts'

const HOLDER = { kind: 'login', userId: 'a user' as UserId, loginId: 'a login' as LoginId } as const

function make() {
  const clock = new ManualClock()
  const keys = new MasterKeys([{ version: 1, bytes: secureRandom(32) }], async () => ({
    ok: true,
    value: undefined,
  }))
  return { clock, keys, tokens: new AccessTokens({ keys, clock }) }
}

interface Forgery {
  readonly alg?: string
  readonly typ?: string
  readonly issuer?: string
  readonly audience?: string
  readonly key?: Uint8Array
  readonly claims?: Record<string, unknown>
}

/** A token like ours but for what is said. */
async function forge({ clock, keys }: ReturnType<typeof make>, forgery: Forgery): Promise<string> {
  const now = Math.floor(clock.now() / 1_000)
  return new SignJWT(forgery.claims ?? { sub: HOLDER.userId, sid: HOLDER.loginId })
    .setProtectedHeader({ alg: forgery.alg ?? 'HS256', typ: forgery.typ ?? 'at+jwt' })
    .setIssuer(forgery.issuer ?? 'lockstep')
    .setAudience(forgery.audience ?? 'lockstep')
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .sign(forgery.key ?? keys.current('access-token'))
}

test('[SE40] an access token is its holder for fifteen minutes at most, and then expired', async () => {
  const world = make()
  const { token, expiresAt } = await world.tokens.sign(HOLDER)
  expect(expiresAt).toBeLessThanOrEqual(world.clock.now() + ACCESS_TOKEN_MS)
  expect(ACCESS_TOKEN_MS).toBeLessThanOrEqual(15 * 60_000)
  expect(value(await world.tokens.read(token))).toEqual({ holder: HOLDER, expiresAt })
  await world.clock.advance(ACCESS_TOKEN_MS)
  expect(refusalOf(await world.tokens.read(token))).toBe('token_expired')
})

test('[SE40] an access token ends no later than its login', async () => {
  const world = make()
  const endsAt = world.clock.now() + 5_000
  expect((await world.tokens.sign(HOLDER, endsAt)).expiresAt).toBe(endsAt)
})

const FORGERIES: readonly [string, Forgery][] = [
  ['with another algorithm', { alg: 'HS512' }],
  ['of another type', { typ: 'JWT' }],
  ['with another key', { key: secureRandom(32) }],
  ['of another issuer', { issuer: 'somebody' }],
  ['for another audience', { audience: 'somebody' }],
  ['without a login', { claims: { sub: HOLDER.userId } }],
]

test.each(FORGERIES)('[SE41] a token %s is refused', async (_, forgery) => {
  const world = make()
  expect(refusalOf(await world.tokens.read(await forge(world, {})))).toBe('done')
  expect(refusalOf(await world.tokens.read(await forge(world, forgery)))).toBe('token_invalid')
})

test('[SE41] a token that names no algorithm, or is none, or is too long, is refused', async () => {
  const world = make()
  const { token } = await world.tokens.sign(HOLDER)
  const [, payload = '', signature = ''] = token.split('.')
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url')
  for (const forged of [
    `${header}.${payload}.`,
    `${header}.${payload}.${signature}`,
    'x',
    'a.b.c',
    '🔑'.repeat(9_999),
  ])
    expect(refusalOf(await world.tokens.read(forged))).toBe('token_invalid')
  expect(refusalOf(await world.tokens.read(''))).toBe('token_missing')
  // Neither does a refusal say what was wrong, nor does it hold the token.
  const refused = await world.tokens.read(`${header}.${payload}.`)
  expect(JSON.stringify(refused)).not.toContain(payload)
})
