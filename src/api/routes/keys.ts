import { z } from 'zod'
import { keyBody, keyCheckAnswer, resetAnswer } from '../../../protocol/rest/accounts.ts'
import { onAccount, principalOf } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { orRefuse } from '../errors.ts'
import type { Services } from '../services.ts'
import { keyCheckView } from '../views/account.ts'
import { accountOf, accountParams as params } from './accounts.ts'

const tags = ['accounts']

/** An account's key, which no answer ever holds, and the session that it opens. */
export function keyRoutes(app: Api, services: Services): void {
  const { desk } = services
  const access = onAccount('account.manage')

  app.put(
    '/accounts/:accountId/key',
    {
      config: { access, secretBody: true },
      schema: {
        tags,
        summary: 'Set the key: read at the venue, sealed, and used at once',
        params,
        body: keyBody,
        response: { 200: keyCheckAnswer },
      },
    },
    async request => {
      const account = accountOf(services, request.params)
      return keyCheckView(orRefuse(await desk.putKey(account, request.body, principalOf(request).actor)))
    },
  )

  app.delete(
    '/accounts/:accountId/key',
    {
      config: { access },
      schema: { tags, summary: 'Forget the key and end its session', params, response: { 204: z.void() } },
    },
    async (request, reply) => {
      const account = accountOf(services, request.params)
      orRefuse(await desk.removeKey(account, principalOf(request).actor))
      return reply.code(204).send()
    },
  )

  app.post(
    '/accounts/:accountId/check',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Ask the venue what the key may do',
        params,
        response: { 200: keyCheckAnswer },
      },
    },
    async request => keyCheckView(orRefuse(await desk.checkKey(accountOf(services, request.params)))),
  )

  app.post(
    '/accounts/:accountId/sessions/reset',
    {
      config: { access },
      schema: { tags, summary: 'Replace the session at the venue', params, response: { 200: resetAnswer } },
    },
    async request => {
      const { id } = accountOf(services, request.params)
      const act = actOf(request, 'account.session_reset', { subject: `account:${id}` })
      return { reset: orRefuse(await desk.resetSessions([id], act)) }
    },
  )
}
