import { accountInfo, feeRate, keyInformation, positionList, walletBalance } from './account-queries.ts'
import { type CommandHandler, cancelAll, ORDER_COMMANDS, setLeverage } from './commands.ts'
import { instrumentsInfo, orderBook, serverTime, tickers } from './market-queries.ts'
import { executionList, openOrders, orderHistory } from './order-queries.ts'
import type { Query } from './page.ts'
import { fromResult, type Reply } from './reply.ts'
import { parseCategory } from './requests.ts'
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

const ORDER_ROUTES: readonly CommandRoute[] = Object.entries(ORDER_COMMANDS).map(([name, handle]) => ({
  kind: 'command',
  path: `/v5/order/${name}`,
  name,
  perSecond: COMMANDS_PER_SECOND,
  handle,
}))

export const ROUTES: readonly Route[] = [
  open('/v5/market/time', serverTime),
  open('/v5/market/instruments-info', linear(instrumentsInfo)),
  open('/v5/market/tickers', linear(tickers)),
  open('/v5/market/orderbook', linear(orderBook)),
  query('/v5/order/realtime', READS_PER_SECOND, ofLinear(openOrders)),
  query('/v5/order/history', READS_PER_SECOND, ofLinear(orderHistory)),
  query('/v5/execution/list', READS_PER_SECOND, ofLinear(executionList)),
  query('/v5/position/list', READS_PER_SECOND, ofLinear(positionList)),
  query('/v5/account/wallet-balance', READS_PER_SECOND, walletBalance),
  query('/v5/account/info', READS_PER_SECOND, accountInfo),
  query('/v5/account/fee-rate', SLOW_READS_PER_SECOND, ofLinear(feeRate)),
  query('/v5/user/query-api', SLOW_READS_PER_SECOND, keyInformation),
  ...ORDER_ROUTES,
  command('/v5/order/cancel-all', cancelAll),
  command('/v5/position/set-leverage', setLeverage),
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

function ofLinear(
  answer: (venue: Venue, key: ApiKey, query: Query) => Answer,
): (venue: Venue, key: ApiKey, query: Query) => Answer {
  return (venue, key, asked) => {
    const categorized = parseCategory(asked)
    return categorized.ok ? answer(venue, key, asked) : categorized
  }
}
