import { z } from 'zod'
import { loginAnswer } from '../../../protocol/rest/auth.ts'
import { listAnswer, pageOf, pageQuery, uuid } from '../../../protocol/rest/common.ts'
import { userAnswer, userBody, userChange, userPasswordBody } from '../../../protocol/rest/users.ts'
import type { User } from '../../domain/user.ts'
import { onServer, principalOf } from '../access.ts'
import type { Api } from '../api.ts'
import { found, orRefuse } from '../errors.ts'
import { idPage } from '../paging.ts'
import type { Services } from '../services.ts'
import { withoutUndefined } from '../views/given.ts'

const tags = ['users']
const access = onServer('user.manage')
const params = z.strictObject({ userId: uuid })

export function userRoutes(app: Api, services: Services): void {
  const { people } = services
  app.get(
    '/users',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Everybody',
        querystring: pageQuery,
        response: { 200: pageOf(userAnswer) },
      },
    },
    request => {
      const page = idPage(people.users(), request.query)
      return { ...page, rows: page.rows.map(userView) }
    },
  )

  app.post(
    '/users',
    {
      config: { access, secretBody: true },
      schema: { tags, summary: 'Add somebody', body: userBody, response: { 201: userAnswer } },
    },
    async (request, reply) => {
      const user = orRefuse(await people.createUser(request.body, principalOf(request).actor))
      return reply.code(201).send(userView(user))
    },
  )

  app.get(
    '/users/:userId',
    { config: { access }, schema: { tags, summary: 'One user', params, response: { 200: userAnswer } } },
    request => userView(userOf(services, request.params)),
  )

  app.patch(
    '/users/:userId',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Change or disable a user',
        params,
        body: userChange,
        response: { 200: userAnswer },
      },
    },
    async request => {
      const { id } = userOf(services, request.params)
      const change = withoutUndefined(request.body)
      return userView(orRefuse(await people.changeUser(id, change, principalOf(request).actor)))
    },
  )
  credentialRoutes(app, services)
}

/** How a user comes in, as an owner may mend it. */
function credentialRoutes(app: Api, services: Services): void {
  const { people } = services
  app.get(
    '/users/:userId/logins',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Where a user is logged in',
        params,
        response: { 200: listAnswer(loginAnswer) },
      },
    },
    request => {
      const { loginId } = principalOf(request)
      const logins = people.logins(userOf(services, request.params).id)
      return { rows: logins.map(login => ({ ...login, current: login.id === loginId })) }
    },
  )

  app.delete(
    '/users/:userId/logins',
    {
      config: { access },
      schema: { tags, summary: 'Log a user out everywhere', params, response: { 204: z.void() } },
    },
    async (request, reply) => {
      const { id } = userOf(services, request.params)
      orRefuse(await people.endLogins(id, principalOf(request).actor))
      return reply.code(204).send()
    },
  )

  app.put(
    '/users/:userId/password',
    {
      config: { access, secretBody: true },
      schema: {
        tags,
        summary: 'Give a user a new password',
        params,
        body: userPasswordBody,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { id } = userOf(services, request.params)
      orRefuse(await people.setPassword(id, request.body.password, principalOf(request).actor))
      return reply.code(204).send()
    },
  )

  app.delete(
    '/users/:userId/totp',
    {
      config: { access },
      schema: {
        tags,
        summary: 'End the one-time codes of who has lost the device',
        params,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { id } = userOf(services, request.params)
      orRefuse(await people.removeTotp(id, principalOf(request).actor))
      return reply.code(204).send()
    },
  )
}

function userOf({ people }: Services, { userId }: { userId: string }): User {
  return found(people.user(userId), 'user')
}

function userView({ id, email, name, role, status, createdAt }: User): z.infer<typeof userAnswer> {
  return { id, email, name, role, status, createdAt }
}
