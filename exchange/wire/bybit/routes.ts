import { ok } from '../../../src/domain/result.ts'
import {
  accountInfo,
  disconnectInformation,
  feeRate,
  keyInformation,
  positionList,
  symbolLeverage,
  walletBalance,
} from './account-queries.ts'
import {
  accountInstruments,
  borrowHistory,
  coinInformation,
  coinsBalance,
  collateralInformation,
  selfMatchGroup,
  singleCoinBalance,
  transferable,
  userSettings,
} from './asset-queries.ts'
import { type CommandHandler, ORDER_COMMANDS } from './commands.ts'
import { closedPnl, fundingHistory, transactionLog } from './history-queries.ts'
import { kline, markPriceKline, premiumIndexKline } from './kline-queries.ts'
import {
  adlAlert,
  instrumentsInfo,
  insurance,
  longShortRatio,
  openInterest,
  orderBook,
  priceLimit,
  recentTrades,
  riskLimit,
  serverTime,
  tickers,
} from './market-queries.ts'
import { executionList, openOrders, orderHistory } from './order-queries.ts'
import type { Query } from './page.ts'
import { fromResult, type Reply } from './reply.ts'
import { parseCategory } from './requests.ts'
import {
  addMargin,
  cancelAll,
  setAutoAddMargin,
  setDisconnectWindow,
  setLeverage,
  setMarginMode,
  switchMode,
  tradingStop,
} from './settings-commands.ts'
import type { ApiKey, Venue } from './venue.ts'

type Answer = ReturnType<typeof serverTime>

interface Named {
  readonly path: string
}

/** Anyone may ask. */
export interface PublicRoute extends Named {
  readonly kind: 'public'
  answer(venue: Venue, query: Query): Reply
}

/** The key's own account only. `perSecond`: the limit per account (docs/v5/rate-limit). */
export interface QueryRoute extends Named {
  readonly kind: 'query'
  readonly perSecond: number
  answer(venue: Venue, key: ApiKey, query: Query): Reply
}

/** Changes something; the same by REST and, where OPERATIONS has it, by the trade stream. */
export interface CommandRoute extends Named {
  readonly kind: 'command'
  readonly name: string
  readonly perSecond: number
  readonly handle: CommandHandler
}

export type Route = PublicRoute | QueryRoute | CommandRoute

/** Per account and second: docs/v5/rate-limit/rate-limit.mdx, linear. */
const COMMANDS_PER_SECOND = 10
const READS_PER_SECOND = 50
const SLOW_READS_PER_SECOND = 10
const RARE_READS_PER_SECOND = 5

const ORDER_ROUTES: readonly CommandRoute[] = Object.entries(ORDER_COMMANDS).map(([name, handle]) => ({
  kind: 'command',
  path: `/v5/order/${name}`,
  name,
  perSecond: COMMANDS_PER_SECOND,
  handle,
}))

const MARKET_ROUTES: readonly PublicRoute[] = [
  open('/v5/market/time', serverTime),
  open('/v5/system/status', () => ok({ list: [] })),
  open('/v5/market/kline', klines(kline)),
  open('/v5/market/mark-price-kline', klines(markPriceKline)),
  open('/v5/market/index-price-kline', klines(markPriceKline)),
  open('/v5/market/premium-index-price-kline', klines(premiumIndexKline)),
  open(
    '/v5/market/instruments-info',
    (venue, asked) => elsewhere(asked) ?? linear(instrumentsInfo)(venue, asked),
  ),
  open('/v5/market/tickers', linear(tickers)),
  open('/v5/market/orderbook', linear(orderBook)),
  open('/v5/market/recent-trade', linear(recentTrades)),
  open('/v5/market/funding/history', linear(fundingHistory)),
  open('/v5/market/open-interest', linear(openInterest)),
  open('/v5/market/risk-limit', linear(riskLimit)),
  open('/v5/market/price-limit', linear(priceLimit)),
  open('/v5/market/account-ratio', linear(longShortRatio)),
  open('/v5/market/insurance', insurance),
  open('/v5/market/adlAlert', adlAlert),
]

const QUERY_ROUTES: readonly QueryRoute[] = [
  query('/v5/order/realtime', READS_PER_SECOND, ofLinear(openOrders)),
  query('/v5/order/history', READS_PER_SECOND, ofLinear(orderHistory)),
  query('/v5/execution/list', READS_PER_SECOND, ofLinear(executionList)),
  query(
    '/v5/position/list',
    READS_PER_SECOND,
    (venue, key, asked) => elsewhere(asked) ?? ofLinear(positionList)(venue, key, asked),
  ),
  query('/v5/position/symbol-info', SLOW_READS_PER_SECOND, ofLinear(symbolLeverage)),
  query('/v5/position/closed-pnl', READS_PER_SECOND, ofLinear(closedPnl)),
  query('/v5/account/wallet-balance', READS_PER_SECOND, walletBalance),
  query('/v5/account/transaction-log', READS_PER_SECOND, transactionLog),
  query('/v5/account/info', READS_PER_SECOND, accountInfo),
  query('/v5/account/fee-rate', SLOW_READS_PER_SECOND, (venue, key, asked) =>
    ofLinear(feeRate)(venue, key, { category: 'linear', ...asked }),
  ),
  query('/v5/account/query-dcp-info', SLOW_READS_PER_SECOND, disconnectInformation),
  query('/v5/account/collateral-info', SLOW_READS_PER_SECOND, collateralInformation),
  query('/v5/account/instruments-info', SLOW_READS_PER_SECOND, ofLinear(accountInstruments)),
  query('/v5/account/withdrawal', SLOW_READS_PER_SECOND, transferable),
  query('/v5/account/borrow-history', SLOW_READS_PER_SECOND, borrowHistory),
  query('/v5/account/smp-group', SLOW_READS_PER_SECOND, selfMatchGroup),
  query('/v5/account/user-setting-config', SLOW_READS_PER_SECOND, userSettings),
  query('/v5/asset/coin/query-info', RARE_READS_PER_SECOND, coinInformation),
  query('/v5/asset/transfer/query-account-coins-balance', RARE_READS_PER_SECOND, coinsBalance),
  query('/v5/asset/transfer/query-account-coin-balance', RARE_READS_PER_SECOND, singleCoinBalance),
  query('/v5/user/query-api', SLOW_READS_PER_SECOND, keyInformation),
]

export const ROUTES: readonly Route[] = [
  ...MARKET_ROUTES,
  ...QUERY_ROUTES,
  ...ORDER_ROUTES,
  command('/v5/order/cancel-all', cancelAll),
  command('/v5/order/disconnected-cancel-all', setDisconnectWindow),
  command('/v5/position/set-leverage', setLeverage),
  command('/v5/position/switch-mode', switchMode),
  command('/v5/position/trading-stop', tradingStop),
  command('/v5/position/add-margin', addMargin),
  command('/v5/position/set-auto-add-margin', setAutoAddMargin),
  command('/v5/account/set-margin-mode', setMarginMode),
]

export const OPERATIONS: ReadonlyMap<string, CommandRoute> = new Map(
  ORDER_ROUTES.map(route => [`order.${route.name}`, route]),
)

function open(path: string, answer: (venue: Venue, query: Query) => Answer): PublicRoute {
  return { kind: 'public', path, answer: (venue, query) => fromResult(answer(venue, query)) }
}

function query(
  path: string,
  perSecond: number,
  answer: (venue: Venue, key: ApiKey, query: Query) => Answer,
): QueryRoute {
  return {
    kind: 'query',
    path,
    perSecond,
    answer: (venue, key, asked) => fromResult(answer(venue, key, asked)),
  }
}

function command(path: string, handle: CommandHandler): CommandRoute {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return { kind: 'command', path, name, perSecond: COMMANDS_PER_SECOND, handle }
}

function linear(answer: (venue: Venue, query: Query) => Answer): (venue: Venue, query: Query) => Answer {
  return (venue, asked) => {
    const categorized = parseCategory(asked)
    return categorized.ok ? answer(venue, asked) : categorized
  }
}

/** Klines take linear for granted where no category is named (docs/v5/market/kline.mdx). */
function klines(answer: (venue: Venue, query: Query) => Answer): (venue: Venue, query: Query) => Answer {
  return (venue, asked) => linear(answer)(venue, { category: 'linear', ...asked })
}

const OTHER_CATEGORIES: ReadonlySet<string> = new Set(['spot', 'inverse', 'option'])

/** Clients ask for the markets and positions of every category when they start: of the others there are none. */
function elsewhere({ category = '' }: Query): Answer | null {
  return OTHER_CATEGORIES.has(category) ? ok({ category, list: [], nextPageCursor: '' }) : null
}

function ofLinear(
  answer: (venue: Venue, key: ApiKey, query: Query) => Answer,
): (venue: Venue, key: ApiKey, query: Query) => Answer {
  return (venue, key, asked) => {
    const categorized = parseCategory(asked)
    return categorized.ok ? answer(venue, key, asked) : categorized
  }
}
