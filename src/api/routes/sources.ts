import { z } from 'zod'
import { pageOf, pageQuery, uuid } from '../../../protocol/rest/common.ts'
import { sourceAnswer, sourceBody, sourceChange } from '../../../protocol/rest/sources.ts'
import type { Account } from '../../domain/account.ts'
import { ONE } from '../../domain/decimal.ts'
import { type AccountId, type SourceId, uuidv7 } from '../../domain/ids.ts'
import type { Source } from '../../domain/strategy.ts'
import type { Action } from '../../ports/authority.ts'
import { type Access, onRows, onServer, rowsSeen } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { found, orRefuse, refuse } from '../errors.ts'
import { idPage } from '../paging.ts'
import type { Change, Services } from '../services.ts'

const tags = ['sources']
export const sourceParams = z.strictObject({ sourceId: uuid })

/** A source is seen through its own account: who follows it sees strategies, not leaders. */
export function onSource(action: Action): Access {
  return {
    kind: 'row',
    action,
    what: 'source',
    find: ({ desk }, { sourceId = '' }) => {
      const source = desk.roster().sources.get(sourceId)
      return source === undefined ? null : { seenThrough: [source.accountId], about: source.accountId }
    },
  }
}

export function sourceRoutes(app: Api, services: Services): void {
  const { desk } = services
  app.get(
    '/sources',
    {
      config: { access: onRows('source.read') },
      schema: {
        tags,
        summary: 'The sources that you may see',
        querystring: pageQuery,
        response: { 200: pageOf(sourceAnswer) },
      },
    },
    request => {
      const rows = desk.roster().sources.values()
      const seen = rowsSeen(request, services, {
        action: 'source.read',
        rows,
        through: row => [row.accountId],
      })
      const page = idPage(seen, request.query)
      return { ...page, rows: page.rows.map(row => sourceView(services, row)) }
    },
  )

  app.post(
    '/sources',
    {
      config: { access: onServer('source.manage') },
      schema: { tags, summary: 'Add a source', body: sourceBody, response: { 201: sourceAnswer } },
    },
    async (request, reply) => {
      const id = uuidv7<SourceId>(services.clock.now(), services.random.bytes(10))
      const act = actOf(request, 'source.create', { subject: `source:${id}`, detail: request.body })
      orRefuse(await desk.reconfigure(additionOf(services, request.body, id), act))
      return reply.code(201).send(sourceView(services, sourceOf(services, { sourceId: id })))
    },
  )

  app.get(
    '/sources/:sourceId',
    {
      config: { access: onSource('source.read') },
      schema: { tags, summary: 'One source', params: sourceParams, response: { 200: sourceAnswer } },
    },
    request => sourceView(services, sourceOf(services, request.params)),
  )
  changeRoutes(app, services)
}

function changeRoutes(app: Api, services: Services): void {
  const { desk } = services
  app.patch(
    '/sources/:sourceId',
    {
      config: { access: onSource('source.manage') },
      schema: {
        tags,
        summary: 'Rename a source',
        params: sourceParams,
        body: sourceChange,
        response: { 200: sourceAnswer },
      },
    },
    async request => {
      const { origin: _, ...row } = { ...sourceOf(services, request.params), ...request.body }
      const act = actOf(request, 'source.update', { subject: `source:${row.id}`, detail: request.body })
      orRefuse(await desk.reconfigure([{ kind: 'put_source', row }], act))
      return sourceView(services, sourceOf(services, request.params))
    },
  )

  app.delete(
    '/sources/:sourceId',
    {
      config: { access: onSource('source.manage') },
      schema: { tags, summary: 'Remove a source', params: sourceParams, response: { 204: z.void() } },
    },
    async (request, reply) => {
      const { id, accountId } = sourceOf(services, request.params)
      const virtual = desk.roster().accounts.get(accountId)?.kind === 'virtual'
      const act = actOf(request, 'source.remove', { subject: `source:${id}` })
      const changes: Change[] = [{ kind: 'remove', id }]
      orRefuse(
        await desk.reconfigure(virtual ? [...changes, { kind: 'remove', id: accountId }] : changes, act),
      )
      return reply.code(204).send()
    },
  )
}

/** A source of signals is a virtual leader: an account of its own, without a key, that signals move. */
function additionOf(
  { desk, clock, random }: Services,
  body: z.infer<typeof sourceBody>,
  id: SourceId,
): Change[] {
  const { name } = body
  if (body.kind === 'account') {
    const account = desk.roster().accounts.get(body.accountId)
    const accountId =
      account?.id ?? refuse('invalid', 'There is no such account. Name one of the list of accounts.')
    return [{ kind: 'put_source', row: { id, name, accountId } }]
  }
  const { venue, environment } = body
  const accountId = uuidv7<AccountId>(clock.now(), random.bytes(10))
  const account = {
    id: accountId,
    name,
    kind: 'virtual',
    venue,
    environment,
    status: 'active',
    maximumLeverage: ONE,
  } as const
  return [
    { kind: 'put_account', row: account satisfies Omit<Account, 'origin'> },
    { kind: 'put_source', row: { id, name, accountId } },
  ]
}

export function sourceOf({ desk }: Services, { sourceId }: { sourceId: string }): Source {
  return found(desk.roster().sources.get(sourceId), 'source')
}

export function signalsSource(services: Services, source: Source): Source {
  if (sourceView(services, source).kind === 'signals') return source
  return refuse(
    'conflict',
    'This source is an account whose own trades count. Make a source of kind signals.',
  )
}

function sourceView({ desk }: Services, source: Source): z.infer<typeof sourceAnswer> {
  const { id, name, origin, accountId } = source
  const virtual = desk.roster().accounts.get(accountId)?.kind === 'virtual'
  return { id, name, kind: virtual ? 'signals' : 'account', origin, accountId }
}
