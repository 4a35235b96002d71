import { describe, expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import type { Decision, HopTimes } from '../../domain/decision.ts'
import { instrumentId } from '../../domain/ids.ts'
import type { Order } from '../../domain/order.ts'
import {
  type CopyEvent,
  copyEvent,
  countsText,
  historyText,
  jsonLine,
  plainLine,
  type Ready,
  readyText,
} from './events.ts'

const READY: Ready = {
  exchangeUrl: 'http://127.0.0.1:1',
  serverUrl: 'http://127.0.0.1:2',
  firstOwnerUrl: 'http://127.0.0.1:2/first-owner?token=t',
  watchCommand: 'bin/lockstep watch --account ada',
  historyCommand: 'bin/lockstep history status',
  ms: 297,
}
const AT = new Date(2026, 0, 2, 9, 8, 7).getTime()
const TIMES: HopTimes = {
  leaderFillAt: 1_000,
  receivedAt: 1_004,
  decidedAt: 1_004.26,
  persistedAt: 1_010,
  sentAt: 1_010,
  ackedAt: 1_015,
  filledAt: 1_014,
}
const DECISION: Decision = {
  id: 'decision' as Decision['id'],
  linkId: 'link' as Decision['linkId'],
  instrumentId: instrumentId('bybit', 'BTCUSDT'),
  positionIndex: 0,
  part: 'increase',
  firstFill: 1,
  lastFill: 1,
  quantity: decimal('-0.0347'),
  wanted: decimal('-0.0347'),
  leaderPrice: decimal('60000'),
  validUntil: null,
  status: 'done',
  outcome: 'copied',
  reason: null,
  detail: null,
  intentId: null,
  times: TIMES,
}
// What the event takes of an order; the rest of an order's life is told elsewhere.
const ORDER = { side: 'sell', filled: decimal('0.034'), reportedFilled: decimal('0') } as Order

const eventOf = (changes: Partial<Decision> = {}, order: Order | null = null): CopyEvent =>
  copyEvent({ ...DECISION, ...changes }, order, { account: 'ada', at: AT })

describe('what the demo tells of a copy', () => {
  test('[CL6] a copy has its account, symbol, quantity and the milliseconds of each hop', () => {
    expect(JSON.parse(jsonLine(eventOf({}, ORDER)))).toEqual({
      event: 'copy',
      account: 'ada',
      symbol: 'BTCUSDT',
      quantity: '0.034',
      side: 'sell',
      outcome: 'copied',
      // The report came before the answer: a hop is never below nothing.
      ms: { receive: 4, decide: 0.3, persist: 5.7, send: 0, ack: 5, fill: 0, total: 14 },
    })
  })

  test('[CL6] a hop that was not passed is null, not nothing', () => {
    const times = { ...TIMES, ackedAt: null }
    expect(eventOf({ times }).ms).toMatchObject({ ack: null, fill: null, total: 14 })
  })

  test("[CL6] a skip has its account and reason, and the venue's own words where there are some", () => {
    const event = eventOf({ outcome: 'failed', reason: 'venue_refused', detail: '110007 not enough' })
    expect(JSON.parse(jsonLine(event))).toEqual({
      event: 'skip',
      account: 'ada',
      reason: 'venue_refused',
      symbol: 'BTCUSDT',
      outcome: 'failed',
      sentence: 'The venue refused the order; its own words are beside this. (110007 not enough)',
    })
  })

  test('[CL6] ready has the address and how long it took', () => {
    expect(JSON.parse(readyText(READY, 'json'))).toEqual({
      event: 'ready',
      url: 'http://127.0.0.1:1',
      ms: 297,
      server: 'http://127.0.0.1:2',
      firstOwner: 'http://127.0.0.1:2/first-owner?token=t',
    })
  })

  test('[CL16] plain lines say the same for people', () => {
    expect(plainLine(eventOf({}, ORDER))).toBe(
      '09:08:07 copied   ada    BTCUSDT sell 0.034 in 14 ms (receive 4, decide 0.3, persist 5.7, send 0, ack 5, fill 0)',
    )
    expect(plainLine(eventOf({ outcome: 'skipped', reason: 'nothing_to_reduce' }))).toBe(
      '09:08:07 skipped  ada    BTCUSDT: The follower holds nothing of this position.',
    )
    expect(readyText(READY, 'lines').split('\n')).toEqual([
      expect.stringContaining('PAPER'),
      expect.stringMatching(
        /REST and live push at http:\/\/127\.0\.0\.1:2; .* bin\/lockstep watch --account ada$/,
      ),
      expect.stringContaining('Open http://127.0.0.1:2/first-owner?token=t once'),
    ])
    const owned = readyText({ ...READY, firstOwnerUrl: null }, 'lines')
    expect(owned).not.toContain('Nobody owns')
  })

  test('[HS94] one line says from when to when history is complete', () => {
    const complete = { from: Date.UTC(2026, 9, 22), to: Date.UTC(2026, 10, 21, 14, 2, 59) }
    const whole = { accounts: 7, complete, historyCommand: READY.historyCommand }
    expect(historyText(whole, 'lines')).toBe(
      'History of 7 accounts complete from 2026-10-22 00:00 to 2026-11-21 14:02 UTC; see it with: bin/lockstep history status',
    )
    expect(JSON.parse(historyText(whole, 'json'))).toEqual({ event: 'history', accounts: 7, ...complete })
  })

  test('[CL16] the sum begins with what happened most', () => {
    const counts = new Map([
      ['skipped', 3],
      ['copied', 15],
    ])
    expect(countsText(counts)).toBe('15 copied · 3 skipped')
  })
})
