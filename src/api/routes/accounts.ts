import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { accountAnswer, accountBody, accountChange } from '../../../protocol/rest/accounts.ts'
import { pageOf, pageQuery, uuid } from '../../../protocol/rest/common.ts'
import type { Account } from '../../domain/account.ts'
import { decimal } from '../../domain/decimal.ts'
import type { AccountId, UserId } from '../../domain/ids.ts'
import { uuidv7 } from '../../domain/ids.ts'
import type { AccountProfile } from '../../domain/user.ts'
import { onAccount, onRows, onServer, principalOf, rowsSeen } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { found, orRefuse, refuse } from '../errors.ts'
import { idPage } from '../paging.ts'
import type { Services } from '../services.ts'
import { accountView } from '../views/account.ts'

const tags = ['accounts']
export const accountParams = z.strictObject({ accountId: uuid })

export function accountRoutes(app: Api, services: Services): void {
  const { desk } = services
  app.get(
    '/accounts',
    {
      config: { access: onRows('account.read') },
      schema: {
        tags,
        summary: 'The accounts that you may see',
        querystring: pageQuery,
        response: { 200: pageOf(accountAnswer) },
      },
    },
    request => {
      const rows = desk.roster().accounts.values()
      const list = { action: 'account.read', rows, through: ({ id }: Account) => [id] } as const
      const page = idPage(rowsSeen(request, services, list), request.query)
      return { ...page, rows: page.rows.map(row => viewOf(services, row)) }
    },
  )

  app.get(
    '/accounts/:accountId',
    {
      config: { access: onAccount('account.read') },
      schema: { tags, summary: 'One account', params: accountParams, response: { 200: accountAnswer } },
    },
    request => viewOf(services, accountOf(services, request.params)),
  )
  additionRoute(app, services)
  changeRoutes(app, services)
}

function additionRoute(app: Api, services: Services): void {
  const { desk } = services
  app.post(
    '/accounts',
    {
      config: { access: onServer('account.manage') },
      schema: {
        tags,
        summary: 'Add an account; its key comes after',
        body: accountBody,
        response: { 201: accountAnswer },
      },
    },
    async (request, reply) => {
      const { ownerId, labels, maximumLeverage, ...rest } = request.body
      const id = uuidv7<AccountId>(services.clock.now(), services.random.bytes(10))
      const row = {
        ...rest,
        id,
        kind: 'venue',
        status: 'active',
        maximumLeverage: decimal(maximumLeverage),
      } as const
      const profile: AccountProfile = { accountId: id, ownerId: ownerOf(services, ownerId), labels }
      const act = actOf(request, 'account.create', { subject: `account:${id}`, detail: request.body })
      orRefuse(
        await desk.reconfigure(
          [
            { kind: 'put_account', row },
            { kind: 'put_profile', row: profile },
          ],
          act,
        ),
      )
      return reply.code(201).send(viewOf(services, accountOf(services, { accountId: id })))
    },
  )
}

function changeRoutes(app: Api, services: Services): void {
  const { desk, people } = services
  const access = onAccount('account.manage')
  app.patch(
    '/accounts/:accountId',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Change an account',
        params: accountParams,
        body: accountChange,
        response: { 200: accountAnswer },
      },
    },
    async request => {
      const { origin: _, ...account } = accountOf(services, request.params)
      const profile = people.profile(account.id)
      requireRightToGive(request, services)
      const { name, status, maximumLeverage, ownerId, labels } = request.body
      const row = {
        ...account,
        name: name ?? account.name,
        status: status ?? account.status,
        maximumLeverage: maximumLeverage === undefined ? account.maximumLeverage : decimal(maximumLeverage),
      }
      const changed: AccountProfile = {
        ...profile,
        ownerId: ownerId === undefined ? profile.ownerId : ownerOf(services, ownerId),
        labels: labels ?? profile.labels,
      }
      // Whose it is and how it is labelled are people's own, also of what config.yaml says.
      const touched = name !== undefined || status !== undefined || maximumLeverage !== undefined
      const act = actOf(request, 'account.update', { subject: `account:${account.id}`, detail: request.body })
      const changes = [{ kind: 'put_profile', row: changed } as const]
      orRefuse(await desk.reconfigure(touched ? [{ kind: 'put_account', row }, ...changes] : changes, act))
      return viewOf(services, accountOf(services, request.params))
    },
  )

  app.delete(
    '/accounts/:accountId',
    {
      config: { access },
      schema: { tags, summary: 'Remove an account', params: accountParams, response: { 204: z.void() } },
    },
    async (request, reply) => {
      const { id } = accountOf(services, request.params)
      const act = actOf(request, 'account.remove', { subject: `account:${id}` })
      orRefuse(await desk.reconfigure([{ kind: 'remove', id }], act))
      return reply.code(204).send()
    },
  )
}

/** To run an account is not to give it away: that is for those who run all of them. */
function requireRightToGive(
  request: FastifyRequest<{ Body: { ownerId?: unknown } }>,
  { authority }: Services,
): void {
  if (request.body.ownerId === undefined || authority.may(principalOf(request), 'account.manage', null))
    return
  refuse('forbidden', 'You may not change whose account it is. Ask an operator.')
}

export function accountOf({ desk }: Services, { accountId }: { accountId: string }): Account {
  return found(desk.roster().accounts.get(accountId), 'account')
}

function viewOf({ people, desk }: Services, account: Account): z.infer<typeof accountAnswer> {
  const { id } = account
  return accountView(account, { profile: people.profile(id), flattened: desk.isFlattened(id) })
}

function ownerOf({ people }: Services, ownerId: string | null): UserId | null {
  if (ownerId === null) return null
  const user = people.user(ownerId)
  return (
    user?.id ??
    refuse('invalid', 'There is no such user. Name one of the list of users.', [
      { path: 'body.ownerId', message: 'not a user' },
    ])
  )
}
