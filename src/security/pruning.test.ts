import { expect, test } from 'vitest'
import { ENDED_KEPT_MS } from './pruning.ts'
import { LOGIN_IDLE_MS } from './refresh-tokens.ts'
import { actsOf, addUser, logIn, makeWorld, value } from './testing/world.ts'

test('[SE80] a login and an API token that ended a month ago leave no row, those that count stay, and the chain has them all', async () => {
  const world = await makeWorld()
  const { clock, records, security } = world
  const user = await addUser(world, 'owner')
  const make = async (name: string, expiresAt: number | null) =>
    value(await security.apiTokens.create({ userId: user.id, name, scopes: ['read'], expiresAt })).apiToken
  value(await logIn(world, user))
  const [revoked, expiring] = [await make('revoked', null), await make('expiring', clock.now() + 1_000)]
  const lasting = await make('lasting', null)
  value(await security.apiTokens.revoke({ by: 'local', userId: null, apiTokenId: revoked.id }))
  clock.jumpWall(LOGIN_IDLE_MS)
  const second = value(await logIn(world, user))
  clock.jumpWall(ENDED_KEPT_MS - 1_000)
  // The first device and the two tokens are over for a month; the second device for no more than a moment.
  clock.jumpWall(3_000)
  const acts = actsOf(world).length
  expect(await security.pruning.prune(1)).toEqual({ ok: true, value: 1 })
  expect(await security.pruning.prune(100)).toEqual({ ok: true, value: 1 })
  expect(await security.pruning.prune(100)).toEqual({ ok: true, value: 0 })
  const { logins, apiTokens } = await records.directory()
  expect(logins.map(({ id }) => id)).toEqual([second.loginId])
  expect(apiTokens.map(({ id }) => id)).toEqual([lasting.id])
  expect(apiTokens.map(({ id }) => id)).not.toContain(expiring.id)
  expect(actsOf(world)).toHaveLength(acts)
  expect(await security.audit.verify()).toMatchObject({ faults: [] })
})
