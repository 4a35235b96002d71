import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import { instrumentId, type VenueOrderId } from '../../domain/ids.ts'
import type { HttpOutcome } from '../../ports/transport.ts'
import { settle } from '../shared/testing/manual-clock.ts'
import { parsePrivateKey } from './sign/private-key.ts'
import {
  accountAnswer,
  claimOf,
  ETH,
  ETH_ROW,
  harness,
  inlineSigner,
  KEYS,
  live,
  OWN_ORDER,
  orderRow,
  positionRow,
  reply,
  tradeRow,
} from './testing/harness.ts'

const ACTIVE = '/api/v1/accountActiveOrders'
const INACTIVE = '/api/v1/accountInactiveOrders'
const TRADES = '/api/v1/trades'
const ACCOUNT = '/api/v1/account'
const NONE = { orders: null, next_cursor: '' }
const BEFORE = { taker_position_size_before: '0.0000' }

/** Answers one after another; the last one again and again. */
function inTurn(...answers: readonly HttpOutcome[]): () => HttpOutcome {
  let asked = 0
  return () => answers[Math.min(asked++, answers.length - 1)] ?? reply({})
}

test('[LA1] markets are read with their steps; spot and rows that cannot be read are left out', async () => {
  const { venue, http } = harness()
  const rows = [ETH_ROW, { ...ETH_ROW, market_id: 1, size_decimals: 40 }, { ...ETH_ROW, market_type: 'spot' }]
  const reduceOnly = { ...ETH_ROW, market_id: 2, symbol: 'OLD', market_config: { force_reduce_only: true } }
  http.on('/api/v1/orderBookDetails', () => reply({ order_book_details: [...rows, reduceOnly] }))
  const read = await venue.market.instruments()
  expect(read).toMatchObject({
    ok: true,
    value: [
      {
        id: 'lighter:ETH',
        quote: 'USDC',
        status: 'trading',
        tickSize: decimal('0.01'),
        lotSize: decimal('0.0001'),
        minimumQuantity: decimal('0.005'),
        minimumNotional: decimal('10'),
        maximumLeverage: decimal('50'),
      },
      { id: 'lighter:OLD', status: 'closed' },
    ],
  })
})

const BOOK = '/api/v1/orderBookOrders'
const orders = (...prices: readonly string[]) =>
  prices.map(price => ({ price, remaining_base_amount: '0.1000' }))

test('[LA30] the price at a depth is counted in prices, not in orders', async () => {
  const { venue, http, clock } = harness()
  const [bids, asks] = [orders('99.10', '99.10', '99.00'), orders('99.20')]
  http.on(BOOK, () => reply({ total_bids: 3, bids, total_asks: 1, asks }))
  const read = await venue.market.depth(ETH, 2)
  expect(read).toEqual({ ok: true, value: { bid: decimal('99'), ask: null, at: clock.now() } })
  expect(http.asked(BOOK)[0]?.path).toBe(`${BOOK}?market_id=0&limit=250`)
  http.on(BOOK, () => reply({ bids: null, asks: null }))
  expect(await venue.market.depth(ETH, 1)).toMatchObject({ value: { bid: null, ask: null } })
})

test('[LA30] a level behind the orders that the venue shows is unknown, not missing', async () => {
  const { venue, http } = harness()
  http.on(BOOK, () => reply({ bids: orders(...Array(250).fill('99.10')), asks: orders('99.20', '99.30') }))
  expect(await venue.market.depth(ETH, 1)).toMatchObject({ value: { bid: decimal('99.1') } })
  expect(await venue.market.depth(ETH, 2)).toMatchObject({ error: { kind: 'unavailable' } })
  const asked = http.asked(BOOK).length
  expect(await venue.market.depth(ETH, 251)).toMatchObject({ error: { kind: 'refused', reason: 'other' } })
  const unknown = instrumentId('lighter', 'NONE')
  expect(await venue.market.depth(unknown, 1)).toMatchObject({ error: { reason: 'symbol' } })
  expect(http.asked(BOOK)).toHaveLength(asked)
  http.on(BOOK, () => reply({ bids: orders('99.10', '99.20'), asks: [] }))
  expect(await venue.market.depth(ETH, 2)).toMatchObject({ error: { kind: 'malformed' } })
})

test('[LA21] a snapshot stands at one trade: what trades on meanwhile is read again', async () => {
  const { account, http } = await live()
  const older = tradeRow(BEFORE)
  const newer = tradeRow({ trade_id_str: '19209006999', taker_position_size_before: '0.0200' })
  const page = (...trades: readonly object[]) => reply({ trades })
  http.on(TRADES, inTurn(page(older), page(newer, older), page(newer, older)))
  const full = positionRow({ position: '0.0400', open_order_count: 1 })
  http.on(ACCOUNT, inTurn(accountAnswer([positionRow()]), accountAnswer([full])))
  http.on(ACTIVE, () => reply({ orders: [orderRow()] }))
  expect(await account.snapshot()).toMatchObject({
    ok: true,
    value: {
      positionMode: 'one_way',
      positions: [{ instrumentId: ETH, quantity: decimal('0.04'), venueSequence: 19209006999 }],
      openOrders: [{ clientOrderId: OWN_ORDER, status: 'open' }],
      balances: [{ currency: 'USDC', total: decimal('100'), available: decimal('90') }],
      equity: { equity: decimal('100.5') },
    },
  })
  expect(http.asked(ACCOUNT)).toHaveLength(2)
})

test('[LA21] a position that its newest trade does not leave is no snapshot, and never read as flat', async () => {
  // The account is shown from before the trade: it would say flat where something is held.
  const { account, http } = await live()
  http.on(TRADES, () => reply({ trades: [tradeRow(BEFORE)] }))
  http.on(ACCOUNT, () => accountAnswer([]))
  expect(await account.snapshot()).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
  http.on(ACCOUNT, () => reply({ message: 'account not found' }, 21100))
  expect(await account.snapshot()).toMatchObject({ ok: false, error: { kind: 'refused', reason: 'key' } })
  http.on(ACCOUNT, () => reply({ accounts: [] }))
  expect(await account.snapshot()).toMatchObject({ ok: false, error: { kind: 'malformed' } })
})

test('[LA45] a snapshot is dated before it was taken, and says of a flat market which late trades it has', async () => {
  // The venue's time comes in whole seconds. Dated late, the first trade behind the snapshot would count as before it.
  const { account, http, clock } = await live()
  const closing = tradeRow({ taker_position_size_before: '-0.0200', timestamp: Math.trunc(clock.now()) })
  http.on(TRADES, () => reply({ trades: [closing] }))
  http.on(ACCOUNT, () => accountAnswer([positionRow({ position: '0.0000' })]))
  const flat = { instrumentId: ETH, quantity: decimal('0'), venueSequence: 19209006902 }
  const read = await account.snapshot()
  expect(read).toMatchObject({ ok: true, value: { positions: [flat] } })
  expect(read.ok ? read.value.at : Number.NaN).toBeLessThan(clock.now())
  await clock.advance(10_000)
  expect(await account.snapshot()).toMatchObject({ ok: true, value: { positions: [] } })
})

test('[LA22] an order is looked for in open orders, ended orders and trades, back to its claim', async () => {
  const made = await live()
  const { account, http, clock } = made
  const claim = claimOf(made)
  const ref = { instrumentId: ETH, clientOrderId: OWN_ORDER, venueOrderId: null, claim }
  const old = (id: string) =>
    orderRow({ order_id: id, client_order_id: '7', updated_at: claim.venueTimestamp - 61_000 })
  http.on(ACTIVE, () => reply(NONE))
  http.on(TRADES, () => reply({ trades: null }))
  http.on(INACTIVE, inTurn(reply({ orders: [old('1')], next_cursor: 'more' })))
  expect(await account.find(ref)).toEqual({ ok: true, value: { absent: true, at: expect.any(Number) } })
  // A page that lies before the claim ends the search: one request, not the whole past.
  expect(http.asked(INACTIVE)).toHaveLength(1)
  const ended = orderRow({ status: 'canceled-reduce-only' })
  http.on(
    INACTIVE,
    inTurn(
      reply({ orders: [orderRow({ order_id: '2', client_order_id: '8' })], next_cursor: 'more' }),
      reply({ orders: [ended] }),
    ),
  )
  expect(await account.find(ref)).toMatchObject({
    value: { status: 'rejected', reason: 'canceled-reduce-only' },
  })
  http.on(INACTIVE, () => reply(NONE))
  http.on(TRADES, () => reply({ trades: [tradeRow()] }))
  expect(await account.find(ref)).toMatchObject({ error: { kind: 'unavailable' } })
  await clock.advance(60_000)
  http.on(ACTIVE, () => reply({ orders: [orderRow()] }))
  expect(await account.find(ref)).toMatchObject({
    value: { status: 'open', venueOrderId: '281476929510110' },
  })
})

test('[LA22] a question that gets no answer is no absence', async () => {
  const { account, http } = await live()
  const ref = { instrumentId: ETH, clientOrderId: OWN_ORDER, venueOrderId: null }
  const routes = [ACTIVE, INACTIVE, TRADES]
  for (const silent of routes) {
    for (const route of routes) http.on(route, () => reply({ ...NONE, trades: null }))
    http.on(silent, () => ({ kind: 'lost', message: 'reset' }))
    expect(await account.find(ref)).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
  }
})

test('[LA49] what looks for a hedge in doubt, or its trades, does not wait behind other reads', async () => {
  const { account, http } = await live()
  for (const route of [ACTIVE, INACTIVE, TRADES]) http.on(route, () => reply({ ...NONE, trades: null }))
  http.on('/api/v1/apikeys', () => reply({ api_keys: [] }))
  // Others have used up what reads may take of the minute.
  for (let count = 0; count < 43; count += 1) void account.permissions()
  await settle()
  const ref = { instrumentId: ETH, clientOrderId: OWN_ORDER, venueOrderId: null }
  let other: unknown = null
  void account.snapshot().then(read => (other = read))
  expect(await account.find({ ...ref, purpose: 'hedge' })).toMatchObject({ value: { absent: true } })
  expect(await account.executions({ since: 0, purpose: 'hedge' })).toMatchObject({ value: [] })
  expect(other).toBeNull()
})

test('[LA22] a cursor that comes twice is refused', async () => {
  const { account, http } = await live()
  http.on(TRADES, () => reply({ trades: [tradeRow()], next_cursor: 'again' }))
  expect(await account.executions({ since: 0 })).toMatchObject({ error: { kind: 'malformed' } })
})

test('[LA23] executions come oldest first, each once, with the size of their order', async () => {
  const { account, http } = await live()
  const leader = { bid_client_id_str: '0' }
  const second = tradeRow({ ...leader, trade_id_str: '19209006903' })
  http.on(TRADES, () => reply({ trades: [second, tradeRow(leader), tradeRow(leader)] }))
  http.on(INACTIVE, () => reply({ orders: [orderRow({ client_order_id: '0' })] }))
  const read = await account.executions({ since: 0, venueOrderId: '281476929510110' as VenueOrderId })
  expect(read).toMatchObject({
    ok: true,
    value: [
      { tradeId: '19209006902', orderQuantity: decimal('0.05') },
      { tradeId: '19209006903', orderQuantity: decimal('0.05') },
    ],
  })
})

test('[LA23] an order that the venue does not show any more is as big as what has traded of it', async () => {
  const { account, http } = await live()
  const leader = { bid_client_id_str: '0' }
  http.on(TRADES, () =>
    reply({ trades: [tradeRow({ ...leader, trade_id_str: '19209006903' }), tradeRow(leader)] }),
  )
  http.on(INACTIVE, () => reply(NONE))
  http.on(ACCOUNT, () => accountAnswer([]))
  const read = await account.executions({ since: 0 })
  expect(read).toMatchObject({
    value: [{ orderQuantity: decimal('0.04') }, { orderQuantity: decimal('0.04') }],
  })
})

test('[LA24] a credential that cannot be read refuses everything, with what to do and without the key', async () => {
  const wrong = [
    { key: 'abc', secret: KEYS.join(',') },
    { key: '1234:5,6', secret: KEYS.slice(0, 2).join(',') },
    { key: '1234:5,5,6', secret: KEYS.join(',') },
    { key: '1234:3', secret: KEYS[0] ?? '' },
    { key: '1234:255', secret: KEYS[0] ?? '' },
    { key: '1234:5,6,7', secret: 'ff'.repeat(32) },
    { key: '1234:5', secret: 'ff'.repeat(32) },
  ]
  for (const credential of wrong) {
    const made = harness({ credential })
    await made.open()
    expect(made.states).toMatchObject([{ kind: 'refused', error: { kind: 'refused', reason: 'key' } }])
    const answer = await made.account.permissions()
    expect(answer).toMatchObject({ ok: false, error: { reason: 'key' } })
    expect(JSON.stringify(answer)).not.toContain(credential.secret)
  }
})

test('[LA25] the keys are those that the account has, or refused with which one is not', async () => {
  const { account, http } = harness()
  const signer = inlineSigner()
  const rows = await Promise.all(
    KEYS.map(async (digits, at) => {
      const key = parsePrivateKey(digits)
      const publicKey = key.ok ? await signer.publicKey(key.value) : key
      return {
        account_index: 1234,
        api_key_index: 5 + at,
        nonce: 0,
        public_key: publicKey.ok ? publicKey.value : '',
      }
    }),
  )
  http.on('/api/v1/apikeys', () => reply({ api_keys: rows }))
  expect(await account.permissions()).toMatchObject({
    value: { trade: true, readOnly: false, withdraw: false },
  })
  http.on('/api/v1/apikeys', () => reply({ api_keys: rows.slice(0, 2) }))
  expect(await account.permissions()).toMatchObject({
    error: { reason: 'key', message: expect.stringContaining('index 7 (hedges)') },
  })
})
