import { z } from 'zod'
import { pageQuery, pageOf as pageShape } from '../../../protocol/rest/common.ts'
import {
  flattenPairAnswer,
  flattenPairBody,
  pairAnswer,
  pairBody,
  roundAnswer,
} from '../../../protocol/rest/pairs.ts'
import { removeLinkQuery } from '../../../protocol/rest/strategies.ts'
import { decimal } from '../../domain/decimal.ts'
import { type PairId, parseId, symbolOf, uuidv7 } from '../../domain/ids.ts'
import type { Leg, Pair } from '../../domain/pair.ts'
import type { PairView } from '../../ports/pair-watch.ts'
import { onRows, onServer, rowsSeen } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { found, orRefuse, refuse } from '../errors.ts'
import { idPage, pageOf, rowsToRead, sequenceCursor } from '../paging.ts'
import type { Services } from '../services.ts'
import { closeView, pairView, quotingOrNull, roundView } from '../views/pair.ts'
import { accountsOf, onPair, pairOf, pairParams } from './pair-access.ts'
import { exposureRoute } from './pair-exposure.ts'

const tags = ['pairs']
/** Of one round; what is older has the trades of the account. */
const ATTEMPTS_SHOWN = 100

export function pairRoutes(app: Api, services: Services): void {
  const { desk, pairs } = services
  app.get(
    '/pairs',
    {
      config: { access: onRows('pair.read') },
      schema: {
        tags,
        summary: 'The hedge pairs that you may see, and how each stands',
        querystring: pageQuery,
        response: { 200: pageShape(pairAnswer) },
      },
    },
    request => {
      const rows = desk.roster().pairs.values()
      const list = { action: 'pair.read', rows, through: accountsOf, throughAll: true } as const
      const page = idPage(rowsSeen(request, services, list), request.query)
      // One that is not durable yet is not shown.
      const views = page.rows.flatMap(({ id }) => pairs.view(id) ?? [])
      return { ...page, rows: views.map(view => pairView(view, pairs.waitsFor(view.pair.id))) }
    },
  )

  app.post(
    '/pairs',
    {
      config: { access: onServer('pair.manage') },
      schema: { tags, summary: 'Add a pair', body: pairBody, response: { 201: pairAnswer } },
    },
    async (request, reply) => {
      const id = uuidv7<PairId>(services.clock.now(), services.random.bytes(10))
      const row = rowOf(services, { id, body: request.body, known: null })
      const act = actOf(request, 'pair.create', { subject: `pair:${id}`, detail: request.body })
      orRefuse(await desk.reconfigure([{ kind: 'put_pair', row }], act))
      return reply.code(201).send(shownAs(services, { pairId: id }))
    },
  )

  app.get(
    '/pairs/:pairId',
    {
      config: { access: onPair('pair.read') },
      schema: {
        tags,
        summary: 'One pair: its settings, and how it stands',
        params: pairParams,
        response: { 200: pairAnswer },
      },
    },
    request => shownAs(services, request.params),
  )
  changeRoutes(app, services)
  handRoutes(app, services)
  flattenRoute(app, services)
  roundRoute(app, services)
  exposureRoute(app, services)
}

function changeRoutes(app: Api, services: Services): void {
  const { desk } = services
  const access = onPair('pair.manage')
  app.put(
    '/pairs/:pairId',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Change its settings, all of them; it keeps its legs',
        params: pairParams,
        body: pairBody,
        response: { 200: pairAnswer },
      },
    },
    async request => {
      const known = pairOf(services, request.params)
      const row = rowOf(services, { id: known.id, body: request.body, known })
      const act = actOf(request, 'pair.update', { subject: `pair:${row.id}`, detail: request.body })
      orRefuse(await desk.reconfigure([{ kind: 'put_pair', row }], act))
      return shownAs(services, request.params)
    },
  )

  app.delete(
    '/pairs/:pairId',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Remove a pair that holds nothing, or whose holdings are abandoned to their owners',
        params: pairParams,
        querystring: removeLinkQuery,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { id } = pairOf(services, request.params)
      const abandon = request.query.abandon === 'true'
      const act = actOf(request, 'pair.remove', { subject: `pair:${id}`, detail: { abandon } })
      orRefuse(await desk.reconfigure([{ kind: 'remove', id, abandon }], act))
      return reply.code(204).send()
    },
  )
}

function handRoutes(app: Api, services: Services): void {
  const { pairs } = services
  const config = { access: onPair('pair.trade') }
  app.post(
    '/pairs/:pairId/pause',
    {
      config,
      schema: {
        tags,
        summary: 'A quotes no more, until somebody resumes; what is unhedged is still hedged',
        params: pairParams,
        response: { 200: pairAnswer },
      },
    },
    async request => {
      const { id } = pairOf(services, request.params)
      orRefuse(await pairs.pause(id, actOf(request, 'pair.pause', { subject: `pair:${id}` })))
      return shownAs(services, request.params)
    },
  )

  app.post(
    '/pairs/:pairId/resume',
    {
      config,
      schema: {
        tags,
        summary: 'It hedges and quotes again, with all its attempts before it',
        params: pairParams,
        response: { 200: pairAnswer },
      },
    },
    async request => {
      const { id } = pairOf(services, request.params)
      orRefuse(await pairs.resume(id, actOf(request, 'pair.resume', { subject: `pair:${id}` })))
      return shownAs(services, request.params)
    },
  )
}

function flattenRoute(app: Api, services: Services): void {
  const { pairs } = services
  app.post(
    '/pairs/:pairId/flatten',
    {
      config: { access: onPair('pair.trade'), keyRequired: true },
      schema: {
        tags,
        summary: 'Pause it and close both legs or one; with dryRun, say what that would trade',
        params: pairParams,
        body: flattenPairBody,
        response: { 202: flattenPairAnswer },
      },
    },
    async (request, reply) => {
      const pair = pairOf(services, request.params)
      const { leg = null, dryRun } = request.body
      const closes = pairs.closes(pair.id, leg)
      // Nobody must wait for a venue's list to have a pair stopped.
      if (!closes.ok && dryRun) orRefuse(closes)
      const act = actOf(request, 'pair.flatten', { subject: `pair:${pair.id}`, detail: { leg } })
      if (!dryRun) orRefuse(await pairs.flatten(pair.id, leg, act))
      const shown = closes.ok ? closes.value.map(close => closeView(pair, close)) : []
      return reply.code(202).send({ dryRun, closes: shown, pair: shownAs(services, request.params) })
    },
  )
}

function roundRoute(app: Api, services: Services): void {
  const { reads } = services
  app.get(
    '/pairs/:pairId/rounds',
    {
      config: { access: onPair('pair.read') },
      schema: {
        tags,
        summary: 'What A traded, how B followed, how long it was unhedged and what it cost; newest first',
        params: pairParams,
        querystring: pageQuery,
        response: { 200: pageShape(roundAnswer) },
      },
    },
    async request => {
      const { id: pairId } = pairOf(services, request.params)
      const { cursor, limit } = request.query
      const rows = await reads.roundPage({ pairId, ...sequenceCursor(cursor), limit: rowsToRead(limit) })
      const page = pageOf(rows, limit, ({ number }) => number)
      const shown = page.rows.map(round => ({ round, attempts: round.attempts.slice(-ATTEMPTS_SHOWN) }))
      const orders = await reads.orders(shown.flatMap(({ attempts }) => attempts))
      const byId = new Map(orders.map(order => [order.intentId, order]))
      return {
        ...page,
        rows: shown.map(({ round, attempts }) =>
          roundView(
            round,
            attempts.flatMap(attempt => byId.get(attempt) ?? []),
          ),
        ),
      }
    },
  )
}

function shownAs({ pairs }: Services, { pairId }: { pairId: string }): z.infer<typeof pairAnswer> {
  const id = parseId<PairId>(pairId)
  const view: PairView = found(id === undefined ? null : pairs.view(id), 'pair')
  return pairView(view, pairs.waitsFor(view.pair.id))
}

interface Wish {
  readonly id: PairId
  readonly body: z.infer<typeof pairBody>
  /** Null: it is a new one. */
  readonly known: Pair | null
}

function rowOf(services: Services, { id, body, known }: Wish): Omit<Pair, 'origin'> {
  const { a, b, tolerance, quoting, ...settings } = body
  return {
    ...settings,
    id,
    a: legNamed(services, a, known?.a ?? null),
    b: legNamed(services, b, known?.b ?? null),
    tolerance: decimal(tolerance),
    quoting: quotingOrNull(quoting),
  }
}

/** What a pair has already is not asked of the venue again, which may not answer. */
function legNamed({ desk }: Services, leg: z.infer<typeof pairBody>['a'], known: Leg | null): Leg {
  const account = desk.roster().accounts.get(leg.accountId)
  if (account === undefined)
    return refuse('invalid', 'There is no such account. Name one of the list of accounts.')
  if (known?.accountId === account.id && symbolOf(known.instrumentId) === leg.symbol) return known
  return { accountId: account.id, instrumentId: orRefuse(desk.instrument(account.id, leg.symbol)) }
}
