import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseVenueExecution, parseVenueOrder } from '../../src/venues/bybit/parse/history.ts'
import { asRow, listField, parseObject, type Row, rowField } from '../../src/venues/shared/fields.ts'

const FOLDER = new URL('../../../shared/payloads/bybit/', import.meta.url)

function rows(file: string): readonly Row[] {
  const payload = parseObject(readFileSync(new URL(file, FOLDER), 'utf8'))
  return listField(rowField(payload, 'result'), 'list').map(row => asRow(row, 'a row'))
}

test.each([
  'http_get_orders_history.json',
  'http_get_orders_history_with_duplicate.json',
  'http_get_orders_realtime.json',
  'http_get_orders_realtime_tp_sl.json',
])('[HS11] %s: every recorded order is read as a row of the past', file => {
  for (const row of rows(file)) {
    const order = parseVenueOrder(row)
    expect(order).toMatchObject({ venueOrderId: row['orderId'], venueStatus: row['orderStatus'] })
    expect(order?.status).not.toBe('unrecognized')
    expect(order?.at).toBe(Number(row['updatedTime']))
  }
})

test('[HS11] http_get_executions.json: every recorded execution is read as a row of the past', () => {
  for (const row of rows('http_get_executions.json'))
    expect(parseVenueExecution(row)).toMatchObject({ tradeId: row['execId'], at: Number(row['execTime']) })
})
