import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rowsOf, World } from './lockstep.ts'

const EMAIL = 'ada@example.com'
const PASSWORD = 'a long and quiet sentence'
const ANY_PORT = ['--set', 'http.port=0']

describe('the first owner, and where the server listens', () => {
  let world: World
  beforeEach(() => {
    world = new World()
    writeFileSync(join(world.folder, 'password'), `${PASSWORD}\n`)
    writeFileSync(join(world.folder, 'easy'), 'password1234')
    writeFileSync(join(world.folder, 'empty'), '\n')
  })
  afterEach(() => world.end())

  /** @returns the status of logging in at a server that says where it is */
  async function login(line: string, password: string): Promise<number> {
    const url = must(/http:\/\/[\d.:]+/.exec(line)?.[0])
    const answer = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: EMAIL, password }),
    })
    return answer.status
  }

  test('[CL40] it listens on this machine without being told to; two cannot have one port', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    try {
      const shown = await world.run(['config', 'show'])
      expect(shown.stdout).toContain('http.port = 8787  (default)')
      const refused = await world.run(['serve', '--set', `http.port=${port}`])
      expect(refused).toMatchObject({ code: 3, stdout: '' })
      expect(refused.stderr.split('\n').at(-1)).toMatch(
        new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is taken .*--set http\\.port=`),
      )
    } finally {
      taken.close()
    }
    const server = world.start(['serve', ...ANY_PORT])
    expect(await server.says('stdout', lines => lines[0])).toMatch(/^Nobody owns this server yet\. Open http/)
    const without = world.start(['serve', '--set', 'http.port=none', '--set', 'data.folder=other'])
    expect(await without.ended()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing to copy'),
    })
  })

  test('[CL41] the environment makes the first owner; the next start needs neither of the two, nor looks at them', async () => {
    const env = { LOCKSTEP_OWNER_EMAIL: EMAIL, LOCKSTEP_OWNER_PASSWORD_FILE: 'password' }
    const first = world.start(['serve', ...ANY_PORT], env)
    const line = await first.says('stdout', lines => lines[0])
    expect(line).not.toContain('Nobody owns')
    expect(await login(line, PASSWORD)).toBe(200)
    expect((await first.end('SIGINT')).stderr).not.toContain(PASSWORD)
    // The file of a container's secret may be gone, and another password in it changes nothing.
    const gone = { ...env, LOCKSTEP_OWNER_PASSWORD_FILE: 'nowhere' }
    const second = world.start(['serve', ...ANY_PORT], gone)
    expect(await login(await second.says('stdout', lines => lines[0]), PASSWORD)).toBe(200)
  })

  test('[CL42] half of the pair, a bad file, an easy password and a password in the environment are refused', async () => {
    const serve = (env: Readonly<Record<string, string>>) => world.run(['serve', ...ANY_PORT], env)
    const [half, other, open] = await Promise.all([
      serve({ LOCKSTEP_OWNER_EMAIL: EMAIL }),
      serve({ LOCKSTEP_OWNER_PASSWORD_FILE: 'password' }),
      serve({ LOCKSTEP_OWNER_EMAIL: EMAIL, LOCKSTEP_OWNER_PASSWORD: 'a secret of mine' }),
    ])
    expect(half).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('_PASSWORD_FILE is not. Set both'),
    })
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('_OWNER_EMAIL is not. Set both') })
    expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining('Write the password to a file') })
    expect(open.stderr).not.toContain('a secret of mine')

    const named = (path: string) => serve({ LOCKSTEP_OWNER_EMAIL: EMAIL, LOCKSTEP_OWNER_PASSWORD_FILE: path })
    const missing = await named('nowhere')
    expect(missing).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('cannot be read') })
    expect(await named('empty')).toMatchObject({ code: 3, stderr: expect.stringContaining('is empty') })
    const easy = await named('easy')
    expect(easy).toMatchObject({ code: 3, stderr: expect.stringContaining('take another one') })
    expect(easy.stderr).not.toContain('password1234')
  })

  test('[CL49] a demo whose port is taken takes another, and says where and how to own it', async () => {
    const demos = ['one', 'two'].map(data => world.start(['demo', '--json', '--data', data]))
    const ready = await Promise.all(
      demos.map(demo => demo.says('stdout', lines => rowsOf(lines).find(({ event }) => event === 'ready'))),
    )
    const [one, two] = ready.map(row => String(row['server']))
    expect(one).not.toBe(two)
    for (const [index, data] of ['one', 'two'].entries()) {
      expect((await fetch(String(ready[index]?.['firstOwner']))).status).toBe(200)
      const watching = world.start(['watch', '--account', 'ada', '--json', '--data', data])
      await watching.says('stdout', lines => lines.find(line => line.includes('"kind":"orders"')))
      expect((await watching.end('SIGINT')).code).toBe(0)
    }
  })
})

function must(text: string | undefined): string {
  if (text === undefined) throw new Error('there is no address')
  return text
}
