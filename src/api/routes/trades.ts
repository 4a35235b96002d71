import { z } from 'zod'
import { pageOf as pageShape, uuid } from '../../../protocol/rest/common.ts'
import {
  flattenAnswer,
  manualTradeAnswer,
  manualTradeBody,
  outcomeAnswer,
  outcomesQuery,
  tradeAnswer,
  tradesQuery,
} from '../../../protocol/rest/trading.ts'
import { decimal } from '../../domain/decimal.ts'
import { type AccountId, type DecisionId, type IntentId, parseId } from '../../domain/ids.ts'
import { must } from '../../domain/result.ts'
import { accountsSeen, onAccount, onRows, principalOf } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { found, orRefuse, refuse } from '../errors.ts'
import { idCursor, pageOf, rowsToRead, sequenceCursor } from '../paging.ts'
import type { Services } from '../services.ts'
import type { Hands } from '../trading.ts'
import { text } from '../views/amounts.ts'
import { withoutUndefined } from '../views/given.ts'
import { decimalOrNull, instrumentOf } from '../views/strategy.ts'
import { outcomeView, tradeView } from '../views/trading.ts'
import { accountOf, accountParams } from './accounts.ts'

const tradeParams = z.strictObject({ tradeId: uuid })

export function tradeRoutes(app: Api, services: Services): void {
  const { reads } = services
  app.get(
    '/trades',
    {
      config: { access: onRows('account.read') },
      schema: {
        tags: ['trades'],
        summary: 'Orders of ours, newest first',
        querystring: tradesQuery,
        response: { 200: pageShape(tradeAnswer) },
      },
    },
    async request => {
      const { accountId, instrument, status, cursor, limit, from, to } = request.query
      const seen = accountsSeen(request, services, 'account.read')
      const rows = await reads.orderPage({
        accountIds: accountId === undefined ? listOrNull(seen) : chosen(services, accountId, seen),
        ...withoutUndefined({ from, to, statuses: status }),
        ...(instrument !== undefined && { instrumentId: instrumentOf(instrument) }),
        ...sequenceCursor(cursor),
        limit: rowsToRead(limit),
      })
      const page = pageOf(rows, limit, ({ sequence }) => sequence)
      return { ...page, rows: page.rows.map(tradeView) }
    },
  )
  if (services.hands === null) return
  tradeByHandRoute(app, services, services.hands)
  cancelRoute(app, services, services.hands)
  flattenRoutes(app, services, services.hands)
}

/** Trading by hand: the account is in the body, so that the route itself asks whether one may. */
function tradeByHandRoute(app: Api, services: Services, hands: Hands): void {
  const { authority, desk } = services
  app.post(
    '/trades/manual',
    {
      config: { access: onRows('account.trade'), keyRequired: true },
      schema: {
        tags: ['trades'],
        summary: 'Trade by hand, through the same risk checks',
        body: manualTradeBody,
        response: { 202: manualTradeAnswer },
      },
    },
    async (request, reply) => {
      const { symbol, quantity, limitPrice, ...rest } = request.body
      const principal = principalOf(request)
      const account = desk.roster().accounts.get(rest.accountId)
      const { id: accountId } = found(
        account && authority.may(principal, 'account.read', account.id) ? account : null,
        'account',
      )
      if (!authority.may(principal, 'account.trade', accountId))
        refuse('forbidden', 'You may not trade on this account. Ask an owner.')
      const instrumentId = orRefuse(desk.instrument(accountId, symbol))
      const order = {
        ...rest,
        accountId,
        instrumentId,
        quantity: decimal(quantity),
        limitPrice: decimalOrNull(limitPrice),
      }
      const { key } = must(request.claim, 'the route requires an Idempotency-Key')
      const act = actOf(request, 'account.trade', { subject: `account:${accountId}`, detail: request.body })
      const { intentId, clientOrderId } = orRefuse(await hands.trade(order, act, key))
      return reply.code(202).send({ id: intentId, clientOrderId })
    },
  )
}

/** Whose order it is stands in the order: the route itself asks whether one may. */
function cancelRoute(app: Api, services: Services, hands: Hands): void {
  const { authority, reads } = services
  app.delete(
    '/trades/:tradeId',
    {
      config: { access: onRows('account.trade') },
      schema: {
        tags: ['trades'],
        summary: 'Cancel an order of ours that rests; what became of it is shown by the trades',
        params: tradeParams,
        response: { 202: tradeAnswer },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const tradeId = found(parseId<IntentId>(request.params.tradeId), 'trade')
      const order = await reads.order(tradeId)
      const { accountId } = found(
        order !== null && authority.may(principal, 'account.read', order.accountId) ? order : null,
        'trade',
      )
      if (!authority.may(principal, 'account.trade', accountId))
        refuse('forbidden', 'You may not trade on this account. Ask an owner.')
      const subject = `account:${accountId}`
      const act = actOf(request, 'account.cancel', { subject, detail: { tradeId } })
      return reply.code(202).send(tradeView(orRefuse(await hands.cancel(tradeId, act))))
    },
  )
}

function flattenRoutes(app: Api, services: Services, hands: Hands): void {
  app.post(
    '/accounts/:accountId/flatten',
    {
      config: { access: onAccount('account.trade'), keyRequired: true },
      schema: {
        tags: ['accounts'],
        summary: 'Block entries, then close everything',
        params: accountParams,
        response: { 202: flattenAnswer },
      },
    },
    async (request, reply) => {
      const { id } = accountOf(services, request.params)
      const act = actOf(request, 'account.flatten', { subject: `account:${id}` })
      const { orders, left } = orRefuse(await hands.flatten(id, act))
      const shown = left.map(({ instrumentId, quantity, message }) => {
        return { instrument: instrumentId, quantity: text(quantity), message }
      })
      return reply.code(202).send({ orders, left: shown })
    },
  )

  app.post(
    '/accounts/:accountId/resume',
    {
      config: { access: onAccount('account.trade') },
      schema: {
        tags: ['accounts'],
        summary: 'Let its links open again after a flatten; what was missed is not caught up with',
        params: accountParams,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { id } = accountOf(services, request.params)
      orRefuse(await hands.resume(id, actOf(request, 'account.resume', { subject: `account:${id}` })))
      return reply.code(204).send()
    },
  )
}

export function outcomeRoutes(app: Api, services: Services): void {
  const { reads, desk } = services
  app.get(
    '/outcomes',
    {
      config: { access: onRows('account.read') },
      schema: {
        tags: ['outcomes'],
        summary: 'What each follower made of its leader, newest first',
        querystring: outcomesQuery,
        response: { 200: pageShape(outcomeAnswer) },
      },
    },
    async request => {
      const { accountId, linkId, outcome, cursor, limit } = request.query
      const seen = accountsSeen(request, services, 'account.read')
      const { links } = desk.roster()
      const wanted = [...links.values()].filter(
        link =>
          (seen === null || seen.has(link.accountId)) &&
          (accountId === undefined || link.accountId === accountId) &&
          (linkId === undefined || link.id === linkId),
      )
      // Without a filter also what links did that are removed by now.
      const everything = seen === null && accountId === undefined && linkId === undefined
      const rows = await reads.outcomePage({
        linkIds: everything ? null : wanted.map(({ id }) => id),
        ...withoutUndefined({ outcomes: outcome }),
        ...idCursor<DecisionId>(cursor),
        limit: rowsToRead(limit),
      })
      const page = pageOf(rows, limit, ({ id }) => id)
      return { ...page, rows: page.rows.map(row => outcomeView(row, links.get(row.linkId) ?? null)) }
    },
  )
}

function listOrNull(seen: ReadonlySet<AccountId> | null): readonly AccountId[] | null {
  return seen === null ? null : [...seen]
}

/** An account that one may not see has no rows, like one that does not exist. */
function chosen(
  { desk }: Services,
  accountId: string,
  seen: ReadonlySet<AccountId> | null,
): readonly AccountId[] {
  const id = desk.roster().accounts.get(accountId)?.id
  return id !== undefined && (seen === null || seen.has(id)) ? [id] : []
}
