import type { z } from 'zod'
import { healthAnswer, livezAnswer } from '../../../protocol/rest/server.ts'
import { PUBLIC } from '../access.ts'
import type { Api } from '../api.ts'
import type { Health, Services } from '../services.ts'

const config = { access: PUBLIC }
const tags = ['probes']

/** For whoever starts, watches and replaces processes: no token, and nothing that is anybody's. */
export function probeRoutes(app: Api, { health }: Services): void {
  app.get(
    '/livez',
    { config, schema: { tags, summary: 'The process answers', response: { 200: livezAnswer } } },
    () => ({
      status: 'up' as const,
    }),
  )

  app.get(
    '/readyz',
    {
      config,
      schema: {
        tags,
        summary: 'Started, and not stopping',
        response: { 200: healthAnswer, 503: healthAnswer },
      },
    },
    async (_request, reply) => {
      reply.code(health.ready() ? 200 : 503)
      return healthView(health)
    },
  )

  app.get(
    '/health',
    {
      config,
      schema: {
        tags,
        summary: 'Each part by name; 503 when one is down',
        response: { 200: healthAnswer, 503: healthAnswer },
      },
    },
    async (_request, reply) => {
      const view = healthView(health)
      reply.code(view.status === 'down' ? 503 : 200)
      return view
    },
  )
}

export function healthView(health: Health): z.infer<typeof healthAnswer> {
  const parts = health.parts().map(part => ({ ...part }))
  const down = parts.some(({ status }) => status === 'down')
  const degraded = parts.some(({ status }) => status === 'degraded')
  return { status: down ? 'down' : degraded ? 'degraded' : 'up', parts }
}
