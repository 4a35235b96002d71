import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { pageOf as pageShape } from '../../../protocol/rest/common.ts'
import {
  hookAnswer,
  manualSignalBody,
  signalAnswer,
  signalsQuery,
  takenAnswer,
} from '../../../protocol/rest/sources.ts'
import type { SignalId } from '../../domain/ids.ts'
import { must } from '../../domain/result.ts'
import { principalOf } from '../access.ts'
import type { Api } from '../api.ts'
import { orRefuse } from '../errors.ts'
import { takeSignal } from '../hooks/intake.ts'
import { actionOf } from '../hooks/lockstep.ts'
import { idCursor, pageOf, rowsToRead } from '../paging.ts'
import type { Services } from '../services.ts'
import { decimalOrNull } from '../views/strategy.ts'
import { signalView, takenView } from '../views/trading.ts'
import { onSource, sourceParams as params, signalsSource, sourceOf } from './sources.ts'

const tags = ['sources']

export function sourceSignalRoutes(app: Api, services: Services): void {
  const { reads, clock } = services
  app.get(
    '/sources/:sourceId/signals',
    {
      config: { access: onSource('source.read') },
      schema: {
        tags,
        summary: 'Its signals, newest first',
        params,
        querystring: signalsQuery,
        response: { 200: pageShape(signalAnswer) },
      },
    },
    async request => {
      const { id: sourceId } = sourceOf(services, request.params)
      const { cursor, limit } = request.query
      const rows = await reads.signalPage({
        sourceId,
        ...idCursor<SignalId>(cursor),
        limit: rowsToRead(limit),
      })
      const page = pageOf(rows, limit, ({ id }) => id)
      return { ...page, rows: page.rows.map(signalView) }
    },
  )

  app.post(
    '/sources/:sourceId/signals',
    {
      config: { access: onSource('source.signal'), keyRequired: true },
      schema: {
        tags,
        summary: 'A signal by hand, as of now',
        params,
        body: manualSignalBody,
        response: { 202: takenAnswer },
      },
    },
    async (request, reply) => {
      const source = signalsSource(services, sourceOf(services, request.params))
      const action = orRefuse(actionOf(request.body))
      const signalPrice = decimalOrNull(request.body.signalPrice ?? null)
      const externalId = externalIdOf(request)
      const parsed = { externalId, at: clock.now(), symbol: request.body.symbol, action, signalPrice }
      return reply
        .code(202)
        .send(takenView(await takeSignal(services, source, { parsed, said: request.body })))
    },
  )
  hookPathRoutes(app, services)
}

/** The path that webhooks are sent to, and its end. */
function hookPathRoutes(app: Api, services: Services): void {
  const { signals } = services
  app.post(
    '/sources/:sourceId/hook',
    {
      config: { access: onSource('source.manage'), secretAnswer: true },
      schema: {
        tags,
        summary: 'Make the path for webhooks; it is shown once, and the former one ends',
        params,
        response: { 201: hookAnswer },
      },
    },
    async (request, reply) => {
      const { id } = signalsSource(services, sourceOf(services, request.params))
      const { token } = orRefuse(await signals.renewHook(id, principalOf(request).actor))
      return reply.code(201).send({ path: `/api/v1/hook/${token}` })
    },
  )

  app.delete(
    '/sources/:sourceId/hook',
    {
      config: { access: onSource('source.manage') },
      schema: { tags, summary: 'Take webhooks no more', params, response: { 204: z.void() } },
    },
    async (request, reply) => {
      const { id } = sourceOf(services, request.params)
      orRefuse(await signals.endHook(id, principalOf(request).actor))
      return reply.code(204).send()
    },
  )
}

/** From the Idempotency-Key, so that even a crash before the answer was kept makes no second signal of one. */
function externalIdOf(request: FastifyRequest): string {
  const { actor, key } = must(request.claim, 'the route requires an Idempotency-Key')
  return `manual-${createHash('sha256').update(`${actor} ${key}`).digest('hex')}`
}
