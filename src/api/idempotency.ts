import { createHash, createHmac } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { principalOf } from './access.ts'
import type { Api } from './api.ts'
import { refuse } from './errors.ts'
import type { Services } from './services.ts'

/** Printable, so that it survives every log and table. */
const KEY = /^[\x21-\x7e]{1,128}$/
const COMMANDS = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** A longer answer is not kept. */
const MAXIMUM_KEPT_CHARACTERS = 64 * 1024

const NO_CONTENT = 204

/** A command that is being done under a key. */
interface Claim {
  readonly actor: string
  readonly key: string
  readonly digest: string
}

declare module 'fastify' {
  interface FastifyRequest {
    claim: Claim | null
  }
}

/**
 * A command that is sent again under the same Idempotency-Key is answered again and not done again. Only what was
 * done is kept: what was refused did nothing, and may be tried again.
 */
export function keepAnswers(app: Api, services: Services): void {
  // What is hashed with a password in it must be of no use to whoever reads the table: after a restart such a key
  // counts as used for another request.
  const secretKey = services.random.bytes(32)
  const inFlight = new Map<string, Promise<void>>()
  const releases = new WeakMap<FastifyRequest, () => void>()
  app.decorateRequest('claim', null)

  app.addHook('preHandler', async (request, reply) => {
    const claim = claimOf(request, secretKey)
    if (claim === null) return undefined
    const place = `${claim.actor} ${claim.key}`
    // Whoever comes while it is being done waits, and finds the answer.
    for (let ahead = inFlight.get(place); ahead !== undefined; ahead = inFlight.get(place)) await ahead
    const { promise, resolve } = Promise.withResolvers<void>()
    inFlight.set(place, promise)
    releases.set(request, () => {
      inFlight.delete(place)
      resolve()
    })
    const answered = await replay(reply, services, claim)
    if (!answered) request.claim = claim
    return answered ? reply : undefined
  })

  // When the handler is through, not when the connection is: whoever hung up must not have it done twice.
  app.addHook('onSend', async (request, reply, payload) => {
    try {
      if (request.claim !== null && reply.statusCode < 300) {
        await keep(services, { claim: request.claim, request, status: reply.statusCode, payload })
      }
    } finally {
      releases.get(request)?.()
    }
    return payload
  })
}

function claimOf(request: FastifyRequest, secretKey: Uint8Array): Claim | null {
  const { access, keyRequired = false } = request.routeOptions.config
  if (access === undefined || access.kind === 'public' || !COMMANDS.has(request.method)) return null
  const key = request.headers['idempotency-key']
  if (key === undefined && keyRequired) {
    refuse('invalid', 'Send an Idempotency-Key of your own, so that sending it again does not do it again.')
  }
  if (key === undefined) return null
  if (typeof key !== 'string' || !KEY.test(key)) {
    refuse('invalid', 'An Idempotency-Key has 1 to 128 printable characters without spaces.')
  }
  return { actor: principalOf(request).actor, key, digest: digestOf(request, secretKey) }
}

function digestOf({ method, url, body, routeOptions }: FastifyRequest, secretKey: Uint8Array): string {
  const text = `${method} ${url}\n${JSON.stringify(body ?? null)}`
  const hash =
    routeOptions.config.secretBody === true ? createHmac('sha256', secretKey) : createHash('sha256')
  return hash.update(text).digest('hex')
}

async function replay(reply: FastifyReply, { reads }: Services, claim: Claim): Promise<boolean> {
  const kept = await reads.idempotentAnswer(claim.actor, claim.key)
  if (kept === null) return false
  if (kept.digest !== claim.digest) {
    refuse(
      'idempotency_key_reused',
      'This key was used for another request. Take a new one for each command.',
    )
  }
  if (kept.body === '' && kept.status !== NO_CONTENT) {
    refuse(
      'answer_not_kept',
      'It was done, and what it answered is shown once. Make a new one if it was lost.',
    )
  }
  reply.header('idempotent-replayed', 'true').code(kept.status)
  if (kept.body === '') void reply.send()
  else void reply.type('application/json').serializer(String).send(kept.body)
  return true
}

async function keep(
  { reads, clock, log }: Services,
  done: { claim: Claim; request: FastifyRequest; status: number; payload: unknown },
): Promise<void> {
  const { claim, request, status, payload } = done
  const secret = request.routeOptions.config.secretAnswer === true
  const text = typeof payload === 'string' ? payload : ''
  const body = secret || text.length > MAXIMUM_KEPT_CHARACTERS ? '' : text
  const result = await reads.keepAnswer({ ...claim, status, body, at: clock.now() })
  // It was done; to say otherwise would make somebody do it again.
  if (!result.ok) log.warn('answer_not_kept', { actor: claim.actor, message: result.error.message })
}
