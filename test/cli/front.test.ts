import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { World } from './lockstep.ts'

const CONFIG = `
accounts:
  - { name: ada, venue: bybit, key: ada-key, secretFile: secret }
http: { port: 0 }
`
const PERSON = { email: 'ada@example.com', name: 'Ada', password: 'a long and quiet sentence' }

describe('lockstep serve with http.port', () => {
  let world: World
  beforeEach(() => {
    world = new World()
    writeFileSync(join(world.folder, 'secret'), 'a-paper-secret')
    writeFileSync(join(world.folder, 'config.yaml'), CONFIG)
  })
  afterEach(() => world.end())

  test('[CL30] the one-time link makes the first owner, who logs in and reads the accounts; then it is worth nothing', async () => {
    const server = world.start(['serve'])
    const link = await server.says('stdout', lines => /http:\S+first-owner\S+/.exec(lines[0] ?? '')?.[0])
    const { origin } = new URL(link)
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin }
    const form = new URLSearchParams({ ...PERSON, token: new URL(link).searchParams.get('token') ?? '' })
    expect((await fetch(link, { method: 'POST', headers, body: form })).ok).toBe(true)
    expect((await fetch(link)).status).toBe(404)
    const { email, password } = PERSON
    const login = await fetch(`${origin}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    const { accessToken } = (await login.json()) as { accessToken: string }
    const authorization = `Bearer ${accessToken}`
    const accounts = await fetch(`${origin}/api/v1/accounts`, { headers: { authorization } })
    expect(await accounts.json()).toMatchObject({ rows: [{ name: 'ada', origin: 'file', status: 'active' }] })
    expect((await fetch(`${origin}/api/v1/accounts`)).status).toBe(401)
  })

  test('[CL31] an account that nobody copies is watched on the terminal, and has a session for as long', async () => {
    const server = world.start(['serve'])
    await server.says('stdout', lines => lines[0])
    const watching = world.start(['watch', '--account', 'ada', '--json'])
    const balance = await watching.says('stdout', lines =>
      lines.find(line => line.includes('"kind":"balance"') && line.includes('"isStale":false')),
    )
    expect(JSON.parse(balance)).toMatchObject({ data: [{ currency: 'USDT', total: '10000' }] })
  })

  test('[CL32] whoever watches without a server, or what is not there, is told what to do', async () => {
    const nobody = await world.run(['watch', '--account', 'ada'])
    expect(nobody).toMatchObject({ code: 3, stderr: expect.stringContaining('No server runs') })
    const server = world.start(['serve'])
    await server.says('stdout', lines => lines[0])
    const wrong = await world.run(['watch', '--account', 'ben'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('There are: ada') })
  })
})
