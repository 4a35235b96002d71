import { z } from 'zod'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { ExchangeExecution, ExchangeOrder } from '../../core/types.ts'
import { accountRow, summaryRow } from './account-row.ts'
import type { LighterAccount } from './accounts.ts'
import {
  ACCOUNT_NOT_FOUND,
  INVALID_MARKET,
  invalidParameter,
  type LighterFailure,
  TX_NOT_FOUND,
} from './codes.ts'
import { BOOK_LEVELS, levelTexts, orderBookDetailRow, orderBookRow } from './market-row.ts'
import type { Market } from './markets.ts'
import { isOpen, orderRow } from './order-row.ts'
import { tradeRow } from './trade-row.ts'
import { transactionRow } from './transaction-log.ts'
import type { LighterVenue } from './venue.ts'

type Row = Record<string, unknown>
export type Query = Readonly<Record<string, string>>
type Answer = Result<Row, LighterFailure>
type Route = (venue: LighterVenue, query: Query) => Answer
/** `owner`: of the token that came with the request. */
type OwnRoute = (venue: LighterVenue, owner: LighterAccount, query: Query) => Answer

const ALL_MARKETS = 255
const ALL_KEYS = 255
const MAXIMUM_PAGE = 100

/** By the last part of the path under /api/v1/. Anybody may ask. */
export const PUBLIC_ROUTES: Readonly<Record<string, Route>> = {
  orderBooks: (venue, query) => booksAnswer(venue, query, 'order_books', orderBookRow),
  orderBookDetails: (venue, query) => {
    const answer = booksAnswer(venue, query, 'order_book_details', market =>
      orderBookDetailRow(venue, market),
    )
    return answer.ok ? ok({ ...answer.value, spot_order_book_details: [] }) : answer
  },
  orderBookOrders,
  account,
  accountsByL1Address,
  apikeys,
  nextNonce,
  tx,
}

/** The same with a token, for the account's owner. */
export const OWN_ROUTES: Readonly<Record<string, OwnRoute>> = {
  accountActiveOrders,
  accountInactiveOrders,
  trades,
}

const marketShape = z.object({ market_id: z.coerce.number().int().min(0).default(ALL_MARKETS) })
const bookShape = z.object({
  market_id: z.coerce.number().int(),
  limit: z.coerce.number().int().min(1).max(250),
})
const accountShape = z.object({ by: z.enum(['index', 'l1_address']), value: z.string().min(1) })
const addressShape = z.object({ l1_address: z.string().min(1) })
const keyShape = z.object({
  account_index: z.coerce.number().int(),
  api_key_index: z.coerce.number().int().default(ALL_KEYS),
})
const txShape = z.object({ by: z.literal('hash'), value: z.string().min(1) })
const activeShape = z.object({
  account_index: z.coerce.number().int(),
  market_id: z.coerce.number().int().default(ALL_MARKETS),
})
const pageShape = activeShape.extend({
  limit: z.coerce.number().int().min(1).max(MAXIMUM_PAGE),
  cursor: z.string().max(100).optional(),
})

function booksAnswer(venue: LighterVenue, query: Query, name: string, row: (market: Market) => Row): Answer {
  const asked = check(marketShape, query)
  if (!asked.ok) return asked
  const { market_id } = asked.value
  const markets = venue.markets.all.filter(({ index }) => market_id === ALL_MARKETS || index === market_id)
  return markets.length === 0 ? err(INVALID_MARKET) : ok({ [name]: markets.map(row) })
}

/** The world's liquidity, a level an order. */
function orderBookOrders(venue: LighterVenue, query: Query): Answer {
  const asked = check(bookShape, query)
  if (!asked.ok) return asked
  const market = venue.markets.at(asked.value.market_id)
  if (market === undefined) return err(INVALID_MARKET)
  const levels = Math.min(asked.value.limit, BOOK_LEVELS)
  const depth = venue.exchange.depth(market.instrument.symbol, levels)
  const rows = (side: 'asks' | 'bids') =>
    levelTexts(market, depth[side]).map(({ price, size }, index) => ({
      order_index: index + 1,
      order_id: String(index + 1),
      owner_account_index: 1,
      initial_base_amount: size,
      remaining_base_amount: size,
      price,
      order_expiry: 0,
      transaction_time: 0,
    }))
  const [asks, bids] = [rows('asks'), rows('bids')]
  return ok({ total_asks: asks.length, asks, total_bids: bids.length, bids })
}

function account(venue: LighterVenue, query: Query): Answer {
  const asked = check(accountShape, query)
  if (!asked.ok) return asked
  const { by, value } = asked.value
  const one = venue.accounts.at(Number(value))
  const found = by === 'l1_address' ? venue.accounts.ofAddress(value) : one === undefined ? [] : [one]
  if (found.length === 0) return err(ACCOUNT_NOT_FOUND)
  return ok({ total: found.length, accounts: found.map(each => accountRow(venue, each)) })
}

function accountsByL1Address(venue: LighterVenue, query: Query): Answer {
  const asked = check(addressShape, query)
  if (!asked.ok) return asked
  const { l1_address } = asked.value
  const found = venue.accounts.ofAddress(l1_address)
  if (found.length === 0) return err(ACCOUNT_NOT_FOUND)
  return ok({ l1_address, sub_accounts: found.map(each => summaryRow(venue, each)) })
}

function apikeys(venue: LighterVenue, query: Query): Answer {
  const asked = check(keyShape, query)
  if (!asked.ok) return asked
  const { account_index, api_key_index } = asked.value
  const keys = [...(venue.accounts.at(account_index)?.keys.values() ?? [])]
  const wanted = keys.filter(({ index }) => api_key_index === ALL_KEYS || index === api_key_index)
  const api_keys = wanted.map(({ index, nonces, publicKey }) => ({
    account_index,
    api_key_index: index,
    nonce: nonces.next,
    public_key: publicKey,
    transaction_time: 0,
  }))
  return api_keys.length === 0 ? err(ACCOUNT_NOT_FOUND) : ok({ api_keys })
}

function nextNonce(venue: LighterVenue, query: Query): Answer {
  const asked = check(keyShape, query)
  if (!asked.ok) return asked
  const key = venue.accounts.at(asked.value.account_index)?.keys.get(asked.value.api_key_index)
  return key === undefined ? err(ACCOUNT_NOT_FOUND) : ok({ nonce: key.nonces.next })
}

function tx(venue: LighterVenue, query: Query): Answer {
  const asked = check(txShape, query)
  if (!asked.ok) return asked
  const logged = venue.transactions.find(asked.value.value)
  return logged === undefined ? err(TX_NOT_FOUND) : ok(transactionRow(logged))
}

function accountActiveOrders(venue: LighterVenue, owner: LighterAccount, query: Query): Answer {
  const asked = check(activeShape, query)
  if (!asked.ok) return asked
  const orders = ordersOf(venue, owner, asked.value, venue.exchange.openOrders(owner.name))
  return orders.ok ? ok({ orders: orders.value.map(order => orderRow(venue, order)) }) : orders
}

/** The one that was made last comes first, whenever it ended: that is the order of the cursor. */
function accountInactiveOrders(venue: LighterVenue, owner: LighterAccount, query: Query): Answer {
  const asked = check(pageShape, query)
  if (!asked.ok) return asked
  const closed = venue.exchange.closedOrders(owner.name).filter(order => !isOpen(order))
  closed.sort((a, b) => Number(b.orderId) - Number(a.orderId))
  const orders = ordersOf(venue, owner, asked.value, closed)
  if (!orders.ok) return orders
  const page = pageOf(orders.value, ({ orderId }) => orderId, asked.value)
  return ok({ orders: page.rows.map(order => orderRow(venue, order)), ...page.next })
}

function trades(venue: LighterVenue, owner: LighterAccount, query: Query): Answer {
  const asked = check(pageShape, query)
  if (!asked.ok) return asked
  const wrong = notTheirs(owner, asked.value)
  if (wrong !== null) return err(wrong)
  const { market_id } = asked.value
  const isAsked = ({ symbol, kind }: ExchangeExecution) =>
    kind !== 'funding' && (market_id === ALL_MARKETS || venue.markets.named(symbol)?.index === market_id)
  const executions = venue.exchange.executions(owner.name).filter(isAsked)
  const page = pageOf(executions, ({ tradeId }) => tradeId, asked.value)
  return ok({ trades: page.rows.flatMap(each => tradeRow(venue, each) ?? []), ...page.next })
}

function ordersOf(
  venue: LighterVenue,
  owner: LighterAccount,
  asked: z.infer<typeof activeShape>,
  orders: readonly ExchangeOrder[],
): Result<readonly ExchangeOrder[], LighterFailure> {
  const wrong = notTheirs(owner, asked)
  if (wrong !== null) return err(wrong)
  const { market_id } = asked
  if (market_id === ALL_MARKETS) return ok(orders)
  const market = venue.markets.at(market_id)
  if (market === undefined) return err(INVALID_MARKET)
  return ok(orders.filter(({ symbol }) => symbol === market.instrument.symbol))
}

function notTheirs(
  owner: LighterAccount,
  { account_index }: { readonly account_index: number },
): LighterFailure | null {
  return account_index === owner.index ? null : invalidParameter('account_index is not the token’s')
}

/** A cursor is the id of the last row seen, so that new rows move nothing. Newest first, with ids that grow. */
function pageOf<T>(
  rows: readonly T[],
  idOf: (row: T) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): { readonly rows: readonly T[]; readonly next: Row } {
  const at = cursor === undefined || !/^\d+$/.test(cursor) ? null : BigInt(cursor)
  const rest = at === null ? rows : rows.filter(row => BigInt(idOf(row)) < at)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, next: rest.length > limit && last !== undefined ? { next_cursor: idOf(last) } : {} }
}

function check<T>(shape: z.ZodType<T>, query: Query): Result<T, LighterFailure> {
  const parsed = shape.safeParse(query)
  if (parsed.success) return ok(parsed.data)
  const words = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return err(invalidParameter(words.join('; ')))
}
