import { expect, test } from 'vitest'
import { bearer, describedRoutes, running } from './testing/api.ts'

/** The documents themselves, and the form of the first owner: the only ones that the document leaves out. */
const HIDDEN = 4

test('[AP23] the OpenAPI document has every route, with who may use it and what it answers', async () => {
  const { api } = await running()
  const routes = await describedRoutes(api)
  const registered = [...api.printRoutes({ commonPrefix: false }).matchAll(/\(([A-Z, ]+)\)/g)]
  const methods = registered.flatMap(match => (match[1] ?? '').split(', '))
  expect(methods.length - HIDDEN).toBe(routes.length)
  for (const route of routes) {
    const { path, method, summary, responses } = route
    expect(summary, `${method} ${path}`).toMatch(/^\S/)
    expect(route['x-access'].kind).toMatch(/^(public|self|server|rows|row)$/)
    const success = Object.keys(responses).filter(status => status.startsWith('2'))
    expect(success, `${method} ${path}`).toHaveLength(1)
    expect(Object.keys(responses)).toContain('4XX')
    const variables = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
    expect(route.parameters.filter(each => each.in === 'path').map(each => each.name)).toEqual(variables)
    if (method === 'PUT' || method === 'PATCH') expect(route.requestBody, `${method} ${path}`).toBeDefined()
  }
  const document = (await api.inject('/docs/json')).json()
  expect(document.openapi).toBe('3.1.0')
})

test('[AP24] the page of the API lists every route, without a script and without anything from elsewhere', async () => {
  const { api } = await running()
  const page = await api.inject('/docs')
  expect(page.headers['content-type']).toMatch(/^text\/html/)
  for (const { path } of await describedRoutes(api)) expect(page.body).toContain(`<code>${path}</code>`)
  expect(page.body).not.toMatch(/<script|https?:|style=/)
})

test('[AP10] a mistake of ours says nothing of itself to whoever asks, and everything to the log', async () => {
  const lines: [string, object][] = []
  const error = (event: string, fields = {}) => void lines.push([event, fields])
  const { api } = await running({
    change: ({ log, people }) => ({
      log: { ...log, error },
      people: {
        ...people,
        users: () => {
          throw new Error('secret-of-the-house')
        },
      },
    }),
  })
  const answer = await api.inject({ url: '/api/v1/users', headers: bearer('owner') })
  expect(answer.json()).toMatchObject({ status: 500, code: 'internal' })
  expect(answer.body).not.toContain('secret-of-the-house')
  expect(lines).toEqual([
    ['request_failed', expect.objectContaining({ message: 'secret-of-the-house', route: '/api/v1/users' })],
  ])
  expect(lines[0]?.[1]).toMatchObject({ requestId: answer.headers['x-request-id'] })
})

test('[AP25] /livez, /readyz and /health say how it is, and 503 when a part is down', async () => {
  let status: 'up' | 'degraded' | 'down' = 'up'
  let ready = false
  const { api } = await running({
    change: () => ({
      health: { parts: () => [{ name: 'store', status, detail: 'slow' }], ready: () => ready },
    }),
  })
  const statusOf = async (url: string) => (await api.inject(url)).statusCode
  expect([await statusOf('/livez'), await statusOf('/readyz'), await statusOf('/health')]).toEqual([
    200, 503, 200,
  ])
  ready = true
  status = 'degraded'
  expect((await api.inject('/health')).json()).toEqual({
    status: 'degraded',
    parts: [{ name: 'store', status: 'degraded', detail: 'slow' }],
  })
  expect(await statusOf('/readyz')).toBe(200)
  status = 'down'
  expect([await statusOf('/livez'), await statusOf('/health')]).toEqual([200, 503])
})

test('[AP25] metrics and log lines have the pattern of a route, never its path', async () => {
  const seen: string[] = []
  const { api } = await running({
    change: ({ log }) => ({
      metrics: { request: ({ method, route, status }) => void seen.push(`${method} ${route} ${status}`) },
      log: { ...log, debug: (event, fields) => void seen.push(`${event} ${JSON.stringify(fields)}`) },
    }),
  })
  await api.inject({ method: 'POST', url: '/api/v1/hook/a-secret-that-was-guessed', payload: {} })
  await api.inject('/nowhere/at/all')
  expect(seen).toHaveLength(4)
  expect(seen[0]).toBe('POST /api/v1/hook/:token 404')
  expect(seen.join()).not.toContain('a-secret-that-was-guessed')
  expect(seen[2]).toBe('GET none 404')
})
