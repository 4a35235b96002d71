import {
  accountsQuery,
  closedPnlAnswer,
  coverageAnswer,
  historyList,
  historyPage,
  historyQuery,
  pastOrderAnswer,
  sumAnswer,
  sumsQuery,
  syncedAnswer,
  syncedQuery,
  tieOutAnswer,
  tieOutQuery,
} from '../../../protocol/rest/history.ts'
import { HISTORY_KINDS } from '../../domain/history.ts'
import { onRows } from '../access.ts'
import type { Api } from '../api.ts'
import { found } from '../errors.ts'
import {
  accountsAsked,
  completeOf,
  daysOf,
  filterOf,
  placeOf,
  placeText,
  windowOf,
} from '../history-filter.ts'
import { pageOf, rowsToRead } from '../paging.ts'
import type { Past } from '../past.ts'
import type { Services } from '../services.ts'
import { closedPnlView, pastOrderView, sumView, tieOutView } from '../views/history.ts'
import { exportRoutes } from './export.ts'

const tags = ['history']
const config = { access: onRows('account.read') }
const DAY_MS = 24 * 3_600_000

/** What venues remember of accounts, with how far it is complete. */
export function historyRoutes(app: Api, services: Services, past: Past): void {
  rowRoutes(app, services, past)
  sumRoutes(app, services, past)
  exportRoutes(app, services, past)
  coverageRoute(app, services, past)
  tieOutRoute(app, services, past)
}

function rowRoutes(app: Api, services: Services, past: Past): void {
  app.get(
    '/history/closed-pnl',
    {
      config,
      schema: {
        tags,
        summary: 'What closing orders earned, newest first',
        querystring: historyQuery,
        response: { 200: historyPage(closedPnlAnswer) },
      },
    },
    async request => {
      const { cursor, limit, ...wish } = request.query
      const filter = filterOf(request, services, wish)
      const query = { ...filter, before: placeOf(cursor), limit: rowsToRead(limit) }
      const rows = await past.page({ ...query, kind: 'closed_pnl' })
      const page = pageOf(rows, limit, ({ place }) => placeText(place))
      const complete = completeOf(past, filter.accountIds, ['closed_pnl'])
      return { ...page, rows: page.rows.map(closedPnlView), complete }
    },
  )

  app.get(
    '/history/orders',
    {
      config,
      schema: {
        tags,
        summary: 'Every order that the venue knows of, ours or not, by when it was made, newest first',
        querystring: historyQuery,
        response: { 200: historyPage(pastOrderAnswer) },
      },
    },
    async request => {
      const { cursor, limit, ...wish } = request.query
      const filter = filterOf(request, services, wish)
      const query = { ...filter, before: placeOf(cursor), limit: rowsToRead(limit) }
      const rows = await past.page({ ...query, kind: 'orders' })
      const page = pageOf(rows, limit, ({ place }) => placeText(place))
      const complete = completeOf(past, filter.accountIds, ['orders'])
      return { ...page, rows: page.rows.map(pastOrderView), complete }
    },
  )
}

function sumRoutes(app: Api, services: Services, past: Past): void {
  app.get(
    '/history/closed-pnl/sums',
    {
      config,
      schema: {
        tags,
        summary: 'Closed PnL by day, month (UTC), instrument or account',
        querystring: sumsQuery,
        response: { 200: historyList(sumAnswer) },
      },
    },
    async request => {
      const { by, ...wish } = request.query
      const filter = filterOf(request, services, wish)
      const sums = await past.sums(filter, by)
      return { rows: sums.map(sumView), complete: completeOf(past, filter.accountIds, ['closed_pnl']) }
    },
  )

  app.get(
    '/history/synced',
    {
      config,
      schema: {
        tags,
        summary: 'How many rows are here, by day (UTC), account and kind',
        querystring: syncedQuery,
        response: { 200: historyList(syncedAnswer) },
      },
    },
    async request => {
      const accountIds = accountsAsked(request, services, request.query.accountId)
      const rows = await past.dayCounts({ accountIds, window: windowOf(request.query) })
      return { rows: [...rows], complete: completeOf(past, accountIds) }
    },
  )
}

function coverageRoute(app: Api, services: Services, past: Past): void {
  app.get(
    '/history/coverage',
    {
      config,
      schema: {
        tags,
        summary: 'From when to when each account is complete, and why one is not read',
        querystring: accountsQuery,
        response: { 200: historyList(coverageAnswer) },
      },
    },
    request => {
      const accountIds = accountsAsked(request, services, request.query.accountId)
      const rows = accountIds.map(accountId => ({
        accountId,
        paused: past.paused(accountId),
        complete: past.complete(accountId, HISTORY_KINDS),
        kinds: HISTORY_KINDS.map(kind => ({ kind, complete: past.complete(accountId, [kind]) })),
      }))
      return { rows, complete: completeOf(past, accountIds) }
    },
  )
}

function tieOutRoute(app: Api, services: Services, past: Past): void {
  app.get(
    '/history/tie-out',
    {
      config,
      schema: {
        tags,
        summary: 'Closed PnL, executions and the wallet against each other, by day (UTC)',
        querystring: tieOutQuery,
        response: { 200: historyList(tieOutAnswer) },
      },
    },
    async request => {
      const window = daysOf(request.query, services.clock.now())
      const accountId = found(accountsAsked(request, services, request.query.accountId)[0], 'account')
      const complete = past.complete(accountId, ['closed_pnl', 'executions', 'wallet'])
      const rows = (await past.tieOut(accountId, window)).map(row => {
        const from = Date.parse(row.day)
        const isComplete = complete !== null && complete.from <= from && complete.to >= from + DAY_MS
        return tieOutView(row, isComplete)
      })
      return { rows, complete }
    },
  )
}
