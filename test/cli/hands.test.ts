import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually, type Lockstep, World } from './lockstep.ts'

const CONFIG = `
accounts:
  - { name: ada, venue: bybit, key: ada-key, secretFile: secret, maximumLeverage: 5 }
  - { name: ben, venue: bybit, key: ben-key, secretFile: secret }
sources:
  - { name: ben, account: ben }
strategies:
  - { name: follows, source: ben, sizing: { kind: ratio, ratio: 0.5 } }
links:
  - { account: ada, strategy: follows }
http: { port: 0 }
`
const PERSON = { email: 'ada@example.com', name: 'Ada', password: 'a long and quiet sentence' }

/** As far as these stories read one. */
interface Body {
  readonly id: string
  readonly accessToken: string
  readonly rows: readonly { readonly [field: string]: unknown }[]
}

interface Answer {
  readonly status: number
  readonly body: Body
}

/** The server's first owner, by REST. */
class Person {
  readonly #origin: string
  readonly #token: string

  private constructor(origin: string, token: string) {
    this.#origin = origin
    this.#token = token
  }

  static async first(server: Lockstep): Promise<Person> {
    const link = await server.says('stdout', lines => /http:\S+first-owner\S+/.exec(lines[0] ?? '')?.[0])
    const { origin, searchParams } = new URL(link)
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin }
    const form = new URLSearchParams({ ...PERSON, token: searchParams.get('token') ?? '' })
    await fetch(link, { method: 'POST', headers, body: form })
    const { email, password } = PERSON
    const login = await new Person(origin, '').ask('POST', '/auth/login', { body: { email, password } })
    return new Person(origin, login.body.accessToken)
  }

  async ask(method: string, path: string, sent: { body?: object; key?: string } = {}): Promise<Answer> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#token}` }
    if (sent.key !== undefined) headers['idempotency-key'] = sent.key
    if (sent.body !== undefined) headers['content-type'] = 'application/json'
    const body = sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }
    const answer = await fetch(`${this.#origin}/api/v1${path}`, { method, headers, ...body })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
  }

  async idOf(path: string, name: string): Promise<string> {
    const { body } = await this.ask('GET', path)
    const id = body.rows.find(row => row['name'] === name)?.['id']
    return String(id)
  }
}

describe('lockstep serve, by hand', () => {
  let world: World
  let person: Person
  let server: Lockstep
  beforeEach(async () => {
    world = new World()
    writeFileSync(join(world.folder, 'secret'), 'a-paper-secret')
    writeFileSync(join(world.folder, 'config.yaml'), CONFIG)
    server = world.start(['serve'])
    person = await Person.first(server)
  })
  afterEach(() => world.end())

  test('[HD50] orders, flatten and resume by REST: durable, in the audit chain, and once per key', async () => {
    const accountId = await person.idOf('/accounts', 'ada')
    const body = { accountId, symbol: 'BTCUSDT', side: 'buy', quantity: '0.01' }
    const post = (path: string, key: string, sent?: object) =>
      person.ask('POST', path, { key, ...(sent && { body: sent }) })
    const made = await post('/trades/manual', 'one', body)
    expect(made).toMatchObject({ status: 202, body: { clientOrderId: expect.stringMatching(/^LS/) } })
    expect(await post('/trades/manual', 'one', body)).toEqual(made)
    const odd = await post('/trades/manual', 'odd', { ...body, quantity: '0.0105' })
    expect(odd).toMatchObject({
      status: 422,
      body: { code: 'invalid', detail: expect.stringContaining('0.01 or 0.011') },
    })
    const large = await post('/trades/manual', 'large', { ...body, quantity: '10' })
    expect(large).toMatchObject({ status: 422, body: { code: 'risk_refused' } })
    const trades = () => person.ask('GET', `/trades?accountId=${accountId}`)
    await eventually(
      async () => (await trades()).body.rows[0]?.['status'] === 'filled',
      'the order is filled',
    )
    expect((await trades()).body.rows).toMatchObject([
      { id: made.body.id, purpose: 'manual', linkId: null, filled: '0.01' },
    ])
    expect(await post(`/accounts/${accountId}/flatten`, 'flat')).toMatchObject({
      status: 202,
      body: { orders: 1, left: [] },
    })
    expect((await person.ask('GET', `/accounts/${accountId}/positions`)).body.rows).toEqual([])
    expect((await person.ask('POST', `/accounts/${accountId}/resume`)).status).toBe(204)
    const { rows } = (await person.ask('GET', '/audit')).body
    const acts = rows.map(({ action }) => action)
    expect(acts.slice(0, 3)).toEqual(['account.resume', 'account.flatten', 'account.trade'])
    expect((await person.ask('POST', '/audit/verify')).body).toMatchObject({ brokenAt: null })
  })

  test('[HD51] a preview by REST shows what the leader’s last trades would have been, and changes nothing', async () => {
    const [leader, follower] = [await person.idOf('/accounts', 'ben'), await person.idOf('/accounts', 'ada')]
    const body = { accountId: leader, symbol: 'BTCUSDT', side: 'buy', quantity: '0.02' }
    expect((await person.ask('POST', '/trades/manual', { key: 'lead', body })).status).toBe(202)
    const outcomes = () => person.ask('GET', `/outcomes?accountId=${follower}`)
    await eventually(
      async () => (await outcomes()).body.rows[0]?.['outcome'] === 'copied',
      'the trade is copied',
    )
    const strategyId = await person.idOf('/strategies', 'follows')
    const sizing = { kind: 'fixed_quantity', quantity: '0.005' }
    const preview = await person.ask('POST', `/strategies/${strategyId}/preview`, {
      body: { accountId: follower, sizing },
    })
    expect(preview).toMatchObject({
      status: 200,
      body: {
        rows: [{ instrument: 'bybit:BTCUSDT', leaderQuantity: '0.02', quantity: '0.005', reason: null }],
      },
    })
    expect((await person.ask('GET', `/strategies/${strategyId}/links`)).body.rows).toHaveLength(1)
  })
})
