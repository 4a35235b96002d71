import { failure, type VenueFailure } from './codes.ts'

/** Routes of trading, position, account and market that clients know and this exchange does not carry out. */
export interface RefusedRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly failure: VenueFailure
}

const CLASSIC = failure(100028, 'The API cannot be accessed by unified account users.')

/** Why, by what a route belongs to. The codes that the venue itself has for a case are used where there is one. */
const SPOT = 'spot and its margin are not traded here'
const OPTIONS = 'options are not traded here'
const PERPETUAL =
  'perpetual contracts have no delivery: how one was settled when it was delisted is in /v5/execution/list'
const MAKERS = 'market maker protection is for options, which are not traded here'
const NO_LOANS = 'this exchange lends nothing'
const BLOCKS = 'positions cannot be moved between accounts here'
const ONE_ACCOUNT = 'accounts here are always unified and were never upgraded'
const MONEY = 'money enters through POST /admin/accounts only: nothing is deposited, withdrawn or converted'

const GETS: Readonly<Record<string, string>> = {
  '/v5/market/full_orderbook': 'use /v5/market/orderbook with limit 500',
  '/v5/market/rpi_orderbook': 'there are no retail price improvement orders here: use /v5/market/orderbook',
  '/v5/market/historical-volatility': OPTIONS,
  '/v5/market/delivery-price': PERPETUAL,
  '/v5/market/new-delivery-price': OPTIONS,
  '/v5/market/index-price-components': 'the index of this world has no components',
  '/v5/market/fee-group-info': 'there are no fee groups here: use /v5/account/fee-rate',
  '/v5/order/spot-borrow-check': SPOT,
  '/v5/position/get-closed-positions': OPTIONS,
  '/v5/position/move-history': BLOCKS,
  '/v5/pre-upgrade/order/history': ONE_ACCOUNT,
  '/v5/pre-upgrade/execution/list': ONE_ACCOUNT,
  '/v5/pre-upgrade/position/closed-pnl': ONE_ACCOUNT,
  '/v5/pre-upgrade/account/transaction-log': ONE_ACCOUNT,
  '/v5/pre-upgrade/asset/delivery-record': ONE_ACCOUNT,
  '/v5/pre-upgrade/asset/settlement-record': ONE_ACCOUNT,
  '/v5/account/mmp-state': MAKERS,
  '/v5/account/option-asset-info': OPTIONS,
  '/v5/account/pay-info': NO_LOANS,
  '/v5/account/trade-info-for-analysis': 'there is no analysis here: add up /v5/execution/list',
  '/v5/asset/coin-greeks': OPTIONS,
  '/v5/asset/deposit/query-address': MONEY,
  '/v5/asset/deposit/query-record': MONEY,
  '/v5/asset/withdraw/query-record': MONEY,
  '/v5/asset/transfer/query-inter-transfer-list': MONEY,
  '/v5/asset/exchange/order-record': MONEY,
  '/v5/asset/exchange/query-coin-list': MONEY,
  '/v5/asset/exchange/convert-result-query': MONEY,
  '/v5/asset/exchange/query-convert-history': MONEY,
  '/v5/asset/delivery-record': PERPETUAL,
  '/v5/asset/settlement-record': 'only USDC contracts settle by session, and there are none here',
}

const POSTS: Readonly<Record<string, string>> = {
  '/v5/order/pre-check': 'orders are not checked ahead: place it and read the answer',
  '/v5/position/set-risk-limit': 'there is one risk tier per symbol',
  '/v5/position/confirm-pending-mmr': 'no change of the maintenance margin is pending',
  '/v5/position/move-positions': BLOCKS,
  '/v5/account/upgrade-to-uta': 'the account is unified already',
  '/v5/account/quick-repayment': NO_LOANS,
  '/v5/account/repay': NO_LOANS,
  '/v5/account/no-convert-repay': NO_LOANS,
  '/v5/account/borrow': NO_LOANS,
  '/v5/account/set-collateral-switch': 'the quote currency is always collateral',
  '/v5/account/set-collateral-switch-batch': 'the quote currency is always collateral',
  '/v5/account/set-hedging-mode': SPOT,
  '/v5/account/set-limit-px-action': 'limit prices past the band are refused, never cut',
  '/v5/account/set-delta-mode': OPTIONS,
  '/v5/account/mmp-modify': MAKERS,
  '/v5/account/mmp-reset': MAKERS,
  '/v5/account/demo-apply-money': MONEY,
  '/v5/asset/withdraw/create': MONEY,
  '/v5/asset/transfer/inter-transfer': MONEY,
  '/v5/asset/transfer/universal-transfer': MONEY,
  '/v5/asset/exchange/quote-apply': MONEY,
  '/v5/asset/exchange/convert-execute': MONEY,
}

export const REFUSED_ROUTES: readonly RefusedRoute[] = [
  ...Object.entries(GETS).map(([path, why]) => refusedRoute('GET', path, failure(10001, why))),
  ...Object.entries(POSTS).map(([path, why]) => refusedRoute('POST', path, failure(10001, why))),
  refusedRoute('POST', '/v5/position/switch-isolated', CLASSIC),
  refusedRoute('POST', '/v5/position/set-tpsl-mode', CLASSIC),
  refusedRoute('GET', '/v5/account/contract-transaction-log', CLASSIC),
]

function refusedRoute(method: 'GET' | 'POST', path: string, why: VenueFailure): RefusedRoute {
  return { method, path, failure: why }
}
