import { pageQuery, pageOf as pageShape } from '../../../protocol/rest/common.ts'
import { auditAnswer, auditVerifyAnswer } from '../../../protocol/rest/server.ts'
import { onServer } from '../access.ts'
import type { Api } from '../api.ts'
import { pageOf, rowsToRead, sequenceCursor } from '../paging.ts'
import type { Services } from '../services.ts'

const tags = ['audit']
const access = onServer('audit.read')

export function auditRoutes(app: Api, { reads, people }: Services): void {
  app.get(
    '/audit',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Every act, newest first',
        querystring: pageQuery,
        response: { 200: pageShape(auditAnswer) },
      },
    },
    async request => {
      const { cursor, limit } = request.query
      const rows = await reads.auditPage({ ...sequenceCursor(cursor), limit: rowsToRead(limit) })
      return pageOf(rows, limit, ({ sequence }) => sequence)
    },
  )

  app.post(
    '/audit/verify',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Whether anything was edited, removed, reordered or cut off',
        response: { 200: auditVerifyAnswer },
      },
    },
    async () => {
      const { entries, brokenAt, message } = await people.verifyAudit()
      return { intact: brokenAt === null, entries, brokenAt, message }
    },
  )
}
