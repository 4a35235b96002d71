import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { REFUSED_ROUTES } from '../../exchange/wire/bybit/refused-routes.ts'
import { ROUTES } from '../../exchange/wire/bybit/routes.ts'
import { bybitApiRoutes, ccxtRoutes } from './client-routes.ts'

const ANSWERED = ROUTES.map(route => `${route.kind === 'command' ? 'POST' : 'GET'} ${route.path}`)
const REFUSED = REFUSED_ROUTES.map(({ method, path }) => `${method} ${path}`)
/** Loans against spot, which no account of linear contracts calls. */
const SPOT_MARGIN = /\/v5\/spot-(cross-)?margin-trade\//

test.each([
  ['bybit-api', bybitApiRoutes()],
  ['ccxt', ccxtRoutes()],
])(
  '[XW32] every route that %s calls for linear contracts is answered, or refused in words',
  (_name, routes) => {
    const known = new Set([...ANSWERED, ...REFUSED])
    expect(routes.length).toBeGreaterThan(50)
    expect(routes.filter(route => !known.has(route) && !SPOT_MARGIN.test(route))).toEqual([])
  },
)

test('[XW32] the documentation lists every route that is answered or refused', () => {
  const document = readFileSync(new URL('../../docs/venues/bybit-exchange.md', import.meta.url), 'utf8')
  const missing = [...ANSWERED, ...REFUSED].filter(
    route => !document.includes(route.slice(route.indexOf(' ') + 1)),
  )
  expect(missing).toEqual([])
})
