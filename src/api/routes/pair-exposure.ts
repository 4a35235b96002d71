import { pageOf as pageShape } from '../../../protocol/rest/common.ts'
import { exposureAnswer, exposureQuery } from '../../../protocol/rest/pairs.ts'
import type { Api } from '../api.ts'
import { pageOf, rowsToRead, sequenceCursor } from '../paging.ts'
import type { Services } from '../services.ts'
import { withoutUndefined } from '../views/given.ts'
import { exposureView, numberOf } from '../views/pair-exposure.ts'
import { onPair, pairOf, pairParams } from './pair-access.ts'

export function exposureRoute(app: Api, services: Services): void {
  app.get(
    '/pairs/:pairId/exposure',
    {
      config: { access: onPair('pair.read') },
      schema: {
        tags: ['pairs'],
        summary: 'What was unhedged after each trade on a leg, newest first',
        params: pairParams,
        querystring: exposureQuery,
        response: { 200: pageShape(exposureAnswer) },
      },
    },
    async request => {
      const pair = pairOf(services, request.params)
      const { cursor, limit, from, to } = request.query
      const rows = await services.reads.pairFills({
        pairId: pair.id,
        ...withoutUndefined({ from, to }),
        ...sequenceCursor(cursor),
        limit: rowsToRead(limit),
      })
      const page = pageOf(rows, limit, numberOf)
      return { ...page, rows: page.rows.map(row => exposureView(pair, row)) }
    },
  )
}
