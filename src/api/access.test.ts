import Fastify from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { beforeAll, describe, expect, test } from 'vitest'
import { problemSchema } from '../../protocol/problem.ts'
import { ROLES, type Role, SCOPES, type Scope } from '../domain/user.ts'
import type { Action } from '../ports/authority.ts'
import { guard } from './access.ts'
import { createLimits, DEFAULT_API_LIMITS } from './limits.ts'
import { bearer, type DescribedRoute, describedRoutes, type Running, running } from './testing/api.ts'
import { GRANTS, scopeOf, USER_IDS } from './testing/authority.ts'
import { fakeServices } from './testing/fakes.ts'
import { FOREIGN_WORD, makeWorld, newId } from './testing/world.ts'

const SEEN_AS: Partial<Record<Action, Action>> = {
  'account.trade': 'account.read',
  'account.manage': 'account.read',
  'history.sync': 'account.read',
  'strategy.manage': 'strategy.read',
  'strategy.pause': 'strategy.read',
  'source.manage': 'source.read',
  'source.signal': 'source.read',
  'pair.manage': 'pair.read',
  'pair.trade': 'pair.read',
}

interface Case {
  readonly route: DescribedRoute
  readonly role: Role
  /** Null: logged in with a password. */
  readonly scope: Scope | null
  readonly owner: 'own' | 'foreign'
}

/** What the table says, reckoned here by itself: 200 stands for whatever comes behind the door. */
function expected({ route, role, scope, owner }: Case): 200 | 403 | 404 {
  const { kind, action } = route['x-access'] as { kind: string; action?: Action }
  const scopes = scope === null ? SCOPES : SCOPES.slice(0, SCOPES.indexOf(scope) + 1)
  const granted = (asked: Action, aboutOne: boolean): boolean => {
    const grant = GRANTS[asked][role]
    return (
      scopes.includes(scopeOf(asked)) && (grant === 'all' || (grant === 'own' && aboutOne && owner === 'own'))
    )
  }
  if (kind === 'public' || action === undefined)
    return kind === 'self' && isForPeople(route) && scope !== null ? 403 : 200
  if (kind === 'rows') return 200
  if (kind === 'server') return granted(action, false) ? 200 : 403
  if (!granted(SEEN_AS[action] ?? action, true)) return 404
  // A strategy is many accounts' at once: acting on it takes a grant for all.
  const ofOne = !/\{strategyId\}(?!.*\{linkId\})/.test(route.path)
  return SEEN_AS[action] === undefined || granted(action, ofOne) ? 200 : 403
}

function isForPeople({ method, path }: DescribedRoute): boolean {
  return method !== 'GET' && /\/(auth|tokens)/.test(path)
}

describe('the matrix', () => {
  let here: Running
  let routes: readonly DescribedRoute[]
  beforeAll(async () => {
    here = await running({ frozen: true })
    routes = await describedRoutes(here.api)
  })

  function urlOf({ route, owner }: Case): string {
    const { world } = here
    const at = owner === 'own' ? 0 : 1
    const values: Record<string, string> = {
      accountId: world[owner],
      sourceId: [...world.sources.keys()][at] ?? '',
      strategyId: [...world.strategies.keys()][at] ?? '',
      linkId: [...world.links.keys()][at] ?? '',
      pairId: [...world.pairs.keys()][at] ?? '',
      userId: USER_IDS.viewer,
      noticeId: world.notices[0]?.id ?? '',
      name: 'server.name',
    }
    return route.path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? newId())
  }

  test('[AP2] [AP3] every route, role, scope and owner: as the permission table says', async () => {
    expect(routes.length).toBeGreaterThan(60)
    const cases = routes.flatMap(route =>
      ROLES.flatMap(role =>
        [null, ...SCOPES].flatMap(scope =>
          (['own', 'foreign'] as const).map(owner => ({ route, role, scope, owner })),
        ),
      ),
    )
    const wrong: string[] = []
    for (const each of cases) {
      // Notices and trades are found by the store: who may not see one gets its 404 from there ([AP43], [AP72]).
      if (/\{(noticeId|tradeId)\}/.test(each.route.path) || each.route['x-access'].kind === 'public') continue
      const token = each.scope === null ? each.role : `${each.role}.${each.scope}`
      const { method } = each.route
      const answer = await here.api.inject({ method, url: urlOf(each), headers: bearer(token) })
      const passed = [401, 403, 404].includes(answer.statusCode) ? answer.statusCode : 200
      if (passed !== expected(each))
        wrong.push(`${token} ${method} ${urlOf(each)}: ${answer.statusCode} ${answer.body}`)
    }
    expect(wrong).toEqual([])
  }, 60_000)

  test('[AP6] without a token every route that is not public answers 401', async () => {
    for (const route of routes.filter(each => each['x-access'].kind !== 'public')) {
      const url = urlOf({ route, role: 'owner', scope: null, owner: 'own' })
      const { statusCode, headers, ...answer } = await here.api.inject({ method: route.method, url })
      expect([url, statusCode, problemSchema.parse(answer.json()).code]).toEqual([url, 401, 'token_missing'])
      expect(headers['www-authenticate']).toBe('Bearer')
    }
  })

  test('[AP6] a token that is no Bearer token, forged or expired is refused with the code that says which', async () => {
    const codeOf = async (authorization: string) =>
      (await here.api.inject({ url: '/api/v1/accounts', headers: { authorization } })).json().code
    expect(await codeOf('Basic b3duZXI6')).toBe('token_invalid')
    expect(await codeOf(`Bearer ${'a'.repeat(5_000)}`)).toBe('token_invalid')
    expect(await codeOf('Bearer eyJhbGciOiJub25lIn0.e30.')).toBe('token_invalid')
    expect(await codeOf('Bearer expired')).toBe('token_expired')
  })

  test('[AP4] no list tells a customer of what is not theirs', async () => {
    for (const { path } of routes.filter(({ method, path }) => method === 'GET' && !path.includes('{'))) {
      const answer = await here.api.inject({ url: path, headers: bearer('customer') })
      expect(answer.body, path).not.toContain(FOREIGN_WORD)
      expect(answer.body, path).not.toContain(here.world.foreign)
    }
    const accounts = await here.api.inject({ url: '/api/v1/accounts', headers: bearer('customer') })
    expect(accounts.json().rows.map((row: { name: string }) => row.name)).toEqual(['own signals', 'own'])
    const all = await here.api.inject({ url: '/api/v1/accounts', headers: bearer('viewer') })
    expect(all.json().rows).toHaveLength(4)
  })

  test('[AP3] a row that is not there and a row that is not theirs get the same words', async () => {
    const bodyOf = async (id: string) =>
      (await here.api.inject({ url: `/api/v1/accounts/${id}`, headers: bearer('customer') })).body
    expect(await bodyOf(here.world.foreign)).toBe(await bodyOf(newId()))
  })

  test('[AP5] an API token of the widest scope makes no tokens and changes no password', async () => {
    for (const route of routes.filter(each => isForPeople(each) && each['x-access'].kind === 'self')) {
      const url = urlOf({ route, role: 'owner', scope: null, owner: 'own' })
      const answer = await here.api.inject({ method: route.method, url, headers: bearer('owner.manage') })
      expect([url, answer.json().code]).toEqual([url, 'login_required'])
    }
  })
})

test('[AP1] a route that does not say who may use it keeps the server from starting', () => {
  const app = Fastify().withTypeProvider<ZodTypeProvider>()
  guard(app, fakeServices(makeWorld()), createLimits(DEFAULT_API_LIMITS))
  expect(() => app.get('/forgotten', () => 'everything')).toThrow(
    'GET /forgotten does not say who may use it',
  )
})
