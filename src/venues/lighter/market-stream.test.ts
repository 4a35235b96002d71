import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import type { InstrumentId } from '../../domain/ids.ts'
import type { Ticker } from '../../ports/venue.ts'
import { settle } from '../shared/testing/manual-clock.ts'
import { ETH, ETH_ROW, FIRST_RETRY_MS, harness, reply } from './testing/harness.ts'

const ETH_STATS = { market_id: 0, last_trade_price: '2064.50', mark_price: '2064.47' }
const STATS = 'market_stats/all'

function statsFrame(type: 'subscribed' | 'update', ...stats: readonly { readonly market_id: number }[]) {
  const all = Object.fromEntries(stats.map(each => [each.market_id, each]))
  return { type: `${type}/market_stats`, channel: 'market_stats:all', market_stats: all }
}

function best(market: number, bid: string, ask: string, type: 'subscribed' | 'update' = 'update') {
  const ticker = { s: 'ETH', a: { price: ask, size: '1.0000' }, b: { price: bid, size: '1.0000' } }
  return { type: `${type}/ticker`, channel: `ticker:${market}`, ticker }
}

/** The market's stream, connected, with one market or some that are numbered on. */
async function watching(markets = 1, watched: readonly InstrumentId[] | null = null) {
  const made = harness()
  const rows = Array.from({ length: markets }, (_, index) =>
    index === 0 ? ETH_ROW : { ...ETH_ROW, market_id: index, symbol: `M${index}` },
  )
  made.http.on('/api/v1/orderBookDetails', () => reply({ order_book_details: rows }))
  const instruments = await made.venue.market.instruments()
  if (!instruments.ok) throw new Error(instruments.error.message)
  const tickers: Ticker[] = []
  const states: string[] = []
  const { market } = made.venue
  market.watch(watched ?? instruments.value.map(({ id }) => id))
  market.open({ ticker: ticker => tickers.push(ticker), stream: ({ kind }) => states.push(kind) })
  await settle()
  const connect = async () => {
    const socket = made.sockets.last('/stream')
    socket.events.open()
    socket.frame(statsFrame('subscribed'))
    await settle()
    return socket
  }
  const socket = await connect()
  const channels = (of: typeof socket) => of.sent.map(({ type, channel }) => `${type} ${channel}`)
  return { ...made, market, tickers, states, socket, connect, channels }
}

test('[LA20] tickers of watched markets flow from one subscription to all', async () => {
  const { socket, tickers, channels } = await watching()
  expect(channels(socket)[0]).toBe(`subscribe ${STATS}`)
  const unlisted = { market_id: 9, last_trade_price: '1', mark_price: '1' }
  socket.frame(statsFrame('update', ETH_STATS, unlisted))
  socket.frame({ type: 'update/market_stats', market_stats: ETH_STATS })
  expect(tickers).toMatchObject([{ mark: decimal('2064.47') }, { last: decimal('2064.5') }])
})

test('[LA46] a ticker has the best prices of its book, not the last trade of minutes ago', async () => {
  const { socket, tickers, channels, clock } = await watching()
  expect(channels(socket)).toEqual([`subscribe ${STATS}`, 'subscribe ticker/0'])
  socket.frame(statsFrame('update', ETH_STATS))
  expect(tickers.at(-1)).toMatchObject({ last: decimal('2064.5'), bid: null, ask: null })
  socket.frame(best(0, '2050.10', '2051.20', 'subscribed'))
  expect(tickers.at(-1)).toMatchObject({ bid: decimal('2050.1'), ask: decimal('2051.2') })
  // The mark moves on, the book stands: its prices hold.
  await clock.advance(5_000)
  socket.frame(statsFrame('update', { ...ETH_STATS, mark_price: '2051' } as typeof ETH_STATS))
  const markedAt = clock.now()
  const standing = { mark: decimal('2051'), bid: decimal('2050.1'), ask: decimal('2051.2') }
  expect(tickers.at(-1)).toMatchObject(standing)
  const told = tickers.length
  socket.frame(best(0, '2050.10', '2051.20'))
  expect(tickers).toHaveLength(told)
  // A best price makes no mark younger than it is.
  await clock.advance(5_000)
  socket.frame(best(0, '2050.20', ''))
  expect(tickers.at(-1)).toMatchObject({ bid: decimal('2050.2'), ask: null, at: markedAt })
})

test('[LA46] best prices end with their connection, and with being watched', async () => {
  const made = await watching()
  made.socket.frame(best(0, '2050.10', '2051.20', 'subscribed'))
  made.socket.events.close('gone')
  await made.clock.advance(FIRST_RETRY_MS)
  const again = await made.connect()
  again.frame(statsFrame('update', ETH_STATS))
  expect(made.tickers.at(-1)).toMatchObject({ bid: null, ask: null })
  expect(made.channels(again)).toEqual([`subscribe ${STATS}`, 'subscribe ticker/0'])
  made.market.watch([])
  expect(made.channels(again).at(-1)).toBe('unsubscribe ticker/0')
  made.market.watch([ETH])
  await settle()
  expect(made.channels(again).at(-1)).toBe('subscribe ticker/0')
})

test('[LA46] a ticker that is refused takes no marks away, and is asked for again later', async () => {
  const { socket, tickers, states, clock, channels } = await watching()
  socket.frame({ error: { code: 30009, message: 'Too Many Websocket Messages!' } })
  socket.frame(statsFrame('update', ETH_STATS))
  expect(states).toEqual(['connecting', 'live'])
  expect(tickers).toHaveLength(1)
  for (let beat = 0; beat < 3; beat += 1) {
    await clock.advance(20_000)
    socket.frame({ type: 'pong' })
  }
  expect(channels(socket).filter(each => each === 'subscribe ticker/0')).toHaveLength(2)
  // A frame that cannot be read: nobody knows which price is still true.
  socket.frame(best(0, '2050.10', '2051.20', 'subscribed'))
  socket.frame(best(0, 'much', 'more'))
  socket.frame(statsFrame('update', ETH_STATS))
  expect(tickers.at(-1)).toMatchObject({ bid: null, ask: null })
})

test('[LA46] many tickers are subscribed to no faster than the address may send, and as many as a connection takes', async () => {
  const { socket, clock, channels } = await watching(120)
  const asked = () => channels(socket).filter(each => each.startsWith('subscribe ticker/')).length
  expect(asked()).toBe(48)
  for (let beat = 0; beat < 4; beat += 1) {
    await clock.advance(20_000)
    socket.frame({ type: 'pong' })
  }
  expect(asked()).toBe(95)
})
