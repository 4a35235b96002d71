import { afterEach, expect, test } from 'vitest'
import { runLighterExchange } from '../../exchange/server/lighter/run.ts'
import { runExchange } from '../../exchange/server/run.ts'
import { subtract } from '../../src/domain/decimal.ts'
import { instrumentId } from '../../src/domain/ids.ts'
import { must, type Result } from '../../src/domain/result.ts'
import { secureRandom } from '../../src/ops/secure-random.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type { BookLevel, Venue, VenueError } from '../../src/ports/venue.ts'
import { createBybitVenue } from '../../src/venues/bybit/venue.ts'
import { ThreadSigner } from '../../src/venues/lighter/sign/thread-signer.ts'
import { TEST_CHAIN } from '../../src/venues/lighter/urls.ts'
import { createLighterVenue } from '../../src/venues/lighter/venue.ts'

/** One story for every adapter, each on the simulated exchange that speaks its protocol. */
const ADAPTERS = [
  ['bybit', 'BTCUSDT', startBybit],
  ['lighter', 'ETH', startLighter],
] as const
const COMMON = { environment: 'paper', clock: systemClock(), random: systemRandom(), log: SILENT } as const

let ends: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ends.reverse()) await end()
  ends = []
})

async function startBybit(): Promise<Venue> {
  const server = await runExchange({ print: () => {} })
  const { url: rest, streams } = server
  const { private: privateStream, trade: tradeStream, public: publicStream } = streams
  const venue = createBybitVenue({ ...COMMON, urls: { rest, privateStream, tradeStream, publicStream } })
  ends = [() => server.close(), () => venue.close()]
  return venue
}

async function startLighter(): Promise<Venue> {
  const server = await runLighterExchange()
  const signer = new ThreadSigner(secureRandom)
  const urls = { rest: server.url, stream: server.stream, chainId: TEST_CHAIN }
  const venue = createLighterVenue({ ...COMMON, urls, signer })
  ends = [() => server.close(), () => signer.close(), () => venue.close()]
  return venue
}

function value<T>(result: Result<T, VenueError>): T {
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.message}`)
  return result.value
}

function spread({ bid, ask }: BookLevel): bigint {
  return subtract(must(ask, 'an ask'), must(bid, 'a bid'))
}

test.each(ADAPTERS)(
  '[VN23] [LA30] %s tells the prices at a depth of the book, down to its last level',
  async (name, symbol, start) => {
    const { market } = await start()
    const instrument = instrumentId(name, symbol)
    const [best, third] = [value(await market.depth(instrument, 1)), value(await market.depth(instrument, 3))]
    expect(spread(best)).toBeGreaterThan(0n)
    expect(spread(third)).toBeGreaterThan(spread(best))
    // The simulated book has a hundred levels.
    expect(value(await market.depth(instrument, 150))).toMatchObject({ bid: null, ask: null })
    expect(await market.depth(instrumentId(name, 'NONE'), 1)).toMatchObject({
      error: { kind: 'refused', reason: 'symbol' },
    })
    expect(await market.depth(instrument, 1_000)).toMatchObject({ error: { kind: 'refused' } })
  },
)
