import { expect, test } from 'vitest'
import { type Frame, LIVE_LIMITS } from '../protocol/live.ts'
import type { OrderRow } from '../protocol/live-data.ts'
import { MERGE } from './merge.ts'
import { type StreamReader, streamReader } from './stream-reader.ts'

const STREAM = 'a:balance'
const NOW = 1_000_000

function row(total: string, currency = 'USDT') {
  return { currency, total, available: total, equity: null, unrealizedPnl: null, marginUsed: null }
}

function frameOf(seq: number, prevSeq: number | null, data: unknown, epoch = 'e1'): Frame {
  const kind = prevSeq === null ? 'snapshot' : 'delta'
  return { stream: STREAM, epoch, seq, prevSeq, kind, at: 5, data }
}

function balanceReader(): StreamReader {
  const reader = streamReader(STREAM)
  if (reader === null) throw new Error('a balance is a stream')
  return reader
}

function readerAt(seq: number): StreamReader {
  const reader = balanceReader()
  reader.take(frameOf(seq, null, [row('1')]), NOW)
  reader.place({ epoch: 'e1', seq, state: 'live' }, NOW)
  return reader
}

test('[LV40] what is known already is dropped, what follows is taken, what leaves something out is a gap', () => {
  const reader = readerAt(4)
  expect(reader.take(frameOf(4, 3, [row('0')]), NOW)).toBe('old')
  expect(reader.take(frameOf(5, 4, [row('2'), row('3', 'BTC')]), NOW)).toBe('applied')
  expect(reader.take(frameOf(7, 6, [row('9')]), NOW)).toBe('gap')
  expect(reader.view(NOW)).toMatchObject({ data: [row('2'), row('3', 'BTC')], isStale: true })
  expect(reader.take(frameOf(7, null, [row('9')]), NOW)).toBe('applied')
  expect(reader.view(NOW)).toMatchObject({ data: [row('9')], at: 5, isStale: false })
  expect(reader.cursor).toEqual({ epoch: 'e1', seq: 7 })
})

test('[LV40] a delta without a snapshot before it, or of another epoch, is a gap', () => {
  expect(balanceReader().take(frameOf(1, 0, [row('1')]), NOW)).toBe('gap')
  expect(readerAt(4).take(frameOf(5, 4, [row('2')], 'e2'), NOW)).toBe('gap')
  const reader = readerAt(4)
  expect(reader.take(frameOf(1, null, [row('2')], 'e2'), NOW)).toBe('applied')
  expect(reader.cursor).toEqual({ epoch: 'e2', seq: 1 })
})

test('[LV40] a frame that is not as the protocol has it is a gap, and changes nothing', () => {
  const reader = readerAt(4)
  const bad: readonly unknown[] = [
    null,
    { stream: STREAM },
    { ...frameOf(5, 4, []), seq: '5' },
    frameOf(5, 4, { not: 'a list' }),
    frameOf(5, 4, [{ ...row('1'), total: 1 }]),
    frameOf(5, 4, [{ ...row('1'), total: '1e9' }]),
  ]
  for (const raw of bad) expect(reader.take(raw, NOW)).toBe('gap')
  expect(reader.view(NOW).data).toEqual([row('1')])
})

test('[LV40] a heartbeat that is ahead shows what was lost at the end', () => {
  const reader = readerAt(4)
  expect(reader.place({ epoch: 'e1', seq: 4, state: 'live' }, NOW)).toBe(false)
  expect(reader.place({ epoch: 'e1', seq: 5, state: 'live' }, NOW)).toBe(true)
  expect(reader.place({ epoch: 'e2', seq: 1, state: 'live' }, NOW)).toBe(true)
  // The account has not been read yet: there is nothing to ask for.
  expect(balanceReader().place({ epoch: 'e1', seq: 0, state: 'connecting' }, NOW)).toBe(false)
})

test('[LV42] what was not confirmed for two heartbeats, or is not live at its venue, is stale', () => {
  const reader = readerAt(4)
  expect(reader.view(NOW).isStale).toBe(false)
  expect(reader.view(NOW + 2 * LIVE_LIMITS.heartbeatMs + 1_001).isStale).toBe(true)
  reader.place({ epoch: 'e1', seq: 4, state: 'degraded' }, NOW)
  expect(reader.view(NOW).isStale).toBe(true)
  reader.place({ epoch: 'e1', seq: 4, state: 'live' }, NOW)
  reader.lose()
  expect(reader.view(NOW)).toMatchObject({ isStale: true, data: [row('1')] })
})

test('[LV43] rows replace those of the same key, and closed positions go', () => {
  const position = { averagePrice: '1', markPrice: null, liquidationPrice: null, leverage: null }
  const long = { ...position, instrument: 'bybit:BTCUSDT', side: 'long', unrealizedPnl: null, notional: null }
  const rows = [{ ...long, side: 'long', quantity: '2' } as const]
  const turned = [
    { ...long, side: 'long', quantity: '0' },
    { ...long, side: 'short', quantity: '1' },
  ] as const
  expect(MERGE.positions(rows, [...turned])).toEqual([turned[1]])
})

test('[LV44] of orders that are done only the last are kept, and every live one', () => {
  const order = (id: number, status: OrderRow['status']): OrderRow => ({
    id: `o${id}`,
    clientOrderId: null,
    instrument: 'bybit:BTCUSDT',
    side: 'buy',
    type: 'limit',
    quantity: '1',
    filled: '0',
    limitPrice: '1',
    averagePrice: null,
    status,
    reduceOnly: false,
    origin: 'venue',
    at: id,
  })
  const done = Array.from({ length: LIVE_LIMITS.doneOrders }, (_, at) => order(at + 1, 'filled'))
  const merged = MERGE.orders([order(0, 'open'), ...done], [order(1_000, 'canceled')])
  expect(merged).toHaveLength(LIVE_LIMITS.doneOrders + 1)
  expect(merged.map(each => each.id)).not.toContain('o1')
  expect([merged[0]?.id, merged.at(-1)?.id]).toEqual(['o0', 'o1000'])
})
