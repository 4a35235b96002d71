import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rowsOf, World } from './lockstep.ts'

const DAY_MS = 24 * 3_600_000

test('[HS94] the demo has thirty days of history: read after the first copy, told once, and shown by the command', async context => {
  const world = new World()
  context.onTestFinished(() => world.end())
  const data = join(world.folder, 'data')
  const demo = world.start(['demo', '--json', '--data', data])
  await demo.says('stdout', lines => rowsOf(lines).find(({ event }) => event === 'copy'))
  const told = await demo.says('stdout', lines => rowsOf(lines).find(({ event }) => event === 'history'))
  expect(told).toMatchObject({ accounts: 9 })
  expect(Number(told['to']) - Number(told['from'])).toBeGreaterThanOrEqual(30 * DAY_MS)
  const events = rowsOf(demo.lines.stdout).map(({ event }) => event)
  expect(events.indexOf('copy')).toBeLessThan(events.indexOf('history'))

  const run = (...args: readonly string[]) => world.run(['history', ...args, '--data', data])
  const status = (await run('status')).stdout.split('\n')
  expect(status).toHaveLength(9)
  for (const line of status) expect(line).toMatch(/complete: \d{4}-\d\d-\d\d 00:00 to /)
  expect((await run('export', '--account', 'ada')).stdout.split('\n').length).toBeGreaterThan(30)
  // Days that are over balance, and they are not empty.
  const tieOut = (await run('tie-out', '--account', 'ada')).stdout.split('\n')
  const days = tieOut.filter(line => !line.endsWith('not all of the day is here'))
  expect(days.length).toBeGreaterThan(3)
  for (const line of days) expect(line).toMatch(/^\d{4}-\d\d-\d\d {2}tied {5}wallet -?\d/)

  expect((await demo.end('SIGINT')).code).toBe(0)
  expect(rowsOf(demo.lines.stdout).filter(({ event }) => event === 'history')).toHaveLength(1)
}, 180_000)
