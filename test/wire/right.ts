import type { DescribedRoute } from '../../src/api/testing/api.ts'
import { type Cast, PASSWORD } from './cast.ts'

const NOBODYS = '00000000-0000-0000-0000-000000000000'

/** What would be right in the bodies and queries of all routes, by name. */
export function rightValues({ adas, viewer }: Cast): Readonly<Record<string, unknown>> {
  return {
    a: { accountId: adas.hedgeId, symbol: 'BTCUSDT' },
    abandon: 'false',
    accountId: adas.accountId,
    acknowledged: 'false',
    action: 'enter_long',
    attempts: 3,
    b: { accountId: adas.hedgeId, symbol: 'SOLUSDT' },
    code: '123456',
    confirmTimeoutMs: 30_000,
    cookie: false,
    current: 'not the password at all',
    cursor: 'MQ',
    dryRun: true,
    // Of nobody, so that guessing does not lock out who asks.
    email: 'nobody@example.org',
    entry: { kind: 'limit_follow', discountBps: 5 },
    environment: 'paper',
    expiresAt: null,
    forceCloseAfterMs: 30_000,
    forceCloseSlippageBps: 200,
    from: '0',
    hedgeSlippageBps: 50,
    id: 'a-1',
    instrument: 'bybit:BTCUSDT',
    key: 'a-key',
    kind: 'signals',
    labels: ['one'],
    leg: 'b',
    leverage: { kind: 'fixed', leverage: '2' },
    limit: '10',
    limits: { maximumLeverage: '3', allowedSymbols: ['BTCUSDT'] },
    linkId: adas.linkId,
    maxAgeMs: 1_000,
    maxDriftBps: 5,
    maximumLeverage: '2',
    mode: 'off',
    name: 'a name',
    next: PASSWORD,
    outcome: 'copied,skipped',
    ownerId: viewer.id,
    password: 'not the password at all',
    quantity: '0.1',
    quoting: null,
    ratioBps: 10_000,
    refreshToken: 'lsr_nobody',
    retryEveryMs: 1_000,
    role: 'viewer',
    scopes: ['read'],
    secret: 'a-secret',
    side: 'buy',
    sizing: { kind: 'ratio', ratio: '0.5' },
    sourceId: adas.sourceId,
    status: 'active',
    symbol: 'BTCUSDT',
    symbolMap: { 'bybit:BTCUSDT': 'bybit:ETHUSDT' },
    time: Date.now(),
    to: '9',
    token: 'a-token',
    tolerance: '0.5',
    totp: '123456',
    userId: viewer.id,
    value: 'en',
    venue: 'bybit',
  }
}

/** Three ways to say one thing, of which a sender uses one. */
export const RIGHT_SIGNALS: readonly Readonly<Record<string, unknown>>[] = [
  { id: 'a-1', time: Date.now(), symbol: 'BTCUSDT', side: 'buy', quantity: '0.1', signalPrice: '60000' },
  { id: 'a-2', time: Date.now(), symbol: 'BTCUSDT', target: '0' },
  {
    id: 'a-3',
    time: `${Date.now()}`,
    ticker: 'BTCUSDT.P',
    action: 'buy',
    contracts: '0.1',
    price: '60000',
    position: 'long',
    positionSize: '0.1',
  },
  {
    id: 'a-4',
    timestamp: `${Date.now()}`,
    tv_instrument: 'BTCUSDT.P',
    action: 'enter_long',
    trigger_price: '60000',
    order: { amount: '0.1', currency_type: 'base' },
  },
]

/** With ids that are there. */
export function rightPath(route: DescribedRoute, { adas, viewer }: Cast): string {
  const token = adas.hookPath.slice(adas.hookPath.lastIndexOf('/') + 1)
  const sourceId = /signals|hook/.test(route.path) ? adas.signalsId : adas.sourceId
  const values: Record<string, string> = { ...adas, sourceId, userId: viewer.id, name: 'server.name', token }
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? NOBODYS)
}
