import { z } from 'zod'
import type { OrderCommand } from '../../exchange/core/types.ts'
import { accountAnswer } from '../../protocol/rest/accounts.ts'
import { newApiTokenAnswer, tokensAnswer } from '../../protocol/rest/auth.ts'
import { listAnswer } from '../../protocol/rest/common.ts'
import { pairAnswer } from '../../protocol/rest/pairs.ts'
import { hookAnswer, sourceAnswer } from '../../protocol/rest/sources.ts'
import { linkAnswer, strategyAnswer } from '../../protocol/rest/strategies.ts'
import { userAnswer } from '../../protocol/rest/users.ts'
import { absolute, type Decimal, decimal } from '../../src/domain/decimal.ts'
import { type AccountId, parseId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import type { Role, Scope } from '../../src/domain/user.ts'
import { eventually, type Lockstep } from './lockstep.ts'

export const PASSWORD = 'four plain words together'
/** Stands in everything of Bob's: nobody else who is a customer may ever read it. */
export const CANARY = 'canary-of-bob'
/** What Bob trades, and nobody else. */
export const BOBS_SYMBOL = 'ETHUSDT'
const ADAS_SYMBOL = 'BTCUSDT'

export interface Person {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly token: string
  readonly refreshToken: string
}

/** What belongs to one customer. */
export interface Belongings {
  readonly accountId: AccountId
  readonly leaderId: AccountId
  readonly sourceId: string
  readonly signalsId: string
  readonly hookPath: string
  readonly strategyId: string
  readonly linkId: string
  /** Trades by its pair alone, which nobody moves. */
  readonly hedgeId: AccountId
  readonly pairId: string
  readonly noticeId: string
}

export interface Cast {
  readonly owner: Person
  readonly operator: Person
  readonly viewer: Person
  readonly ada: Person
  readonly bob: Person
  readonly adas: Belongings
  readonly bobs: Belongings
}

/** Two customers who know nothing of each other, and those who run the server for them. */
export async function castOf(lockstep: Lockstep): Promise<Cast> {
  const owner = await becomeOwner(lockstep)
  const operator = await addPerson(lockstep, owner, 'operator')
  const viewer = await addPerson(lockstep, owner, 'viewer')
  const ada = await addPerson(lockstep, owner, 'customer', 'ada')
  const bob = await addPerson(lockstep, owner, 'customer', CANARY)
  const adas = await addBelongings(lockstep, owner, { of: ada, name: 'ada', symbol: ADAS_SYMBOL })
  const bobs = await addBelongings(lockstep, owner, { of: bob, name: CANARY, symbol: BOBS_SYMBOL })
  return { owner, operator, viewer, ada, bob, adas, bobs }
}

/** By the one-time link, as a person does it. */
export async function becomeOwner(lockstep: Lockstep): Promise<Person> {
  const link = new URL(must(lockstep.server.front?.firstOwnerUrl(), 'nobody owns the server yet'))
  const email = 'owner@example.org'
  const token = link.searchParams.get('token') ?? ''
  const body = new URLSearchParams({ token, email, name: 'owner', password: PASSWORD }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: link.origin }
  await lockstep.ask('/first-owner', { method: 'POST', headers, body })
  const tokens = await logIn(lockstep, email)
  const { rows } = await lockstep.done(listAnswer(userAnswer), 'users', { token: tokens.token })
  return { ...must(rows[0], 'the owner is a user'), ...tokens }
}

export async function addPerson(
  lockstep: Lockstep,
  owner: Person,
  role: Role,
  name: string = role,
): Promise<Person> {
  const body = { email: `${name}@example.org`, name, role, password: PASSWORD }
  const user = await lockstep.done(userAnswer, 'users', { token: owner.token, body })
  return { ...user, ...(await logIn(lockstep, user.email)) }
}

export async function logIn(
  lockstep: Lockstep,
  email: string,
): Promise<{ token: string; refreshToken: string }> {
  const body = { email, password: PASSWORD }
  const { accessToken, refreshToken } = await lockstep.done(tokensAnswer, 'auth/login', { body })
  return { token: accessToken, refreshToken: refreshToken ?? '' }
}

export async function apiToken(lockstep: Lockstep, person: Person, scope: Scope): Promise<string> {
  const body = { name: `a token to ${scope}`, scopes: [scope] }
  return (await lockstep.done(newApiTokenAnswer, 'tokens', { token: person.token, body })).token
}

interface Wish {
  readonly of: Person
  readonly name: string
  readonly symbol: string
}

async function addBelongings(
  lockstep: Lockstep,
  { token }: Person,
  { of, name, symbol }: Wish,
): Promise<Belongings> {
  const leaderId = await addAccount(lockstep, token, { name: `${name} leader`, ownerId: null })
  const accountId = await addAccount(lockstep, token, { name, ownerId: of.id })
  const source = { name: `${name} source`, kind: 'account', accountId: leaderId }
  const { id: sourceId } = await lockstep.done(sourceAnswer, 'sources', { token, body: source })
  const strategyId = await addStrategy(lockstep, token, { name: `${name} strategy`, sourceId })
  const { id: linkId } = await lockstep.done(linkAnswer, `strategies/${strategyId}/links`, {
    token,
    body: { accountId },
  })
  const signals = { name: `${name} signals`, kind: 'signals', venue: 'bybit', environment: 'paper' }
  const { id: signalsId } = await lockstep.done(sourceAnswer, 'sources', { token, body: signals })
  const hook = await lockstep.done(hookAnswer, `sources/${signalsId}/hook`, { token, method: 'POST' })
  await live(lockstep, [leaderId, accountId])
  const hedgeId = await addAccount(lockstep, token, { name: `${name} hedge`, ownerId: of.id })
  const pairId = await addPair(lockstep, token, { name: `${name} pair`, accountId: hedgeId, symbol })
  trade(lockstep, `${name} leader`, { symbol, quantity: decimal('0.1') })
  await copied(lockstep, token, accountId)
  const noticeId = await tellNotice(lockstep, { accountId, text: `The venue refuses the key of ${name}.` })
  const own = { accountId, leaderId, hedgeId, sourceId, signalsId, strategyId, linkId, pairId, noticeId }
  return { ...own, hookPath: hook.path }
}

export async function addAccount(
  lockstep: Lockstep,
  token: string,
  { name, ownerId }: { name: string; ownerId: string | null },
): Promise<AccountId> {
  const body = { name, venue: 'bybit', environment: 'paper', ownerId, labels: [`label of ${name}`] }
  const { id } = await lockstep.done(accountAnswer, 'accounts', { token, body })
  await giveKey(lockstep, token, { accountId: id, name })
  return must(parseId<AccountId>(id), 'ids are ids')
}

/** An account at the exchange with money in it, unless it has a past there, and its key. */
async function giveKey(
  lockstep: Lockstep,
  token: string,
  { accountId, name }: { accountId: string; name: string },
): Promise<void> {
  const exchange = must(lockstep.server.exchange, 'the server has an exchange')
  const isKnown = exchange.exchange.accounts().includes(name)
  const made = exchange.addAccount({ account: name, deposit: isKnown ? undefined : decimal('100000') })
  if (!made.ok) throw new Error(made.error)
  const { key, secret } = made.value
  await lockstep.done(z.unknown(), `accounts/${accountId}/key`, {
    method: 'PUT',
    token,
    body: { key, secret },
  })
}

async function addStrategy(
  lockstep: Lockstep,
  token: string,
  { name, sourceId }: { name: string; sourceId: string },
): Promise<string> {
  const sizing = { kind: 'ratio', ratio: '0.5' }
  const body = { name, sourceId, sizing, limits: { deniedSymbols: [name.replaceAll(' ', '-')] } }
  return (await lockstep.done(strategyAnswer, 'strategies', { token, body })).id
}

async function addPair(
  lockstep: Lockstep,
  token: string,
  { name, accountId, symbol }: { name: string; accountId: AccountId; symbol: string },
): Promise<string> {
  const body = { name, a: { accountId, symbol }, b: { accountId, symbol: 'SOLUSDT' }, tolerance: '0.5' }
  return (await lockstep.done(pairAnswer, 'pairs', { token, body })).id
}

/** At the exchange, as its owner. @param order.quantity signed, base units */
export function trade(
  lockstep: Lockstep,
  account: string,
  { symbol, quantity }: { symbol: string; quantity: Decimal },
): void {
  const order: OrderCommand = {
    symbol,
    side: quantity < 0n ? 'sell' : 'buy',
    type: 'market',
    timeInForce: 'ioc',
    postOnly: false,
    reduceOnly: false,
    quantity: absolute(quantity),
    limitPrice: null,
    clientOrderId: '',
  }
  must(lockstep.server.exchange, 'the server has an exchange').exchange.submit(account, order, Date.now())
}

/** As the engine tells of what a person must know. @returns its id, when it is durable */
export async function tellNotice(
  { server }: Lockstep,
  { accountId, text }: { accountId: AccountId; text: string },
): Promise<string> {
  const { context } = server.engine
  const { promise, resolve } = Promise.withResolvers<string>()
  const end = server.engine.notices(notice => {
    if (notice.text === text) resolve(notice.id)
  })
  context.run(turn => {
    const about = { accountId, instrumentId: null }
    context.notice(turn, { ...about, code: 'key_refused', level: 'warning', text, action: 'Renew the key.' })
  })
  return promise.finally(end)
}

async function live({ server }: Lockstep, accountIds: readonly string[]): Promise<void> {
  const isLive = (id: string): boolean =>
    server.engine.sessions.sessions().some(session => session.accountId === id && session.isLive())
  await eventually(() => accountIds.every(isLive), 'the sessions are live')
}

const filledTrades = z.object({ rows: z.array(z.object({ status: z.string() })) })

async function copied(lockstep: Lockstep, token: string, accountId: string): Promise<void> {
  await eventually(async () => {
    const { rows } = await lockstep.done(filledTrades, `trades?accountId=${accountId}`, { token })
    return rows.some(({ status }) => status === 'filled')
  }, 'the trade is copied')
}
