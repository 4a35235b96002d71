import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Ended, type Lockstep, rowsOf, World } from './lockstep.ts'

const CONFIG = `
accounts:
  - { name: ada, venue: bybit, key: ada-key, secretFile: secret }
  - { name: ben, venue: bybit, key: ben-key, secretFile: secret }
sources: [{ name: desk, account: ada }]
strategies: [{ name: copy-desk, source: desk }]
links: [{ strategy: copy-desk, account: ben }]
http: { port: 0 }
`
const OWNER = ['user', 'create', '--role', 'owner', '--email', 'ada@example.com']

describe('an operator beside a server', () => {
  let world: World
  beforeEach(() => {
    world = new World()
    writeFileSync(join(world.folder, 'config.yaml'), CONFIG)
    writeFileSync(join(world.folder, 'secret'), 'a-paper-secret')
    writeFileSync(join(world.folder, 'password'), 'a long and quiet sentence\n')
    writeFileSync(join(world.folder, 'easy'), 'aaaa')
  })
  afterEach(() => world.end())

  const run = (...args: readonly string[]): Promise<Ended> => world.run(args)
  const create = (email: string, password = 'password', role = 'viewer'): Promise<Ended> =>
    run('user', 'create', '--role', role, '--email', email, '--password-file', password)
  const serve = async (): Promise<Lockstep> => {
    const server = world.start(['serve'])
    await server.says('stdout', lines => lines[0])
    return server
  }
  const logged = (server: Lockstep, event: string, account: string) =>
    rowsOf(server.lines.stderr).filter(row => row['event'] === event && row['account'] === account)
  const live = (server: Lockstep, account: string, times: number) =>
    server.says('stderr', () => {
      const moves = logged(server, 'session', account).filter(({ state }) => state === 'live')
      return moves.length >= times ? true : undefined
    })
  const login = async (line: string): Promise<number> => {
    const url = /http:\/\/[\d.:]+/.exec(line)?.[0] ?? ''
    const body = JSON.stringify({ email: 'ada@example.com', password: 'a long and quiet sentence' })
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers, body })).status
  }

  test('[CL43] a user is made while the server is stopped, and by the server while it runs', async () => {
    const first = await run(...OWNER, '--password-file', 'password', '--json')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(first.stdout)).toMatchObject({ email: 'ada@example.com', name: 'ada', role: 'owner' })
    expect(first.stdout).not.toContain('argon2')
    const server = await serve()
    expect(server.lines.stdout[0]).not.toContain('Nobody owns')
    expect(await login(String(server.lines.stdout[0]))).toBe(200)
    expect(await create('ben@example.com')).toMatchObject({
      code: 0,
      stdout: 'ben@example.com is viewer of the server in ./data now.',
    })
  })

  test('[CL44] no password, an easy one, a wrong role and an email that is taken make nobody', async () => {
    const refuseAll = async (): Promise<void> => {
      const [none, missing, role] = await Promise.all([
        run(...OWNER),
        create('ben@example.com', 'nowhere'),
        create('ben@example.com', 'password', 'king'),
      ])
      expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--password-file') })
      expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('Name a file') })
      expect(role).toMatchObject({ code: 2, stderr: expect.stringContaining('owner, operator') })
      // One after the other: while the server is stopped each of them has the database for itself.
      const easy = await create('ben@example.com', 'easy')
      expect(easy).toMatchObject({ code: 2, stderr: expect.stringContaining('at least 12 characters') })
      const again = await create('ada@example.com')
      expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('There is a user with this') })
    }
    expect((await run(...OWNER, '--password-file', 'password')).code).toBe(0)
    await refuseAll()
    await serve()
    await refuseAll()
  })

  test('[CL45] sessions are replaced for an account, for a user and for a venue, and who watches goes on', async () => {
    const server = await serve()
    await Promise.all(['ada', 'ben'].map(account => live(server, account, 1)))
    const watching = world.start(['watch', '--account', 'ben', '--json'])
    await watching.says('stdout', lines => lines.find(line => line.includes('"isStale":false')))
    const one = await run('sessions', 'reset', '--account', 'ben', '--json')
    expect(one).toMatchObject({ code: 0, stdout: '{"reset":1}' })
    await live(server, 'ben', 2)
    expect(logged(server, 'session_dropped', 'ada')).toEqual([])
    const venue = await run('sessions', 'reset', '--venue', 'bybit')
    expect(venue).toMatchObject({ code: 0, stdout: 'Sessions replaced: 2.' })
    await Promise.all([live(server, 'ada', 2), live(server, 'ben', 3)])
    const seen = watching.lines.stdout.length
    await watching.says('stdout', lines => lines.slice(seen).find(line => line.includes('"isStale":false')))
    // A customer of no account: there is nothing to replace.
    await create('carl@example.com', 'password', 'customer')
    const user = await run('sessions', 'reset', '--user', 'carl@example.com', '--json')
    expect(user).toMatchObject({ code: 0, stdout: '{"reset":0}' })
  })

  test('[CL46] keys are rotated beside a server and without one, and what was sealed is still to be read', async () => {
    await run(...OWNER, '--password-file', 'password')
    const server = await serve()
    expect(await run('keys', 'rotate', '--json')).toMatchObject({ code: 0, stdout: '{"rotated":true}' })
    expect(await login(String(server.lines.stdout[0]))).toBe(200)
    await server.end('SIGINT')
    expect(await run('keys', 'rotate')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Make a new copy'),
    })
    const again = await serve()
    expect(await login(String(again.lines.stdout[0]))).toBe(200)
    expect(await run('audit', 'verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^All \d+/) })
  })

  test('[CL47] an entry that was edited by other hands is found, beside a server and without one', async () => {
    await run(...OWNER, '--password-file', 'password')
    for (const name of ['ben', 'carl']) await create(`${name}@example.com`)
    const whole = await run('audit', 'verify', '--json')
    expect(whole.code).toBe(0)
    expect(JSON.parse(whole.stdout)).toMatchObject({ intact: true, brokenAt: null })
    const database = new DatabaseSync(join(world.folder, 'data', 'lockstep.db'))
    database.exec(`UPDATE audit SET actor = 'nobody' WHERE sequence = 2`)
    database.close()
    const edited = await run('audit', 'verify', '--json')
    expect(edited.code).toBe(5)
    expect(JSON.parse(edited.stdout)).toMatchObject({ intact: false, brokenAt: 2 })
    await serve()
    const beside = await run('audit', 'verify')
    expect(beside).toMatchObject({ code: 5, stdout: expect.stringContaining('at entry 2: edited') })
  })

  test('[CL48] of what is not there, each command says what to do, and makes nothing', async () => {
    const said = async (args: string, code: number, what: string): Promise<void> => {
      const ended = await run(...args.split(' '))
      expect(ended, args).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(what) })
    }
    await Promise.all([
      said('sessions reset --account ada', 3, 'No server runs'),
      said('keys rotate', 3, 'There is no database'),
      said('audit verify --data nowhere', 3, 'There is no database in the data folder nowhere'),
      said('sessions reset', 2, 'one of --account, --user and --venue'),
      said('sessions reset --account ada --venue bybit', 2, 'one of --account, --user and --venue'),
      said('audit verify --config missing.yaml', 2, 'There is no configuration file'),
    ])
    await serve()
    await Promise.all([
      said('sessions reset --account carl', 2, 'There are: ada, ben.'),
      said('sessions reset --user carl@example.com', 2, 'There are: none.'),
      said('sessions reset --venue binance', 2, 'There are: bybit, okx, lighter.'),
    ])
  })
})
