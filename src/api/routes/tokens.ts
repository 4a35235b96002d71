import { z } from 'zod'
import { apiTokenAnswer, apiTokenBody, newApiTokenAnswer } from '../../../protocol/rest/auth.ts'
import { listAnswer, uuid } from '../../../protocol/rest/common.ts'
import { type ApiTokenId, parseId } from '../../domain/ids.ts'
import type { ApiToken } from '../../domain/user.ts'
import { PERSON, principalOf, SELF, userIdOf } from '../access.ts'
import type { Api } from '../api.ts'
import { found, orRefuse } from '../errors.ts'
import type { Services } from '../services.ts'

const tags = ['tokens']

export function tokenRoutes(app: Api, { people }: Services): void {
  app.get(
    '/tokens',
    {
      config: { access: SELF },
      schema: { tags, summary: 'Your API tokens', response: { 200: listAnswer(apiTokenAnswer) } },
    },
    request => ({ rows: people.apiTokens(userIdOf(request)).map(tokenView) }),
  )

  app.post(
    '/tokens',
    {
      config: { access: PERSON, secretAnswer: true },
      schema: {
        tags,
        summary: 'Make an API token; it is shown once',
        body: apiTokenBody,
        response: { 201: newApiTokenAnswer },
      },
    },
    async (request, reply) => {
      const userId = userIdOf(request)
      const made = await people.createApiToken({ ...request.body, userId })
      const { apiToken, token } = orRefuse(made)
      return reply.code(201).send({ ...tokenView(apiToken), token })
    },
  )

  app.delete(
    '/tokens/:tokenId',
    {
      config: { access: PERSON },
      schema: {
        tags,
        summary: 'Revoke an API token',
        params: z.strictObject({ tokenId: uuid }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { actor } = principalOf(request)
      const tokenId = found(parseId<ApiTokenId>(request.params.tokenId), 'token')
      orRefuse(await people.revokeApiToken(userIdOf(request), tokenId, actor))
      return reply.code(204).send()
    },
  )
}

function tokenView({
  id,
  name,
  scopes,
  createdAt,
  expiresAt,
  revokedAt,
}: ApiToken): z.infer<typeof apiTokenAnswer> {
  return { id, name, scopes: [...scopes], createdAt, expiresAt, revokedAt }
}
