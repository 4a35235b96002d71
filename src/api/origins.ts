import type { FastifyRequest } from 'fastify'
import { COMPLETE_HEADER } from '../../protocol/rest/history.ts'
import type { Api } from './api.ts'
import { refuse } from './errors.ts'

/** Sent by our own pages: another site cannot add it without being asked first (a CORS preflight). */
export const CSRF_HEADER = 'x-lockstep-csrf'
export const REFRESH_COOKIE = 'lockstep_refresh'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
const ALLOWED_HEADERS = `authorization, content-type, idempotency-key, ${CSRF_HEADER}`
const PREFLIGHT_SECONDS = 600

/**
 * Closed by default: a browser's page of another origin may ask nothing, unless its origin is listed.
 *
 * @param allowed origins like `https://desk.example.org`, beside the server's own on this machine
 */
export function guardOrigins(app: Api, allowed: ReadonlySet<string>): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined) return
    const known = isKnownOrigin(request, allowed)
    if (known) {
      reply
        .header('access-control-allow-origin', origin)
        .header('access-control-allow-credentials', 'true')
        .header('access-control-expose-headers', COMPLETE_HEADER)
    }
    reply.header('vary', 'origin')
    if (request.method === 'OPTIONS' && known) {
      return reply
        .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
        .header('access-control-allow-headers', ALLOWED_HEADERS)
        .header('access-control-max-age', PREFLIGHT_SECONDS)
        .code(204)
        .send()
    }
    // A Bearer token is no ambient authority; a cookie is.
    if (!known && !SAFE_METHODS.has(request.method) && request.headers.cookie !== undefined) {
      refuse('origin_refused', 'Pages of this origin may not act here. List it under the allowed origins.')
    }
    return undefined
  })
}

/** For what a cookie alone allows: the page must be ours, and say so in a way that a form cannot. */
export function requireOwnPage(request: FastifyRequest, allowed: ReadonlySet<string>): void {
  if (request.headers[CSRF_HEADER] === undefined || !isKnownOrigin(request, allowed)) {
    refuse(
      'origin_refused',
      `With the cookie, send the header ${CSRF_HEADER}: 1 from a page of an allowed origin.`,
    )
  }
}

/**
 * Whether the page that asks is one of ours. The Host header is trusted for loopback names only: any other could be a
 * name of an attacker's that resolves to this machine.
 */
export function isKnownOrigin(request: FastifyRequest, allowed: ReadonlySet<string>): boolean {
  const { origin, host = '' } = request.headers
  if (origin === undefined) return false
  if (allowed.has(origin)) return true
  const name = host.replace(/:\d+$/, '')
  return LOOPBACK.has(name) && origin === `http://${host}`
}
