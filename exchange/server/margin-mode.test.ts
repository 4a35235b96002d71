import { afterEach, beforeEach, expect, test } from 'vitest'
import { ACCOUNT, type Answered, type Json, startVenue, TestSocket, type TestVenue } from './fixture.ts'

let venue: TestVenue
beforeEach(async () => {
  venue = await startVenue({ limits: 'off' })
})
afterEach(() => venue.close())

const BTC = { category: 'linear', symbol: 'BTCUSDT' }
const ISOLATED = { setMarginMode: 'ISOLATED_MARGIN' }
const CROSS = { setMarginMode: 'REGULAR_MARGIN' }
const first = ({ result }: Answered) => (result['list'] as Json[])[0] ?? {}
const setMode = (body: Json) => venue.post('/v5/account/set-margin-mode', body)
const mode = async () => (await venue.get('/v5/account/info')).result['marginMode']
const wallet = async () => first(await venue.get('/v5/account/wallet-balance', { accountType: 'UNIFIED' }))
const coinOf = (row: Json) => (row['coin'] as Json[])[0] ?? {}
const position = async () => first(await venue.get('/v5/position/list', BTC))
/** The world moves by its own clock: what follows must find it there. */
const moveTo = async (mid: string) => {
  venue.moveTo(mid)
  await expect.poll(async () => (await position())['markPrice']).toBe(mid)
}
const reasons = ({ result }: Answered) => result['reasons']

test('[XW60] the margin mode is set, told, and refused with the reason while something is held or ordered', async () => {
  expect(await mode()).toBe('REGULAR_MARGIN')
  expect(await setMode(CROSS)).toMatchObject({ code: 0, result: { reasons: [] } })
  expect(await setMode(ISOLATED)).toMatchObject({ code: 0, result: { reasons: [] } })
  expect(await mode()).toBe('ISOLATED_MARGIN')

  await venue.order({ orderType: 'Limit', price: '50000' })
  const ordered = await setMode(CROSS)
  expect(ordered.code).toBe(3400045)
  expect(reasons(ordered)).toMatchObject([{ reasonCode: '3400054' }])
  await venue.order({})
  expect(reasons(await setMode(CROSS))).toMatchObject([{ reasonCode: '3400208' }])
  const portfolio = await setMode({ setMarginMode: 'PORTFOLIO_MARGIN' })
  expect(portfolio).toMatchObject({ code: 3400045, message: 'Set margin mode failed' })
  expect(reasons(portfolio)).toMatchObject([{ reasonMsg: 'this exchange has no portfolio margin' }])
  expect((await setMode({ setMarginMode: 'MY_MARGIN' })).code).toBe(10001)
  expect(await mode()).toBe('ISOLATED_MARGIN')
})

test('[XW61] in isolated margin the wallet has no totals, and its coin what no margin binds', async () => {
  expect((await wallet())['totalEquity']).toBe('100000')
  await setMode(ISOLATED)
  const stream = await (await TestSocket.open(venue.server.streams.private)).follow('wallet')
  await venue.order({ qty: '0.1' })
  await stream.when(() => stream.rows('wallet').length > 0)
  await moveTo('60500.0')
  for (const row of [await wallet(), stream.rows('wallet').at(-1) ?? {}]) {
    const totals = Object.entries(row).filter(([name]) => name !== 'coin' && name !== 'accountType')
    expect(totals.length).toBeGreaterThan(10)
    expect(totals.filter(([, text]) => text !== '')).toEqual([])
  }
  const coin = coinOf(await wallet())
  const number = (name: string) => Number(coin[name])
  expect(number('unrealisedPnl')).toBeGreaterThan(40)
  expect(number('equity')).toBeCloseTo(number('walletBalance') + number('unrealisedPnl'), 8)
  const free = number('walletBalance') - number('totalPositionIM') - number('totalOrderIM')
  expect(number('availableToWithdraw')).toBeCloseTo(free, 8)
})

test('[XW62] a position in isolated margin tells its own margin and where it falls', async () => {
  await venue.order({ qty: '0.1' })
  expect(await position()).toMatchObject({ positionBalance: '0', liqPrice: '' })
  await venue.order({ qty: '0.1', side: 'Sell' })
  await setMode(ISOLATED)
  await venue.order({ qty: '0.1' })
  const row = await position()
  expect(row['positionBalance']).toBe(row['positionIM'])
  // A tenth of the price is its margin, and half a percent of what is left must stay.
  const expected = (Number(row['avgPrice']) * 0.9) / 0.995
  expect(Math.abs(Number(row['liqPrice']) - expected)).toBeLessThan(1)
  await moveTo('54200.0')
  expect((await position())['size']).toBe('0.000')
  expect(venue.exchange.executions(ACCOUNT)[0]?.kind).toBe('liquidation')
})

test('[XW62] margin follows the leverage: adding some by hand is refused, and so is a leverage that would liquidate', async () => {
  const add = () => venue.post('/v5/position/add-margin', { ...BTC, margin: '10' })
  const autoAdd = () => venue.post('/v5/position/set-auto-add-margin', { ...BTC, autoAddMargin: 1 })
  expect([(await add()).code, (await autoAdd()).code]).toEqual([110015, 110076])
  await setMode(ISOLATED)
  expect([(await add()).code, (await autoAdd()).code]).toEqual([10001, 10001])
  await venue.order({ qty: '0.1' })
  await moveTo('58000.0')
  const leverage = { buyLeverage: '50', sellLeverage: '50' }
  expect((await venue.post('/v5/position/set-leverage', { ...BTC, ...leverage })).code).toBe(110046)
})

test('[XW60] an account can be made in isolated margin', async () => {
  await venue.admin('POST', '/accounts', { account: 'carol', deposit: '100', marginMode: 'isolated' })
  expect(venue.exchange.marginMode('carol')).toBe('isolated')
  const wrong = await venue.admin('POST', '/accounts', { account: 'dave', marginMode: 'portfolio' })
  expect(wrong.status).toBe(400)
})
