import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runExchange } from '../../exchange/server/run.ts'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import { decimal, subtract } from '../../src/domain/decimal.ts'
import { instrumentId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { createBybitVenue } from '../../src/venues/bybit/venue.ts'
import { venueContract } from './venue.ts'
import {
  type Connected,
  connected,
  DEPOSIT,
  malformed,
  order,
  refOf,
  resting,
  statusOf,
  type VenueUnderTest,
  value,
  WAIT,
} from './venue-under-test.ts'

const CREDENTIAL = { key: 'follower-key', secret: 'follower-secret' }

type ServedAccount = NonNullable<Parameters<typeof runExchange>[0]['accounts']>[number]

async function started(served: Partial<ServedAccount> = {}): Promise<VenueUnderTest> {
  const server = await runExchange({
    print: () => {},
    accounts: [{ account: 'follower', deposit: DEPOSIT, ...CREDENTIAL, ...served }],
  })
  const venue = createBybitVenue({
    environment: 'paper',
    urls: urlsOf(server),
    clock: systemClock(),
    random: systemRandom(),
    log: SILENT,
  })
  return {
    venue,
    exchange: server.exchange,
    credential: CREDENTIAL,
    stranger: { key: 'nobody', secret: 'x' },
    instrument: instrumentId('bybit', 'BTCUSDT'),
    fault(name) {
      const target = name === 'drop_answer' ? 'create' : null
      server.faults.add({ name, probability: 1, times: 1, account: null, target, delayMs: 0 })
    },
    async discard() {
      await venue.close()
      await server.close()
    },
  }
}

function urlsOf({ url, streams }: ExchangeServer) {
  return {
    rest: url,
    privateStream: streams.private,
    tradeStream: streams.trade,
    publicStream: streams.public,
  }
}

venueContract('Bybit', started)

describe("Bybit's own ways", () => {
  let under: VenueUnderTest | null = null
  let made: Connected
  beforeEach(async () => {
    under = await started()
    made = await connected(under)
    await vi.waitFor(() => expect(value(made.account.stamp(1)).route).toBe('stream'), WAIT)
  })
  afterEach(async () => {
    await under?.discard()
    under = null
  })

  test.each(['stream', 'request'] as const)('[VN22] an order leaves by %s', async route => {
    const { account, reports } = made
    const placed = order(made)
    value(await account.submit({ ...placed, claim: { ...placed.claim, route } }))
    await vi.waitFor(() => expect(statusOf(reports, placed)).toBe('filled'), WAIT)
  })

  test('[VN22] what is not there is neither reduced nor cancelled', async () => {
    const { account, reports } = made
    const exit = order(made, { side: 'sell', purpose: 'exit', reduceOnly: true })
    expect(await account.submit(exit)).toMatchObject({ error: { kind: 'refused', reason: 'reduce_only' } })
    const placed = resting(made)
    value(await account.submit(placed))
    value(await account.cancel(refOf(placed), 'entry'))
    await vi.waitFor(() => expect(statusOf(reports, placed)).toBe('canceled'), WAIT)
    const again = await account.cancel(refOf(placed), 'entry')
    expect(again).toMatchObject({ error: { kind: 'refused', reason: 'order_unknown' } })
  })

  test('[VN22] refusals carry their reason', async () => {
    const { account } = made
    const big = await account.submit(order(made, { quantity: decimal('50') }))
    expect(big).toMatchObject({ error: { kind: 'refused', reason: 'balance' } })
    const placed = resting(made)
    value(await account.submit(placed))
    const twice = await account.submit({ ...placed, claim: value(account.stamp(1)) })
    expect(twice).toMatchObject({ error: { kind: 'refused', reason: 'duplicate_id' } })
    const late = order(made)
    const stale = { ...late.claim, venueTimestamp: late.claim.venueTimestamp - 10_000 }
    const answer = await account.submit({ ...late, claim: stale })
    expect(answer).toMatchObject({ error: { reason: 'time_window' } })
  })

  test('[VN22] tickers have the figures of the day', async () => {
    const { change24h, volume24h, fundingRate } = must(made.tickers.at(-1), 'flowed')
    expect([change24h, volume24h, fundingRate].every(told => typeof told === 'bigint')).toBe(true)
  })
})

test('[VN22] an account in isolated margin, of which the venue tells no totals, has the equity of its coin', async () => {
  const under = await started({ marginMode: 'isolated' })
  try {
    const made = await connected(under)
    const { account, reports } = made
    const placed = order(made)
    value(await account.submit(placed))
    await vi.waitFor(() => expect(statusOf(reports, placed)).toBe('filled'), WAIT)
    const snapshot = value(await account.snapshot())
    const money = must(snapshot.balances[0], 'USDT')
    expect(snapshot.equity.equity).toBe(money.equity)
    expect(snapshot.equity.equity).toBeGreaterThan(decimal('9900'))
    expect(money.available).toBe(subtract(money.total, must(money.marginUsed, 'told')))
    expect(snapshot.positions[0]?.liquidationPrice).toBeGreaterThan(decimal('1000'))
    expect(malformed(reports)).toEqual([])
  } finally {
    await under.discard()
  }
})
