import type { KeyPermissions } from '../../domain/account.ts'
import { decimal } from '../../domain/decimal.ts'
import { type ApiTokenId, type ClientOrderId, type IntentId, instrumentId } from '../../domain/ids.ts'
import { err, ok } from '../../domain/result.ts'
import type { Signal } from '../../domain/signal.ts'
import type { User } from '../../domain/user.ts'
import { SILENT } from '../../ports/observe.ts'
import type { IdempotentAnswer } from '../../ports/records.ts'
import type { AccountView, AccountWatch } from '../../ports/watch.ts'
import type { Refusal } from '../answer.ts'
import type { Change, Desk, People, Reads, Services, Signals } from '../services.ts'
import { fakeAuthority, USER_IDS } from './authority.ts'
import { type FakeClock, fakeClock } from './clock.ts'
import { fakePairs, pairFillsOf, roundsOf } from './pairs.ts'
import { fakePast } from './past.ts'
import { BTC, newId, type World } from './world.ts'

const refused = (code: Refusal['code'], message = 'Do it otherwise.') =>
  err({ code, message } satisfies Refusal)

export const PERMISSIONS: KeyPermissions = {
  readOnly: false,
  trade: true,
  withdraw: false,
  transfer: false,
  addresses: [],
  expiresAt: null,
}

const USERS: readonly User[] = (['owner', 'operator', 'viewer', 'customer'] as const).map(role => ({
  id: USER_IDS[role],
  email: `${role}@example.org`,
  name: role,
  role,
  status: 'active',
  passwordHash: 'a-hash-that-nobody-may-see',
  createdAt: 1_000,
}))

export const FIRST_OWNER_TOKEN = 'the-one-time-token'
export const HOOK_TOKEN = 'the-secret-of-the-own-source'
const TOKENS = {
  accessToken: 'customer',
  accessExpiresAt: 2_000,
  refreshToken: 'refresh-2',
  refreshExpiresAt: 3_000,
}

export function fakePeople(): People {
  const settings = new Map<string, string>()
  let owned = false
  return {
    hasOwner: () => owned,
    mayBecomeFirstOwner: token => !owned && token === FIRST_OWNER_TOKEN,
    async createFirstOwner({ email, name, password }) {
      if (password.length < 12) return refused('invalid', 'Take at least 12 characters <for> the password.')
      owned = true
      return ok({ ...(USERS[0] as User), email, name })
    },
    login: async ({ password }) => (password === 'right password' ? ok(TOKENS) : refused('login_failed')),
    refresh: async token => (token === 'refresh-1' ? ok(TOKENS) : refused('token_revoked')),
    users: () => USERS,
    user: id => USERS.find(user => user.id === id) ?? null,
    createUser: async input => ok({ ...(USERS[1] as User), ...input, id: newId() }),
    changeUser: async (id, change) => ok({ ...(USERS.find(user => user.id === id) as User), ...change }),
    setPassword: async () => ok(),
    changePassword: async () => ok(),
    beginTotp: async () => ok({ secret: 'totp-secret', uri: 'otpauth://totp/x' }),
    confirmTotp: async () => ok(),
    endTotp: async () => ok(),
    removeTotp: async () => ok(),
    logins: () => [],
    endLogin: async () => ok(),
    endLogins: async () => ok(1),
    apiTokens: () => [],
    async createApiToken({ name, scopes, expiresAt, userId }) {
      const row = {
        id: newId<ApiTokenId>(),
        userId,
        name,
        hash: 'a-hash-that-nobody-may-see',
        scopes,
        createdAt: 1,
        expiresAt,
        revokedAt: null,
      }
      return ok({ apiToken: row, token: 'lsk_shown_once' })
    },
    revokeApiToken: async () => ok(),
    profile: accountId => ({ accountId, ownerId: null, labels: [] }),
    settings: () => settings,
    async setSetting(name, value) {
      settings.set(name, value)
      return ok()
    },
    verifyAudit: async () => ({ entries: 3, brokenAt: null, message: 'Whole.' }),
    rotateKeys: async () => ok(),
  }
}

/** @param frozen commands answer that they were done, and do nothing */
export function fakeDesk(world: World, frozen: boolean): Desk & { readonly changes: Change[] } {
  const changes: Change[] = []
  return {
    changes,
    roster: () => world,
    states: () => [],
    isFlattened: () => false,
    async reconfigure(asked) {
      const ids: string[] = asked.map(change =>
        'id' in change ? change.id : 'id' in change.row ? change.row.id : '',
      )
      const rows = [...world.accounts.values(), ...world.strategies.values()]
      if (rows.some(row => row.origin === 'file' && ids.includes(row.id))) return refused('set_in_file')
      changes.push(...asked)
      if (!frozen) for (const change of asked) apply(world, change)
      return ok()
    },
    putKey: async () => ok({ permissions: PERMISSIONS, problem: null, warning: null }),
    removeKey: async () => ok(),
    checkKey: async () => ok({ permissions: PERMISSIONS, problem: null, warning: null }),
    resetSessions: async ids => ok(ids.length),
    instrument: (_accountId, symbol) =>
      symbol === 'BTCUSDT' ? ok(BTC) : refused('symbol_unknown', 'The venue does not list this symbol.'),
    async acknowledge(noticeId, { acted }) {
      const notice = world.notices.find(({ id }) => id === noticeId)
      const seen =
        notice !== undefined && (acted === null || (notice.accountId !== null && acted.has(notice.accountId)))
      return seen ? ok({ ...notice, acknowledgedAt: 5, acknowledgedBy: 'user:x' }) : refused('not_found')
    },
  }
}

function apply(world: World, change: Change): void {
  switch (change.kind) {
    case 'put_account':
      return void world.accounts.set(change.row.id, { ...change.row, origin: 'api' })
    case 'put_source':
      return void world.sources.set(change.row.id, { ...change.row, origin: 'api' })
    case 'put_strategy':
      return void world.strategies.set(change.row.id, { ...change.row, origin: 'api' })
    case 'put_link':
      return void world.links.set(change.row.id, { ...change.row, origin: 'api', startSequence: 0 })
    case 'put_pair':
      return void world.pairs.set(change.row.id, { ...change.row, origin: 'api' })
    case 'set_mode': {
      const strategy = world.strategies.get(change.id)
      if (strategy !== undefined) world.strategies.set(change.id, { ...strategy, mode: change.mode })
      const link = world.links.get(change.id)
      if (link !== undefined) world.links.set(change.id, { ...link, mode: change.mode })
      return
    }
    case 'remove':
      for (const rows of [world.accounts, world.sources, world.strategies, world.links, world.pairs])
        rows.delete(change.id)
      return
    default:
  }
}

export function fakeReads(world: World): Reads & { readonly kept: Map<string, IdempotentAnswer> } {
  const kept = new Map<string, IdempotentAnswer>()
  const before = <T>(rows: readonly T[], limit: number, isBefore: (row: T) => boolean): T[] =>
    rows.toReversed().filter(isBefore).slice(0, limit)
  return {
    kept,
    orders: async ids => world.orders.filter(({ intentId }) => ids.includes(intentId)),
    order: async id => world.orders.find(({ intentId }) => intentId === id) ?? null,
    orderPage: async ({ accountIds, statuses, before: sequence, limit }) =>
      before(
        world.orders,
        limit,
        row =>
          (sequence === undefined || row.sequence < sequence) &&
          (accountIds?.includes(row.accountId) ?? true) &&
          (statuses?.includes(row.status) ?? true),
      ),
    outcomePage: async ({ linkIds, before: id, limit }) =>
      before(
        world.decisions,
        limit,
        row => (id === undefined || row.id < id) && (linkIds?.includes(row.linkId) ?? true),
      ),
    noticePage: async ({ accountIds, before: id, limit }) =>
      before(
        world.notices,
        limit,
        row =>
          (id === undefined || row.id < id) &&
          (accountIds === null || (row.accountId !== null && accountIds.includes(row.accountId))),
      ),
    roundPage: async filter => roundsOf(world, filter),
    pairFills: async filter => pairFillsOf(world, filter),
    signalPage: async () => [],
    signal: async () => null,
    auditPage: async () => [],
    idempotentAnswer: async (actor, key) => kept.get(`${actor} ${key}`) ?? null,
    async keepAnswer(answer) {
      kept.set(`${answer.actor} ${answer.key}`, answer)
      return ok()
    },
  }
}

/** Keeps what it takes, as the engine does: the same id with the same digest is the first one again. */
export function fakeSignals(world: World): Signals & { readonly taken: Map<string, Signal> } {
  const taken = new Map<string, Signal>()
  const first = [...world.sources.values()][0]
  return {
    taken,
    async take(signal) {
      const known = taken.get(signal.externalId)
      if (known === undefined) taken.set(signal.externalId, signal)
      if (known !== undefined && known.digest !== signal.digest) return refused('signal_conflict')
      return ok(known ?? signal)
    },
    sourceOfHook: token => (token === HOOK_TOKEN ? (first?.id ?? null) : null),
    renewHook: async () => ok({ token: HOOK_TOKEN }),
    endHook: async () => ok(),
  }
}

export const VIEW: AccountView = {
  balances: [
    {
      currency: 'USDT',
      total: decimal('100'),
      available: decimal('90'),
      equity: null,
      unrealizedPnl: null,
      marginUsed: null,
    },
  ],
  positions: [],
  orders: [],
  pnl: { realizedToday: decimal('0'), unrealized: null, equity: null, at: 1 },
}

const fakeWatch: AccountWatch = {
  watch: () => ({ state: 'live', view: () => VIEW, end: () => {} }),
}

export interface Fakes extends Services {
  readonly clock: FakeClock
  readonly desk: ReturnType<typeof fakeDesk>
  readonly reads: ReturnType<typeof fakeReads>
  readonly signals: ReturnType<typeof fakeSignals>
}

export function fakeServices(world: World, { frozen = false }: { frozen?: boolean } = {}): Fakes {
  const ownSignals = [...world.sources.values()][0]?.accountId ?? world.own
  const signals = fakeSignals(world)
  return {
    clock: fakeClock(),
    random: { next: () => 0.5, bytes: length => crypto.getRandomValues(new Uint8Array(length)) },
    log: SILENT,
    metrics: { request: () => {} },
    health: { parts: () => [{ name: 'store', status: 'up', detail: null }], ready: () => true },
    authority: fakeAuthority(new Set([world.own, ownSignals])),
    people: fakePeople(),
    desk: fakeDesk(world, frozen),
    signals,
    reads: {
      ...fakeReads(world),
      signal: async (_sourceId, externalId) => signals.taken.get(externalId) ?? null,
    },
    watch: fakeWatch,
    pairs: fakePairs(world),
    past: fakePast(world),
    hands: {
      trade: async () => ok({ intentId: newId<IntentId>(), clientOrderId: 'c1' as ClientOrderId }),
      cancel: async id => {
        const order = world.orders.find(({ intentId }) => intentId === id)
        return order === undefined || order.status !== 'open' ? refused('conflict') : ok(order)
      },
      flatten: async () => ok({ orders: 2, left: [] }),
      resume: async () => ok(),
    },
    previews: {
      link: async () =>
        ok([
          {
            at: 1,
            instrumentId: instrumentId('bybit', 'BTCUSDT'),
            leaderQuantity: decimal('1'),
            fillPrice: decimal('60000'),
            quantity: decimal('0.5'),
            reason: null,
          },
        ]),
    },
  }
}
