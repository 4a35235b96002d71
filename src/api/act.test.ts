import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { EMPTY_CHAIN, nextEntry } from '../security/audit-entry.ts'
import { flatDetail } from './act.ts'
import { describedRoutes, running } from './testing/api.ts'

/** As much of JSON Schema as the OpenAPI document of our routes has. */
const schema = z.object({
  type: z.string().optional(),
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
  enum: z.array(z.unknown()).default([]),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
  additionalProperties: z.unknown().optional(),
  anyOf: z.array(z.unknown()).default([]),
  oneOf: z.array(z.unknown()).default([]),
})

/** Maps say their limit in words only: it is that of the lists of symbols. */
const MAP_ENTRIES = 500
const ANY_LENGTH = 4_096

/** The longest value that a schema takes, as far as lengths go. */
function largest(raw: unknown): unknown {
  const { type, maxLength, maxItems, enum: values, items, properties, ...rest } = schema.parse(raw)
  const options = [...rest.anyOf, ...rest.oneOf].map(largest)
  if (options.length > 0) return options.reduce((a, b) => (lengthOf(a) < lengthOf(b) ? b : a))
  if (values.length > 0) return values[0]
  if (type === 'string') return '\u0001'.repeat(maxLength ?? ANY_LENGTH)
  if (type === 'array') return Array.from({ length: maxItems ?? MAP_ENTRIES }, () => largest(items))
  if (type !== 'object') return 1_000_000
  const fields = Object.entries(properties).map(([name, each]) => [name, largest(each)])
  if (fields.length > 0) return Object.fromEntries(fields)
  const value = largest(rest.additionalProperties ?? {})
  return Object.fromEntries(Array.from({ length: MAP_ENTRIES }, (_, at) => [`bybit:SYMBOL${at}USDT`, value]))
}

function lengthOf(value: unknown): number {
  return JSON.stringify(value).length
}

test('[SE67] the audit chain takes the longest body that any route takes', async () => {
  const { api } = await running()
  const routes = (await describedRoutes(api)).filter(
    ({ requestBody, 'x-access': { kind } }) => requestBody !== undefined && kind !== 'public',
  )
  for (const { method, path, requestBody } of routes) {
    const [content] = Object.values(requestBody?.content ?? {})
    const body = z.record(z.string(), z.unknown()).safeParse(largest(content?.schema))
    const detail = flatDetail(body.data ?? {})
    const act = { actor: 'local', action: 'test.act', subject: null, detail }
    expect(() => nextEntry(act, EMPTY_CHAIN, 0), `${method} ${path}`).not.toThrow()
  }
  expect(routes.length).toBeGreaterThan(20)
})

test('[SE67] a field that is too long for an entry is named by its digest, and the others stay as they are', () => {
  const allowed = JSON.stringify(Array.from({ length: 500 }, (_, at) => `bybit:SYMBOL${at}USDT`))
  const detail = { name: 'many', limits: allowed, maxAgeMs: 5 }
  const entry = nextEntry({ actor: 'local', action: 'test.act', subject: null, detail }, EMPTY_CHAIN, 0)
  const digest = createHash('sha256').update(allowed).digest('hex')
  expect(JSON.parse(entry.detail ?? '')).toEqual({
    ...detail,
    limits: `${allowed.slice(0, 200)}... (${allowed.length} characters, sha256 ${digest})`,
  })
})
