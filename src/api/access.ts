import type { FastifyRequest } from 'fastify'
import type { AccountId, UserId } from '../domain/ids.ts'
import { assert } from '../domain/result.ts'
import type { Action, Authority, Principal } from '../ports/authority.ts'
import type { Api } from './api.ts'
import { found, orRefuse, refuse } from './errors.ts'
import type { Limits } from './limits.ts'
import type { Services } from './services.ts'

/** One row as access sees it. */
export interface Sight {
  /** The accounts through any of which somebody may know that the row is there. */
  readonly seenThrough: readonly AccountId[]
  /** Where one of them is not enough: a pair shows what both of its accounts hold. */
  readonly throughAll?: boolean
  /** The account that acting on it acts on; null: not on one alone. */
  readonly about: AccountId | null
}

/** Finds a row by what the path says, before anything is parsed; null: there is none. */
export type Find = (services: Services, params: Readonly<Record<string, string>>) => Sight | null

/** Who may use a route. Every route has one; without it the server does not start. */
export type Access =
  /** Whoever knows the path; what a secret in it allows is the route's own business. */
  | { readonly kind: 'public' }
  /** Everybody for themselves. `person`: not for API tokens, which must not make more of themselves. */
  | { readonly kind: 'self'; readonly person: boolean }
  | { readonly kind: 'server'; readonly action: Action }
  /** A list: whoever is somebody gets the rows that they may see. */
  | { readonly kind: 'rows'; readonly action: Action }
  /** One row: 404 where one may not know of it, 403 where one may see it and no more. */
  | { readonly kind: 'row'; readonly action: Action; readonly what: string; readonly find: Find }

export const PUBLIC: Access = { kind: 'public' }
export const SELF: Access = { kind: 'self', person: false }
export const PERSON: Access = { kind: 'self', person: true }

export function onServer(action: Action): Access {
  return { kind: 'server', action }
}

export function onRows(action: Action): Access {
  return { kind: 'rows', action }
}

export function onAccount(action: Action): Access {
  return {
    kind: 'row',
    action,
    what: 'account',
    find: ({ desk }, { accountId = '' }) => {
      const id = desk.roster().accounts.get(accountId)?.id
      return id === undefined ? null : { seenThrough: [id], about: id }
    },
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** The answer holds what is shown once: it is never kept for a repeated Idempotency-Key. */
    secretAnswer?: boolean
    /** The body holds a password or a key: no digest of it is kept that could be guessed at. */
    secretBody?: boolean
    /** Doing it twice would trade twice: the Idempotency-Key is not optional. */
    keyRequired?: boolean
  }
  interface FastifyRequest {
    principal: Principal | null
  }
}

/** What seeing a row is called where acting on it is called so. */
const SEEING: Partial<Record<Action, Action>> = {
  'account.trade': 'account.read',
  'account.manage': 'account.read',
  'history.sync': 'account.read',
  'strategy.manage': 'strategy.read',
  'strategy.pause': 'strategy.read',
  'source.manage': 'source.read',
  'source.signal': 'source.read',
  'pair.manage': 'pair.read',
  'pair.trade': 'pair.read',
  'notice.acknowledge': 'notice.read',
}

/** Deny by default: no route without a word about who may use it, no request past it. */
export function guard(app: Api, services: Services, limits: Limits): void {
  app.decorateRequest('principal', null)
  app.addHook('onRoute', ({ method, url, config }) => {
    assert(config?.access !== undefined, `${String(method)} ${url} does not say who may use it`)
  })
  app.addHook('onRequest', async request => {
    const access = request.routeOptions.config.access
    // What is no route tells nobody whether it could be one.
    if (access === undefined || access.kind === 'public') return
    request.principal = await authenticate(request, services.authority, limits)
    await limits.actor(request.principal.actor)
    authorise(request, access, services)
  })
}

const BEARER = /^Bearer ([\x21-\x7e]{1,4096})$/i

async function authenticate(
  request: FastifyRequest,
  authority: Authority,
  limits: Limits,
): Promise<Principal> {
  const header = request.headers.authorization
  if (header === undefined) {
    refuse('token_missing', 'Log in, and send the access token as "Authorization: Bearer <token>".')
  }
  const token = BEARER.exec(header)?.[1]
  if (token === undefined) refuse('token_invalid', 'Send the token as "Authorization: Bearer <token>".')
  const known = await authority.authenticate(token)
  // Only who fails is counted: behind a proxy, strangers share the address of everybody else.
  if (!known.ok) await limits.failure(request.ip)
  return orRefuse(known)
}

function authorise(request: FastifyRequest, access: Access, services: Services): void {
  const principal = principalOf(request)
  const { authority } = services
  switch (access.kind) {
    case 'self':
      allow(authority.may(principal, 'self', null))
      if (access.person && principal.loginId === null) {
        refuse('login_required', 'An API token cannot do this. Log in with your password.')
      }
      return
    case 'server':
      allow(authority.may(principal, access.action, null))
      return
    case 'row': {
      const sight = found(access.find(services, paramsOf(request)), access.what)
      found(maySee(authority, principal, { ...sight, action: access.action }) || null, access.what)
      // Acting is about one account or about all; seeing through any of them was enough only for looking.
      if (SEEING[access.action] !== undefined) allow(authority.may(principal, access.action, sight.about))
      return
    }
    default:
  }
}

function allow(allowed: boolean): void {
  if (!allowed) refuse('forbidden', 'Your role or the scope of your token does not allow this. Ask an owner.')
}

function maySee(
  authority: Authority,
  principal: Principal,
  sight: Sight & { readonly action: Action },
): boolean {
  const seeing = SEEING[sight.action] ?? sight.action
  if (authority.may(principal, seeing, null)) return true
  const { seenThrough, throughAll = false } = sight
  const isSeen = (id: AccountId): boolean => authority.may(principal, seeing, id)
  return throughAll ? seenThrough.every(isSeen) : seenThrough.some(isSeen)
}

/** The path's variables, as text. */
function paramsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const params = typeof request.params === 'object' && request.params !== null ? request.params : {}
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
}

export function principalOf(request: FastifyRequest): Principal {
  assert(request.principal !== null, `${request.routeOptions.url} has no principal`)
  return request.principal
}

/** For what only somebody with a user of their own can do. */
export function userIdOf(request: FastifyRequest): UserId {
  const { userId } = principalOf(request)
  return userId ?? refuse('login_required', 'This belongs to a user. Log in as one.')
}

/** Which rows of a list a principal may see, by the accounts that each is seen through. */
export function rowsSeen<T>(
  request: FastifyRequest,
  { authority }: Services,
  list: {
    action: Action
    rows: Iterable<T>
    through: (row: T) => readonly AccountId[]
    throughAll?: boolean
  },
): T[] {
  const principal = principalOf(request)
  return [...list.rows].filter(row =>
    maySee(authority, principal, { ...list, seenThrough: list.through(row), about: null }),
  )
}

/** The accounts whose rows somebody may read, for queries; null: every one. */
export function accountsSeen(
  request: FastifyRequest,
  { authority, desk }: Services,
  action: Action,
): ReadonlySet<AccountId> | null {
  const principal = principalOf(request)
  if (authority.may(principal, action, null)) return null
  const ids = [...desk.roster().accounts.values()].map(({ id }) => id)
  return new Set(ids.filter(id => authority.may(principal, action, id)))
}
