import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { AccountId } from '../domain/ids.ts'
import { ok } from '../domain/result.ts'
import type { MasterKey } from './keyring.ts'
import { parseKeyring } from './keyring.ts'
import {
  accountOf,
  actsOf,
  addUser,
  logIn,
  makeWorld,
  refusalOf,
  value,
  type World,
} from './testing/world.ts'

const ACCOUNTS = Array.from({ length: 250 }, (_, at) => `00000000-0000-7000-8000-${at}` as AccountId)

/** A server with more secrets than fit into one unit. */
async function makeFullWorld(): Promise<World> {
  const world = await makeWorld()
  for (const accountId of ACCOUNTS) {
    const credential = { key: `key of ${accountId}`, secret: `secret of ${accountId}` }
    value(await world.security.credentials.setCredential({ by: 'local', accountId, credential }))
  }
  return world
}

function expectAllOpen({ security }: World): void {
  for (const id of ACCOUNTS)
    expect(security.vault.credential(accountOf(id))).toEqual(
      ok({ key: `key of ${id}`, secret: `secret of ${id}` }),
    )
}

async function keysIn({ keyPath }: World): Promise<readonly MasterKey[]> {
  return value(parseKeyring(await readFile(keyPath, 'utf8')))
}

test('[SE26] a rotation seals everything with a new key, in small units, and forgets the former key', async () => {
  const world = await makeFullWorld()
  const [former] = await keysIn(world)
  value(await world.security.rotation.rotate('local'))
  expectAllOpen(world)
  const keys = await keysIn(world)
  expect(keys.map(key => key.version)).toEqual([2])
  expect(keys[0]?.bytes).not.toEqual(former?.bytes)
  const { secrets } = await world.records.directory()
  expect(new Set(secrets.map(row => row.keyVersion))).toEqual(new Set([2]))
  expect(actsOf(world).filter(act => act.includes(' key.'))).toEqual([
    'local key.reseal',
    'local key.reseal',
    'local key.reseal',
    'local key.rotate',
  ])
  const next = await world.restart()
  expectAllOpen(next)
  expect((await next.security.audit.verify()).faults).toEqual([])
})

test('[SE26] a rotation logs everybody out: what was signed with the former key is worth nothing', async () => {
  const world = await makeWorld()
  const owner = await addUser(world, 'owner')
  const tokens = value(await logIn(world, owner))
  const revoked: (string | null)[] = []
  world.security.authority.onRevoked(({ loginId }) => revoked.push(loginId))
  value(await world.security.rotation.rotate('local'))
  expect(revoked).toEqual([tokens.loginId])
  expect(refusalOf(await world.security.authority.authenticate(tokens.accessToken))).toBe('token_invalid')
  expect(refusalOf(await world.security.logins.refresh(tokens.refreshToken))).toBe('token_invalid')
  value(await logIn(world, owner))
})

// 250 secrets make three units, one more ends the login, and one tells of it: a kill before each of them.
test.each([0, 1, 2, 3, 4])(
  '[SE27] a rotation that is killed after %i units is finished by the next start',
  async units => {
    const world = await makeFullWorld()
    value(await logIn(world, await addUser(world, 'owner')))
    world.records.commitsLeft = units
    expect(refusalOf(await world.security.rotation.rotate('local'))).toBe('unavailable')
    expectAllOpen(world)
    world.records.commitsLeft = Number.POSITIVE_INFINITY
    const next = await world.restart()
    expectAllOpen(next)
    expect((await keysIn(next)).map(key => key.version)).toEqual([2])
    expect((await next.security.audit.verify()).faults).toEqual([])
  },
)

test('[SE27] a secret that does not open keeps the former key, and the server all the same starts', async () => {
  const world = await makeFullWorld()
  const [row] = (await world.records.directory()).secrets
  if (row === undefined) throw new Error('there are secrets')
  world.records.tamper({ kind: 'secret', row: { ...row, sealed: 'v1.AAAA.AAAA' } })
  const changed = await world.restart()
  expect(refusalOf(await changed.security.rotation.rotate('local'))).toBe('conflict')
  const next = await changed.restart()
  expect(next.log.join()).toContain('key_rotation_unfinished')
  expect((await keysIn(next)).map(key => key.version)).toEqual([1, 2])
  // Set anew, it is in the way no longer.
  const [accountId] = ACCOUNTS
  if (accountId === undefined) throw new Error('there are accounts')
  const credential = { key: 'k', secret: 's' }
  value(await next.security.credentials.setCredential({ by: 'local', accountId, credential }))
  value(await next.security.rotation.rotate('local'))
  expect((await keysIn(next)).map(key => key.version)).toEqual([2])
})
