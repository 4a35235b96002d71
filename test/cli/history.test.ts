import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Ended, type Lockstep, World } from './lockstep.ts'

const CONFIG = `
accounts:
  - { name: ada, venue: bybit, key: ada-key, secretFile: secret }
http: { port: 0 }
`

describe('history, from beside a server', () => {
  let world: World
  beforeEach(() => {
    world = new World()
    writeFileSync(join(world.folder, 'config.yaml'), CONFIG)
    writeFileSync(join(world.folder, 'secret'), 'a-paper-secret')
  })
  afterEach(() => world.end())

  const run = (...args: readonly string[]): Promise<Ended> => world.run(['history', ...args])
  const serve = async (): Promise<Lockstep> => {
    const server = world.start(['serve'])
    await server.says('stdout', lines => lines[0])
    return server
  }

  test('[HS64] an account is back-filled with the date that is reached, and its rows are written out', async () => {
    await serve()
    const filled = await run('sync', '--account', 'ada', '--days', '30')
    expect(filled).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Complete since \d{4}-\d\d-\d\d/),
    })
    expect(filled.stderr).toMatch(/ada \[#+\] 100 % back to \d{4}-\d\d-\d\d/)
    expect(await run('sync', '--account', 'ada')).toMatchObject({ code: 0, stderr: '' })
    const status = await run('status')
    expect(status.stdout).toMatch(/^ada +complete: \d{4}-\d\d-\d\d \d\d:\d\d to \d{4}-\d\d-\d\d \d\d:\d\d$/)
    const tieOut = await run('tie-out', '--account', 'ada')
    expect(tieOut).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(There are no rows|\d{4}-\d\d-\d\d {2}tied)/),
    })
    expect(await run('export', '--what', 'orders', '--out', 'orders.csv')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^Complete: \d{4}-\d\d-\d\d \d\d:\d\d to \d{4}/),
    })
    expect(readFileSync(join(world.folder, 'orders.csv'), 'utf8')).toMatch(
      /^\uFEFFaccountId,account,instrument/,
    )
  }, 120_000)

  test('[HS64] what makes no sense is refused in words, and without a server it is said how to start one', async () => {
    expect(await run('status')).toMatchObject({ code: 3, stderr: expect.stringContaining('lockstep serve') })
    await serve()
    const wrong = {
      'sync --account nobody': 'There is no account "nobody". There are: ada.',
      'sync --account ada --days soon': 'expected a whole number from 1 to 730',
      'tie-out --account ada --from soon': 'expected a date like 2026-01-31',
      'tie-out --account ada --from 2024-01-01': 'Ask for at most 92 days at once',
      'export --what money': 'expected one of closed-pnl, orders',
      'export --from soon': 'expected a date like 2026-01-31',
      'export --from 2026-02-01 --to 2026-01-01': 'Give a `from` that is before `to`',
    }
    for (const [line, said] of Object.entries(wrong)) {
      const ended = await run(...line.split(' '))
      expect([line, ended.code, ended.stderr]).toEqual([line, 2, expect.stringContaining(said)])
    }
  }, 120_000)
})
