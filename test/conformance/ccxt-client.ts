import type { ExchangeServer } from '../../exchange/server/server.ts'

export const MARKET = 'BTC/USDT:USDT'

/** The npm package ccxt as it is published, told nothing but other addresses and its key. */
export async function ccxtClient(
  server: ExchangeServer,
  key: { readonly key: string; readonly secret: string },
) {
  // Loaded only here: the package is large, and nothing else needs it.
  const { default: ccxt } = await import('ccxt')
  const client = new ccxt.pro.bybit({
    apiKey: key.key,
    secret: key.secret,
    options: { defaultType: 'swap' },
  })
  const { streams, url } = server
  client.urls['api'] = {
    ...Object.fromEntries(Object.keys(client.urls['api']).map(name => [name, url])),
    ws: {
      public: { linear: streams.public },
      private: { contract: streams.private, trade: streams.trade, usdc: streams.private },
    },
  }
  // Without it plain ws:// is refused by the package itself.
  await client.loadHttpProxyAgent()
  return client
}
