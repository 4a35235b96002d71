import type { AccountId } from '../../src/domain/ids.ts'
import { parseExecution } from '../../src/venues/bybit/parse/execution.ts'
import { parseInstrument } from '../../src/venues/bybit/parse/instrument.ts'
import { parseOrder } from '../../src/venues/bybit/parse/order.ts'
import { parsePosition } from '../../src/venues/bybit/parse/position.ts'
import { parseBalances, parseEquity } from '../../src/venues/bybit/parse/wallet.ts'
import type { Row } from '../../src/venues/shared/fields.ts'

/** What each recorded payload of Bybit means to the adapter. Amounts stand as texts. */
export const ACCOUNT = 'account-1' as AccountId

const order = (expected: object) => ({ reports: [{ kind: 'order', report: expected }], ignored: 0 })
const conditional = (clientOrderId: string, expected: object = {}) =>
  order({ clientOrderId, status: 'created', quantity: '0.1', filled: '0', averagePrice: null, ...expected })

/** Frames of the private stream: what the adapter reports of each. */
export const FRAMES: Readonly<Record<string, object>> = {
  'ws_account_order.json': order({
    instrumentId: 'bybit:BTCUSDT',
    venueOrderId: 'abcdef123456',
    clientOrderId: 'client-1',
    side: 'buy',
    type: 'limit',
    status: 'canceled',
    limitPrice: '30000',
    reason: 'CancelByUser',
    at: 1700000005000,
  }),
  'ws_account_order_filled.json': order({
    status: 'filled',
    filled: '0.1',
    averagePrice: '30000.5',
    reason: null,
  }),
  'ws_account_order_buy_stop_market.json': conditional('test-client-buy-stop-market-001', { side: 'buy' }),
  'ws_account_order_limit_if_touched.json': conditional('test-client-lit-001', { limitPrice: '55500' }),
  'ws_account_order_market_if_touched.json': conditional('test-client-mit-001', { limitPrice: null }),
  'ws_account_order_sell_market_if_touched.json': conditional('test-client-sell-mit-001', { side: 'sell' }),
  'ws_account_order_stop_limit.json': conditional('test-client-stop-limit-001', { limitPrice: '44500' }),
  'ws_account_order_stop_market.json': conditional('test-client-stop-market-001', { reduceOnly: false }),
  'ws_account_order_stop_loss.json': conditional('test-client-sl-001', { quantity: '0.5', reduceOnly: true }),
  'ws_account_order_take_profit.json': conditional('test-client-tp-001', { quantity: '0.5', side: 'sell' }),
  // A spot order: none of our business, and no reason to complain.
  'ws_account_order_partially_filled_rejected.json': { reports: [], ignored: 1 },
  'ws_account_execution.json': {
    reports: [
      {
        kind: 'fill',
        fill: {
          accountId: ACCOUNT,
          instrumentId: 'bybit:BTCUSDT',
          tradeId: '0ab1bdf7-4219-438b-b30a-32ec863018f7',
          clientOrderId: 'test-order-link-001',
          side: 'sell',
          quantity: '0.5',
          fillPrice: '95900.1',
          orderQuantity: '0.5',
          fee: '26.3725275',
          liquidity: 'taker',
          cause: 'trade',
          venueSequence: 140612148849382,
          at: 1746270400353,
        },
      },
    ],
    ignored: 0,
  },
  'ws_account_execution_adl.json': {
    reports: [{ kind: 'fill', fill: { cause: 'adl', clientOrderId: null, fillPrice: '95850' } }],
  },
  'ws_account_position.json': {
    reports: [
      {
        kind: 'position',
        position: {
          instrumentId: 'bybit:ETHUSDT',
          quantity: '-0.01',
          averagePrice: '3641.075',
          markPrice: '3641.33',
          leverage: '30',
          unrealizedPnl: '-0.00255',
          venueSequence: 325852190774,
          at: 1762199125472,
        },
      },
    ],
  },
  'ws_account_position_short.json': { reports: [{ position: { quantity: '-0.01' } }] },
  'ws_account_wallet.json': {
    reports: [
      {
        kind: 'balance',
        balances: [
          { currency: 'BTC', total: '0.00102964', available: '0.00092964' },
          { currency: 'USDT', total: '9647.75537647', available: '9519.89806037' },
        ],
      },
    ],
  },
  'ws_account_wallet_locked_exceeds_total.json': {
    reports: [{ balances: [{ currency: 'USDT', total: '100', available: '0' }] }],
  },
  'ws_account_wallet_small_order.json': {
    reports: [{ balances: [{ currency: 'USDT', total: '51333.82543837', available: '0' }] }],
  },
}

/** Answers to queries: the rows that the adapter makes of each. */
export const ANSWERS: Readonly<
  Record<string, { readonly parse: (row: Row) => unknown; readonly expected: object[] }>
> = {
  'http_get_executions.json': {
    parse: row => parseExecution(row, ACCOUNT),
    expected: [
      { tradeId: 'e0cbe81d-0f18-5866-9415-cf319b5dab3b', liquidity: 'maker', venueSequence: 4688002127 },
      { side: 'sell', quantity: '0.5', orderQuantity: '1', fee: '0.9', at: 1672282822529 },
    ],
  },
  'http_get_orders_history.json': {
    parse: parseOrder,
    expected: [{ status: 'canceled', averagePrice: null, at: 1700000005000 }],
  },
  'http_get_orders_history_with_duplicate.json': {
    parse: parseOrder,
    expected: [
      { clientOrderId: 'client-open-1', status: 'open', limitPrice: '3930.41' },
      { clientOrderId: 'client-closed-1', status: 'canceled' },
    ],
  },
  'http_get_orders_realtime.json': {
    parse: parseOrder,
    expected: [{ venueOrderId: 'open-order-1' }, { venueOrderId: 'open-order-2', side: 'sell' }],
  },
  'http_get_orders_realtime_tp_sl.json': {
    parse: parseOrder,
    expected: [
      { status: 'created', type: 'market', limitPrice: null, reduceOnly: true },
      { status: 'created', type: 'limit', limitPrice: '47500' },
    ],
  },
  'http_get_order_partially_filled_rejected.json': {
    parse: parseOrder,
    expected: [{ status: 'canceled', filled: '0.005', averagePrice: '30000', reason: 'INSUFFICIENT_MARGIN' }],
  },
  'http_get_positions.json': {
    parse: row => parsePosition(row, 'avgPrice'),
    expected: [
      { instrumentId: 'bybit:BTCUSDT', venueSequence: 5723621632 },
      { instrumentId: 'bybit:ETHUSDT', quantity: '-5', averagePrice: '3000', leverage: '5' },
      { instrumentId: 'bybit:SOLUSDT', quantity: '0', averagePrice: '0' },
    ],
  },
  'http_get_wallet_balance.json': {
    parse: row => ({ balances: parseBalances(row), equity: parseEquity(row) }),
    expected: [
      {
        equity: '3.31216591',
        balances: [
          { currency: 'BTC', total: '0' },
          { currency: 'USDT', total: '1000.5', available: '1000.5' },
          // Borrowed for spot: less than nothing is the account's own.
          { currency: 'ETH', total: '-0.06142', available: '0' },
        ],
      },
    ],
  },
  'http_get_wallet_balance_spot_short.json': {
    parse: parseBalances,
    expected: [
      [
        { currency: 'ETH', total: '-0.06142' },
        { currency: 'USDT', available: '2500' },
      ],
    ],
  },
  'http_get_wallet_balance_with_spot_borrow.json': {
    parse: row => ({ balances: parseBalances(row), equity: parseEquity(row) }),
    expected: [{ equity: '3000', balances: [{ currency: 'USDT', total: '1000', available: '800' }] }],
  },
  'http_get_instruments_linear.json': {
    parse: parseInstrument,
    expected: [
      { id: 'bybit:BTCUSDT', tickSize: '0.5', lotSize: '0.001', maximumMarketQuantity: '50' },
      { id: 'bybit:ETHUSDT', minimumNotional: '5', maximumLeverage: '100', status: 'trading' },
    ],
  },
  'http_get_instruments_linear_symbol_type.json': {
    parse: parseInstrument,
    // No maxMktOrderQty: the limit order's counts.
    expected: [{ id: 'bybit:TSLAUSDT', maximumMarketQuantity: '100', minimumNotional: '1' }],
  },
}

/** Keys: what each may do. */
export const KEYS: Readonly<Record<string, object>> = {
  'http_get_user_query_api.json': {
    readOnly: true,
    trade: false,
    withdraw: false,
    transfer: true,
    addresses: ['18.181.170.164', '13.212.45.47', '13.212.45.48'],
    expiresAt: null,
  },
  'http_post_user_update_master_api.json': { readOnly: false, trade: true, transfer: true, addresses: [] },
  'http_post_user_update_sub_api.json': { readOnly: false, trade: false, transfer: true },
}

/** The second level of each book. */
export const BOOKS: Readonly<Record<string, object>> = {
  'http_get_orderbook.json': { bid: '27450', ask: '27451.5', at: 5 },
}

/** Rows without `seq`: nobody could tie them to executions, so they are refused. */
export const REFUSED = ['http_get_positions_with_open_time.json', 'ws_account_position_with_open_time.json']

/** Frames that a test below plays to a stream. */
export const PLAYED = [
  'ws_auth_failure.json',
  'ws_auth_success.json',
  'ws_order_response.json',
  'ws_subscription_ack.json',
  'ws_subscription_failure.json',
  'ws_ticker_linear.json',
]

export const NOT_OURS: Readonly<Record<string, string>> = {
  'http_get_account_info.json': 'margin mode is not asked for',
  'http_get_fee_rate.json': 'fees are taken from executions',
  'http_get_funding_history.json': 'funding rates are history, not trading',
  'http_get_instruments_inverse.json': 'inverse contracts are not traded',
  'http_get_instruments_inverse_symbol_type.json': 'inverse contracts are not traded',
  'http_get_instruments_spot.json': 'spot is not traded',
  'http_get_trades_recent.json': 'the trades of others are not read',
  'http_get_user_sub_apikeys.json': "other keys' permissions are not ours to ask for",
  'http_get_user_sub_members.json': 'sub-accounts are added one by one',
  'http_get_user_sub_members_paged.json': 'sub-accounts are added one by one',
  'ws_account_execution_fast.json': 'the fast topic carries no order quantity and no fee: not subscribed',
  'ws_account_execution_fast_envelope_id.json': 'the fast topic is not subscribed',
  'ws_kline.json': 'candles are not read',
  'ws_public_trade.json': 'the trades of others are not read',
}
