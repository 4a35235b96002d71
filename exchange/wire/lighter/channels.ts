import type { LighterAccount } from './accounts.ts'
import type { Market } from './markets.ts'
import type { LighterVenue } from './venue.ts'

const MARKET_CHANNELS = ['order_book', 'ticker'] as const
const ACCOUNT_CHANNELS = [
  'account_all',
  'account_all_orders',
  'account_all_trades',
  'account_all_positions',
  'account_all_assets',
  'account_tx',
  'user_stats',
] as const
/** The venue asks for a token here, and shows the others of an account to everybody. */
const PRIVATE: ReadonlySet<string> = new Set([
  'account_all_orders',
  'account_orders',
  'account_all_assets',
  'account_tx',
])

export type MarketChannelName = (typeof MARKET_CHANNELS)[number]
export type AccountChannelName = (typeof ACCOUNT_CHANNELS)[number] | 'account_orders'

export type Channel =
  | {
      readonly kind: 'market'
      readonly name: MarketChannelName
      readonly market: Market
      readonly key: string
    }
  /** `market` null: every market. */
  | { readonly kind: 'stats'; readonly market: Market | null; readonly key: string }
  | { readonly kind: 'height'; readonly key: string }
  | AccountChannel

export interface AccountChannel {
  readonly kind: 'account'
  readonly name: AccountChannelName
  readonly account: LighterAccount
  /** account_orders only; otherwise null. */
  readonly market: Market | null
  /** As frames name it: the parts with colons between them. */
  readonly key: string
  readonly isPrivate: boolean
}

/** @param text as it is subscribed to: `order_book/0`. @returns null where there is none such */
export function parseChannel(venue: LighterVenue, text: string): Channel | null {
  const [name = '', first, second, ...rest] = text.split('/')
  if (rest.length > 0) return null
  if (name === 'height') return first === undefined ? { kind: 'height', key: 'height' } : null
  if (name === 'account_orders') return accountOrders(venue, first, second)
  if (second !== undefined) return null
  if (name === 'market_stats') return marketStats(venue, first)
  const marketName = MARKET_CHANNELS.find(each => each === name)
  if (marketName !== undefined) {
    const market = marketAt(venue, first)
    return market === null
      ? null
      : { kind: 'market', name: marketName, market, key: marketKey(marketName, market) }
  }
  const accountName = ACCOUNT_CHANNELS.find(each => each === name)
  const account = accountAt(venue, first)
  if (accountName === undefined || account === null) return null
  return accountChannel(accountName, account, null)
}

export function accountChannel(
  name: AccountChannelName,
  account: LighterAccount,
  market: Market | null,
): AccountChannel {
  const key = market === null ? `${name}:${account.index}` : `${name}:${market.index}:${account.index}`
  return { kind: 'account', name, account, market, key, isPrivate: PRIVATE.has(name) }
}

export function marketKey(name: MarketChannelName | 'market_stats', { index }: Market): string {
  return `${name}:${index}`
}

export const ALL_STATS = 'market_stats:all'

function marketStats(venue: LighterVenue, first: string | undefined): Channel | null {
  if (first === 'all') return { kind: 'stats', market: null, key: ALL_STATS }
  const market = marketAt(venue, first)
  return market === null ? null : { kind: 'stats', market, key: marketKey('market_stats', market) }
}

function accountOrders(venue: LighterVenue, first?: string, second?: string): Channel | null {
  const market = marketAt(venue, first)
  const account = accountAt(venue, second)
  return market === null || account === null ? null : accountChannel('account_orders', account, market)
}

function marketAt({ markets }: LighterVenue, text = ''): Market | null {
  return (/^\d{1,4}$/.test(text) ? markets.at(Number(text)) : undefined) ?? null
}

function accountAt({ accounts }: LighterVenue, text = ''): LighterAccount | null {
  return (/^\d{1,15}$/.test(text) ? accounts.at(Number(text)) : undefined) ?? null
}
