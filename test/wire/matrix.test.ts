import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountStream, TRADING_TYPES } from '../../protocol/live.ts'
import { type DescribedRoute, routesOf } from '../../src/api/testing/api.ts'
import { decimal } from '../../src/domain/decimal.ts'
import { type ApiTokenId, parseId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { SCOPES, type Scope } from '../../src/domain/user.ts'
import { Device } from '../../src/live/testing/device.ts'
import type { Action } from '../../src/ports/authority.ts'
import { type Grant, grantOf } from '../../src/security/permissions.ts'
import {
  apiToken,
  type Belongings,
  BOBS_SYMBOL,
  CANARY,
  type Cast,
  castOf,
  type Person,
  tellNotice,
  trade,
} from './cast.ts'
import { Lockstep, said } from './lockstep.ts'

const NOBODYS = '00000000-0000-0000-0000-000000000000'
/** Refused behind the door and before anything is done: who is let in is told so, and nothing changes. */
const LET_IN = { 'idempotency-key': 'not a key' }

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

/** Somebody, by one of their tokens. */
interface Caller {
  readonly person: Person
  readonly token: string
  /** Null: by password. */
  readonly scope: Scope | null
}

interface Case {
  readonly route: DescribedRoute
  readonly caller: Caller
  readonly whose: 'adas' | 'bobs'
}

function grant({ person: { role }, scope }: Caller, action: Action): Grant {
  const apiTokenId = scope === null ? null : must(parseId<ApiTokenId>(NOBODYS), 'an id')
  return grantOf({ role, scopes: scope === null ? SCOPES : [scope], apiTokenId }, action)
}

/** What the permission table says of it. */
function expected({ route, caller, whose }: Case): 'let in' | '403' | '404' {
  const { kind, action } = route['x-access'] as { kind: string; action?: Action }
  if (kind === 'self') return isForPeople(route) && caller.scope !== null ? '403' : 'let in'
  if (kind === 'rows' || action === undefined) return 'let in'
  const isOwn = whose === 'adas'
  const may = (asked: Action, isOfOne: boolean): boolean =>
    grant(caller, asked) === 'all' || (grant(caller, asked) === 'own' && isOfOne && isOwn)
  if (kind === 'server') return may(action, false) ? 'let in' : '403'
  if (!may(SEEN_AS[action] ?? action, true)) return '404'
  // A strategy is many accounts' at once: acting on it takes a grant for all.
  const isOfOne = !/\{strategyId\}(?!.*\{linkId\})/.test(route.path)
  return SEEN_AS[action] === undefined || may(action, isOfOne) ? 'let in' : '403'
}

function isForPeople({ method, path }: DescribedRoute): boolean {
  return method !== 'GET' && /\/(auth|tokens)/.test(path)
}

describe('who may', () => {
  let lockstep: Lockstep
  let cast: Cast
  let callers: readonly Caller[]
  let routes: readonly DescribedRoute[]
  beforeAll(async () => {
    lockstep = await Lockstep.start({ history: { schedules: [] } })
    cast = await castOf(lockstep)
    const { owner, operator, viewer, ada } = cast
    const each = [owner, operator, viewer, ada].map(async (person): Promise<readonly Caller[]> => {
      const byScope = SCOPES.map(async scope => ({
        person,
        scope,
        token: await apiToken(lockstep, person, scope),
      }))
      return [{ person, scope: null, token: person.token }, ...(await Promise.all(byScope))]
    })
    callers = (await Promise.all(each)).flat()
    const document = JSON.parse((await lockstep.ask('/docs/json')).body)
    routes = routesOf(document).filter(route => route['x-access'].kind !== 'public')
  })
  afterAll(() => lockstep.stop())

  function pathOf(route: DescribedRoute, whose: Case['whose']): string {
    const values: Record<string, string> = { ...cast[whose], userId: cast.viewer.id, name: 'server.name' }
    return route.path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? NOBODYS)
  }

  /** All that is Bob's and has a name. */
  function secretsOfBob(): readonly string[] {
    const { hookPath, ...ids } = cast.bobs
    return [CANARY, BOBS_SYMBOL, cast.bob.id, hookPath, ...Object.values(ids)]
  }

  function expectNothingOfBob(text: string, where: string): void {
    expect([where, secretsOfBob().filter(secret => text.includes(secret))]).toEqual([where, []])
  }

  test('[SE70] [SE71] every route, role, scope and customer: as the permission table says, and no byte of another', async () => {
    expect(routes.length).toBeGreaterThan(65)
    const wrong: string[] = []
    const cases = routes.flatMap(route =>
      callers.flatMap(caller => (['adas', 'bobs'] as const).map((whose): Case => ({ route, caller, whose }))),
    )
    for (const each of cases) {
      const { route, caller, whose } = each
      const path = pathOf(route, whose)
      const asked = { method: route.method, token: caller.token, headers: LET_IN }
      const answer = await lockstep.ask(path, asked)
      const got = [401, 403, 404].includes(answer.status) ? `${answer.status}` : 'let in'
      const who = `${caller.person.role} (${caller.scope ?? 'password'})`
      const isWrong = got !== expected(each) || answer.status >= 500
      if (isWrong) wrong.push(`${who} ${route.method} ${path}: ${said(answer)}, not ${expected(each)}`)
      if (caller.person === cast.ada) expectNothingOfBob(answer.body, `${who} ${route.method} ${path}`)
    }
    expect(wrong).toEqual([])
    expect(lockstep.errors()).toEqual([])
  })

  test('[SE70] without a token nothing but what is public answers', async () => {
    for (const route of routes) {
      const path = pathOf(route, 'adas')
      const answer = await lockstep.ask(path, { method: route.method, headers: LET_IN })
      expect([path, said(answer)]).toEqual([path, '401 token_missing'])
      expectNothingOfBob(answer.body, path)
    }
  })

  test('[SE70] what is Bob’s is there for him: the matrix looks for what can be found', async () => {
    const { token } = cast.bob
    const { accountId, strategyId } = cast.bobs
    const paths = [
      'accounts',
      `accounts/${accountId}/positions`,
      'strategies',
      `strategies/${strategyId}/links`,
      'trades',
      'outcomes',
      'notices',
      'pairs',
    ]
    for (const path of paths) {
      const { body } = await lockstep.ask(path, { token })
      expect([path, secretsOfBob().some(secret => body.includes(secret))]).toEqual([path, true])
    }
  })

  test('[SE71] filters, cursors and names do not lead to what is another customer’s', async () => {
    const { accountId, linkId, strategyId, noticeId } = cast.bobs
    const { token } = cast.ada
    const lists = ['trades', 'outcomes', 'notices'].map(path => `${path}?accountId=${accountId}`)
    for (const path of [...lists, `outcomes?linkId=${linkId}`]) {
      const answer = await lockstep.ask(path, { token })
      expect([path, answer.body]).toEqual([path, '{"rows":[],"next":null}'])
    }
    // A link that is under another strategy's path is not found, whosever it is.
    const crossed = await lockstep.ask(`strategies/${cast.adas.strategyId}/links/${linkId}/pause`, {
      token,
      body: {},
    })
    expect(said(crossed)).toBe('404 not_found')
    expect(said(await lockstep.ask(`strategies/${strategyId}`, { token }))).toBe('404 not_found')
    const acknowledged = await lockstep.ask(`notices/${noticeId}/acknowledge`, { method: 'POST', token })
    const unknown = await lockstep.ask(`notices/${NOBODYS}/acknowledge`, { method: 'POST', token })
    expect(acknowledged.body).toBe(unknown.body)
  })

  test('[AP3] a notice that one may read and not acknowledge is not called unknown', async () => {
    const path = `notices/${cast.adas.noticeId}/acknowledge`
    const reading = callers.find(({ person, scope }) => person === cast.ada && scope === 'read')
    const answers = [cast.viewer.token, reading?.token ?? '', cast.ada.token].map(async token =>
      said(await lockstep.ask(path, { method: 'POST', token })),
    )
    expect(await Promise.all(answers)).toEqual(['403 forbidden', '403 forbidden', '200'])
  })

  describe('live', () => {
    const devices: Device[] = []
    async function deviceOf(token: string): Promise<Device> {
      const device = await Device.open(lockstep.url, token)
      devices.push(device)
      return device
    }
    afterAll(() => {
      for (const device of devices) device.close()
    })

    const wished = (...whose: readonly Belongings[]) => ({
      types: [...TRADING_TYPES],
      accounts: whose.map(({ accountId }) => accountId),
    })

    test('[SE70] every event, role and scope: as the permission table says', async () => {
      const { adas, bobs } = cast
      const bobsBalance = accountStream(bobs.accountId, 'balance')
      for (const caller of callers) {
        const device = await deviceOf(caller.token)
        const granted = grant(caller, 'account.read')
        const taken = { streams: expect.any(Object), unwatched: [] }
        const refused = { error: expect.objectContaining({ code: 'not_found' }) }
        const others = granted === 'all' ? taken : refused
        expect(await device.ask('subscribe_trading', wished(adas))).toEqual(taken)
        expect(await device.ask('resync', { stream: bobsBalance })).toEqual(refused)
        expect(await device.ask('subscribe_trading', wished(bobs))).toEqual(others)
        const both = granted === 'all' ? taken : { ...taken, unwatched: [bobs.accountId] }
        expect(await device.ask('subscribe_trading', wished(adas, bobs))).toEqual(both)
        expect(await device.ask('resync', { stream: bobsBalance })).toEqual(
          granted === 'all' ? { streams: expect.any(Object) } : refused,
        )
        expect(await device.ask('subscribe_ticker', { symbols: ['bybit:BTCUSDT'] })).toEqual(taken)
        expect(await device.ask('authenticate', { token: cast.bob.token })).toMatchObject({
          error: { code: 'token_invalid' },
        })
        const pairsOf = ({ pairId }: Belongings) => device.ask('subscribe_pairs', { pairs: [pairId] })
        expect(await pairsOf(adas)).toEqual(taken)
        expect(await pairsOf(bobs)).toEqual(grant(caller, 'pair.read') === 'all' ? taken : refused)
        if (caller.person === cast.ada) expectNothingOfBob(JSON.stringify(device.heard), 'ada hears')
        device.close()
      }
    })

    test('[SE71] a socket hears of its own customer’s fills, orders and notices, and not a byte of another', async () => {
      const ada = await deviceOf(cast.ada.token)
      const bob = await deviceOf(cast.bob.token)
      const all = { types: [...TRADING_TYPES] }
      const cursors = { [accountStream(cast.bobs.accountId, 'orders')]: { epoch: '0', seq: 0 } }
      await ada.ask('subscribe_trading', { ...all, cursors })
      await bob.ask('subscribe_trading', all)
      trade(lockstep, `${CANARY} leader`, { symbol: BOBS_SYMBOL, quantity: decimal('0.2') })
      await tellNotice(lockstep, { accountId: cast.bobs.accountId, text: `Only for ${CANARY}.` })
      await bob.until(() => bob.frames(accountStream(cast.bobs.accountId, 'orders')).length > 1)
      await bob.until(() => bob.all('notice').length > 0)
      // What is told of Ada now comes behind whatever was told of Bob.
      await tellNotice(lockstep, { accountId: cast.adas.accountId, text: 'Only for Ada.' })
      await ada.until(() => ada.all('notice').length > 0)
      const balance = accountStream(cast.adas.accountId, 'balance')
      expect(ada.frames(balance).length).toBeGreaterThan(0)
      expectNothingOfBob(JSON.stringify(ada.heard), 'ada hears')
      expect(ada.all('notice')).toMatchObject([{ text: 'Only for Ada.' }])
    })
  })
})
