import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import { type InstrumentId, instrumentId } from '../domain/ids.ts'
import { err, must } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { SILENT } from '../ports/observe.ts'
import type { MarketListener, Ticker, VenueMarket } from '../ports/venue.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS, EngineContext } from './context.ts'
import { MarketSession } from './market-session.ts'
import { restoreState } from './restore.ts'

const BTC = instrumentId('bybit', 'BTCUSDT')
const ETH = instrumentId('bybit', 'ETHUSDT')
const DAY_MS = 24 * 60 * 60_000

async function world() {
  const clock = new ManualClock()
  const store = createMemoryStore({ clock, installationTag: 'testing' })
  const loading = store.load()
  await clock.advance(1_000)
  const state = restoreState({
    image: await loading,
    roster: { accounts: [], sources: [], strategies: [], links: [], pairs: [] },
    lastSequences: new Map(),
    capabilityOf: () => {
      throw new Error('there is no account')
    },
    now: clock.now(),
  })
  const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) }
  const ports = { clock, random, log: SILENT, store, observer: {}, onFatal: () => {} }
  const options = { ...DEFAULT_ENGINE_OPTIONS, systemLimits: NO_LIMITS }
  const context = new EngineContext(ports, options, state, () => {})
  const watched: (readonly InstrumentId[])[] = []
  const held = new Set<InstrumentId>()
  const { market, opened } = venueMarket(watched)
  const session = new MarketSession({ context, market, onNews: () => {}, held: () => held })
  session.open()
  const tick = (instrument: InstrumentId): void =>
    must(opened[0], 'open').ticker({ ...TICKER, instrumentId: instrument, at: clock.now() })
  return { clock, session, watched, held, tick }
}

const PRICE = decimal('100')
const TICKER: Ticker = {
  instrumentId: BTC,
  last: PRICE,
  mark: PRICE,
  bid: null,
  ask: null,
  change24h: null,
  volume24h: null,
  fundingRate: null,
  at: 0,
}

function venueMarket(watched: (readonly InstrumentId[])[]) {
  const opened: MarketListener[] = []
  const market: VenueMarket = {
    instruments: async () => err({ kind: 'unavailable', message: 'no answer' }),
    open: listener => {
      opened.push(listener)
    },
    watch: instruments => {
      watched.push(instruments)
    },
    depth: async () => err({ kind: 'unavailable', message: 'no answer' }),
    clockOffsetMs: () => null,
    close: async () => {},
  }
  return { market, opened }
}

test('[WA42] everybody shares one subscription, which ends the linger time after the last of them', async () => {
  const { session, watched, clock, tick } = await world()
  const seen: Ticker[] = []
  const ends = [session.follow(BTC, ticker => seen.push(ticker)), session.follow(BTC, () => {})]
  expect(watched).toEqual([[BTC]])
  tick(BTC)
  expect(seen).toHaveLength(1)
  ends[0]?.()
  await clock.advance(DEFAULT_ENGINE_OPTIONS.lingerMs * 2)
  tick(BTC)
  expect([seen.length, watched.length]).toEqual([1, 1])
  ends[1]?.()
  session.follow(BTC, () => {})?.()
  await clock.advance(DEFAULT_ENGINE_OPTIONS.lingerMs + 1)
  expect(watched).toEqual([[BTC], []])
})

test('[WA42] a ticker that is too old is not told as the last one', async () => {
  const { session, clock, tick } = await world()
  session.follow(BTC, () => {})
  tick(BTC)
  await clock.advance(DEFAULT_ENGINE_OPTIONS.marketMaxAgeMs + 1)
  const late: Ticker[] = []
  session.follow(BTC, ticker => late.push(ticker))
  expect(late).toEqual([])
})

test('[EX61] a clock that somebody sets makes no price older or younger', async () => {
  const { session, clock, tick } = await world()
  session.follow(BTC, () => {})
  tick(BTC)
  clock.jumpWall(DAY_MS)
  expect(session.prices(BTC)).not.toBeNull()
  clock.jumpWall(-2 * DAY_MS)
  await clock.advance(DEFAULT_ENGINE_OPTIONS.marketMaxAgeMs + 1)
  expect(session.prices(BTC)).toBeNull()
})

test('[WA43] what is held, or was traded within a day, is not given up when nobody listens any more', async () => {
  const { session, watched, held, clock } = await world()
  session.prices(BTC)
  held.add(ETH)
  const listenALittle = async () => {
    for (const instrument of [BTC, ETH]) session.follow(instrument, () => {})?.()
    await clock.advance(DEFAULT_ENGINE_OPTIONS.lingerMs + 1)
  }
  await listenALittle()
  expect(watched.at(-1)).toEqual([BTC, ETH])
  held.clear()
  await listenALittle()
  expect(watched.at(-1)).toEqual([BTC])
  await clock.advance(DAY_MS)
  await listenALittle()
  expect(watched.at(-1)).toEqual([])
})
