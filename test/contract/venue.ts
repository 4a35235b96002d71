import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { add, decimal, toNumber } from '../../src/domain/decimal.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import type { StreamState } from '../../src/ports/venue.ts'
import {
  type Connected,
  connected,
  DEPOSIT,
  malformed,
  order,
  refOf,
  resting,
  statusOf,
  type VenueUnderTest,
  value,
  WAIT,
} from './venue-under-test.ts'

/** What every adapter does on the exchange that speaks its venue's protocol. `start` makes both. */
export function venueContract(name: string, start: () => Promise<VenueUnderTest>): void {
  describe(`${name} adapter`, () => {
    let under: VenueUnderTest
    beforeEach(async () => {
      under = await start()
    })
    afterEach(() => under.discard())
    const connect = () => connected(under)
    describe('accounts', () => accountBehaviour(() => under, connect))
    describe('orders', () => orderBehaviour(connect))
    describe('losses', () => lossBehaviour(connect))
  })
}

function accountBehaviour(underOf: () => VenueUnderTest, connect: () => Promise<Connected>): void {
  test('[VN22] [LA31] a new account: instruments, permissions, snapshot, leverage', async () => {
    const { account, venue, instrument } = await connect()
    const currency = venue.capability.settlementCurrency
    const instruments = value(await venue.market.instruments())
    const listed = instruments.find(({ id }) => id === instrument)
    expect(listed).toMatchObject({ status: 'trading', quote: currency })
    expect(value(await account.permissions())).toMatchObject({ trade: true, withdraw: false })
    expect(value(await account.snapshot())).toMatchObject({
      positionMode: 'one_way',
      positions: [],
      openOrders: [],
      balances: [{ currency, total: DEPOSIT }],
      equity: { equity: DEPOSIT },
    })
    value(await account.setLeverage(instrument, decimal('7')))
    value(await account.setLeverage(instrument, decimal('7')))
    const tooHigh = await account.setLeverage(instrument, decimal('70000'))
    expect(tooHigh).toMatchObject({ error: { kind: 'refused' } })
  })

  test('[VN12] [VN22] [LA31] a key that the exchange does not know is refused, once', async () => {
    const { venue, stranger } = underOf()
    const states: StreamState[] = []
    const account = venue.account('stranger' as AccountId, stranger)
    account.open({ reports: () => {}, stream: state => states.push(state) })
    await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('refused'), WAIT)
    const refused = { error: { kind: 'refused', reason: 'key' } }
    expect(await account.snapshot()).toMatchObject(refused)
    expect(await account.permissions()).toMatchObject(refused)
  })

  test('[VN19] [VN22] [LA31] tickers flow for what is watched', async () => {
    const { venue, tickers, instrument } = await connect()
    await vi.waitFor(() => expect(tickers.length).toBeGreaterThan(2), WAIT)
    expect(tickers.every(({ instrumentId, mark }) => instrumentId === instrument && mark > 0n)).toBe(true)
    expect(Math.abs(must(venue.market.clockOffsetMs(), 'measured'))).toBeLessThan(1_500)
  })
}

function orderBehaviour(connect: () => Promise<Connected>): void {
  test('[VN22] [LA31] a market order is acknowledged and reported, and leaves what the snapshot shows', async () => {
    const made = await connect()
    const { account, reports, instrument } = made
    const placed = order(made)
    const { venueOrderId, sentAt, ackedAt } = value(await account.submit(placed))
    expect(ackedAt).toBeGreaterThanOrEqual(sentAt)
    await vi.waitFor(() => expect(statusOf(reports, placed)).toBe('filled'), WAIT)
    await vi.waitFor(() => expect(reports.some(({ kind }) => kind === 'balance')).toBe(true), WAIT)
    const fills = reports.flatMap(report => (report.kind === 'fill' ? [report.fill] : []))
    expect(fills.reduce((sum, fill) => sum + fill.quantity, 0n)).toBe(placed.quantity)
    expect(fills[0]).toMatchObject({ venueOrderId, clientOrderId: placed.clientOrderId, side: 'buy' })
    expect(malformed(reports)).toEqual([])
    const snapshot = value(await account.snapshot())
    expect(snapshot.positions).toMatchObject([{ instrumentId: instrument, quantity: placed.quantity }])
    const money = must(snapshot.balances[0], 'the settlement currency')
    const whole = add(money.total, must(money.unrealizedPnl, 'told'))
    expect(toNumber(must(money.equity, 'told'))).toBeCloseTo(toNumber(whole), 4)
    expect(money.marginUsed).toBeGreaterThan(0n)
    // What ties executions to positions: the position's sequence has reached the last execution's.
    const reached = Math.max(...fills.map(fill => fill.venueSequence))
    expect(snapshot.positions[0]?.venueSequence).toBeGreaterThanOrEqual(reached)
    expect(value(await account.executions({ since: sentAt - 60_000 }))).toEqual(fills)
    expect(value(await account.executions({ since: 0, venueOrderId }))).toEqual(fills)
  })

  test('[VN22] [LA31] reducing closes the position', async () => {
    const made = await connect()
    const { account, reports } = made
    value(await account.submit(order(made, { quantity: decimal('0.02') })))
    const exit = { side: 'sell', purpose: 'exit', reduceOnly: true, quantity: decimal('0.02') } as const
    const closing = order(made, exit)
    value(await account.submit(closing))
    await vi.waitFor(() => expect(statusOf(reports, closing)).toBe('filled'), WAIT)
    const left = value(await account.snapshot()).positions.filter(({ quantity }) => quantity !== 0n)
    expect(left).toEqual([])
  })

  test('[VN22] [LA31] a resting order is open, found, cancelled, and found cancelled', async () => {
    const made = await connect()
    const { account, reports } = made
    const placed = resting(made)
    const { clientOrderId, limitPrice } = placed
    value(await account.submit(placed))
    await vi.waitFor(() => expect(statusOf(reports, placed)).toBe('open'), WAIT)
    const { openOrders } = value(await account.snapshot())
    expect(openOrders).toMatchObject([{ clientOrderId, limitPrice, status: 'open' }])
    expect(value(await account.find(refOf(placed)))).toMatchObject({ status: 'open' })
    value(await account.cancel(refOf(placed), 'entry'))
    await vi.waitFor(() => expect(statusOf(reports, placed)).toBe('canceled'), WAIT)
    expect(value(await account.find(refOf(placed)))).toMatchObject({ status: 'canceled' })
  })

  test('[VN22] [LA31] an order that was never placed is absent, as of the time of the venue', async () => {
    const made = await connect()
    const { venueTimestamp } = value(made.account.stamp(1))
    const found = value(await made.account.find(refOf(order(made))))
    expect(found).toMatchObject({ absent: true })
    expect(Math.abs(found.at - venueTimestamp)).toBeLessThan(1_000)
  })
}

function lossBehaviour(connect: () => Promise<Connected>): void {
  test('[VN3] [VN22] [LA31] an answer that is never sent leaves the order in doubt, and it is found', async () => {
    const made = await connect()
    const { account, exchange, fault } = made
    fault('drop_answer')
    const placed = resting(made)
    expect(await account.submit(placed)).toMatchObject({ error: { kind: 'in_doubt' } })
    const isOpen = () => exchange.accounts().some(name => exchange.openOrders(name).length > 0)
    await vi.waitFor(() => expect(isOpen()).toBe(true), WAIT)
    expect(value(await account.find(refOf(placed)))).toMatchObject({ status: 'open' })
  })

  test('[VN13] [VN22] [LA31] a lost stream comes back by itself, and what was missed is fetched', async () => {
    const made = await connect()
    const { account, reports, states, fault } = made
    const since = value(account.stamp(1)).venueTimestamp - 1_000
    fault('drop_stream')
    await vi.waitFor(() => expect(states.some(({ kind }) => kind === 'lost')).toBe(true), WAIT)
    await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('live'), WAIT)
    expect(account.isAlive()).toBe(true)
    const placed = order(made)
    value(await account.submit(placed))
    await vi.waitFor(() => expect(statusOf(reports, placed)).toBe('filled'), WAIT)
    expect(value(await account.executions({ since }))).not.toHaveLength(0)
  })
}
