import { z } from 'zod'
import { pageOf, pageQuery, uuid } from '../../../protocol/rest/common.ts'
import {
  linkAnswer,
  linkBody,
  linkChange,
  pauseBody,
  previewAnswer,
  removeLinkQuery,
} from '../../../protocol/rest/strategies.ts'
import type { Account } from '../../domain/account.ts'
import { type LinkId, uuidv7 } from '../../domain/ids.ts'
import type { Link } from '../../domain/strategy.ts'
import type { Action } from '../../ports/authority.ts'
import { type Access, onServer, rowsSeen } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { found, orRefuse, refuse } from '../errors.ts'
import { idPage } from '../paging.ts'
import type { Roster, Services } from '../services.ts'
import type { Previews } from '../trading.ts'
import { text } from '../views/amounts.ts'
import { linkView, sizingOrNull } from '../views/strategy.ts'
import { onStrategy, strategyOf, strategyParams } from './strategies.ts'

const tags = ['strategies']
const params = strategyParams.extend({ linkId: uuid })

/** A link is its account's: whoever runs the account may pause it. */
function onLink(action: Action): Access {
  return {
    kind: 'row',
    action,
    what: 'link',
    find: ({ desk }, { strategyId = '', linkId = '' }) => {
      const link = desk.roster().links.get(linkId)
      if (link === undefined || link.strategyId !== strategyId) return null
      return { seenThrough: [link.accountId], about: link.accountId }
    },
  }
}

export function linkRoutes(app: Api, services: Services): void {
  const { desk, previews } = services
  app.get(
    '/strategies/:strategyId/links',
    {
      config: { access: onStrategy('strategy.read') },
      schema: {
        tags,
        summary: 'Who follows it, as far as you may see',
        params: strategyParams,
        querystring: pageQuery,
        response: { 200: pageOf(linkAnswer) },
      },
    },
    request => {
      const { id } = strategyOf(services, request.params)
      const rows = [...desk.roster().links.values()].filter(link => link.strategyId === id)
      const seen = rowsSeen(request, services, {
        action: 'strategy.read',
        rows,
        through: link => [link.accountId],
      })
      const page = idPage(seen, request.query)
      return { ...page, rows: page.rows.map(linkView) }
    },
  )

  app.post(
    '/strategies/:strategyId/links',
    {
      config: { access: onServer('strategy.manage') },
      schema: {
        tags,
        summary: 'Let an account follow it from now on',
        params: strategyParams,
        body: linkBody,
        response: { 201: linkAnswer },
      },
    },
    async (request, reply) => {
      const { id: strategyId } = strategyOf(services, request.params)
      const { accountId, mode, sizing } = request.body
      const id = uuidv7<LinkId>(services.clock.now(), services.random.bytes(10))
      const account = accountNamed(desk.roster(), accountId)
      const row = { id, strategyId, accountId: account.id, mode, sizing: sizingOrNull(sizing) }
      const act = actOf(request, 'link.create', {
        subject: `link:${id}`,
        detail: { strategyId, ...request.body },
      })
      orRefuse(await desk.reconfigure([{ kind: 'put_link', row }], act))
      return reply.code(201).send(linkView(linkOf(services, { strategyId, linkId: id })))
    },
  )
  if (previews !== null) previewRoute(app, services, previews)
  changeRoutes(app, services)
  modeRoutes(app, services)
}

function previewRoute(app: Api, services: Services, previews: Previews): void {
  app.post(
    '/strategies/:strategyId/preview',
    {
      config: { access: onServer('strategy.manage') },
      schema: {
        tags,
        summary: "What the leader's last trades would have been for a new link",
        params: strategyParams,
        body: linkBody,
        response: { 200: previewAnswer },
      },
    },
    async request => {
      const strategy = strategyOf(services, request.params)
      const account = accountNamed(services.desk.roster(), request.body.accountId)
      const rows = orRefuse(
        await previews.link({ strategy, account, sizing: sizingOrNull(request.body.sizing) }),
      )
      return {
        rows: rows.map(({ at, instrumentId, leaderQuantity, fillPrice, quantity, reason }) => ({
          at,
          instrument: instrumentId,
          leaderQuantity: text(leaderQuantity),
          fillPrice: text(fillPrice),
          quantity: text(quantity),
          reason,
        })),
      }
    },
  )
}

function changeRoutes(app: Api, services: Services): void {
  const { desk } = services
  const access = onLink('strategy.manage')
  app.patch(
    '/strategies/:strategyId/links/:linkId',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Size a link otherwise, from the next fill on',
        params,
        body: linkChange,
        response: { 200: linkAnswer },
      },
    },
    async request => {
      const { origin: _, startSequence: __, ...link } = linkOf(services, request.params)
      const row = { ...link, sizing: sizingOrNull(request.body.sizing) }
      const act = actOf(request, 'link.update', { subject: `link:${link.id}`, detail: request.body })
      orRefuse(await desk.reconfigure([{ kind: 'put_link', row }], act))
      return linkView(linkOf(services, request.params))
    },
  )

  app.delete(
    '/strategies/:strategyId/links/:linkId',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Stop following',
        params,
        querystring: removeLinkQuery,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { id } = linkOf(services, request.params)
      const abandon = request.query.abandon === 'true'
      const act = actOf(request, 'link.remove', { subject: `link:${id}`, detail: { abandon } })
      orRefuse(await desk.reconfigure([{ kind: 'remove', id, abandon }], act))
      return reply.code(204).send()
    },
  )
}

function modeRoutes(app: Api, services: Services): void {
  const { desk } = services
  const access = onLink('strategy.pause')
  app.post(
    '/strategies/:strategyId/links/:linkId/pause',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Pause a link, until somebody resumes',
        params,
        body: pauseBody,
        response: { 200: linkAnswer },
      },
    },
    async request => {
      const { id } = linkOf(services, request.params)
      const { mode } = request.body
      const act = actOf(request, 'link.pause', { subject: `link:${id}`, detail: { mode } })
      orRefuse(await desk.reconfigure([{ kind: 'set_mode', id, mode }], act))
      return linkView(linkOf(services, request.params))
    },
  )

  app.post(
    '/strategies/:strategyId/links/:linkId/resume',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Copy again; what was missed is not caught up with',
        params,
        response: { 200: linkAnswer },
      },
    },
    async request => {
      const { id } = linkOf(services, request.params)
      const act = actOf(request, 'link.resume', { subject: `link:${id}` })
      orRefuse(await desk.reconfigure([{ kind: 'set_mode', id, mode: 'on' }], act))
      return linkView(linkOf(services, request.params))
    },
  )
}

function linkOf({ desk }: Services, { strategyId, linkId }: { strategyId: string; linkId: string }): Link {
  const link = desk.roster().links.get(linkId)
  return found(link?.strategyId === strategyId ? link : null, 'link')
}

function accountNamed({ accounts }: Roster, accountId: string): Account {
  return (
    accounts.get(accountId) ??
    refuse('invalid', 'There is no such account. Name one of the list of accounts.')
  )
}
