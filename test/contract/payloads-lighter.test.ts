import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Decimal, formatDecimal } from '../../src/domain/decimal.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { type LighterMarketEntry, MarketList } from '../../src/venues/lighter/market-list.ts'
import { parseAccount, parsePosition } from '../../src/venues/lighter/parse/account.ts'
import { parseBookLevel } from '../../src/venues/lighter/parse/book.ts'
import { orderRows, positionRows, statsRow, tradeRows } from '../../src/venues/lighter/parse/frame.ts'
import { parseMarket } from '../../src/venues/lighter/parse/market.ts'
import { parseOrder } from '../../src/venues/lighter/parse/order.ts'
import { parseBestPrices, parseTickers } from '../../src/venues/lighter/parse/ticker.ts'
import { parseTrade, type TradeContext } from '../../src/venues/lighter/parse/trade.ts'
import { asRow, listField, parseObject, type Row } from '../../src/venues/shared/fields.ts'

const FOLDER = new URL('../../../shared/payloads/lighter/', import.meta.url)
const MOMENT = { venueSequence: 7, at: 1 }

function payload(file: string): Row {
  return parseObject(readFileSync(new URL(file, FOLDER), 'utf8'))
}

function rowsOf(file: string, field: string): readonly Row[] {
  return listField(payload(file), field).map(row => asRow(row, 'a row'))
}

/** The venue's ETH as it was recorded, and a BTC of its own making beside it. */
function markets(): MarketList {
  const [row] = rowsOf('http_order_book_details.json', 'order_book_details')
  const eth = must(parseMarket(must(row, 'a market')), 'a perpetual')
  const btc: LighterMarketEntry = must(parseMarket({ ...row, market_id: 1, symbol: 'BTC' }), 'a perpetual')
  const list = new MarketList(SILENT)
  list.take([eth, btc])
  return list
}

function context(accountIndex: number): TradeContext {
  return { accountId: 'a' as AccountId, accountIndex, markets: markets() }
}

/** Amounts as texts, so that a case reads as its payload does. */
function readable(value: unknown): unknown {
  if (typeof value === 'bigint') return formatDecimal(value as Decimal)
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readable(each)]))
}

const ORDER = {
  instrumentId: 'lighter:ETH',
  venueOrderId: '281476929510110',
  clientOrderId: '42',
  side: 'sell',
  type: 'limit',
  status: 'open',
  quantity: '0.005',
  limitPrice: '2352.74',
  reduceOnly: false,
}

const CASES: Readonly<Record<string, readonly [() => unknown, unknown]>> = {
  'http_account.json': [
    () => {
      const { positions, ...account } = parseAccount(payload('http_account.json'), 123456)
      return { ...account, positions: positions.map(row => parsePosition(row, markets(), MOMENT)) }
    },
    {
      equity: '0',
      balances: [{ currency: 'USDC', total: '0', available: '0' }],
      positions: [{ instrumentId: 'lighter:BTC', quantity: '0', leverage: '10', liquidationPrice: null }],
    },
  ],
  'http_orders.json': [
    () => rowsOf('http_orders.json', 'orders').map(row => parseOrder(row, markets())),
    [{ ...ORDER, filled: '0', averagePrice: null, at: 1777941383576 }],
  ],
  'http_order_book_details.json': [
    () => rowsOf('http_order_book_details.json', 'order_book_details').map(parseMarket),
    [
      {
        marketIndex: 0,
        instrument: { symbol: 'ETH', tickSize: '0.01', lotSize: '0.0001', maximumLeverage: '50' },
      },
    ],
  ],
  'http_order_book_orders.json': [
    () => parseBookLevel(payload('http_order_book_orders.json'), { level: 1, orders: 1, receivedAt: 5 }),
    { hidden: false, level: { bid: '2361.17', ask: '2361.32', at: 5 } },
  ],
  'http_recent_trades.json': [
    () => rowsOf('http_recent_trades.json', 'trades').map(row => parseTrade(row, context(719347))),
    [
      {
        fill: { tradeId: '19211490282', side: 'sell', liquidity: 'taker', clientOrderId: null, fee: '0' },
        // 0.6611 before it, 0.0005 sold.
        positionAfter: '0.6606',
      },
    ],
  ],
  'ws_account_orders_update.json': [
    () => orderRows(payload('ws_account_orders_update.json'), context(1234)),
    [{ ok: true, value: { ...ORDER, filled: '0.002', averagePrice: '2352.74', at: 1777941383900 } }],
  ],
  'ws_account_all_trades_update.json': [
    () => tradeRows(payload('ws_account_all_trades_update.json'), context(1234)),
    [
      {
        ok: true,
        value: {
          fill: {
            tradeId: '19209006902',
            venueOrderId: '562947905631053',
            clientOrderId: '7001011966',
            side: 'buy',
            quantity: '0.1336',
            fillPrice: '2352.73',
            fee: '0.061607646688',
            liquidity: 'taker',
            cause: 'trade',
            venueSequence: 19209006902,
            at: 1777941384181,
          },
          positionAfter: null,
        },
      },
    ],
  ],
  'ws_account_all_positions_update.json': [
    () => positionRows(payload('ws_account_all_positions_update.json'), context(1234), MOMENT),
    [
      {
        ok: true,
        value: { quantity: '1.5', averagePrice: '2350.1', leverage: '20', liquidationPrice: '1900' },
      },
    ],
  ],
  'ws_user_stats_update.json': [
    () => statsRow(payload('ws_user_stats_update.json')),
    { ok: true, value: [{ total: '40', available: '40', equity: '40', unrealizedPnl: '0' }] },
  ],
  'ws_user_stats_with_position.json': [
    () => statsRow(payload('ws_user_stats_with_position.json')),
    { ok: true, value: [{ total: '39.995369', available: '39.168314', unrealizedPnl: '-0.0002' }] },
  ],
  'ws_market_stats_subscribed_single.json': [
    () => parseTickers(payload('ws_market_stats_subscribed_single.json'), markets(), 5),
    [{ instrumentId: 'lighter:BTC', last: '64351.5', mark: '64356.3', at: 5 }],
  ],
  'ws_market_stats_update_all.json': [
    () => parseTickers(payload('ws_market_stats_update_all.json'), markets(), 5),
    [{ instrumentId: 'lighter:ETH', last: '2064.5', mark: '2064.47' }],
  ],
  'ws_market_stats_update_single.json': [
    () => parseTickers(payload('ws_market_stats_update_single.json'), markets(), 5),
    [{ instrumentId: 'lighter:ETH', mark: '2064.47' }],
  ],
  'ws_ticker_subscribed.json': [
    () => parseBestPrices(payload('ws_ticker_subscribed.json'), markets()),
    { instrumentId: 'lighter:ETH', bid: '2000', ask: '2325' },
  ],
  'ws_ticker_subscribed_empty.json': [
    () => parseBestPrices({ ...payload('ws_ticker_subscribed_empty.json'), channel: 'ticker:1' }, markets()),
    { instrumentId: 'lighter:BTC', bid: null, ask: null },
  ],
  'ws_ticker_update.json': [
    () => parseBestPrices(payload('ws_ticker_update.json'), markets()),
    { instrumentId: 'lighter:ETH', bid: '2064.3', ask: '2064.48' },
  ],
}

/** What no query or channel of ours has: public books, trades of others, spot's money, blocks, funding. */
const NOT_OURS = [
  'http_fundings.json',
  'http_next_nonce.json',
  'http_order_book_depth.json',
  'http_order_book_depth_null.json',
  'http_order_books.json',
  'http_recent_trades_missing.json',
  'http_recent_trades_null.json',
  'http_recent_trades_unordered.json',
  'ws_account_all_assets_update.json',
  'ws_account_all_assets_with_position.json',
  'ws_height_update.json',
  'ws_order_book_subscribed.json',
  'ws_order_book_subscribed_empty.json',
  'ws_order_book_update.json',
  'ws_trade_subscribed.json',
  'ws_trade_update.json',
]

test('[LA27] every recorded payload of Lighter is read, or named as none of our business', () => {
  const recorded = readdirSync(FOLDER).filter(file => /^(http|ws)_.*\.json$/.test(file))
  expect([...Object.keys(CASES), ...NOT_OURS].sort()).toEqual(recorded.sort())
})

test.each(Object.keys(CASES))('[LA27] %s is read as it was meant', file => {
  const [read, expected] = must(CASES[file], 'a case')
  expect(readable(read())).toMatchObject(expected as object)
})

test('[LA27] trades out of order, a missing list and an empty one are no surprise', () => {
  const trades = rowsOf('http_recent_trades_unordered.json', 'trades').map(row =>
    parseTrade(row, context(719347)),
  )
  expect(trades.map(trade => trade?.fill.side)).toEqual(['sell', 'sell', 'sell'])
  for (const file of ['http_recent_trades_missing.json', 'http_recent_trades_null.json'])
    expect(tradeRows(payload(file), context(1))).toEqual([])
})
