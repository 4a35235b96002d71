import { once } from 'node:events'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ended, World } from './lockstep.ts'

const WRONG_CONFIG = `
accounts:
  - { name: leader, venue: bybit, key: a-key, secretFile: secret }
  - { name: follower, venue: binance, key: a-key, secretFile: nowhere }
sources:
  - { name: desk, account: leader }
strategies:
  - { name: copy-desk, source: desk, maxAgeMs: soon, sizing: { kind: ratio, ratio: 1e3 } }
links:
  - { strategy: copy-desk, account: follower }
risk: { maximumLevrage: 2 }
`
const UNKNOWN_NAMES = `
accounts:
  - { name: leader, venue: bybit, key: a-key, secretFile: secret }
sources:
  - { name: desk, account: leader }
strategies:
  - { name: copy-desk, source: desk }
links:
  - { strategy: copy-desk, account: nobody }
`

describe('what cannot be done is said, with what to do', () => {
  let world: World
  beforeAll(() => {
    world = new World()
    writeFileSync(join(world.folder, 'secret'), 'shh')
    writeFileSync(join(world.folder, 'wrong.yaml'), WRONG_CONFIG)
    writeFileSync(join(world.folder, 'names.yaml'), UNKNOWN_NAMES)
  })
  afterAll(() => world.end())

  /** All at once: a process is mostly its start. */
  const runAll = (...commands: readonly string[]): Promise<Ended[]> =>
    Promise.all(commands.map(command => world.run(command.split(' '))))

  test('[CL1] every help begins with examples', async () => {
    const help = await runAll(
      '--help',
      'demo --help',
      'serve --help',
      'exchange --help',
      'config check --help',
    )
    for (const { code, stdout } of help) {
      expect(code).toBe(0)
      expect(stdout).toMatch(/^Examples:\n {2}lockstep /)
      expect(stdout).toMatch(/\nUsage: lockstep /)
    }
    expect((await runAll('--version'))[0]).toMatchObject({ code: 0, stdout: '0.1.0' })
  })

  test('[CL2] a wrong command line ends with 2 and names what is near', async () => {
    const [command, flag, deep, value, none] = await runAll(
      'dem',
      'demo --jsn',
      'config check --confg=a',
      'exchange --port high',
      'exchange --account ada',
    )
    expect(command).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean demo?') })
    expect(flag).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean --json?') })
    expect(deep).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean --config?') })
    expect(value).toMatchObject({ code: 2, stderr: expect.stringContaining('must be a whole number') })
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('like ada:10000') })
  })

  test('[CL3] everything that is wrong with a configuration is told at once, by line', async () => {
    const [wrong, names, missing, nothing] = await runAll(
      'config check --config wrong.yaml',
      'serve --config names.yaml',
      'serve --config missing.yaml',
      'serve --set http.port=none',
    )
    expect(wrong?.code).toBe(2)
    expect(wrong?.stderr).toMatch(/accounts\.1\.venue \(wrong\.yaml:4\): expected one of bybit, okx, lighter/)
    expect(wrong?.stderr).toMatch(
      /strategies\.0\.maxAgeMs \(wrong\.yaml:8\): expected a whole number .*"soon"/,
    )
    expect(wrong?.stderr).toMatch(/strategies\.0\.sizing\.ratio \(wrong\.yaml:8\): .*plain digits/)
    expect(wrong?.stderr).toMatch(/risk\.maximumLevrage \(wrong\.yaml:11\): .*did you mean maximumLeverage\?/)
    expect(names).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no account nobody') })
    expect(names?.stderr).toContain('known: leader')
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('Name one that exists') })
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing to copy') })
  })

  test('[CL4] --set changes one value, of a list too, by number or by name', async () => {
    const [right, unknown, odd] = await runAll(
      'config show --config names.yaml --set links.0.account=leader --set accounts.leader.maximumLeverage=3',
      'config check --set risk.maximumLevrage=2',
      'config check --set maximumLeverage',
    )
    // Set to the leader, the link is wrong in another way: the value has arrived.
    expect(right?.stderr).toContain(
      'links.0.account (flag links.0.account): leader is the leader of copy-desk',
    )
    expect(unknown).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean maximumLeverage?'),
    })
    expect(odd).toMatchObject({ code: 2, stderr: expect.stringContaining('write key=value') })
  })

  test('[CL5] a folder, a port or a database that cannot be used ends it with 3, and nothing stays running', async () => {
    const path = (name: string) => join(world.folder, name)
    writeFileSync(path('file'), '')
    for (const name of ['letter', 'damaged', 'newer']) mkdirSync(path(name))
    writeFileSync(path('letter/lockstep.db'), 'A letter to somebody. '.repeat(500))
    await makeDatabases(world)
    truncateSync(path('damaged/lockstep.db'), 60_000)
    const newer = new DatabaseSync(path('newer/lockstep.db'))
    newer.exec(`INSERT INTO migrations (version, name, applied_at) VALUES (999, '999_later.sql', 0)`)
    newer.close()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    try {
      const [file, proc, letter, damaged, later, busy] = await runAll(
        `demo --data ${path('file')}`,
        'demo --data /proc/lockstep',
        'demo --data letter',
        'demo --data damaged',
        'demo --data newer',
        `exchange --port ${port}`,
      )
      const refused = (ended: Ended | undefined, what: RegExp) => {
        expect(ended).toMatchObject({ code: 3, stderr: expect.stringMatching(what) })
        expect(ended?.stderr.split('\n')).toHaveLength(1)
      }
      refused(file, /cannot be made .* Name another data folder\./)
      refused(proc, /cannot be made .* Name another data folder\./)
      refused(letter, /is not a Lockstep database\. .* move this one away/)
      refused(damaged, /is damaged .* restore a backup/)
      refused(later, /schema version 999, written by a newer Lockstep/)
      refused(busy, new RegExp(`${port} is taken by another process\\. Choose another port`))
    } finally {
      taken.close()
    }
  })

  test('[CL5] a second process on one data folder is told who has it', async () => {
    const first = world.start(['demo', '--json', '--data', 'shared'])
    await first.says('stdout', lines => lines[0])
    const second = await world.run(['demo', '--data', 'shared'])
    expect(second).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining(`pid ${first.pid}`) })
    expect((await first.end('SIGINT')).code).toBe(0)
  })
})

/** Two folders with a database each, as a demo leaves them. */
async function makeDatabases(world: World): Promise<void> {
  const make = async (folder: string) => {
    const demo = world.start(['demo', '--json', '--data', folder])
    await demo.says('stdout', lines => lines[0])
    await demo.end('SIGINT')
  }
  await Promise.all(['damaged', 'newer'].map(make))
}
