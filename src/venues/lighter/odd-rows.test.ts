import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import { SILENT } from '../../ports/observe.ts'
import type { HttpOutcome } from '../../ports/transport.ts'
import { settle } from '../shared/testing/manual-clock.ts'
import {
  accountAnswer,
  ETH,
  ETH_ROW,
  harness,
  live,
  OWN_ORDER,
  orderRow,
  positionRow,
  reply,
  tradeRow,
  update,
} from './testing/harness.ts'

const ACTIVE = '/api/v1/accountActiveOrders'
const INACTIVE = '/api/v1/accountInactiveOrders'
const TRADES = '/api/v1/trades'
const ACCOUNT = '/api/v1/account'
const NONE = { orders: null, next_cursor: '' }
const BEFORE = { taker_position_size_before: '0.0000' }

test('[LA53] an order whose row says canceled-something is canceled, and says what', async () => {
  const { account, http } = await live()
  const ref = { instrumentId: ETH, clientOrderId: OWN_ORDER, venueOrderId: null }
  http.on(ACTIVE, () => reply(NONE))
  http.on(INACTIVE, () => reply({ orders: [orderRow({ status: 'canceled-some-new-rule' })] }))
  const canceled = { status: 'canceled', reason: 'canceled-some-new-rule' }
  expect(await account.find(ref)).toMatchObject({ value: canceled })
  http.on(INACTIVE, () => reply({ orders: [orderRow({ status: 'vanished' })] }))
  expect(await account.find(ref)).toMatchObject({ error: { kind: 'unavailable' } })
})

test("[LA53] another order's row that cannot be read does not keep an order in doubt; in a snapshot it does", async () => {
  const { account, http } = await live()
  const ref = { instrumentId: ETH, clientOrderId: OWN_ORDER, venueOrderId: null }
  const odd = orderRow({ order_id: '7', client_order_id: '0', type: 'new-type' })
  http.on(ACTIVE, () => reply({ orders: [odd] }))
  http.on(TRADES, () => reply({ trades: null }))
  // A page of which nothing is read says nothing of the pages behind it.
  const ended = orderRow({ status: 'canceled-expired' })
  const pages: HttpOutcome[] = [reply({ orders: [odd], next_cursor: 'more' })]
  http.on(INACTIVE, () => pages.shift() ?? reply({ orders: [ended] }))
  expect(await account.find(ref)).toMatchObject({ value: { reason: 'canceled-expired' } })
  const whose = { ...odd, client_order_id: '' }
  http.on(ACTIVE, () => reply({ orders: [whose] }))
  expect(await account.find(ref)).toMatchObject({ error: { kind: 'unavailable' } })
  http.on(ACTIVE, () => reply({ orders: [odd] }))
  http.on(ACCOUNT, () => accountAnswer([positionRow({ position: '0.0000', open_order_count: 1 })]))
  expect(await account.snapshot()).toMatchObject({ error: { kind: 'malformed' } })
})

test('[LA54] a market that is not listed spoils nothing: what is held there is told by its symbol, the rest is left out and logged', async () => {
  const lines: string[] = []
  const log = { ...SILENT, warn: (event: string) => lines.push(event) }
  const { account, http, socket, frames } = await live({ log })
  const unlisted = { market_id: 9, symbol: 'NEW' }
  http.on(TRADES, () => reply({ trades: [tradeRow({ ...unlisted, ...BEFORE }), tradeRow(BEFORE)] }))
  const held = positionRow({ ...unlisted, open_order_count: 1, position: '3.0000' })
  http.on(ACCOUNT, () => accountAnswer([positionRow(), held]))
  http.on(ACTIVE, () => reply({ orders: [orderRow({ market_index: 9 })] }))
  const positions = [{ instrumentId: ETH }, { instrumentId: 'lighter:NEW', quantity: decimal('3') }]
  expect(await account.snapshot()).toMatchObject({ value: { positions, openOrders: [] } })
  frames.length = 0
  socket.frame(update('account_all_orders', { orders: { 9: [orderRow({ market_index: 9 })] } }))
  socket.frame(update('account_all_trades', { trades: { 9: [tradeRow(unlisted)] } }))
  socket.frame(update('account_all_positions', { positions: { 9: held } }))
  await settle()
  expect(frames.flat()).toMatchObject([{ kind: 'position', position: { instrumentId: 'lighter:NEW' } }])
  expect(lines).toEqual(['market_unlisted'])
})

test('[LA54] a market that is listed no more is still told of', async () => {
  const { account, http, venue } = await live()
  const other = { ...ETH_ROW, market_id: 1, symbol: 'BTC' }
  http.on('/api/v1/orderBookDetails', () => reply({ order_book_details: [other] }))
  expect(await venue.market.instruments()).toMatchObject({ value: [{ id: 'lighter:BTC' }] })
  http.on(TRADES, () => reply({ trades: [tradeRow(BEFORE)] }))
  http.on(INACTIVE, () => reply({ orders: [orderRow({ status: 'filled' })] }))
  expect(await account.executions({ since: 0 })).toMatchObject({ value: [{ instrumentId: ETH }] })
})

test('[LA54] before the list of markets is known no question is answered', async () => {
  const { account, http } = harness()
  http.on(TRADES, () => reply({ trades: [tradeRow()] }))
  expect(await account.executions({ since: 0 })).toMatchObject({ error: { kind: 'unavailable' } })
})
