import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import {
  PROBLEMS,
  type Problem,
  type ProblemCode,
  type ProblemError,
  problem,
} from '../../protocol/problem.ts'
import type { Result } from '../domain/result.ts'
import type { Refused } from '../ports/authority.ts'
import type { Log } from '../ports/observe.ts'
import type { Refusal } from './answer.ts'

/**
 * A refusal on its way to the error handler, which is how Fastify ends a request from anywhere in its lifecycle.
 * Below the routes a refusal is a value.
 */
export class RefusalError extends Error {
  override name = 'RefusalError'
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

export function refuse(code: ProblemCode, message: string, errors: readonly ProblemError[] = []): never {
  throw new RefusalError({ code, message, errors })
}

export function orRefuse<T>(result: Result<T, Refusal | Refused>): T {
  if (!result.ok) throw new RefusalError(result.error)
  return result.value
}

/** @param what the row that somebody asked for; the same words whether it is not there or not theirs */
export function found<T>(row: T | null | undefined, what: string): T {
  return row ?? refuse('not_found', `There is no such ${what}. See the list for those that you may see.`)
}

/** Fastify's own errors, as far as a request can cause them. */
const FASTIFY_CODES: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'Send a smaller body.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['media_type', 'Send application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed', 'The body has another length than Content-Length says.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed', 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed', 'The body is empty. Send JSON, or leave out the content type.'],
  FST_ERR_BAD_URL: ['malformed', 'The path is not well encoded.'],
}

/** Where in a request something is wrong, by the name that a person knows it under. */
const PLACES: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'headers',
}

/** Problem details of whatever was thrown. A bug says nothing about itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RefusalError) return problem(error.refusal.code, error.message, error.refusal.errors)
  const { code = '', validation, validationContext, statusCode } = fastifyError(error)
  if (validation !== undefined) {
    const place = PLACES[validationContext ?? ''] ?? 'request'
    // What is not an id can name nothing: the same answer as for an id of nothing.
    if (place === 'path') return problem('not_found', 'There is nothing at this path.')
    const errors = validation.map(({ instancePath, message }) => ({
      path: [place, ...instancePath.split('/').filter(part => part !== '')].join('.'),
      message: message ?? 'is not valid',
    }))
    return problem('invalid', `Mend what is listed in errors: ${errors[0]?.path} first.`, errors)
  }
  const known = FASTIFY_CODES[code]
  if (known !== undefined) return problem(...known)
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return problem('malformed', 'The request cannot be read. Send well-formed HTTP with well-formed JSON.')
  return problem('internal', 'Try again, and tell the operator the request id if it stays so.')
}

function fastifyError(error: unknown): Partial<FastifyError> {
  return error instanceof Error ? error : {}
}

/** Answers with problem details, whatever the route's own schema says. */
export function sendProblem(
  reply: FastifyReply,
  details: Problem,
  retryAfterMs: number | null = null,
): FastifyReply {
  if (details.status === 401) reply.header('www-authenticate', 'Bearer')
  if (retryAfterMs !== null) reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1_000)))
  return reply
    .code(details.status)
    .type('application/problem+json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(details)
}

export function errorHandler(log: Log) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const details = problemOf(error)
    if (details.status === PROBLEMS.internal.status) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error))
      log.error('request_failed', { route: request.routeOptions.url, requestId: request.id, message, stack })
    }
    const retryAfterMs = error instanceof RefusalError ? error.refusal.retryAfterMs : null
    return sendProblem(reply, details, retryAfterMs ?? null)
  }
}
