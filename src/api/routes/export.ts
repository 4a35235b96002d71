import { z } from 'zod'
import { COMPLETE_HEADER, exportQuery } from '../../../protocol/rest/history.ts'
import type { HistoryFilter, HistoryPlace, PlacedRow } from '../../ports/history-store.ts'
import { onRows } from '../access.ts'
import type { Api } from '../api.ts'
import { type CsvValue, csvStream, csvTime } from '../csv.ts'
import { completeOf, filterOf } from '../history-filter.ts'
import type { Past } from '../past.ts'
import type { Services } from '../services.ts'
import { closedPnlView, pastOrderView } from '../views/history.ts'

/** Rows that are read, and in memory, at once. */
const ROWS_PER_PART = 500

type Exported = 'closed_pnl' | 'orders'
type View = Readonly<Record<string, CsvValue>>

/** Programs go by these: a new one is added at the end, none is ever taken away. */
const CLOSED_PNL_COLUMNS = [
  'accountId',
  'account',
  'instrument',
  'venueOrderId',
  'side',
  'closedQuantity',
  'averageEntryPrice',
  'averageExitPrice',
  'entryNotional',
  'exitNotional',
  'openFee',
  'closeFee',
  'closedPnl',
  'fillCount',
  'leverage',
  'cause',
  'createdAt',
  'at',
] as const
const ORDER_COLUMNS = [
  'accountId',
  'account',
  'instrument',
  'venueOrderId',
  'clientOrderId',
  'side',
  'type',
  'status',
  'venueStatus',
  'quantity',
  'filled',
  'limitPrice',
  'averagePrice',
  'fee',
  'reduceOnly',
  'reason',
  'createdAt',
  'at',
] as const
const TIMES: readonly string[] = ['createdAt', 'at']

export function exportRoutes(app: Api, services: Services, past: Past): void {
  const closings = { kind: 'closed_pnl', columns: CLOSED_PNL_COLUMNS, view: closedPnlView } as const
  const orders = { kind: 'orders', columns: ORDER_COLUMNS, view: pastOrderView } as const
  exportRoute(app, services, { ...closings, past, path: 'closed-pnl' })
  exportRoute(app, services, { ...orders, past, path: 'orders' })
}

interface Export<Kind extends Exported> {
  readonly past: Past
  readonly kind: Kind
  readonly path: string
  readonly columns: readonly string[]
  readonly view: (row: PlacedRow<Kind>) => View
}

function exportRoute<Kind extends Exported>(app: Api, services: Services, wanted: Export<Kind>): void {
  const { past, kind, path, columns } = wanted
  app.get(
    `/history/${path}/export`,
    {
      config: { access: onRows('account.read') },
      schema: {
        tags: ['history'],
        summary: `The same as CSV: UTF-8 with a byte order mark, times as ISO 8601 in UTC, newest first; how far it is complete is in ${COMPLETE_HEADER}`,
        querystring: exportQuery,
        response: { 200: z.unknown().meta({ description: columns.join(',') }) },
      },
    },
    (request, reply) => {
      const filter = filterOf(request, services, request.query)
      const complete = completeOf(past, filter.accountIds, [kind])
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${path}.csv"`)
        .header(
          COMPLETE_HEADER,
          complete === null ? 'none' : `${csvTime(complete.from)}/${csvTime(complete.to)}`,
        )
        .send(csvStream(columns, partsOf(services, wanted, filter)))
    },
  )
}

async function* partsOf<Kind extends Exported>(
  { desk }: Services,
  { past, kind, columns, view }: Export<Kind>,
  filter: HistoryFilter,
): AsyncGenerator<readonly (readonly CsvValue[])[]> {
  let before: HistoryPlace | null = null
  do {
    const rows: readonly PlacedRow<Kind>[] = await past.page({
      ...filter,
      kind,
      before,
      limit: ROWS_PER_PART,
    })
    const { accounts } = desk.roster()
    yield rows.map(row => {
      const shown = view(row)
      const account = accounts.get(row.place.accountId)?.name ?? ''
      return columns.map(column =>
        column === 'account' ? account : csvValueOf(column, shown[column] ?? null),
      )
    })
    before = rows.length < ROWS_PER_PART ? null : (rows.at(-1)?.place ?? null)
  } while (before !== null)
}

function csvValueOf(column: string, value: CsvValue): CsvValue {
  return TIMES.includes(column) && typeof value === 'number' ? csvTime(value) : value
}
