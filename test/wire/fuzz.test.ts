import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { accountStream, LIVE_LIMITS, REQUESTS, type RequestName } from '../../protocol/live.ts'
import { problemSchema } from '../../protocol/problem.ts'
import { type DescribedRoute, routesOf } from '../../src/api/testing/api.ts'
import { Device } from '../../src/live/testing/device.ts'
import { BOBS_SYMBOL, CANARY, type Cast, castOf, logIn } from './cast.ts'
import { type Answered, Lockstep, said } from './lockstep.ts'
import { almost, bodies, inUrl, nasty, nastyText } from './nasty.ts'
import { RIGHT_SIGNALS, rightPath, rightValues } from './right.ts'

const RUNS_PER_ROUTE = 25
const RUNS_PER_SIGNAL = 60
const RUNS_PER_EVENT = 60
/** Fewer than a socket is sent away for. */
const REQUESTS_PER_SOCKET = 12
/** What ends things comes last, and the session of who asks at the very end. */
const ORDER = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const LAST = '/api/v1/auth/logout'
/** Left out: it takes nothing that could be wrong, and done once it logs out everybody who asks here. */
const ROTATION = '/api/v1/system/keys/rotate'

const shape = z.object({ properties: z.record(z.string(), z.unknown()).default({}) })
const union = z.object({ oneOf: z.array(shape).default([]), anyOf: z.array(shape).default([]) })

function bodyNames({ requestBody }: DescribedRoute): readonly string[] {
  const schemas = Object.values(requestBody?.content ?? {}).map(({ schema }) => schema)
  const shapes = schemas.flatMap(schema => {
    const { oneOf, anyOf } = union.parse(schema)
    return [shape.parse(schema), ...oneOf, ...anyOf]
  })
  return shapes.flatMap(({ properties }) => Object.keys(properties))
}

function queryNames({ parameters }: DescribedRoute): readonly string[] {
  return parameters.filter(each => each.in === 'query').map(({ name }) => name)
}

function named(names: readonly string[], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(names.map(name => [name, values[name]]))
}

describe('whatever is sent', () => {
  let lockstep: Lockstep
  let cast: Cast
  beforeAll(async () => {
    lockstep = await Lockstep.start()
    cast = await castOf(lockstep)
  })
  afterAll(() => lockstep.stop())

  function expectRefusal(answer: Answered, what: string): void {
    const { status, body, headers } = answer
    expect(status, `${what}: ${body}`).toBeLessThan(500)
    expect(body, what).not.toMatch(/node_modules|\.ts:\d+|\bat .*\(|sqlite/i)
    // Of what was sent; who logs out is given one that ends.
    expect(String(headers['set-cookie'] ?? ''), what).not.toContain('a=b')
    if (status < 400) return
    expect(headers['content-type'], what).toMatch(/^application\/problem\+json/)
    expect(problemSchema.strict().parse(JSON.parse(body)).status).toBe(status)
  }

  async function expectWell(): Promise<void> {
    expect(lockstep.errors()).toEqual([])
    expect(lockstep.server.engine.context.halted).toBe(false)
    expect((await lockstep.ask('/readyz')).status).toBe(200)
    expect(said(await lockstep.ask('accounts', { token: cast.operator.token }))).toBe('200')
  }

  function shotsAt(route: DescribedRoute) {
    const values = rightValues(cast)
    const query = almost(named(queryNames(route), values)).map(value =>
      Object.entries(z.record(z.string(), z.unknown()).parse(value))
        .map(([name, each]) => `${inUrl(name)}=${inUrl(String(JSON.stringify(each)).replace(/^"|"$/g, ''))}`)
        .join('&'),
    )
    const wrongPath = nastyText.map(text => route.path.replace(/\{\w+\}/, inUrl(text)))
    return fc.record({
      path: fc.oneof({ weight: 3, arbitrary: fc.constant(rightPath(route, cast)) }, wrongPath),
      query: fc.oneof(query, fc.constant('')),
      body: route.method === 'GET' ? fc.constant(undefined) : bodies(named(bodyNames(route), values)),
      token: fc.constantFrom(cast.owner.token, cast.owner.token, cast.ada.token, 'forged', undefined),
      key: fc.constantFrom('a key', 'k', 'k'.repeat(200), '\u00e9'),
    })
  }

  test('[SE72] at any route, with ids that are there: refused in words, and nobody is woken', async () => {
    const routes = routesOf(JSON.parse((await lockstep.ask('/docs/json')).body))
      .filter(({ path }) => !path.includes('/hook/') && path !== ROTATION)
      .sort((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method))
    const last = routes.filter(({ path }) => path === LAST)
    for (const route of [...routes.filter(each => !last.includes(each)), ...last]) {
      await fc.assert(
        fc.asyncProperty(shotsAt(route), async ({ path, query, body, token, key }) => {
          const { method } = route
          const url = query === '' ? path : `${path}?${query}`
          const answer = await lockstep.ask(url, {
            method,
            headers: { 'idempotency-key': key },
            ...(token !== undefined && { token }),
            ...(body !== undefined && { body }),
          })
          expectRefusal(answer, `${method} ${url} ${body?.slice(0, 500)}`)
          if (token !== cast.ada.token) return
          expect(answer.body).not.toContain(CANARY)
          expect(answer.body).not.toContain(BOBS_SYMBOL)
        }),
        { numRuns: RUNS_PER_ROUTE },
      )
    }
    await expectWell()
  })

  test('[SE72] at a webhook whose path is right: no message of any sender stops the engine', async () => {
    for (const right of RIGHT_SIGNALS) {
      await fc.assert(
        fc.asyncProperty(bodies(right), async body => {
          const answer = await lockstep.ask(cast.bobs.hookPath, {
            method: 'POST',
            ...(body !== undefined && { body }),
          })
          expectRefusal(answer, `${body?.slice(0, 500)}`)
        }),
        { numRuns: RUNS_PER_SIGNAL },
      )
    }
    const { token } = cast.operator
    const taken = await lockstep.ask(`sources/${cast.bobs.signalsId}/signals?limit=200`, { token })
    expect(said(taken)).toBe('200')
    await expectWell()
  })

  test('[SE72] on a socket: an acknowledgement that says what is wrong, and the socket stays', async () => {
    const { token } = await logIn(lockstep, cast.bob.email)
    const stream = accountStream(cast.bobs.accountId, 'orders')
    const right: Readonly<Record<RequestName, Record<string, unknown>>> = {
      authenticate: { token },
      subscribe_trading: {
        types: ['orders'],
        accounts: [cast.bobs.accountId],
        cursors: { [stream]: { epoch: 'e', seq: 1 } },
      },
      subscribe_ticker: { symbols: ['bybit:BTCUSDT'] },
      subscribe_pairs: { pairs: [cast.bobs.pairId] },
      unsubscribe_trading: {},
      unsubscribe_ticker: {},
      unsubscribe_pairs: {},
      resync: { stream },
    }
    const names = Object.keys(REQUESTS) as RequestName[]
    const almostRight = fc
      .constantFrom(...names)
      .chain(event => almost(right[event]).map(payload => ({ event, payload })))
    const wrong = fc.record({ event: fc.oneof(fc.constantFrom(...names), nastyText), payload: nasty })
    const asked = fc.oneof(almostRight, wrong).filter(isSendable)
    for (let done = 0; done < RUNS_PER_EVENT * names.length; done += REQUESTS_PER_SOCKET) {
      const device = await Device.open(lockstep.url, token)
      for (const { event, payload } of fc.sample(asked, REQUESTS_PER_SOCKET)) {
        const answer = JSON.stringify(await device.ask(event, payload))
        const what = `${event.slice(0, 100)} ${JSON.stringify(payload)?.slice(0, 500)}: ${answer}`
        expect(answer, what).toMatch(/^\{"(error|streams|expiresInMs)"/)
        expect(answer, what).not.toMatch(/"internal"|node_modules|\.ts:\d+/)
      }
      device.close()
    }
    await expectWell()
  })

  test('[SE72] what is no Socket.IO, or an odd kind of it, ends at most its own connection', async () => {
    const frames = [
      '42[5,{}]',
      '421[5]',
      '42[-0.5]',
      '42["error",{"message":"x"}]',
      '42["__proto__",{}]',
      '42["disconnect"]',
      '42[]',
      '42{}',
      '42[null]',
      '42["resync"',
      '4299999999999999999["resync",{"stream":"a"}]',
      '431["an answer that nobody asked for"]',
      '451-["resync",{"_placeholder":true,"num":0}]',
      '451-["resync",{"_placeholder":true,"num":9}]',
      '40{"token":1}',
      '40/admin,{}',
      '44{"message":"x"}',
      '49',
      '3',
      '6',
      'x',
      '',
    ]
    for (const text of frames) {
      const socket = new WebSocket(
        `${lockstep.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
      )
      await once(socket, 'open')
      socket.send(`40${JSON.stringify({ token: cast.bob.token })}`)
      const heard: string[] = []
      socket.on('message', message => heard.push(`${message}`))
      await until(socket, () => heard.some(message => message.includes('authenticated')))
      socket.send(text)
      // Answered on this connection, or it has been closed: either way the frame before it has been dealt with.
      socket.send('4277["unsubscribe_ticker"]')
      await until(socket, () => heard.some(message => message.startsWith('4377')))
      expect([text, heard.filter(message => /internal|\.ts:\d+/.test(message))]).toEqual([text, []])
      socket.terminate()
    }
    await expectWell()
  })
})

/** What the client's own library lets through, and what is no larger than a message may be. */
function isSendable({ event, payload }: { event: string; payload: unknown }): boolean {
  const reserved = [
    'connect',
    'connect_error',
    'disconnect',
    'disconnecting',
    'newListener',
    'removeListener',
  ]
  const text = JSON.stringify([event, payload])
  return !reserved.includes(event) && Buffer.byteLength(text) < LIVE_LIMITS.messageBytes - 100
}

/** Until the condition holds or the connection has ended. */
async function until(socket: WebSocket, condition: () => boolean): Promise<void> {
  while (!condition() && socket.readyState === WebSocket.OPEN)
    await Promise.race([once(socket, 'message'), once(socket, 'close')])
}
