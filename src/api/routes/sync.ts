import { listAnswer } from '../../../protocol/rest/common.ts'
import {
  accountsQuery,
  jobAnswer,
  scheduleAnswer,
  syncAllAnswer,
  syncAnswer,
  syncBody,
} from '../../../protocol/rest/history.ts'
import { onAccount, onRows, onServer } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { orRefuse } from '../errors.ts'
import { accountsAsked } from '../history-filter.ts'
import type { Past } from '../past.ts'
import type { Services } from '../services.ts'
import { jobView, scheduleView } from '../views/history.ts'
import { accountOf, accountParams } from './accounts.ts'

const tags = ['history']
const DAY_MS = 24 * 3_600_000
const NOTHING = { added: 0, updated: 0, skipped: 0, failures: [] }

/** When history is read, and reading it now. */
export function syncRoutes(app: Api, services: Services, past: Past): void {
  commandRoutes(app, services, past)
  app.get(
    '/schedules',
    {
      config: { access: onServer('system.read') },
      schema: {
        tags,
        summary: 'When history was read last, and when it is read next',
        response: { 200: listAnswer(scheduleAnswer) },
      },
    },
    () => ({ rows: past.schedules().map(scheduleView) }),
  )

  app.get(
    '/jobs',
    {
      config: { access: onRows('account.read') },
      schema: {
        tags,
        summary: 'The last back-fill of each account, with the date that it has reached',
        querystring: accountsQuery,
        response: { 200: listAnswer(jobAnswer) },
      },
    },
    request => {
      const shown = new Set(accountsAsked(request, services, request.query.accountId))
      return { rows: past.jobs().flatMap(job => (shown.has(job.accountId) ? [jobView(job)] : [])) }
    },
  )
}

function commandRoutes(app: Api, services: Services, past: Past): void {
  const { clock } = services
  app.post(
    '/sync/trading/all',
    {
      config: { access: onServer('history.sync') },
      schema: {
        tags,
        summary: 'Read what is new of every account, or whatever is missing of the last days',
        body: syncBody,
        response: { 202: syncAllAnswer },
      },
    },
    async (request, reply) => {
      const { days } = request.body
      const act = actOf(request, 'history.sync', { detail: request.body })
      const since = days === undefined ? null : clock.now() - days * DAY_MS
      const { accounts, refused } = orRefuse(await past.syncAll(since, act))
      return reply.code(202).send({ accounts, refused: [...refused] })
    },
  )

  app.post(
    '/sync/trading/:accountId',
    {
      config: { access: onAccount('history.sync') },
      schema: {
        tags,
        summary: 'Read what is new of an account, or begin a job for whatever is missing of the last days',
        params: accountParams,
        body: syncBody,
        response: { 200: syncAnswer },
      },
    },
    async request => {
      const { id } = accountOf(services, request.params)
      const { days } = request.body
      const act = actOf(request, 'history.sync', { subject: `account:${id}`, detail: request.body })
      if (days === undefined) {
        const { added, updated, skipped, failures } = orRefuse(await past.sync(id, act))
        const told = failures.map(({ kind, message }) => ({ kind, message }))
        return { added, updated, skipped, failures: told, job: null }
      }
      const job = orRefuse(await past.backfill(id, clock.now() - days * DAY_MS, act))
      return { ...NOTHING, job: jobView(job) }
    },
  )
}
