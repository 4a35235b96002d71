import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PACKAGES = fileURLToPath(new URL('../../node_modules/', import.meta.url))
/** The parts of v5 that an account trading linear contracts has to do with. */
const PARTS = /^\/v5\/(market|order|execution|position|account|pre-upgrade)\//

/** `GET /v5/...` of every call in bybit-api's REST client that belongs to those parts. */
export function bybitApiRoutes(): readonly string[] {
  const text = readFileSync(`${PACKAGES}bybit-api/lib/rest-client-v5.js`, 'utf8')
  const calls = text.matchAll(/this\.(get|getPrivate|post|postPrivate)\(['`](\/v5\/[^'`$]+)['`]/g)
  return unique(
    [...calls].map(([, kind = '', path = '']) => `${kind.startsWith('get') ? 'GET' : 'POST'} ${path}`),
  ).filter(route => PARTS.test(route.slice(route.indexOf('/'))))
}

/** Of every implicit call that ccxt's unified methods make for linear contracts, REST and pro. */
export function ccxtRoutes(): readonly string[] {
  const source = ['', 'pro/']
    .map(folder => readFileSync(`${PACKAGES}ccxt/js/src/${folder}bybit.js`, 'utf8'))
    .join('\n')
  const called = new Set(
    [...source.matchAll(/this\.(?:public|private)(Get|Post)(V5\w+)/g)].map(call => `${call[1]}${call[2]}`),
  )
  const paths = [...source.matchAll(/'(v5\/[\w/-]+)': \{/g)].map(([, path = '']) => path)
  return unique(
    paths.flatMap(path =>
      (['Get', 'Post'] as const)
        .filter(method => called.has(`${method}${capitals(path)}`))
        .map(method => `${method.toUpperCase()} /${path}`),
    ),
  )
}

/** As ccxt makes method names of paths: v5/order/cancel-all is V5OrderCancelAll. */
function capitals(path: string): string {
  return path
    .split(/[/_-]/)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}
