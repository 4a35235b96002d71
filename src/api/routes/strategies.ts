import { z } from 'zod'
import { pageOf, pageQuery, uuid } from '../../../protocol/rest/common.ts'
import { pauseBody, strategyAnswer, strategyBody, strategyChange } from '../../../protocol/rest/strategies.ts'
import { type AccountId, type StrategyId, uuidv7 } from '../../domain/ids.ts'
import type { Source, Strategy } from '../../domain/strategy.ts'
import type { Action } from '../../ports/authority.ts'
import { type Access, onRows, onServer, rowsSeen } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { found, orRefuse, refuse } from '../errors.ts'
import { idPage } from '../paging.ts'
import type { Roster, Services } from '../services.ts'
import { withoutUndefined } from '../views/given.ts'
import { leverageOf, limitsOf, sizingOf, strategyView, symbolMapOf } from '../views/strategy.ts'

const tags = ['strategies']
export const strategyParams = z.strictObject({ strategyId: uuid })

/** A strategy is seen by whoever has an account that follows it, and changed by those who run all of them. */
export function onStrategy(action: Action): Access {
  return {
    kind: 'row',
    action,
    what: 'strategy',
    find: ({ desk }, { strategyId = '' }) => {
      const strategy = desk.roster().strategies.get(strategyId)
      return strategy === undefined
        ? null
        : { seenThrough: followersOf(desk.roster(), strategy), about: null }
    },
  }
}

export function followersOf({ links }: Roster, strategy: Strategy): readonly AccountId[] {
  return [...links.values()].filter(link => link.strategyId === strategy.id).map(link => link.accountId)
}

export function strategyRoutes(app: Api, services: Services): void {
  const { desk } = services
  app.get(
    '/strategies',
    {
      config: { access: onRows('strategy.read') },
      schema: {
        tags,
        summary: 'The strategies that you may see',
        querystring: pageQuery,
        response: { 200: pageOf(strategyAnswer) },
      },
    },
    request => {
      const roster = desk.roster()
      const list = { action: 'strategy.read', rows: roster.strategies.values() } as const
      const seen = rowsSeen(request, services, { ...list, through: row => followersOf(roster, row) })
      const page = idPage(seen, request.query)
      return { ...page, rows: page.rows.map(strategyView) }
    },
  )

  app.post(
    '/strategies',
    {
      config: { access: onServer('strategy.manage') },
      schema: { tags, summary: 'Add a strategy', body: strategyBody, response: { 201: strategyAnswer } },
    },
    async (request, reply) => {
      const { sourceId, sizing, leverage, limits, symbolMap, ...rest } = request.body
      const id = uuidv7<StrategyId>(services.clock.now(), services.random.bytes(10))
      const row = {
        ...rest,
        id,
        sourceId: sourceNamed(desk.roster(), sourceId).id,
        sizing: sizingOf(sizing),
        leverage: leverageOf(leverage),
        limits: limitsOf(limits),
        symbolMap: symbolMapOf(symbolMap),
      }
      const act = actOf(request, 'strategy.create', { subject: `strategy:${id}`, detail: request.body })
      orRefuse(await desk.reconfigure([{ kind: 'put_strategy', row }], act))
      return reply.code(201).send(strategyView(strategyOf(services, { strategyId: id })))
    },
  )

  app.get(
    '/strategies/:strategyId',
    {
      config: { access: onStrategy('strategy.read') },
      schema: { tags, summary: 'One strategy', params: strategyParams, response: { 200: strategyAnswer } },
    },
    request => strategyView(strategyOf(services, request.params)),
  )
  changeRoutes(app, services)
  modeRoutes(app, services)
}

function changeRoutes(app: Api, services: Services): void {
  const { desk } = services
  const access = onStrategy('strategy.manage')
  app.patch(
    '/strategies/:strategyId',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Change a strategy, from the next fill on',
        params: strategyParams,
        body: strategyChange,
        response: { 200: strategyAnswer },
      },
    },
    async request => {
      const { origin: _, ...strategy } = strategyOf(services, request.params)
      const { sizing, leverage, limits, symbolMap, ...plain } = request.body
      const row = {
        ...strategy,
        ...withoutUndefined(plain),
        sizing: sizing === undefined ? strategy.sizing : sizingOf(sizing),
        leverage: leverage === undefined ? strategy.leverage : leverageOf(leverage),
        limits: limits === undefined ? strategy.limits : limitsOf(limits),
        symbolMap: symbolMap === undefined ? strategy.symbolMap : symbolMapOf(symbolMap),
      }
      const act = actOf(request, 'strategy.update', { subject: `strategy:${row.id}`, detail: request.body })
      orRefuse(await desk.reconfigure([{ kind: 'put_strategy', row }], act))
      return strategyView(strategyOf(services, request.params))
    },
  )

  app.delete(
    '/strategies/:strategyId',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Remove a strategy without links',
        params: strategyParams,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { id } = strategyOf(services, request.params)
      const act = actOf(request, 'strategy.remove', { subject: `strategy:${id}` })
      orRefuse(await desk.reconfigure([{ kind: 'remove', id }], act))
      return reply.code(204).send()
    },
  )
}

function modeRoutes(app: Api, services: Services): void {
  const { desk } = services
  const access = onStrategy('strategy.pause')
  app.post(
    '/strategies/:strategyId/pause',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Pause all of its links, until somebody resumes',
        params: strategyParams,
        body: pauseBody,
        response: { 200: strategyAnswer },
      },
    },
    async request => {
      const { id } = strategyOf(services, request.params)
      const { mode } = request.body
      const act = actOf(request, 'strategy.pause', { subject: `strategy:${id}`, detail: { mode } })
      orRefuse(await desk.reconfigure([{ kind: 'set_mode', id, mode }], act))
      return strategyView(strategyOf(services, request.params))
    },
  )

  app.post(
    '/strategies/:strategyId/resume',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Copy again; what was missed is not caught up with',
        params: strategyParams,
        response: { 200: strategyAnswer },
      },
    },
    async request => {
      const { id } = strategyOf(services, request.params)
      const act = actOf(request, 'strategy.resume', { subject: `strategy:${id}` })
      orRefuse(await desk.reconfigure([{ kind: 'set_mode', id, mode: 'on' }], act))
      return strategyView(strategyOf(services, request.params))
    },
  )
}

export function strategyOf({ desk }: Services, { strategyId }: { strategyId: string }): Strategy {
  return found(desk.roster().strategies.get(strategyId), 'strategy')
}

function sourceNamed({ sources }: Roster, sourceId: string): Source {
  return (
    sources.get(sourceId) ?? refuse('invalid', 'There is no such source. Name one of the list of sources.')
  )
}
