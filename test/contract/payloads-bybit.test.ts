import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Decimal, formatDecimal } from '../../src/domain/decimal.ts'
import { parseBookLevel } from '../../src/venues/bybit/parse/book.ts'
import { parsePrivateFrame } from '../../src/venues/bybit/parse/frame.ts'
import { parseKey } from '../../src/venues/bybit/parse/key.ts'
import { parsePosition } from '../../src/venues/bybit/parse/position.ts'
import { parseTicker } from '../../src/venues/bybit/parse/ticker.ts'
import {
  claimOf,
  FIRST_RETRY_MS,
  goLive,
  goTrade,
  harness,
  marketBuy,
} from '../../src/venues/bybit/testing/harness.ts'
import { asRow, attempt, listField, parseObject, type Row, rowField } from '../../src/venues/shared/fields.ts'
import { settle } from '../../src/venues/shared/testing/manual-clock.ts'
import { ACCOUNT, ANSWERS, BOOKS, FRAMES, KEYS, NOT_OURS, PLAYED, REFUSED } from './payloads-bybit-cases.ts'

const FOLDER = new URL('../../../shared/payloads/bybit/', import.meta.url)

function payload(file: string): Row {
  return parseObject(readFileSync(new URL(file, FOLDER), 'utf8'))
}

function rows(file: string): readonly Row[] {
  return listField(rowField(payload(file), 'result'), 'list').map(row => asRow(row, 'a row'))
}

/** The reports of a frame, with amounts as texts. */
function reports(file: string): unknown {
  const frame = payload(file)
  return readable(parsePrivateFrame(frame, String(frame['topic']), ACCOUNT))
}

/** Amounts as texts, so that a case reads as its payload does. */
function readable(value: unknown): unknown {
  if (typeof value === 'bigint') return formatDecimal(value as Decimal)
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, readable(inner)]))
}

test('[VN21] every recorded payload is parsed, refused or none of our business', () => {
  const known = [FRAMES, ANSWERS, BOOKS, KEYS, NOT_OURS].flatMap(Object.keys)
  expect(readdirSync(FOLDER).sort()).toEqual([...known, ...REFUSED, ...PLAYED].sort())
})

test.each(Object.entries(FRAMES))('[VN21] frame %s', (file, expected) => {
  expect(reports(file)).toMatchObject(expected)
})

test.each(Object.entries(ANSWERS))('[VN21] answer %s', (file, { parse, expected }) => {
  expect(rows(file).map(row => readable(parse(row)))).toMatchObject(expected)
})

test.each(Object.entries(BOOKS))('[VN21] book %s', (file, expected) => {
  expect(readable(parseBookLevel(rowField(payload(file), 'result'), 2, 5))).toEqual(expected)
})

test.each(Object.entries(KEYS))('[VN21] key %s', (file, expected) => {
  expect(parseKey(rowField(payload(file), 'result'))).toMatchObject(expected)
})

test('[VN15] positions without their sequence are refused', () => {
  const [answer] = rows('http_get_positions_with_open_time.json')
  const parsed = [
    attempt(() => parsePosition(asRow(answer, 'a row'), 'avgPrice')),
    attempt(() => parsePosition(payload('ws_account_position_with_open_time.json'), 'entryPrice')),
  ]
  expect(parsed).toEqual(Array(2).fill({ ok: false, error: 'seq is not a whole number: absent' }))
})

test('[VN12] recorded logins and subscriptions lead to live, lost and refused', async () => {
  const made = harness()
  await made.open()
  const play = (file: string) => made.sockets.last('/v5/private').frame(payload(file))
  made.sockets.last('/v5/private').events.open()
  play('ws_auth_success.json')
  play('ws_subscription_ack.json')
  expect(made.states.at(-1)?.kind).toBe('live')
  play('ws_subscription_failure.json')
  expect(made.states.at(-1)?.kind).toBe('lost')
  await made.clock.advance(FIRST_RETRY_MS)
  made.sockets.last('/v5/private').events.open()
  play('ws_auth_failure.json')
  expect(made.states.at(-1)).toMatchObject({ kind: 'refused', error: { reason: 'key', code: '10003' } })
})

test('[VN1] a recorded answer acknowledges the order that it names', async () => {
  const made = harness()
  await made.open()
  await goLive(made)
  const trade = await goTrade(made)
  const submitted = made.account.submit(marketBuy(claimOf(made)))
  await settle()
  const answer = payload('ws_order_response.json')
  trade.frame(answer)
  trade.frame({ ...answer, reqId: trade.sent.at(-1)?.['reqId'] })
  expect(await submitted).toMatchObject({ ok: true, value: { venueOrderId: '1726025498520715008' } })
})

test('[VN19] a recorded ticker', () => {
  const ticker = parseTicker(rowField(payload('ws_ticker_linear.json'), 'data'), () => undefined, 5)
  expect(readable(ticker)).toEqual({
    instrumentId: 'bybit:BTCUSDT',
    last: '17216',
    mark: '17217.33',
    bid: '17215.5',
    ask: '17216',
    change24h: '0.017103',
    volume24h: '91705.276',
    fundingRate: '-0.000212',
    at: 5,
  })
})
