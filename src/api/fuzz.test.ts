import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { problemSchema } from '../../protocol/problem.ts'
import { bearer, type DescribedRoute, describedRoutes, type Running, running } from './testing/api.ts'
import { FOREIGN_WORD } from './testing/world.ts'

const RUNS_PER_ROUTE = 30

const NASTY = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  'NaN',
  '9'.repeat(400),
  'a'.repeat(70_000),
  "' OR 1=1; DROP TABLE users; --",
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%',
  '\u0000',
  '\u202etxt.exe',
  '💥',
  '\ud800',
  '{{constructor.constructor("return process")()}}',
  '<script>alert(1)</script>',
  '__proto__',
  'toString',
  '00000000-0000-0000-0000-000000000000',
]

const nasty = fc.oneof(
  fc.constantFrom<unknown>(...NASTY, null, true, 0, -0, 1e308, Number.MAX_SAFE_INTEGER + 2, [], {}, [[[[]]]]),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
)
const nastyText = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 40 }))

const withProperties = z.object({ properties: z.record(z.string(), z.unknown()) })

/** The names that a route's body has, so that what is wrong is deep enough to matter. */
function namesOf({ requestBody }: DescribedRoute): readonly string[] {
  const schemas = Object.values(requestBody?.content ?? {}).map(({ schema }) =>
    withProperties.safeParse(schema),
  )
  return ['id', ...schemas.flatMap(parsed => (parsed.success ? Object.keys(parsed.data.properties) : []))]
}

function bodiesFor(route: DescribedRoute): fc.Arbitrary<unknown> {
  const named = fc.dictionary(fc.constantFrom(...namesOf(route), '__proto__', 'constructor'), nasty)
  const deep = fc.integer({ min: 1, max: 2_000 }).map(depth => '['.repeat(depth) + ']'.repeat(depth))
  return fc.oneof({ weight: 4, arbitrary: named }, nasty, deep, fc.constant(undefined))
}

async function shoot(
  { api }: Running,
  route: DescribedRoute,
  shot: { values: readonly string[]; body: unknown; query: string; role: string },
): Promise<void> {
  let at = 0
  const path = route.path.replace(/\{\w+\}/g, () => encodeOrNot(shot.values[at++ % shot.values.length] ?? ''))
  const payload = shot.body === undefined ? {} : { payload: JSON.stringify(shot.body) ?? '' }
  const answer = await api.inject({
    method: route.method,
    url: `${path}?limit=${encodeOrNot(shot.query)}&cursor=${encodeOrNot(shot.query)}`,
    headers: {
      ...bearer(shot.role),
      ...('payload' in payload && { 'content-type': 'application/json' }),
      'idempotency-key': 'k'.repeat(1 + (shot.query.length % 200)),
    },
    ...payload,
  })
  expect(answer.statusCode, `${route.method} ${path}: ${answer.body}`).toBeLessThan(500)
  expect(answer.body).not.toMatch(/node_modules|\.ts:\d+|\bat .*\(/)
  if (shot.role === 'customer') expect(answer.body).not.toContain(FOREIGN_WORD)
  if (answer.statusCode < 400) return
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(problemSchema.strict().parse(answer.json()).status).toBe(answer.statusCode)
}

/** Half of what is thrown is not even well encoded; what no client can put into a URL is left out. */
function encodeOrNot(text: string): string {
  if (!text.isWellFormed()) return '%ED%A0%80'
  return /^[\x21-\x7e]+$/.test(text) && !/[?#\\]/.test(text)
    ? text.slice(0, 2_000)
    : encodeURIComponent(text).slice(0, 2_000)
}

test('[AP7] whatever is sent to any route: never a 5xx, never a stack, never a word of another owner', async () => {
  const here = await running()
  for (const route of await describedRoutes(here.api)) {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          values: fc.array(nastyText, { minLength: 1, maxLength: 2 }),
          body: bodiesFor(route),
          query: nastyText,
          role: fc.constantFrom('owner', 'customer', 'viewer.trade', 'forged'),
        }),
        shot => shoot(here, route, shot),
      ),
      { numRuns: RUNS_PER_ROUTE },
    )
  }
}, 60_000)

test('[AP7] rows that exist, with bodies that are wrong, are refused in the same way', async () => {
  const here = await running()
  const { world } = here
  const ids: Record<string, string | undefined> = {
    accountId: world.own,
    sourceId: [...world.sources.keys()][0],
    strategyId: [...world.strategies.keys()][0],
    linkId: [...world.links.keys()][0],
    pairId: [...world.pairs.keys()][0],
    name: 'server.name',
    token: 'the-secret-of-the-own-source',
  }
  const routes = (await describedRoutes(here.api)).filter(
    ({ method }) => method !== 'DELETE' && method !== 'GET',
  )
  for (const route of routes) {
    const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? world.own)
    await fc.assert(
      fc.asyncProperty(bodiesFor(route), body =>
        shoot(here, { ...route, path }, { values: [''], body, query: '1', role: 'owner' }),
      ),
      { numRuns: RUNS_PER_ROUTE },
    )
  }
}, 60_000)
