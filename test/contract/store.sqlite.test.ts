import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SILENT } from '../../src/ports/observe.ts'
import type { Store, Write } from '../../src/ports/store.ts'
import type { OpenError } from '../../src/store/sqlite/open-error.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { storeContract } from './store.ts'
import { decision, order } from './store-rows.ts'
import type { StoreUnderTest } from './store-under-test.ts'
import { unitsOf } from './store-units.ts'

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url))

storeContract('sqlite', async () => {
  const folder = makeFolder()
  return underTest(folder, await open(join(folder, 'lockstep.db')))
})

function underTest(folder: string, store: Store): StoreUnderTest {
  return {
    store,
    async reopen() {
      await store.close()
      return underTest(folder, await open(join(folder, 'lockstep.db')))
    },
    async discard() {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

describe('sqlite store', () => {
  let folder: string
  let path: string
  const children: ChildProcess[] = []
  beforeEach(() => {
    folder = makeFolder()
    path = join(folder, 'lockstep.db')
  })
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child)
    rmSync(folder, { recursive: true })
  })

  /** A process of its own, and the lines that it says. */
  function start(task: string): { child: ChildProcess; lines: AsyncIterator<string> } {
    const child = spawn(process.execPath, [CHILD, path, task], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
  }

  test('[ST20] a second process is refused while the first lives, and told who that is', async () => {
    const { child, lines } = start('hold')
    expect((await lines.next()).value).toBe('open')
    const refused = await openError(path)
    expect(refused.kind).toBe('locked')
    expect(refused.message).toContain(`pid ${child.pid}`)
    // The same process may not open it twice either.
    await kill(child)
    const store = await open(path)
    expect((await openError(path)).message).toContain(`pid ${process.pid}`)
    await store.close()
  })

  test('[ST21] what was acknowledged before a kill -9 is there after it, and no half unit', async () => {
    for (const enough of [1, 150, 400]) {
      const { child, lines } = start('commit')
      const acknowledged: number[] = []
      await lines.next()
      while (acknowledged.length < enough) acknowledged.push(Number((await lines.next()).value))
      await kill(child)
      for await (const line of { [Symbol.asyncIterator]: () => lines }) acknowledged.push(Number(line))
      const store = await open(path)
      const { units, isWhole } = await unitsOf(store)
      expect(units).toBeGreaterThanOrEqual(Math.max(...acknowledged))
      expect(isWhole).toBe(true)
      await store.close()
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    }
  })

  test('[ST22] a file that is not ours is refused and left as it is', async () => {
    writeFileSync(path, 'A letter to somebody, longer than the header of a database would be. '.repeat(100))
    const before = readFileSync(path)
    expect((await openError(path)).kind).toBe('not_a_database')
    expect(readFileSync(path).equals(before)).toBe(true)
    rmSync(path)
    const foreign = new DatabaseSync(path)
    foreign.exec('CREATE TABLE recipes (name TEXT)')
    foreign.close()
    expect((await openError(path)).kind).toBe('not_a_database')
  })

  test('[ST23] a damaged database is refused with what to do', async () => {
    const store = await open(path)
    for (let unit = 0; unit < 20; unit += 1) await store.commit(manyDecisions(unit * 100))
    await store.close()
    truncateSync(path, 60_000)
    const refused = await openError(path)
    expect(refused.kind).toBe('corrupt')
    expect(refused.message).toContain('restore a backup')
  })

  test('[ST24] a database of a newer release is refused, both versions named', async () => {
    await (await open(path)).close()
    const newer = new DatabaseSync(path)
    newer.exec(`INSERT INTO migrations (version, name, applied_at) VALUES (999, '999_later.sql', 0)`)
    newer.close()
    const refused = await openError(path)
    expect(refused.kind).toBe('newer_version')
    expect(refused.message).toMatch(/version 999.*version \d+\b/)
  })

  test('[ST25] a folder that cannot be made is refused with what to do', async () => {
    writeFileSync(join(folder, 'file'), '')
    const refused = await openError(join(folder, 'file', 'lockstep.db'))
    expect(refused.kind).toBe('not_writable')
    expect(refused.message).toContain('another data folder')
  })

  test('[ST45] ten thousand reads may wait for their answers; the next one fails at once', async () => {
    const store = await open(path)
    const reads = Array.from({ length: 10_000 }, () => store.notices(1))
    await expect(store.notices(1)).rejects.toThrow('10000 reads wait')
    expect(await Promise.all(reads)).toEqual(reads.map(() => []))
    expect(await store.notices(1)).toEqual([])
    await store.close()
  })

  test('[ST46] another program that holds the database for too long makes units unavailable', async () => {
    // Five seconds of waiting are the limit itself.
    const store = await open(path)
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    expect(await store.commit([{ kind: 'decision', row: decision(1) }])).toMatchObject({
      ok: false,
      error: { kind: 'unavailable', message: expect.stringContaining('Another program') },
    })
    other.exec('ROLLBACK')
    other.close()
    expect((await store.load()).decisions).toEqual([])
    expect(await store.commit([{ kind: 'decision', row: decision(1) }])).toEqual({
      ok: true,
      value: undefined,
    })
    await store.close()
  })

  test('[ST26] a full disk stops the store whole: nothing half written, and on it goes with space', async context => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', disk], { encoding: 'utf8' })
    if (mounted.status !== 0) {
      const why = `a small disk cannot be mounted: ${mounted.stderr || mounted.error?.message}`
      process.stderr.write(`skipped [ST26]: ${why}\n`)
      return context.skip(why)
    }
    try {
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(36_000_000))
      await fillDisk(disk)
    } finally {
      spawnSync('umount', ['--lazy', disk])
    }
  })
})

async function fillDisk(disk: string): Promise<void> {
  const path = join(disk, 'lockstep.db')
  const store = await open(path)
  let durable = 0
  let refusal = await commitIntents(store, durable)
  while (refusal === null) {
    durable += 1
    refusal = await commitIntents(store, durable)
  }
  expect(refusal).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('full') })
  // Small enough to fit, but a later unit may build on the one that did not.
  expect(await store.commit([{ kind: 'decision', row: decision(1) }])).toMatchObject({ ok: false })
  rmSync(join(disk, 'ballast'))
  expect((await store.load()).intents).toHaveLength(durable * 100)
  expect(await commitIntents(store, durable)).toBeNull()
  await store.close()
  const again = await open(path)
  expect((await again.load()).intents).toHaveLength((durable + 1) * 100)
  await again.close()
}

async function commitIntents(store: Store, chunk: number) {
  const rows = Array.from({ length: 100 }, (_, index) => order(chunk * 100 + index + 1))
  const result = await store.commit(rows.map(row => ({ kind: 'intent_insert', row })))
  return result.ok ? null : result.error
}

function manyDecisions(from: number): Write[] {
  return Array.from({ length: 100 }, (_, index) => ({ kind: 'decision', row: decision(from + index) }))
}

async function open(path: string): Promise<Store> {
  const opened = await openSqliteStore({ path, log: SILENT })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

async function openError(path: string): Promise<OpenError> {
  const opened = await openSqliteStore({ path, log: SILENT })
  if (opened.ok) throw new Error('it should have been refused')
  return opened.error
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lockstep-store-'))
}
