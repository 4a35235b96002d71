import { z } from 'zod'
import type { Api } from '../api.ts'
import type { ApiLimits } from '../limits.ts'
import { trusting } from '../proxies.ts'
import { createApi } from '../server.ts'
import { type Fakes, fakeServices } from './fakes.ts'
import { makeWorld, type World } from './world.ts'

export interface Running {
  readonly api: Api
  readonly services: Fakes
  readonly world: World
}

export const ORIGIN = 'https://desk.example.org'

/** The API over a small world, not listening: requests are injected. */
export async function running(
  options: {
    frozen?: boolean
    limits?: Partial<ApiLimits>
    trustedProxies?: readonly string[]
    https?: boolean
    change?: (services: Fakes) => Partial<Fakes>
  } = {},
): Promise<Running> {
  const world = makeWorld()
  const fakes = fakeServices(world, options)
  const services = { ...fakes, ...options.change?.(fakes) }
  const plenty = { perAddress: 1e6, perActor: 1e6, perSource: 1e6, failuresPerAddress: 1e6 }
  const limits = { ...plenty, ...options.limits }
  const { https = true, trustedProxies = [] } = options
  const api = await createApi({
    services,
    version: '0.0.0',
    origins: [ORIGIN],
    https,
    trusts: trusting(trustedProxies),
    limits,
  })
  return { api, services, world }
}

const operation = z.object({
  summary: z.string().optional(),
  'x-access': z.object({ kind: z.string(), action: z.string().optional() }),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
  responses: z.record(z.string(), z.unknown()),
})
const document = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operation)),
})

export interface DescribedRoute extends z.infer<typeof operation> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
}

const METHODS = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const

/** Every route that the OpenAPI document has. */
export async function describedRoutes(api: Api): Promise<readonly DescribedRoute[]> {
  return routesOf((await api.inject('/docs/json')).json())
}

/** @param openapi as /docs/json gives it */
export function routesOf(openapi: unknown): readonly DescribedRoute[] {
  const { paths } = document.parse(openapi)
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, details]) => ({
      ...details,
      path,
      method: METHODS[method as keyof typeof METHODS],
    })),
  )
}

/** @param token a role, as the fake authority knows it; none where it is left out */
export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}
