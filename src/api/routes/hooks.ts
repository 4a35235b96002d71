import { z } from 'zod'
import { secretText } from '../../../protocol/rest/common.ts'
import { takenAnswer } from '../../../protocol/rest/sources.ts'
import { PUBLIC } from '../access.ts'
import type { Api } from '../api.ts'
import { parseJsonBodies } from '../body.ts'
import { orRefuse, refuse } from '../errors.ts'
import { parseSignal, takeSignal } from '../hooks/intake.ts'
import { type Limits, MAXIMUM_HOOK_BYTES } from '../limits.ts'
import type { Services } from '../services.ts'
import { takenView } from '../views/trading.ts'

/** Webhooks in: the secret is in the path, because senders like TradingView can set no header. */
export async function hookRoutes(app: Api, services: Services, limits: Limits): Promise<void> {
  // TradingView sends text/plain when its message is no JSON: then the answer shall say so, not that the type is wrong.
  parseJsonBodies(app, ['text/plain'])
  app.post(
    '/hook/:token',
    {
      config: { access: PUBLIC },
      bodyLimit: MAXIMUM_HOOK_BYTES,
      schema: {
        tags: ['sources'],
        summary: 'A signal by webhook: Lockstep JSON, a TradingView alert, or a 3Commas signal bot message',
        params: z.strictObject({ token: secretText }),
        body: z.record(z.string(), z.unknown()),
        response: { 202: takenAnswer },
      },
    },
    async (request, reply) => {
      const sourceId = services.signals.sourceOfHook(request.params.token)
      const source = sourceId === null ? undefined : services.desk.roster().sources.get(sourceId)
      if (source === undefined) {
        await limits.failure(request.ip)
        refuse('not_found', 'The path is wrong, or its secret was replaced. Make a new one for the source.')
      }
      await limits.source(source.id)
      const parsed = orRefuse(parseSignal(request.body))
      const signal = await takeSignal(services, source, { parsed, said: request.body })
      return reply.code(202).send(takenView(signal))
    },
  )
}
