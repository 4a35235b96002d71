import { expect, test } from 'vitest'
import type { AccountId, SourceId } from '../domain/ids.ts'
import { ok } from '../domain/result.ts'
import { MAXIMUM_API_TOKENS_PER_USER } from './api-tokens.ts'
import { traces } from './testing/canary.ts'
import { accountOf, addUser, logIn, makeWorld, PASSWORD, refusalOf, value } from './testing/world.ts'

const ACCOUNT = '0193a000-0000-7000-8000-000000000001' as AccountId
const SOURCE = '0193a000-0000-7000-8000-000000000002' as SourceId
const OTHER_SOURCE = '0193a000-0000-7000-8000-000000000003' as SourceId
const BY = 'local'

test('[SE20] no secret is found in rows, audit, logs or answers, in whatever form', async () => {
  const world = await makeWorld()
  const { security, records } = world
  const credential = { key: 'CANARYKEY0123456789', secret: 'CANARYSECRET9876543210' }
  const user = await addUser(world, 'owner')
  value(await security.credentials.setCredential({ by: BY, accountId: ACCOUNT, credential }))
  const hook = value(await security.credentials.setHook({ by: BY, sourceId: SOURCE }))
  const scopes = ['read'] as const
  const made = await security.apiTokens.create({ userId: user.id, name: 'script', scopes, expiresAt: null })
  const who = { userId: user.id, password: PASSWORD, address: '192.0.2.1' }
  const { secret: totp } = value(await security.secondFactor.begin(who))
  const tokens = value(await logIn(world, user))
  // What goes wrong, with the secrets at hand.
  records.failing = 'conflict'
  const refused = [
    await security.credentials.setCredential({ by: BY, accountId: ACCOUNT, credential }),
    await logIn(world, user, { password: credential.secret }),
    await security.logins.refresh(`${tokens.refreshToken}x`),
  ]
  value(await security.rotation.rotate(BY))
  const [row] = (await records.directory()).secrets
  if (row === undefined) throw new Error('there are secrets')
  records.tamper({ kind: 'secret', row: { ...row, keyVersion: 7 } })
  const changed = await world.restart()
  const unopened = changed.security.vault.credential(accountOf(ACCOUNT))

  const everything = [records.dump(), world.log.join('\n'), JSON.stringify([refused, unopened])].join('\n')
  const secrets = [credential.key, credential.secret, hook.slice(SOURCE.length + 1), totp, PASSWORD]
  const shown = [value(made).token, tokens.accessToken, tokens.refreshToken]
  for (const secret of [...secrets, ...shown]) expect(traces(secret, everything)).toEqual([])
  // A search that finds nothing shows only something when it can find.
  expect(traces(user.email, everything)).toContain('plain')
})

test('[SE28] a sealed key is used, and those of config.yaml where none is sealed', async () => {
  const ofFile = { key: 'of the file', secret: 'of the file' }
  const world = await makeWorld({ fallback: { credential: () => ok(ofFile) } })
  const { vault, credentials } = world.security
  expect(vault.credential(accountOf(ACCOUNT))).toEqual(ok(ofFile))
  const credential = { key: 'sealed', secret: 'sealed too' }
  value(await credentials.setCredential({ by: BY, accountId: ACCOUNT, credential }))
  expect(vault.credential(accountOf(ACCOUNT))).toEqual(ok(credential))
  expect((await world.restart()).security.vault.credential(accountOf(ACCOUNT))).toEqual(ok(credential))
  value(await credentials.endCredential({ by: BY, accountId: ACCOUNT }))
  expect(vault.credential(accountOf(ACCOUNT))).toEqual(ok(ofFile))
})

test('[SE29] whoever holds a session with a key is told when it changes, and not when it does not', async () => {
  const world = await makeWorld()
  const { credentials } = world.security
  const changed: AccountId[] = []
  credentials.onChanged(accountId => changed.push(accountId))
  const set = (key: string) =>
    credentials.setCredential({ by: BY, accountId: ACCOUNT, credential: { key, secret: 's' } })
  value(await set('first'))
  world.records.failing = 'unavailable'
  expect(refusalOf(await set('second'))).toBe('unavailable')
  expect(refusalOf(await set(''))).toBe('invalid')
  expect(refusalOf(await set('x'.repeat(9_000)))).toBe('invalid')
  expect(changed).toEqual([ACCOUNT])
  value(await credentials.endCredential({ by: BY, accountId: ACCOUNT }))
  expect(refusalOf(await credentials.endCredential({ by: BY, accountId: ACCOUNT }))).toBe('not_found')
  expect(changed).toEqual([ACCOUNT, ACCOUNT])
})

test('[SE57] a webhook address is its own source’s until another one is made', async () => {
  const world = await makeWorld()
  const { credentials } = world.security
  const hook = value(await credentials.setHook({ by: BY, sourceId: SOURCE }))
  value(await credentials.setHook({ by: BY, sourceId: OTHER_SOURCE }))
  expect(credentials.sourceOfHook(hook)).toBe(SOURCE)
  const secret = hook.slice(SOURCE.length + 1)
  // Another source's, of no source, without a secret, and a wrong one.
  for (const token of [
    `${OTHER_SOURCE}.${secret}`,
    `${ACCOUNT}.${secret}`,
    SOURCE,
    `${SOURCE}.`,
    '',
    `${hook}0`,
  ])
    expect(credentials.sourceOfHook(token)).toBeNull()
  const next = value(await credentials.setHook({ by: BY, sourceId: SOURCE }))
  expect(credentials.sourceOfHook(hook)).toBeNull()
  expect(credentials.sourceOfHook(next)).toBe(SOURCE)
  value(await credentials.endHook({ by: BY, sourceId: SOURCE }))
  expect(credentials.sourceOfHook(next)).toBeNull()
})

test('[SE58] an API token is shown once, found by its digest, and over when it expires or is revoked', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  const other = await addUser(world, 'viewer')
  const { apiTokens, authority } = world.security
  const create = (name: string, expiresAt: number | null) =>
    apiTokens.create({ userId: user.id, name, scopes: ['manage', 'read'], expiresAt })
  const lasting = value(await create('lasting', null))
  const short = value(await create('short', world.clock.now() + 1_000))
  expect(lasting.token).toMatch(/^lsk_[0-9A-Za-z]{43}$/)
  expect(lasting.apiToken).toMatchObject({
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    scopes: ['read', 'manage'],
  })
  value(await authority.authenticate(short.token))
  await world.clock.advance(1_000)
  expect(refusalOf(await authority.authenticate(short.token))).toBe('token_expired')
  expect(refusalOf(await authority.authenticate(`${lasting.token}x`))).toBe('token_invalid')
  expect(apiTokens.list(user.id).map(each => each.name)).toEqual(['lasting'])

  const apiTokenId = lasting.apiToken.id
  expect(refusalOf(await apiTokens.revoke({ by: BY, userId: other.id, apiTokenId }))).toBe('not_found')
  const principal = value(await authority.authenticate(lasting.token))
  const revoked: unknown[] = []
  authority.onRevoked(revocation => revoked.push(revocation.apiTokenId))
  value(await apiTokens.revoke({ by: BY, userId: user.id, apiTokenId }))
  expect(revoked).toEqual([apiTokenId])
  expect(authority.current(principal)).toBeNull()
  expect(refusalOf(await authority.authenticate(lasting.token))).toBe('token_revoked')
  expect(refusalOf(await (await world.restart()).security.authority.authenticate(lasting.token))).toBe(
    'token_revoked',
  )
})

test('[SE58] an API token without a name, a scope or a future is refused, and so is the 51st', async () => {
  const world = await makeWorld()
  const { id: userId } = await addUser(world, 'owner')
  const { apiTokens } = world.security
  const scopes = ['read'] as const
  const past = world.clock.now()
  expect(refusalOf(await apiTokens.create({ userId, name: ' ', scopes, expiresAt: null }))).toBe('invalid')
  expect(refusalOf(await apiTokens.create({ userId, name: 'a', scopes: [], expiresAt: null }))).toBe(
    'invalid',
  )
  expect(refusalOf(await apiTokens.create({ userId, name: 'a', scopes, expiresAt: past }))).toBe('invalid')
  for (let turn = 0; turn < MAXIMUM_API_TOKENS_PER_USER; turn += 1)
    value(await apiTokens.create({ userId, name: `token ${turn}`, scopes, expiresAt: null }))
  expect(refusalOf(await apiTokens.create({ userId, name: 'a', scopes, expiresAt: null }))).toBe('conflict')
})

test('[SE59] people set what has a name of theirs, never what the server keeps for itself', async () => {
  const world = await makeWorld()
  const { settings } = world.security
  value(await settings.set({ by: BY, name: 'view.colours', value: 'red_up' }))
  expect((await world.restart()).security.settings.all()).toEqual(new Map([['view.colours', 'red_up']]))
  for (const name of ['audit.head', 'audit.x', '', '../x', 'a.b.c.d.e.f', 'x'.repeat(200)])
    expect(refusalOf(await settings.set({ by: BY, name, value: '' }))).toBe('invalid')
  expect(refusalOf(await settings.set({ by: BY, name: 'a', value: 'x'.repeat(5_000) }))).toBe('invalid')
})
