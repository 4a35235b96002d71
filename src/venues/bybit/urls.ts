import type { Environment } from '../../domain/account.ts'

export interface BybitUrls {
  /** Without a path. */
  readonly rest: string
  readonly privateStream: string
  /** Null where orders go by REST only. */
  readonly tradeStream: string | null
  readonly publicStream: string
}

/**
 * Where each environment lives. Demo has no stream for orders and borrows the live market's public stream
 * (bybit-exchange/docs, docs/v5/demo.mdx). Paper is the simulated exchange: its addresses are the caller's.
 */
export const BYBIT_URLS: Readonly<Record<Exclude<Environment, 'paper'>, BybitUrls>> = {
  live: {
    rest: 'https://api.bybit.com',
    privateStream: 'wss://stream.bybit.com/v5/private',
    tradeStream: 'wss://stream.bybit.com/v5/trade',
    publicStream: 'wss://stream.bybit.com/v5/public/linear',
  },
  testnet: {
    rest: 'https://api-testnet.bybit.com',
    privateStream: 'wss://stream-testnet.bybit.com/v5/private',
    tradeStream: 'wss://stream-testnet.bybit.com/v5/trade',
    publicStream: 'wss://stream-testnet.bybit.com/v5/public/linear',
  },
  demo: {
    rest: 'https://api-demo.bybit.com',
    privateStream: 'wss://stream-demo.bybit.com/v5/private',
    tradeStream: null,
    publicStream: 'wss://stream.bybit.com/v5/public/linear',
  },
}
