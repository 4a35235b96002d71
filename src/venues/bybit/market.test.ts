import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import { instrumentId } from '../../domain/ids.ts'
import type { Ticker } from '../../ports/venue.ts'
import { BTC, FIRST_RETRY_MS, harness, page, reply } from './testing/harness.ts'

const ETH = instrumentId('bybit', 'ETHUSDT')
const INSTRUMENTS = '/v5/market/instruments-info'
const BOOK = '/v5/market/orderbook'

const ROW = {
  symbol: 'BTCUSDT',
  status: 'Trading',
  baseCoin: 'BTC',
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  leverageFilter: { maxLeverage: '100' },
  priceFilter: { tickSize: '0.10' },
  lotSizeFilter: { maxOrderQty: '100', maxMktOrderQty: '50', minOrderQty: '0.001', qtyStep: '0.001' },
}

async function watching() {
  const made = harness()
  const tickers: Ticker[] = []
  const states: string[] = []
  made.venue.market.watch([BTC])
  made.venue.market.open({ ticker: ticker => tickers.push(ticker), stream: ({ kind }) => states.push(kind) })
  await made.clock.advance(0)
  const socket = made.sockets.last('/v5/public/linear')
  socket.events.open()
  return { ...made, socket, tickers, states }
}

const snapshot = (symbol: string) => ({
  topic: `tickers.${symbol}`,
  type: 'snapshot',
  data: {
    symbol,
    lastPrice: '100',
    markPrice: '101',
    bid1Price: '99.5',
    ask1Price: '100.5',
    price24hPcnt: '-0.02',
    volume24h: '7',
    fundingRate: '',
  },
})

test('[VN19] a delta changes what it names and leaves the rest', async () => {
  const { socket, tickers, states, clock } = await watching()
  expect(socket.sent).toEqual([{ op: 'subscribe', args: ['tickers.BTCUSDT'] }])
  expect(states).toEqual(['connecting', 'live'])
  socket.frame({ topic: 'tickers.BTCUSDT', type: 'delta', data: { symbol: 'BTCUSDT', lastPrice: '99' } })
  expect(tickers).toEqual([])
  socket.frame(snapshot('BTCUSDT'))
  socket.frame({ topic: 'tickers.BTCUSDT', type: 'delta', data: { symbol: 'BTCUSDT', bid1Price: '' } })
  expect(tickers[1]).toEqual({
    instrumentId: BTC,
    last: decimal('100'),
    mark: decimal('101'),
    bid: null,
    ask: decimal('100.5'),
    change24h: decimal('-0.02'),
    volume24h: decimal('7'),
    fundingRate: null,
    at: clock.now(),
  })
})

test('[VN19] another set of instruments is subscribed by what differs', async () => {
  const { socket, venue, tickers } = await watching()
  venue.market.watch([ETH])
  expect(socket.sent.slice(1)).toEqual([
    { op: 'unsubscribe', args: ['tickers.BTCUSDT'] },
    { op: 'subscribe', args: ['tickers.ETHUSDT'] },
  ])
  socket.frame(snapshot('BTCUSDT'))
  socket.frame(snapshot('ETHUSDT'))
  expect(tickers.map(ticker => ticker.instrumentId)).toEqual([ETH])
})

test('[VN19] after a loss everything watched is subscribed again, and old prices are forgotten', async () => {
  const { socket, sockets, clock, tickers, states } = await watching()
  socket.frame(snapshot('BTCUSDT'))
  socket.events.close('restart')
  await clock.advance(FIRST_RETRY_MS)
  const next = sockets.last('/v5/public/linear')
  next.events.open()
  expect(next.sent).toEqual([{ op: 'subscribe', args: ['tickers.BTCUSDT'] }])
  next.frame({ topic: 'tickers.BTCUSDT', type: 'delta', data: { symbol: 'BTCUSDT', lastPrice: '99' } })
  expect(tickers).toHaveLength(1)
  expect(states).toEqual(['connecting', 'live', 'lost', 'connecting', 'live'])
})

test('[VN19] frames that cannot be read are logged and change nothing', async () => {
  const { socket, tickers, lines } = await watching()
  socket.frame({ topic: 'tickers.BTCUSDT', data: { symbol: 'BTCUSDT', lastPrice: 100, markPrice: '1' } })
  socket.frame('not json')
  socket.frame({ op: 'subscribe', success: false, ret_msg: 'Invalid symbol' })
  expect(tickers).toEqual([])
  expect(lines.filter(line => line === 'frame_malformed')).toHaveLength(2)
  expect(lines).toContain('subscription_refused')
})

test('[VN20] instruments come from all pages; those not settled in USDT are left out, odd ones too', async () => {
  const made = harness()
  made.http.on(INSTRUMENTS, ({ path }) =>
    path.includes('cursor=')
      ? page([
          { ...ROW, symbol: 'ODD', lotSizeFilter: {} },
          { ...ROW, symbol: 'OLDUSDT', status: 'Closed' },
        ])
      : page([ROW, { ...ROW, symbol: 'BTCPERP', settleCoin: 'USDC' }], 'next'),
  )
  const instruments = await made.venue.market.instruments()
  expect(instruments).toMatchObject({
    ok: true,
    value: [
      { id: BTC, status: 'trading', lotSize: decimal('0.001'), maximumMarketQuantity: decimal('50') },
      { symbol: 'OLDUSDT', status: 'closed', minimumNotional: decimal('0') },
    ],
  })
  expect(made.lines).toContain('instrument_malformed')
  expect(made.http.asked(INSTRUMENTS)[0]?.headers).toEqual({})
})

test('[VN23] the price at a depth of the book, and none where the book is not that deep', async () => {
  const { venue, http, clock } = harness()
  const bids = [
    ['99', '1'],
    ['98', '2'],
  ]
  http.on(BOOK, () => reply({ s: 'BTCUSDT', b: bids, a: [['101', '1']] }))
  const read = await venue.market.depth(BTC, 2)
  expect(read).toEqual({ ok: true, value: { bid: decimal('98'), ask: null, at: clock.now() } })
  expect(http.asked(BOOK)[0]?.path).toBe(`${BOOK}?category=linear&symbol=BTCUSDT&limit=2`)
})

test('[VN23] a level that the venue does not show is refused unasked, and a book out of order is not read', async () => {
  const { venue, http } = harness()
  expect(await venue.market.depth(BTC, 201)).toMatchObject({ error: { kind: 'refused', reason: 'other' } })
  expect(http.requests).toEqual([])
  const upwards = [
    ['98', '2'],
    ['99', '1'],
  ]
  for (const bids of [upwards, [98], [[98, 2]], undefined]) {
    http.on(BOOK, () => reply({ b: bids, a: [] }))
    expect(await venue.market.depth(BTC, 2)).toMatchObject({ error: { kind: 'malformed' } })
  }
  http.on(BOOK, () => ({ kind: 'lost', message: 'reset' }))
  expect(await venue.market.depth(BTC, 1)).toMatchObject({ error: { kind: 'unavailable' } })
})

test("[VN9] the venue's clock is known once something has been opened", async () => {
  const made = harness()
  expect(made.venue.market.clockOffsetMs()).toBeNull()
  await made.open()
  expect(made.venue.market.clockOffsetMs()).toBeCloseTo(0, 3)
})
