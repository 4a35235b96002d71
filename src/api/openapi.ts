import swagger from '@fastify/swagger'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problemSchema } from '../../protocol/problem.ts'
import { PUBLIC } from './access.ts'
import type { Api } from './api.ts'
import { escapeHtml, page } from './html.ts'

const REFUSED = {
  description: 'Problem details (RFC 9457)',
  content: { 'application/problem+json': { schema: problemSchema } },
}

/** What every route has: problems, and a word about who may use it. */
export function describeAnswers(app: Api): void {
  app.addHook('onRoute', route => {
    const { access } = route.config ?? {}
    const action = access !== undefined && 'action' in access ? { action: access.action } : {}
    const response = { ...(route.schema?.response ?? {}), '4xx': REFUSED }
    route.schema = { ...route.schema, response, ...{ 'x-access': { kind: access?.kind, ...action } } }
  })
}

/** OpenAPI 3.1, made from the same schemas that requests are checked by. */
export async function describeRoutes(app: Api, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Lockstep', version, description: 'Amounts are text, times are ms since 1970.' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
  })
}

export function documentRoutes(app: Api): void {
  const config = { access: PUBLIC }
  app.get('/docs/json', { config, schema: { hide: true } }, () => app.swagger())
  app.get('/docs', { config, schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(routesPage(app.swagger())),
  )
}

const operation = z.object({ tags: z.array(z.string()).default([]), summary: z.string().default('') })
const documentShape = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) })

function routesPage(document: unknown): string {
  const { paths } = documentShape.parse(document)
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { tags, summary }]) => ({
      path,
      method,
      tag: tags[0] ?? '',
      summary,
    })),
  )
  const tags = [...new Set(rows.map(({ tag }) => tag))]
  const sections = tags.map(tag => {
    const lines = rows
      .filter(row => row.tag === tag)
      .map(
        row =>
          `<tr><td>${row.method.toUpperCase()}</td><td><code>${escapeHtml(row.path)}</code></td><td>${escapeHtml(row.summary)}</td></tr>`,
      )
    return `<h2>${escapeHtml(tag)}</h2><table>${lines.join('')}</table>`
  })
  const intro =
    '<p>Every request and answer in full: <a href="/docs/json">OpenAPI 3.1 as JSON</a>. Send the access token as <code>Authorization: Bearer</code>.</p>'
  return page('Lockstep API', intro + sections.join(''))
}
