import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pause, rowsOf, World } from './lockstep.ts'
import { judge, unsettledOrders } from './truth.ts'

let world: World
let disk: string
beforeEach(() => {
  world = new World()
  disk = join(world.folder, 'disk')
})
afterEach(async () => {
  spawnSync('umount', ['--lazy', disk])
  await world.end()
})

// Both the store and the exchange's journal are on the disk: whichever meets its end first, nothing that
// one of them knows may be lost on the other.
test('[CL10] [XC53] a full disk stops it with 4 and one sentence; with space again it goes on, nothing lost', async context => {
  mkdirSync(disk)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk], { encoding: 'utf8' })
  if (mounted.status !== 0) {
    const why = `a small disk cannot be mounted: ${mounted.stderr || mounted.error?.message}`
    process.stderr.write(`skipped [CL10]: ${why}\n`)
    return context.skip(why)
  }
  const data = join(disk, 'data')
  const start = () => world.start(['demo', '--json', '--data', data])
  const copies = (lines: readonly string[]) => rowsOf(lines).filter(({ event }) => event === 'copy').length
  const first = start()
  await first.says('stdout', lines => (copies(lines) > 0 ? true : undefined))
  fill(join(disk, 'ballast'))
  const { code, stderr } = await first.ended()
  expect(code).toBe(4)
  expect(stderr.split('\n').at(-1)).toMatch(/full|no space/i)
  expect(stderr).toMatch(/Free some space|See to the disk/)
  expect(stderr).not.toContain('    at ')

  rmSync(join(disk, 'ballast'))
  const second = start()
  await second.says('stdout', lines => (copies(lines) > 0 ? true : undefined))
  do await pause(1_000)
  while (unsettledOrders(data) > 0)
  expect((await second.end('SIGINT')).code).toBe(0)
  const { image } = await judge(data)
  expect(image.positions.every(({ openingQuantity }) => openingQuantity === 0n)).toBe(true)
})

/** To the last byte. */
function fill(path: string): void {
  const file = openSync(path, 'a')
  const { bavail, bsize } = statfsSync(path)
  writeSync(file, Buffer.alloc(bavail * bsize))
  closeSync(file)
}
