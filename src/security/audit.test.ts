import { expect, test } from 'vitest'
import type { AuditEntry } from '../domain/audit.ts'
import type { AccountId, UserId } from '../domain/ids.ts'
import { err, ok } from '../domain/result.ts'
import { secureRandom } from '../ops/secure-random.ts'
import {
  type AuditChain,
  type CommitFailure,
  type CommitWith,
  MAXIMUM_WAITING_ACTS,
  verifyStoredAudit,
} from './audit-chain.ts'
import { HEAD_SETTING, hashOf, NO_HASH } from './audit-entry.ts'
import type { AuditFault } from './audit-verify.ts'
import { openMasterKeys } from './master-key-file.ts'
import { actsOf, addUser, makeWorld, refusalOf, value, type World } from './testing/world.ts'

const ACT = { actor: 'local', action: 'test.act', subject: null, detail: null }

async function withActs(count: number): Promise<World> {
  const world = await makeWorld()
  for (let turn = 1; turn <= count; turn += 1)
    value(await world.security.audit.append({ ...ACT, detail: { turn } }, world.records.commit))
  return world
}

async function faultsOf(chain: AuditChain): Promise<string[]> {
  return (await chain.verify()).faults.map(nameOf)
}

function nameOf({ kind, sequence }: AuditFault): string {
  return `${kind} ${sequence}`
}

/** Every row hashed anew, as who can write to the database can do it. */
function hashedAnew(entries: readonly AuditEntry[]): AuditEntry[] {
  let previousHash = NO_HASH
  return entries.map((entry, at) => {
    const body = { ...entry, sequence: at + 1, previousHash }
    previousHash = hashOf(body)
    return { ...body, hash: previousHash }
  })
}

test('[SE60] an untouched chain verifies, however many pages it has', async () => {
  const world = await withActs(1_100)
  const verdict = await world.security.audit.verify()
  expect(verdict).toMatchObject({ entries: 1_100, faults: [], head: { sequence: 1_100 } })
  expect(world.records.audit[0]).toMatchObject({ sequence: 1, previousHash: NO_HASH })
})

const TAMPERING: readonly [string, (entries: AuditEntry[]) => AuditEntry[], string][] = [
  ['an edited row', entries => entries.with(2, { ...entry(entries, 2), actor: 'system' }), 'edited 3'],
  ['a deleted row', entries => entries.toSpliced(2, 1), 'broken 4'],
  ['a cut tail', entries => entries.slice(0, 3), 'cut 4'],
  ['an empty chain', () => [], 'cut 1'],
  ['two rows in each other’s place', swapped, 'broken 2'],
  ['a row that was added', entries => hashedAnew([...entries, entry(entries, 0)]), 'added 6'],
  [
    'a chain that was hashed anew',
    e => hashedAnew(e.with(1, { ...entry(e, 1), action: 'other' })),
    'edited 5',
  ],
]

test.each(TAMPERING)('[SE61] %s is found', async (_, tamper, fault) => {
  const world = await withActs(5)
  world.records.audit = tamper(world.records.audit)
  expect(await faultsOf(world.security.audit)).toContain(fault)
})

function entry(entries: readonly AuditEntry[], at: number): AuditEntry {
  const found = entries[at]
  if (found === undefined) throw new Error(`there is no row ${at}`)
  return found
}

/** Each has the other's sequence: the numbers alone look right. */
function swapped(entries: readonly AuditEntry[]): AuditEntry[] {
  const [second, third] = [entry(entries, 1), entry(entries, 2)]
  return entries.with(1, { ...third, sequence: 2 }).with(2, { ...second, sequence: 3 })
}

test('[SE62] a chain that is changed while no server runs is found by the next one, and stays to be seen', async () => {
  const world = await withActs(5)
  world.records.audit = world.records.audit.slice(0, 3)
  const next = await world.restart()
  expect(next.log.join()).toContain('audit_chain_changed')
  value(await next.security.audit.append(ACT, next.records.commit))
  // The server goes on, and has signed a new head: what happened must not be covered by that.
  expect(await faultsOf(next.security.audit)).toEqual(['broken 6', 'continued 6'])
  const again = await next.restart()
  expect(await faultsOf(again.security.audit)).toEqual(['broken 6', 'continued 6'])
})

test('[SE62] a head that is missing, or of another key, is found', async () => {
  for (const head of ['', '1.5.abc.def', `1.0.${NO_HASH}.${'0'.repeat(64)}`]) {
    const world = await withActs(5)
    world.records.tamper({ kind: 'setting', row: { name: HEAD_SETTING, value: head } })
    expect(await faultsOf((await world.restart()).security.audit)).toEqual(['continued 6'])
  }
})

test('[SE68] people without a chain are found: nobody comes without an act', async () => {
  const world = await makeWorld()
  await addUser(world, 'owner')
  const keys = value(await openMasterKeys({ path: world.keyPath, inUse: true, secureRandom }))
  // Whoever can write to the database takes all that was done, and what says where it ended.
  world.records.audit = []
  world.records.forgetSetting(HEAD_SETTING)
  expect((await verifyStoredAudit(world.records, keys)).faults.map(nameOf)).toEqual(['head 0'])
  const next = await world.restart()
  expect(next.log.join()).toContain('audit_chain_changed')
  expect(await faultsOf(next.security.audit)).toEqual(['continued 1'])
})

test('[SE62] a stored chain is verified without a server, and nothing is written by it', async () => {
  const world = await withActs(5)
  const keys = value(await openMasterKeys({ path: world.keyPath, inUse: true, secureRandom }))
  const units = world.records.units.length
  expect((await verifyStoredAudit(world.records, keys)).faults).toEqual([])
  world.records.audit = hashedAnew(world.records.audit.slice(0, 4))
  expect((await verifyStoredAudit(world.records, keys)).faults.map(nameOf)).toEqual(['cut 5'])
  world.records.tamper({ kind: 'setting', row: { name: HEAD_SETTING, value: 'forged' } })
  expect((await verifyStoredAudit(world.records, keys)).faults.map(nameOf)).toEqual(['head 4'])
  expect(world.records.units).toHaveLength(units)
})

test('[SE63] acts at the same time take their places one after the other, and a refused one leaves no gap', async () => {
  const world = await makeWorld()
  const { audit } = world.security
  const refused = async () => err({ kind: 'conflict', message: 'not this one' } as const)
  const done = await Promise.all(
    Array.from({ length: 20 }, (_, at) => audit.append(ACT, at % 3 === 0 ? refused : world.records.commit)),
  )
  expect(done.filter(each => each.ok)).toHaveLength(13)
  expect(world.records.audit.map(each => each.sequence)).toEqual(
    Array.from({ length: 13 }, (_, at) => at + 1),
  )
  expect(await faultsOf(audit)).toEqual([])
})

test('[SE63] an act that breaks off does not hold up those after it', async () => {
  const world = await makeWorld()
  const { audit } = world.security
  const broken = audit.append(ACT, async () => {
    throw new Error('a bug')
  })
  await expect(broken).rejects.toThrow('a bug')
  value(await audit.append(ACT, world.records.commit))
  expect(await faultsOf(audit)).toEqual([])
})

test('[SE64] a change and its row in the chain are one unit, and memory has it only when that is durable', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  const kinds = world.records.units.at(-1)?.map(write => write.kind)
  expect(kinds).toEqual(['user', 'audit', 'setting'])
  // While the unit is under way, what is read is what was.
  let release = (): void => {}
  world.records.gate = new Promise(resolve => {
    release = resolve
  })
  const change = { name: 'Another Name' }
  const updating = world.security.users.update({ by: 'local', userId: user.id, change })
  await new Promise(resolve => setImmediate(resolve))
  expect(world.security.users.find(user.id)?.name).toBe('owner')
  release()
  value(await updating)
  expect(world.security.users.find(user.id)?.name).toBe('Another Name')
})

test('[SE64] a store that takes nothing leaves memory as it was, and its own words stay in the log', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  for (const failing of ['unavailable', 'conflict'] as const) {
    world.records.failing = failing
    const change = { name: 'Another Name' }
    const updated = await world.security.users.update({ by: 'local', userId: user.id, change })
    expect(refusalOf(updated)).toBe(failing)
    expect(JSON.stringify(updated)).not.toContain('lockstep.db')
    expect(world.log.at(-1)).toContain('lockstep.db')
    expect(world.security.users.find(user.id)?.name).toBe('owner')
  }
  expect(await faultsOf(world.security.audit)).toEqual([])
})

test('[SE65] a change whose answer was lost is in memory as soon as the store has said that it is durable', async () => {
  const world = await makeWorld()
  const user = await addUser(world, 'owner')
  world.records.failing = 'unavailable though durable'
  const change = { name: 'Another Name' }
  const updated = await world.security.users.update({ by: 'local', userId: user.id, change })
  expect(refusalOf(updated)).toBe('unavailable')
  await addUser(world, 'viewer')
  expect(world.security.users.find(user.id)?.name).toBe('Another Name')
  expect(actsOf(world)).toEqual(['local user.create', 'local user.update', 'local user.create'])
  expect(await faultsOf(world.security.audit)).toEqual([])
})

test('[SE66] at most a thousand acts wait for a slow database; the next one is told so at once', async () => {
  const world = await makeWorld()
  let release = (): void => {}
  world.records.gate = new Promise(resolve => {
    release = resolve
  })
  const { audit } = world.security
  const waiting = Array.from({ length: MAXIMUM_WAITING_ACTS }, () => audit.append(ACT, world.records.commit))
  expect(await audit.append(ACT, async () => ok())).toMatchObject({ error: { kind: 'unavailable' } })
  release()
  expect((await Promise.all(waiting)).every(each => each.ok)).toBe(true)
  value(await audit.append(ACT, world.records.commit))
})

test('[SE64] a room with rows of its own makes one unit of them, the profile and the act', async () => {
  const world = await makeWorld()
  const { profiles, ledger } = world.security
  const accountId = 'an account' as AccountId
  const profile = { accountId, ownerId: null, labels: ['vip'] }
  const create = (commit: CommitWith<string, CommitFailure>) =>
    ledger.runWith({ act: ACT, decide: () => profiles.change(profile), commit })
  const refused = await create(async () => err({ kind: 'conflict' }))
  expect(refused).toEqual(err({ kind: 'conflict' }))
  expect(profiles.find(accountId).labels).toEqual([])
  const seen: string[] = []
  const done = await create(async rows => {
    seen.push(...rows.map(row => row.kind))
    const committed = await world.records.commit(rows)
    return committed.ok ? ok('the new roster') : committed
  })
  expect(value(done)).toBe('the new roster')
  expect(seen).toEqual(['account_profile', 'audit', 'setting'])
  expect(profiles.find(accountId).labels).toEqual(['vip'])
  const unknownOwner = { ...profile, ownerId: 'nobody' as UserId }
  const decided = await ledger.runWith({
    act: ACT,
    decide: () => profiles.change(unknownOwner),
    commit: async () => ok(),
  })
  expect(decided).toMatchObject({ error: { code: 'not_found' } })
  expect(await faultsOf(world.security.audit)).toEqual([])
})
