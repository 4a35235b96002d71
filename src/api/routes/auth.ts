import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  loginAnswer,
  loginBody,
  passwordBody,
  reauthenticationBody,
  refreshBody,
  selfAnswer,
  tokensAnswer,
  totpAnswer,
  totpBody,
} from '../../../protocol/rest/auth.ts'
import { listAnswer, secretText, uuid } from '../../../protocol/rest/common.ts'
import { type LoginId, parseId } from '../../domain/ids.ts'
import { PERSON, PUBLIC, principalOf, SELF, userIdOf } from '../access.ts'
import type { Api } from '../api.ts'
import { found, orRefuse, refuse } from '../errors.ts'
import { REFRESH_COOKIE, requireOwnPage } from '../origins.ts'
import type { Device, Services, Tokens, Whose } from '../services.ts'

export interface CookieOptions {
  /** True behind HTTPS: the cookie then never travels without it. */
  readonly secure: boolean
  readonly origins: ReadonlySet<string>
}

/** Only these two paths ever get the cookie. */
const COOKIE_PATH = '/api/v1/auth'
const MAXIMUM_USER_AGENT = 256
const tags = ['auth']

export function authRoutes(app: Api, services: Services, cookie: CookieOptions): void {
  const { people } = services
  loginRoutes(app, services, cookie)

  app.get(
    '/auth/self',
    {
      config: { access: SELF },
      schema: { tags, summary: 'Who the token speaks for', response: { 200: selfAnswer } },
    },
    request => {
      const { actor, userId, role, scopes, expiresAt } = principalOf(request)
      return { actor, userId, role, scopes: [...scopes], expiresAt }
    },
  )

  app.get(
    '/auth/logins',
    {
      config: { access: SELF },
      schema: { tags, summary: 'Where you are logged in', response: { 200: listAnswer(loginAnswer) } },
    },
    request => {
      const { loginId } = principalOf(request)
      const logins = people.logins(userIdOf(request))
      return { rows: logins.map(login => ({ ...login, current: login.id === loginId })) }
    },
  )

  app.delete(
    '/auth/logins/:loginId',
    {
      config: { access: PERSON },
      schema: {
        tags,
        summary: 'Log one of them out',
        params: z.strictObject({ loginId: uuid }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { actor } = principalOf(request)
      const loginId = found(parseId<LoginId>(request.params.loginId), 'login')
      orRefuse(await people.endLogin(userIdOf(request), loginId, actor))
      return reply.code(204).send()
    },
  )
  passwordRoutes(app, services)
}

function loginRoutes(app: Api, { people }: Services, cookie: CookieOptions): void {
  app.post(
    '/auth/login',
    {
      config: { access: PUBLIC },
      schema: { tags, summary: 'Log in', body: loginBody, response: { 200: tokensAnswer } },
    },
    async (request, reply) => {
      const { email, password, totp = null, cookie: inCookie } = request.body
      const tokens = orRefuse(await people.login({ email, password, code: totp, ...deviceOf(request) }))
      return give(reply, tokens, { inCookie, cookie })
    },
  )

  app.post(
    '/auth/refresh',
    {
      config: { access: PUBLIC },
      schema: {
        tags,
        summary: 'Exchange the refresh token for new ones',
        body: refreshBody,
        response: { 200: tokensAnswer },
      },
    },
    async (request, reply) => {
      const inCookie = request.body.refreshToken === undefined
      if (inCookie) requireOwnPage(request, cookie.origins)
      const given = secretText.safeParse(request.body.refreshToken ?? request.cookies[REFRESH_COOKIE])
      if (!given.success) refuse('token_missing', 'Send the refresh token, or log in.')
      const tokens = orRefuse(await people.refresh(given.data))
      return give(reply, tokens, { inCookie, cookie })
    },
  )

  app.post(
    '/auth/logout',
    { config: { access: PERSON }, schema: { tags, summary: 'Log out', response: { 204: z.void() } } },
    async (request, reply) => {
      const { loginId, actor } = principalOf(request)
      if (loginId !== null) orRefuse(await people.endLogin(userIdOf(request), loginId, actor))
      return reply.clearCookie(REFRESH_COOKIE, { path: COOKIE_PATH }).code(204).send()
    },
  )
}

function passwordRoutes(app: Api, { people }: Services): void {
  const config = { access: PERSON, secretBody: true }
  app.post(
    '/auth/password',
    {
      config,
      schema: { tags, summary: 'Change your password', body: passwordBody, response: { 204: z.void() } },
    },
    async (request, reply) => {
      const { loginId } = principalOf(request)
      orRefuse(await people.changePassword({ ...whose(request), loginId, ...request.body }))
      return reply.code(204).send()
    },
  )

  app.post(
    '/auth/totp',
    {
      config: { ...config, secretAnswer: true },
      schema: {
        tags,
        summary: 'Begin one-time codes: what the authenticator needs',
        body: reauthenticationBody,
        response: { 200: totpAnswer },
      },
    },
    async request => orRefuse(await people.beginTotp({ ...whose(request), ...request.body })),
  )

  app.post(
    '/auth/totp/confirm',
    {
      config,
      schema: {
        tags,
        summary: 'Require one-time codes from now on',
        body: totpBody,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      orRefuse(await people.confirmTotp(userIdOf(request), request.body.code))
      return reply.code(204).send()
    },
  )

  app.post(
    '/auth/totp/end',
    {
      config,
      schema: {
        tags,
        summary: 'Require one-time codes no more',
        body: reauthenticationBody,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      orRefuse(await people.endTotp({ ...whose(request), ...request.body }))
      return reply.code(204).send()
    },
  )
}

function give(
  reply: FastifyReply,
  tokens: Tokens,
  { inCookie, cookie }: { inCookie: boolean; cookie: CookieOptions },
): z.infer<typeof tokensAnswer> {
  const { accessToken, accessExpiresAt: expiresAt, refreshToken, refreshExpiresAt } = tokens
  if (!inCookie) return { accessToken, expiresAt, refreshToken }
  reply.setCookie(REFRESH_COOKIE, refreshToken, {
    path: COOKIE_PATH,
    httpOnly: true,
    sameSite: 'strict',
    secure: cookie.secure,
    expires: new Date(refreshExpiresAt),
  })
  return { accessToken, expiresAt, refreshToken: null }
}

/** The password is asked for again, also of who has a token: devices are left lying about. */
function whose(request: FastifyRequest): Whose {
  return { userId: userIdOf(request), address: request.ip }
}

function deviceOf(request: FastifyRequest): Device {
  const userAgent = request.headers['user-agent'] ?? ''
  return { address: request.ip, userAgent: userAgent.slice(0, MAXIMUM_USER_AGENT) }
}
