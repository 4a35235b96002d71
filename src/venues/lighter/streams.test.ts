import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import { settle } from '../shared/testing/manual-clock.ts'
import {
  FIRST_RETRY_MS,
  goLive,
  harness,
  live,
  OWN_ORDER,
  orderRow,
  positionRow,
  STATS,
  subscribed,
  tradeRow,
  update,
} from './testing/harness.ts'

const LEADER = { client_order_id: '0' }
const LEADER_TRADE = { bid_client_id_str: '0' }

test('[LA13] the stream is live when every channel has answered, each asked for with a token', async () => {
  const made = harness()
  await made.open()
  const socket = made.sockets.last('/stream')
  socket.events.open()
  await settle()
  expect(socket.sent.map(({ channel }) => channel)).toEqual([
    'account_all_orders/1234',
    'account_all_trades/1234',
    'account_all_positions/1234',
    'user_stats/1234',
  ])
  for (const { auth } of socket.sent) expect(auth).toMatch(/^\d{10}:1234:5:[0-9a-f]{160}$/)
  socket.frame(subscribed('account_all_orders', { orders: {} }))
  socket.frame(subscribed('account_all_trades', { trades: {} }))
  socket.frame(subscribed('account_all_positions', { positions: {} }))
  expect(made.states.map(({ kind }) => kind)).toEqual(['connecting'])
  expect(made.account.isAlive()).toBe(false)
  socket.frame(subscribed('user_stats', { stats: STATS }))
  expect(made.states.map(({ kind }) => kind)).toEqual(['connecting', 'live'])
  expect(made.account.isAlive()).toBe(true)
})

test('[LA13] a stream whose channels do not all answer is made anew', async () => {
  const made = harness()
  await made.open()
  made.sockets.last('/stream').events.open()
  await made.clock.advance(10_000)
  expect(made.states.at(-1)).toMatchObject({ kind: 'lost' })
  await made.clock.advance(FIRST_RETRY_MS)
  await goLive(made)
  expect(made.states.at(-1)).toEqual({ kind: 'live' })
})

test("[LA14] the venue's pings are answered; a stream that answers none of ours is replaced", async () => {
  const made = await live()
  made.socket.frame({ type: 'ping' })
  expect(made.socket.sent.at(-1)).toEqual({ type: 'pong' })
  await made.clock.advance(20_000)
  expect(made.socket.sent.at(-1)).toEqual({ type: 'ping' })
  await made.clock.advance(40_000)
  expect(made.socket.ended).toBe('terminated')
  expect(made.states.map(({ kind }) => kind)).toContain('lost')
})

test('[LA15] a key that is refused is not tried again; every other refusal is', async () => {
  const made = await live()
  made.socket.frame({ error: { code: 30003, message: 'Already Subscribed' } })
  expect(made.account.isAlive()).toBe(true)
  made.socket.frame({ error: { code: 30012, message: 'Failed to subscribe' } })
  expect(made.states.at(-1)).toMatchObject({ kind: 'lost' })
  await made.clock.advance(FIRST_RETRY_MS)
  const again = await goLive(made)
  again.frame({ error: { code: 20013, message: 'invalid auth' } })
  expect(made.states.at(-1)).toMatchObject({ kind: 'refused', error: { reason: 'key' } })
  await made.clock.advance(60_000)
  expect(made.sockets.all).toHaveLength(2)
  const nobody = await live()
  nobody.socket.frame({ error: { code: 30005, message: 'Invalid Channel' } })
  const message =
    'Lighter says "Invalid Channel" to key index 5 of account 1234. ' +
    "See Lighter's page for API keys, and whether the account index is right."
  expect(nobody.states.at(-1)).toMatchObject({ kind: 'refused', error: { reason: 'key', message } })
})

test('[LA16] what comes together is one call; a row that cannot be read leaves the others alone', async () => {
  const { socket, frames } = await live()
  frames.length = 0
  socket.frame(update('account_all_orders', { orders: { 0: [orderRow(), orderRow({ status: 'odd' })] } }))
  socket.frame(update('account_all_trades', { trades: [tradeRow()] }))
  socket.frame(update('account_all_positions', { positions: { 0: positionRow() } }))
  socket.frame(update('user_stats', { stats: STATS }))
  await settle()
  expect(frames).toHaveLength(1)
  expect(frames[0]).toMatchObject([
    { kind: 'order', report: { status: 'open', clientOrderId: OWN_ORDER, quantity: decimal('0.05') } },
    { kind: 'malformed', topic: 'account_all_orders' },
    {
      kind: 'fill',
      fill: {
        tradeId: '19209006902',
        side: 'buy',
        liquidity: 'taker',
        quantity: decimal('0.02'),
        orderQuantity: decimal('0.05'),
        fee: decimal('0.0092227016'),
        cause: 'trade',
      },
    },
    {
      kind: 'position',
      position: { quantity: decimal('0.02'), venueSequence: 19209006902, leverage: decimal('10') },
    },
    {
      kind: 'balance',
      balances: [{ currency: 'USDC', total: decimal('40'), unrealizedPnl: decimal('0.5') }],
    },
  ])
})

test('[LA17] the first frame of trades is history: it is no report', async () => {
  const made = harness()
  await made.open()
  const socket = made.sockets.last('/stream')
  socket.events.open()
  await settle()
  socket.frame(subscribed('account_all_trades', { trades: { 0: [tradeRow()] } }))
  await settle()
  expect(made.frames).toEqual([])
})

test("[LA18] a leader's trade waits for its order, whose size it does not carry", async () => {
  const { socket, frames } = await live()
  frames.length = 0
  socket.frame(update('account_all_trades', { trades: { 0: [tradeRow(LEADER_TRADE)] } }))
  await settle()
  expect(frames).toEqual([])
  socket.frame(update('account_all_orders', { orders: { 0: [orderRow(LEADER)] } }))
  await settle()
  expect(frames.flat().map(({ kind }) => kind)).toEqual(['order', 'fill'])
  expect(frames.flat()[1]).toMatchObject({
    fill: { quantity: decimal('0.02'), orderQuantity: decimal('0.05') },
  })
})

test('[LA18] a trade whose order never comes is read anew; a forced one has no order and does not wait', async () => {
  const made = await live()
  made.frames.length = 0
  const forced = tradeRow({ ...LEADER_TRADE, type: 'deleverage', trade_id_str: '19209006903' })
  made.socket.frame(update('account_all_trades', { trades: { 0: [tradeRow(LEADER_TRADE), forced] } }))
  await settle()
  expect(made.frames.flat()).toMatchObject([
    { kind: 'fill', fill: { cause: 'adl', quantity: decimal('0.02'), orderQuantity: decimal('0.02') } },
  ])
  await made.clock.advance(250)
  expect(made.frames.flat()[1]).toMatchObject({ kind: 'malformed', topic: 'account_all_trades' })
})

test('[LA52] a trade of an account that nobody copies waits for no size', async () => {
  // A person trades a pair's leg: what covers it must not wait for a figure that only copying needs.
  const { socket, frames, copied } = await live()
  copied.now = false
  frames.length = 0
  socket.frame(update('account_all_trades', { trades: { 0: [tradeRow(LEADER_TRADE)] } }))
  await settle()
  const traded = { quantity: decimal('0.02'), orderQuantity: decimal('0.02') }
  expect(frames.flat()).toMatchObject([{ kind: 'fill', fill: traded }])
  copied.now = true
  socket.frame(
    update('account_all_trades', {
      trades: { 0: [tradeRow({ ...LEADER_TRADE, trade_id_str: '19209006903' })] },
    }),
  )
  await settle()
  expect(frames.flat()).toHaveLength(1)
})

test('[LA19] a market that a position frame does not name has not become flat', async () => {
  const { socket, frames } = await live()
  socket.frame(update('account_all_positions', { positions: { 0: positionRow({ sign: -1 }) } }))
  socket.frame(update('account_all_positions', { positions: {} }))
  await settle()
  const positions = frames.flat().filter(({ kind }) => kind === 'position')
  expect(positions).toMatchObject([{ position: { quantity: decimal('-0.02') } }])
})
