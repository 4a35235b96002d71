import { expect, test } from 'vitest'
import { createExchange } from '../../../exchange/core/exchange.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from '../../../exchange/core/instruments.ts'
import { seededPath } from '../../../exchange/core/path-seeded.ts'
import type { Exchange } from '../../../exchange/core/types.ts'
import { ZERO } from '../../domain/decimal.ts'
import { DEMO_PAST } from './past.ts'
import { FOLLOWERS, LEADER } from './world.ts'

const TO = Date.UTC(2026, 10, 21)
const FROM = TO - DEMO_PAST.lengthMs
const HOUR_MS = 3_600_000
const NAMES = [LEADER, ...FOLLOWERS.map(({ name }) => name)]

function played(seed: number): Exchange {
  const instruments = DEFAULT_INSTRUMENTS
  const path = seededPath({ seed, instruments, basePrices: DEFAULT_BASE_PRICES })
  const exchange = createExchange({ instruments, path, seed, startAt: FROM })
  DEMO_PAST.play(exchange, { from: FROM, to: TO, seed })
  return exchange
}

test('[HS94] thirty days are played before the demo: everybody who can has traded, paid funding, and is flat in the end', () => {
  const exchange = played(1)
  for (const name of NAMES) {
    const executions = exchange.executions(name)
    expect(exchange.positions(name).every(({ quantity }) => quantity === ZERO)).toBe(true)
    expect(executions.every(({ at }) => at <= TO - HOUR_MS)).toBe(true)
    // One follower has too little money for anything.
    if (name === 'flo') continue
    expect(exchange.closedPnl(name).length).toBeGreaterThan(30)
    expect(executions.some(({ kind }) => kind === 'funding')).toBe(true)
    const first = executions.at(-1)?.at ?? TO
    expect(first - FROM).toBeLessThan(24 * HOUR_MS)
  }
  expect(exchange.executions('flo')).toEqual([])
})

test('[HS94] one seed plays one month, another one another', () => {
  const earned = (exchange: Exchange) => exchange.closedPnl(LEADER).map(({ closedPnl }) => closedPnl)
  expect(earned(played(1))).toEqual(earned(played(1)))
  expect(earned(played(1))).not.toEqual(earned(played(2)))
})
