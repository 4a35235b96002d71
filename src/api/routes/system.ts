import { z } from 'zod'
import { resetAnswer } from '../../../protocol/rest/accounts.ts'
import { resetBody, statusAnswer } from '../../../protocol/rest/server.ts'
import { onServer, principalOf } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { orRefuse } from '../errors.ts'
import type { Services } from '../services.ts'
import { healthView } from './probes.ts'

const tags = ['system']

export function systemRoutes(app: Api, services: Services, version: string): void {
  const { desk, clock, health, people } = services
  const startedAt = clock.now()
  app.get(
    '/system/status',
    {
      config: { access: onServer('system.read') },
      schema: { tags, summary: 'The server and every session', response: { 200: statusAnswer } },
    },
    () => ({
      version,
      startedAt,
      now: clock.now(),
      accounts: desk.states().map(state => ({ ...state })),
      health: healthView(health),
    }),
  )

  app.post(
    '/system/sessions/reset',
    {
      config: { access: onServer('system.manage') },
      schema: {
        tags,
        summary: "Replace the sessions of a venue, of a user's accounts, or all",
        body: resetBody,
        response: { 200: resetAnswer },
      },
    },
    async request => {
      const { venue, userId } = request.body
      const accounts = [...desk.roster().accounts.values()].filter(
        account =>
          (venue === undefined || account.venue === venue) &&
          (userId === undefined || people.profile(account.id).ownerId === userId),
      )
      const act = actOf(request, 'session.reset', { detail: request.body })
      return {
        reset: orRefuse(
          await desk.resetSessions(
            accounts.map(({ id }) => id),
            act,
          ),
        ),
      }
    },
  )
  rotationRoute(app, services)
}

function rotationRoute(app: Api, { people }: Services): void {
  app.post(
    '/system/keys/rotate',
    {
      config: { access: onServer('system.manage') },
      schema: {
        tags,
        summary: 'Seal every secret with a new master key; everybody has to log in again',
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      orRefuse(await people.rotateKeys(principalOf(request).actor))
      return reply.code(204).send()
    },
  )
}
