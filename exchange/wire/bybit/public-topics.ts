import { isInterval } from './candles.ts'

export type PublicTopic =
  | { readonly kind: 'tickers'; readonly symbol: string }
  | { readonly kind: 'orderbook'; readonly symbol: string; readonly levels: number }
  | { readonly kind: 'publicTrade'; readonly symbol: string }
  | { readonly kind: 'allLiquidation'; readonly symbol: string }
  | { readonly kind: 'kline'; readonly symbol: string; readonly interval: string }

/** Level 1 is sent whole each time, deeper books as deltas (docs/v5/websocket/public/orderbook.mdx). */
const BOOK_LEVELS: ReadonlySet<number> = new Set([1, 50, 200, 1_000])
const PLAIN = ['tickers', 'publicTrade', 'allLiquidation'] as const

export function parsePublicTopic(topic: string): PublicTopic | null {
  const [kind, ...rest] = topic.split('.')
  const [first = '', second = ''] = rest
  if (rest.length === 2 && kind === 'orderbook' && BOOK_LEVELS.has(Number(first)))
    return { kind, levels: Number(first), symbol: second }
  if (rest.length === 2 && kind === 'kline' && isInterval(first))
    return { kind, interval: first, symbol: second }
  const plain = PLAIN.find(known => known === kind)
  return plain !== undefined && rest.length === 1 ? { kind: plain, symbol: first } : null
}
