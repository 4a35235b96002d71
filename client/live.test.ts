import { expect, onTestFinished, test } from 'vitest'
import {
  accountStream,
  LIVE_LIMITS,
  pairStream,
  type Refusal,
  TRADING_TYPES,
  tickerStream,
} from '../protocol/live.ts'
import { accountIdOf, BTC, balanceOf, orderOf, positionOf, tickerOf } from '../src/live/testing/accounts.ts'
import { ADA, type Home, openHome } from '../src/live/testing/homes.ts'
import { pairIdOf } from '../src/live/testing/pairs.ts'
import { Wire } from '../src/live/testing/wire.ts'
import { ManualClock } from '../src/venues/shared/testing/manual-clock.ts'
import { LiveClient, type LiveStatus } from './live.ts'

const ORDERS = accountStream(ADA, 'orders')
const BALANCE = accountStream(ADA, 'balance')
const TYPES = [...TRADING_TYPES]

interface App {
  readonly live: LiveClient
  readonly wire: Wire
  readonly gaps: string[]
  readonly statuses: LiveStatus[]
  readonly refusals: Refusal[]
  readonly unwatched: string[]
  readonly asked: boolean[]
}

async function openApp(home: Home, token: (isRefused: boolean) => string = () => 'ada'): Promise<App> {
  const wire = await Wire.start(home.server.url)
  const seen = { gaps: [], statuses: [], refusals: [], unwatched: [], asked: [] } as Omit<
    App,
    'live' | 'wire'
  >
  const live = new LiveClient({
    url: wire.url,
    token: async isRefused => {
      seen.asked.push(isRefused)
      return token(isRefused)
    },
    listener: {
      changed: () => undefined,
      status: status => seen.statuses.push(status),
      refused: problem => seen.refusals.push(problem),
      unwatched: names => seen.unwatched.push(...names),
      gap: stream => seen.gaps.push(stream),
    },
  })
  onTestFinished(() => {
    live.close()
    wire.close()
  })
  return { ...seen, live, wire }
}

test('[LV43] the client shows what the account shows, also after its connection broke in the middle of a message', async () => {
  const home = await openHome()
  const app = await openApp(home)
  app.live.subscribeTrading({ types: TYPES })
  app.live.subscribeTickers([BTC])
  await expect.poll(() => app.live.view(ORDERS)?.isStale).toBe(false)
  app.wire.cutMidMessage()
  home.ada.change({ kind: 'orders', rows: [orderOf('o1')] }, { kind: 'positions', rows: [positionOf('1')] })
  home.server.tickers.tell(tickerOf('60000'))
  await expect.poll(() => app.statuses).toContain('offline')
  expect(app.live.view(ORDERS)?.isStale).toBe(true)
  home.ada.change({ kind: 'orders', rows: [orderOf('o1', 'filled')] })
  await expect
    .poll(() => app.live.view(ORDERS), { timeout: 10_000 })
    .toMatchObject({ isStale: false, data: [{ id: 'o1', status: 'filled' }] })
  expect(app.live.view(accountStream(ADA, 'positions'))?.data).toMatchObject([{ quantity: '1' }])
  await expect.poll(() => app.live.view(tickerStream(BTC))?.data).toMatchObject({ last: '60000' })
  expect(app.wire.brokenMidMessage).toBe(1)
})

test('[LV43] after a reconnect it goes on from where it was, as long as somebody kept the stream alive', async () => {
  const home = await openHome()
  const other = await home.device('ada')
  await other.ask('subscribe_trading', { types: ['orders'] })
  const app = await openApp(home)
  app.live.subscribeTrading({ types: ['orders'] })
  await expect.poll(() => app.live.view(ORDERS)?.isStale).toBe(false)
  home.ada.viewed = 0
  app.wire.cut()
  await home.sockets(1)
  home.ada.change({ kind: 'orders', rows: [orderOf('o1')] })
  await expect.poll(() => app.live.view(ORDERS)?.data, { timeout: 10_000 }).toMatchObject([{ id: 'o1' }])
  // The account was not looked at again: a delta was enough.
  expect(home.ada.viewed).toBe(0)
  expect(app.gaps).toEqual([])
})

test('[LV41] it replaces its token before the end, and no connection is lost by it', async () => {
  const home = await openHome()
  const until = Date.now() + 1_000
  home.server.authority.put({ name: 'ada', accounts: new Set([ADA]), expiresAt: until })
  const app = await openApp(home)
  await expect.poll(() => app.statuses).toEqual(['online'])
  home.server.authority.put({ name: 'ada', accounts: new Set([ADA]), expiresAt: until + 900_000 })
  await expect.poll(() => app.asked, { timeout: 5_000 }).toEqual([false, false])
  expect(app.statuses).toEqual(['online'])
})

test('[LV41] a token that is not taken is not given again', async () => {
  const home = await openHome()
  const app = await openApp(home, isRefused => (isRefused ? 'ada' : 'nobody'))
  app.live.subscribeTrading({ types: ['orders'] })
  await expect.poll(() => app.statuses, { timeout: 10_000 }).toEqual(['refused', 'online'])
  await expect.poll(() => app.live.view(ORDERS)?.isStale).toBe(false)
})

test('[LV41] a login that is revoked is told, and the next token goes on where the last one ended', async () => {
  const home = await openHome()
  const app = await openApp(home, isRefused => (isRefused ? 'ada/new' : 'ada/old'))
  app.live.subscribeTrading({ types: ['balance'] })
  await expect.poll(() => app.live.view(BALANCE)?.isStale).toBe(false)
  home.server.authority.end('ada/old')
  await expect.poll(() => app.statuses).toContain('refused')
  home.ada.change({ kind: 'balances', rows: [balanceOf('8')] })
  await expect.poll(() => app.live.view(BALANCE)?.data, { timeout: 10_000 }).toMatchObject([{ total: '8' }])
})

test('[LV49] pairs are shown again after a reconnect, as they are then; none ends them', async () => {
  const home = await openHome()
  const id = pairIdOf(1)
  const pair = home.server.pairs.add(id, [ADA, ADA])
  const app = await openApp(home)
  app.live.subscribePairs([id])
  await expect
    .poll(() => app.live.view(pairStream(id)))
    .toMatchObject({ isStale: false, data: { phase: 'idle' } })
  app.wire.cut()
  await home.sockets(0)
  pair.change({ state: { ...pair.view.state, phase: 'quoting' } })
  await expect
    .poll(() => app.live.view(pairStream(id)), { timeout: 10_000 })
    .toMatchObject({ isStale: false, data: { phase: 'quoting' } })
  app.live.subscribePairs([])
  await expect.poll(() => app.live.view(pairStream(id))).toBeNull()
})

test('[LV43] a subscription that is refused leaves the former one as it was, and says why', async () => {
  const home = await openHome()
  const app = await openApp(home)
  app.live.subscribeTrading({ types: ['balance'] })
  await expect.poll(() => app.live.view(BALANCE)?.isStale).toBe(false)
  app.live.subscribeTrading({ types: ['balance'], accounts: ['nonsense'] })
  await expect.poll(() => app.refusals).toMatchObject([{ code: 'not_found' }])
  home.ada.change({ kind: 'balances', rows: [balanceOf('8')] })
  await expect.poll(() => app.live.view(BALANCE)?.data).toMatchObject([{ total: '8' }])
  app.live.unsubscribeTrading()
  await expect.poll(() => app.live.view(BALANCE)).toBeNull()
})

test('[LV65] what is refused as an app comes back is asked for again until it is taken, each kind by itself', async () => {
  const home = await openHome()
  const app = await openApp(home)
  app.live.subscribeTrading({ types: ['orders'], accounts: [ADA] })
  app.live.subscribeTickers([BTC])
  await expect.poll(() => app.live.view(ORDERS)?.isStale).toBe(false)
  // Inactive for a while, of all times while the app is away.
  home.server.accounts.remove(ADA)
  app.wire.cut()
  await expect.poll(() => app.refusals.length, { timeout: 10_000 }).toBeGreaterThan(1)
  home.server.tickers.tell(tickerOf('60000'))
  await expect.poll(() => app.live.view(tickerStream(BTC))?.data).toMatchObject({ last: '60000' })
  home.server.accounts.add(ADA).change({ kind: 'orders', rows: [orderOf('o1')] })
  await expect
    .poll(() => app.live.view(ORDERS), { timeout: 10_000 })
    .toMatchObject({ isStale: false, data: [{ id: 'o1' }] })
})

test('[LV65] an app is told which of its accounts cannot be watched, and shows them as soon as they can', async () => {
  const clock = new ManualClock()
  const home = await openHome({ clock })
  const late = accountIdOf(3)
  home.server.authority.put({ name: 'ada', accounts: new Set([ADA, late]) })
  const app = await openApp(home)
  app.live.subscribeTrading({ types: ['orders'] })
  await expect.poll(() => app.unwatched).toEqual([late])
  home.server.accounts.add(late)
  await clock.advance(LIVE_LIMITS.heartbeatMs)
  await expect.poll(() => app.live.view(accountStream(late, 'orders'))).toMatchObject({ isStale: false })
})
