import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Json, TestSocket } from '../../exchange/server/fixture.ts'
import {
  ACCOUNT,
  ACCOUNT_INDEX,
  ETH,
  KEY_INDEX,
  type LighterTestVenue,
  startLighterVenue,
} from '../../exchange/server/lighter/fixture.ts'

// Each answer and frame of the exchange beside what the venue sends: the same fields, but for those named here.
const SHARED = process.env['LOCKSTEP_SHARED']
const FOLDER =
  SHARED === undefined
    ? new URL('../../../shared/payloads/lighter/', import.meta.url)
    : pathToFileURL(`${SHARED}/payloads/lighter/`)
/** By recording: a route, or the type of a frame. */
const CASES: readonly (readonly [recording: string, ours: string])[] = [
  ['http_account', 'account'],
  ['http_next_nonce', 'nextNonce'],
  ['http_order_books', 'orderBooks'],
  ['http_order_book_details', 'orderBookDetails'],
  ['http_order_book_orders', 'orderBookOrders'],
  ['http_orders', 'accountInactiveOrders'],
  ['http_recent_trades', 'trades'],
  ['ws_order_book_subscribed', 'subscribed/order_book'],
  ['ws_order_book_update', 'update/order_book'],
  ['ws_ticker_subscribed', 'subscribed/ticker'],
  ['ws_ticker_update', 'update/ticker'],
  ['ws_market_stats_subscribed_single', 'subscribed/market_stats'],
  ['ws_market_stats_update_single', 'update/market_stats'],
  ['ws_height_update', 'update/height'],
  ['ws_account_all_assets_update', 'update/account_all_assets'],
  ['ws_account_all_positions_update', 'update/account_all_positions'],
  ['ws_account_all_trades_update', 'update/account_all_trades'],
  ['ws_account_orders_update', 'update/account_orders'],
  ['ws_user_stats_update', 'update/user_stats'],
]

/** Fields that a recording has and we have not, or the other way round, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  maker_fee: 'each account sees its own half of a trade',
  maker_position_size_before: 'each account sees its own half of a trade',
  maker_entry_quote_before: 'each account sees its own half of a trade',
  maker_initial_margin_fraction_before: 'each account sees its own half of a trade',
  taker_fee: 'left out where there is none, and of market data',
  taker_position_size_before: 'left out of some recordings',
  taker_entry_quote_before: 'what a position cost is told by the position',
  taker_initial_margin_fraction_before: 'leverage is told by the position',
  total_funding_paid_out: 'in frames only, in the recordings',
  total_discount: 'in frames only, in the recordings',
  next_cursor: 'left out on the last page',
  best_bid_price: 'documented, in no recording',
  best_ask_price: 'documented, in no recording',
  base_interest_rate: 'in the newer of two recordings',
}

let venue: LighterTestVenue
let stream: TestSocket
const answers = new Map<string, Json>()

beforeAll(async () => {
  venue = await startLighterVenue()
  const own = ['account_all_assets', 'account_all_positions', 'account_all_trades', 'user_stats']
  const orders = `account_orders/${ETH}/${ACCOUNT_INDEX}`
  const market = ['order_book/0', 'ticker/0', 'market_stats/0', 'height']
  stream = await venue.follow(...own.map(name => `${name}/${ACCOUNT_INDEX}`), orders, ...market)
  for (let count = 0; count < 2; count += 1) await venue.send(venue.market())
  await vi.waitFor(() => expect(venue.exchange.closedOrders(ACCOUNT)).toHaveLength(2), { timeout: 30_000 })
  venue.moveTo('3010')
  for (const [, ours] of CASES) {
    if (ours.includes('/')) await stream.until(({ type }) => type === ours)
    else answers.set(ours, await answerOf(ours))
  }
})

afterAll(async () => {
  stream.close()
  await venue.close()
})

async function answerOf(route: string): Promise<Json> {
  const queries: Record<string, Record<string, string | number>> = {
    account: { by: 'index', value: ACCOUNT_INDEX },
    nextNonce: { account_index: ACCOUNT_INDEX, api_key_index: KEY_INDEX },
    orderBookOrders: { market_id: ETH, limit: 2 },
    accountInactiveOrders: { limit: 1 },
    trades: { limit: 1 },
  }
  const isOwn = route === 'accountInactiveOrders' || route === 'trades'
  const { body } = await (isOwn ? venue.own(route, queries[route]) : venue.get(route, queries[route]))
  return body
}

/** Names of fields, without those that are numbers of markets and assets. */
function names(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const each of value) names(each, found)
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      if (!/^\d+$/.test(name)) found.add(name)
      names(inner, found)
    }
  return found
}

function ours(name: string): unknown {
  return name.includes('/') ? stream.frames.filter(({ type }) => type === name) : answers.get(name)
}

test.each(CASES)('[XL40] %s has the same fields as %s here', (recording, name) => {
  const theirs = names(JSON.parse(readFileSync(new URL(`${recording}.json`, FOLDER), 'utf8')))
  const known = names(ours(name))
  const missing = [...theirs].filter(each => !known.has(each) && !Object.hasOwn(EXCEPTIONS, each))
  const strange = [...known].filter(each => !theirs.has(each) && !Object.hasOwn(EXCEPTIONS, each))
  expect({ missing, strange }).toEqual({ missing: [], strange: [] })
})
