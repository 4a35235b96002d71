import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { Exchange } from '../core/types.ts'
import { type ExchangePast, runExchange } from './run.ts'

const DAY_MS = 24 * 3_600_000

/** Buys something on its first day. */
function pastOf(played: number[]): ExchangePast {
  const play: ExchangePast['play'] = (exchange, { from, to }) => {
    played.push(to - from)
    exchange.createAccount('ada', decimal('10000'))
    exchange.advance(from + 1_000)
    buy(exchange, from + 1_000)
  }
  return { lengthMs: 3 * DAY_MS, play }
}

function buy(exchange: Exchange, at: number): void {
  const order = { symbol: 'BTCUSDT', postOnly: false, reduceOnly: false, clientOrderId: '', limitPrice: null }
  exchange.submit(
    'ada',
    { ...order, side: 'buy', type: 'market', timeInForce: 'ioc', quantity: decimal('0.1') },
    at,
  )
}

test('[HS95] a past is played in a new world only, and the journal remembers it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-past-'))
  const played: number[] = []
  const start = () =>
    runExchange({ journal: join(folder, 'journal'), past: pastOf(played), print: () => undefined })
  try {
    const first = await start()
    const opensAt = Date.now()
    const [bought] = first.exchange.executions('ada')
    expect(opensAt - (bought?.at ?? opensAt)).toBeGreaterThan(3 * DAY_MS - 60_000)
    // The world has gone on to now, with the funding of three days on the way.
    await expect.poll(() => first.exchange.executions('ada').length).toBeGreaterThan(8)
    await first.close()
    const second = await start()
    expect(second.exchange.executions('ada')).toContainEqual(bought)
    expect(played).toEqual([3 * DAY_MS])
    await second.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
