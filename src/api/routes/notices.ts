import { z } from 'zod'
import { pageOf as pageShape, uuid } from '../../../protocol/rest/common.ts'
import { noticeAnswer, noticesQuery } from '../../../protocol/rest/server.ts'
import { type NoticeId, parseId } from '../../domain/ids.ts'
import type { Notice } from '../../domain/notice.ts'
import { accountsSeen, onRows } from '../access.ts'
import { actOf } from '../act.ts'
import type { Api } from '../api.ts'
import { found, orRefuse } from '../errors.ts'
import { idCursor, pageOf, rowsToRead } from '../paging.ts'
import type { Services } from '../services.ts'

const tags = ['notices']

export function noticeRoutes(app: Api, services: Services): void {
  const { reads, desk } = services
  app.get(
    '/notices',
    {
      config: { access: onRows('notice.read') },
      schema: {
        tags,
        summary: 'What a person must know, newest first',
        querystring: noticesQuery,
        response: { 200: pageShape(noticeAnswer) },
      },
    },
    async request => {
      const { accountId, acknowledged, cursor, limit } = request.query
      const seen = accountsSeen(request, services, 'notice.read')
      const account = accountId === undefined ? undefined : desk.roster().accounts.get(accountId)
      const mine = account !== undefined && (seen === null || seen.has(account.id)) ? [account.id] : []
      const rows = await reads.noticePage({
        accountIds: accountId !== undefined ? mine : seen === null ? null : [...seen],
        ...(acknowledged !== undefined && { acknowledged: acknowledged === 'true' }),
        ...idCursor<NoticeId>(cursor),
        limit: rowsToRead(limit),
      })
      const page = pageOf(rows, limit, ({ id }) => id)
      return { ...page, rows: page.rows.map(noticeView) }
    },
  )

  app.post(
    '/notices/:noticeId/acknowledge',
    {
      config: { access: onRows('notice.acknowledge') },
      schema: {
        tags,
        summary: 'Say that somebody takes care of it',
        params: z.strictObject({ noticeId: uuid }),
        response: { 200: noticeAnswer },
      },
    },
    async request => {
      const noticeId = found(parseId<NoticeId>(request.params.noticeId), 'notice')
      const act = actOf(request, 'notice.acknowledge', { subject: `notice:${noticeId}` })
      // Whose notice it is stands in the store: who looks it up also says whether one may.
      const reach = {
        seen: accountsSeen(request, services, 'notice.read'),
        acted: accountsSeen(request, services, 'notice.acknowledge'),
      }
      return noticeView(orRefuse(await desk.acknowledge(noticeId, reach, act)))
    },
  )
}

function noticeView({ instrumentId, ...notice }: Notice): z.infer<typeof noticeAnswer> {
  return { ...notice, instrument: instrumentId }
}
