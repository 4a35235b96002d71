import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { secureRandom } from '../ops/secure-random.ts'
import { openMasterKeys } from './master-key-file.ts'
import { addUser, makeWorld, temporaryFolder, value } from './testing/world.ts'

const KEY = 'A'.repeat(43)

async function open(path: string, inUse = false) {
  return openMasterKeys({ path, inUse, secureRandom })
}

/** A file of keys with this text, as its owner alone may read it. */
async function keyFile(text: string): Promise<string> {
  const path = join(await temporaryFolder(), 'master.keys')
  await writeFile(path, text, { mode: 0o600 })
  return path
}

test('[SE23] the first start makes a file of master keys that only its user may read', async () => {
  const path = join(await temporaryFolder(), 'master.keys')
  const made = value(await open(path))
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  // The next start finds the same key.
  const found = value(await open(path, true))
  expect(found.versions).toEqual([1])
  expect(found.current('seal')).toEqual(made.current('seal'))
  // Each purpose has a key of its own, and none is the master key.
  const derived = [found.current('seal'), found.current('access-token'), found.current('audit-head')]
  expect(new Set(derived.map(String)).size).toBe(3)
  const text = await readFile(path, 'utf8')
  for (const key of derived) expect(text).not.toContain(key.toString('base64url'))
})

test('[SE24] keys that others can read are refused, with what to do', async () => {
  const path = await keyFile(`1 ${KEY}\n`)
  await chmod(path, 0o640)
  expect(await open(path)).toMatchObject({ error: expect.stringContaining(`Run: chmod 600 ${path}`) })
})

test.each([
  ['short', `1 ${KEY.slice(1)}`, 'line 1 is not a version and a key of 32 bytes'],
  ['without a key', '# nothing', 'it has no key'],
  ['with a version twice', `1 ${KEY}\n1 ${KEY}`, 'it has a version twice'],
  ['with too many', Array.from({ length: 9 }, (_, at) => `${at + 1} ${KEY}`).join('\n'), 'more than 8 keys'],
  ['of another kind', 'x'.repeat(20_000), 'too long'],
])('[SE24] a file of keys that is %s is refused and never quoted', async (_, text, problem) => {
  const opened = await open(await keyFile(text))
  expect(opened).toMatchObject({ error: expect.stringContaining(problem) })
  expect(JSON.stringify(opened)).not.toContain(KEY.slice(1))
})

test('[SE24] keys that cannot be read or written are told, with what to do', async () => {
  const folder = await temporaryFolder()
  expect(await open(folder)).toMatchObject({ error: expect.stringContaining('no plain file') })
  const below = join(await keyFile('1'), 'master.keys')
  expect(await open(below)).toMatchObject({ error: expect.stringContaining('cannot be read (ENOTDIR)') })
  const nowhere = join(folder, 'missing', 'master.keys')
  expect(await open(nowhere)).toMatchObject({ error: expect.stringContaining('cannot be written (ENOENT)') })
})

test('[SE25] a new key never takes the place of a lost one that secrets are locked with', async () => {
  const path = join(await temporaryFolder(), 'master.keys')
  expect(await open(path, true)).toMatchObject({ error: expect.stringContaining('Put the file back') })
  await expect(stat(path)).rejects.toThrow('ENOENT')
})

test('[SE25] a server that has people does not start with other keys in the place of its own', async () => {
  const world = await makeWorld()
  await addUser(world, 'owner')
  await rm(world.keyPath)
  await expect(world.restart()).rejects.toThrow('Put the file back from your copy')
})
