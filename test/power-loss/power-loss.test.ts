import { expect, test } from 'vitest'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { canTrace, runPowerLoss } from './cuts.ts'
import { DiskModel } from './disk-model.ts'
import { TraceReader } from './trace.ts'

const WHY = 'strace cannot be used here (Debian: apt-get install strace)'
const WISH = { units: 100, seed: 3 }

test('[PL1] [PL2] what was acknowledged survives a cut, and would not without waiting for the disk', async context => {
  if (!canTrace()) {
    process.stderr.write(`skipped [PL1]: ${WHY}\n`)
    return context.skip(WHY)
  }
  const report = await runPowerLoss({ ...WISH, cuts: 15, unsynced: false })
  expect(report).toMatchObject({ cuts: 15, lost: 0, broken: 0, refused: 0 })
  expect(report.acknowledged).toBeGreaterThan(0)
  // The same look must find something where nothing is synced, or it would look at nothing.
  expect((await runPowerLoss({ ...WISH, cuts: 8, unsynced: true })).lost).toBeGreaterThan(0)
})

test('[PL3] of what was not synced a disk may keep nothing, all, or any part; what was synced it keeps', () => {
  const disk = new DiskModel()
  const write = (offset: number, text: string) =>
    disk.apply({ kind: 'write', file: 'a', offset, data: Buffer.from(text) })
  disk.apply({ kind: 'create', file: 'a' })
  const found = (keep: number) => disk.after(keep, new SeededRandom(1)).get('a')?.toString()
  write(0, 'one')
  expect(found(0)).toBeUndefined()
  disk.apply({ kind: 'sync', file: 'a' })
  // The file is durable and its name is not.
  expect(found(0)).toBeUndefined()
  disk.apply({ kind: 'sync_folder' })
  expect(found(0)).toBe('one')
  write(3, ' two')
  write(7, ' three')
  expect(found(0)).toBe('one')
  expect(found(1)).toBe('one two three')
  const mixtures = Array.from({ length: 50 }, (_, seed) =>
    disk.after(0.5, new SeededRandom(seed)).get('a')?.toString(),
  )
  expect(new Set(mixtures)).toEqual(new Set(['one', 'one two', 'one\0\0\0\0 three', 'one two three']))
  disk.apply({ kind: 'truncate', file: 'a', size: 2 })
  expect(found(1)).toBe('on')
  disk.apply({ kind: 'remove', file: 'a' })
  expect(found(0)).toBe('one')
  disk.apply({ kind: 'sync_folder' })
  expect(found(0)).toBeUndefined()
})

test('[PL3] a sync counts when it has come back, a write and an acknowledgement when they began', () => {
  const reader = new TraceReader('/d')
  const hex = (text: string) =>
    Array.from(Buffer.from(text), byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  const read = (line: string) => reader.read(line).map(({ kind }) => kind)
  const file = hex('/d/a')
  expect(read(`1 openat(AT_FDCWD<${hex('/')}>, "${file}", O_RDWR|O_CREAT, 0644) = 5<${file}>`)).toEqual([
    'create',
  ])
  expect(read(`1 pwrite64(5<${file}>, "${hex('x')}", 1, 0 <unfinished ...>`)).toEqual(['write'])
  expect(read('1 <... pwrite64 resumed>) = 1')).toEqual([])
  expect(read(`1 fsync(5<${file}> <unfinished ...>`)).toEqual([])
  expect(read(`2 write(1<${hex('pipe:[7]')}>, "${hex('8\n9\n')}", 4 <unfinished ...>`)).toEqual([
    'told',
    'told',
  ])
  expect(read('1 <... fsync resumed>) = 0')).toEqual(['sync'])
  expect(read(`1 fdatasync(5<${file}>) = -1 EIO (Input/output error)`)).toEqual([])
  expect(read(`1 fsync(6<${hex('/d')}>) = 0`)).toEqual(['sync_folder'])
  expect(read(`1 pwrite64(5<${hex('/elsewhere/a')}>, "${hex('x')}", 1, 0) = 1`)).toEqual([])
})
