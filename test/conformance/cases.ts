/** What an answer is compared with: the type that bybit-api promises, and a recording where there is one. */
export interface Case {
  readonly route: string
  /** TypeScript, see client-types.ts; null where the package has no type for it. */
  readonly type: string | null
  readonly recording?: string
}

const linearList = (row: string, list = 'CategoryListV5') =>
  `B.APIResponseV3WithTime<B.${list}<B.${row}[], 'linear'>>`

export const ANSWERS: readonly Case[] = [
  { route: 'GET /v5/market/time', type: `Answer<'getServerTime'>` },
  { route: 'GET /v5/market/kline', type: `Answer<'getKline'>` },
  { route: 'GET /v5/market/mark-price-kline', type: `Answer<'getMarkPriceKline'>` },
  { route: 'GET /v5/market/index-price-kline', type: `Answer<'getIndexPriceKline'>` },
  { route: 'GET /v5/market/premium-index-price-kline', type: `Answer<'getPremiumIndexPriceKline'>` },
  {
    route: 'GET /v5/market/instruments-info',
    type: linearList('LinearInverseInstrumentInfoV5', 'CategoryCursorListV5'),
    recording: 'http_get_instruments_linear_symbol_type',
  },
  { route: 'GET /v5/market/tickers', type: linearList('TickerLinearInverseV5') },
  { route: 'GET /v5/market/orderbook', type: `Answer<'getOrderbook'>`, recording: 'http_get_orderbook' },
  {
    route: 'GET /v5/market/recent-trade',
    type: `Answer<'getPublicTradingHistory'>`,
    recording: 'http_get_trades_recent',
  },
  {
    route: 'GET /v5/market/funding/history',
    type: `Answer<'getFundingRateHistory'>`,
    recording: 'http_get_funding_history',
  },
  { route: 'GET /v5/market/open-interest', type: `Answer<'getOpenInterest'>` },
  { route: 'GET /v5/market/risk-limit', type: `Answer<'getRiskLimit'>` },
  { route: 'GET /v5/market/price-limit', type: `Answer<'getOrderPriceLimit'>` },
  { route: 'GET /v5/market/account-ratio', type: `Answer<'getLongShortRatio'>` },
  { route: 'GET /v5/market/insurance', type: `Answer<'getInsurance'>` },
  { route: 'GET /v5/market/adlAlert', type: `Answer<'getADLAlert'>` },
  {
    route: 'GET /v5/order/realtime',
    type: `Answer<'getActiveOrders'>`,
    recording: 'http_get_orders_realtime',
  },
  {
    route: 'GET /v5/order/history',
    type: `Answer<'getHistoricOrders'>`,
    recording: 'http_get_orders_history',
  },
  { route: 'GET /v5/execution/list', type: `Answer<'getExecutionList'>`, recording: 'http_get_executions' },
  {
    route: 'GET /v5/position/list',
    type: `Answer<'getPositionInfo'>`,
    recording: 'http_get_positions_with_open_time',
  },
  { route: 'GET /v5/position/symbol-info', type: `Answer<'getFuturesLeverage'>` },
  { route: 'GET /v5/position/closed-pnl', type: `Answer<'getClosedPnL'>` },
  {
    route: 'GET /v5/account/wallet-balance',
    type: `Answer<'getWalletBalance'>`,
    recording: 'http_get_wallet_balance',
  },
  { route: 'GET /v5/account/transaction-log', type: `Answer<'getTransactionLog'>` },
  { route: 'GET /v5/account/info', type: `Answer<'getAccountInfo'>`, recording: 'http_get_account_info' },
  { route: 'GET /v5/account/fee-rate', type: `Answer<'getFeeRate'>`, recording: 'http_get_fee_rate' },
  { route: 'GET /v5/account/query-dcp-info', type: `Answer<'getDCPInfo'>` },
  { route: 'GET /v5/account/collateral-info', type: `Answer<'getCollateralInfo'>` },
  {
    route: 'GET /v5/account/instruments-info',
    type: linearList('AccountLinearInverseInstrumentInfoV5', 'CategoryCursorListV5'),
  },
  { route: 'GET /v5/account/withdrawal', type: `Answer<'getTransferableAmount'>` },
  { route: 'GET /v5/account/borrow-history', type: `Answer<'getBorrowHistory'>` },
  { route: 'GET /v5/account/smp-group', type: `Answer<'getSMPGroup'>` },
  { route: 'GET /v5/account/user-setting-config', type: `Answer<'getLimitPriceAction'>` },
  { route: 'GET /v5/asset/coin/query-info', type: `Answer<'getCoinInfo'>` },
  { route: 'GET /v5/asset/transfer/query-account-coins-balance', type: `Answer<'getAllCoinsBalance'>` },
  { route: 'GET /v5/asset/transfer/query-account-coin-balance', type: `Answer<'getCoinBalance'>` },
  { route: 'GET /v5/user/query-api', type: `Answer<'getQueryApiKey'>`, recording: 'http_get_user_query_api' },
  { route: 'POST /v5/order/create', type: `Answer<'submitOrder'>` },
  { route: 'POST /v5/order/amend', type: `Answer<'amendOrder'>` },
  { route: 'POST /v5/order/cancel', type: `Answer<'cancelOrder'>` },
  { route: 'POST /v5/order/cancel-all', type: `Answer<'cancelAllOrders'>` },
  { route: 'POST /v5/order/create-batch', type: `Answer<'batchSubmitOrders'>` },
  { route: 'POST /v5/order/amend-batch', type: `Answer<'batchAmendOrders'>` },
  { route: 'POST /v5/order/cancel-batch', type: `Answer<'batchCancelOrders'>` },
  { route: 'POST /v5/order/disconnected-cancel-all', type: null },
  { route: 'POST /v5/position/set-leverage', type: `Answer<'setLeverage'>` },
  { route: 'POST /v5/position/switch-mode', type: `Answer<'switchPositionMode'>` },
  { route: 'POST /v5/position/trading-stop', type: `Answer<'setTradingStop'>` },
  { route: 'POST /v5/account/set-margin-mode', type: `Answer<'setMarginMode'>` },
]

/** By topic: the type is that of a frame's rows, because the client adds fields of its own around them. */
export const FRAMES: readonly Case[] = [
  { route: 'order', type: 'B.WSAccountOrderV5[]', recording: 'ws_account_order' },
  { route: 'order', type: null, recording: 'ws_account_order_stop_loss' },
  { route: 'execution', type: 'B.WSExecutionV5[]', recording: 'ws_account_execution' },
  { route: 'execution', type: null, recording: 'ws_account_execution_adl' },
  { route: 'execution.fast', type: 'B.WSExecutionFastV5[]', recording: 'ws_account_execution_fast' },
  { route: 'position', type: 'B.WSPositionV5[]', recording: 'ws_account_position' },
  { route: 'wallet', type: 'B.WSWalletV5[]', recording: 'ws_account_wallet' },
  { route: 'tickers.BTCUSDT', type: 'B.WSTickerV5', recording: 'ws_ticker_linear' },
  { route: 'orderbook.50.BTCUSDT', type: 'B.WSOrderbookV5' },
  { route: 'publicTrade.BTCUSDT', type: 'B.WSTradeV5[]', recording: 'ws_public_trade' },
  { route: 'kline.5.BTCUSDT', type: 'B.WSKlineV5[]', recording: 'ws_kline' },
]

/** Fields of which the client's types say something else than the venue's documents or recordings. */
export const TYPE_EXCEPTIONS: Readonly<Record<string, string>> = {
  smpGroup: 'a number in every recording',
  stopOrderType: "'' or UNKNOWN for an order that is no stop, in every recording",
  triggerDirection: '0 for an order without a trigger (docs/v5/order/open-order.mdx)',
  triggerBy: "'' for an order without a trigger",
  tpTriggerBy: "'' for an order without stops",
  slTriggerBy: "'' for an order without stops",
  ocoTriggerType: "'' but for spot",
  tpslMode: "'' for an order without stops, in every recording",
  isLeverage: "'' on linear orders, in every recording",
  marketUnit: "'' but for spot",
  orderType:
    'UNKNOWN for funding (docs/v5/enum.mdx, orderType), as in the row that ccxt quotes in parseIncome',
  section: 'gone from the documents of risk-limit',
  extraInfo: 'of options only',
}

/** Fields of recordings that the documents have dropped or that are written another way today. */
export const RECORDING_EXCEPTIONS: Readonly<Record<string, string>> = {
  totalPerpUpl: 'the documents write totalPerpUPL',
}

/** Fields that no type of the package has, by the page of the venue's documents that does. */
export const DOCUMENTED: Readonly<Record<string, string>> = {
  freeBorrowingAmount: 'docs/v5/account/collateral-info.mdx',
  otherBorrowAmount: 'docs/v5/account/collateral-info.mdx',
  availableWithdrawalMap: 'docs/v5/account/unified-trans-amnt.mdx',
  USDT: 'a coin, as the name of a field there',
  FiatBybitPay: 'recorded in http_get_user_query_api',
  userIDInt64: 'docs/v5/user/apikey-info.mdx',
  inviterIDInt64: 'docs/v5/user/apikey-info.mdx',
  affiliateIDInt64: 'docs/v5/user/apikey-info.mdx',
}
