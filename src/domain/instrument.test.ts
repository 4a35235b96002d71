import fc from 'fast-check'
import { expect, test } from 'vitest'
import { absolute, decimal, fromUnits, ZERO } from './decimal.ts'
import { instrumentId } from './ids.ts'
import { type Instrument, notional, roundLimitPrice, roundQuantity, tradableQuantity } from './instrument.ts'

const BTC: Instrument = {
  id: instrumentId('bybit', 'BTCUSDT'),
  venue: 'bybit',
  symbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  status: 'trading',
  tickSize: decimal('0.1'),
  lotSize: decimal('0.001'),
  minimumQuantity: decimal('0.002'),
  minimumNotional: decimal('5'),
  maximumLimitQuantity: decimal('500'),
  maximumMarketQuantity: decimal('100'),
  contractSize: decimal('1'),
  maximumLeverage: decimal('100'),
}
const amount = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map(fromUnits)
const price = fc.bigInt({ min: 1n, max: 10n ** 24n }).map(fromUnits)

test('[DM10] a quantity is rounded toward zero to the lot: never more than was asked', () => {
  fc.assert(
    fc.property(amount, quantity => {
      const rounded = roundQuantity(BTC, quantity)
      expect(rounded % BTC.lotSize).toBe(0n)
      expect(absolute(rounded) <= absolute(quantity)).toBe(true)
    }),
  )
})

test('[DM11] a limit price is rounded to the tick on its safe side: a buy never pays more, a sell never takes less', () => {
  fc.assert(
    fc.property(price, limit => {
      expect(roundLimitPrice(BTC, 'buy', limit) <= limit).toBe(true)
      expect(roundLimitPrice(BTC, 'sell', limit) >= limit).toBe(true)
      expect(roundLimitPrice(BTC, 'buy', limit) % BTC.tickSize).toBe(0n)
    }),
  )
})

test('[DM12] what the venue would not take as an opening is nothing; the rest is a whole number of lots', () => {
  fc.assert(
    fc.property(amount, price, (quantity, at) => {
      const tradable = tradableQuantity(BTC, quantity, at)
      const acceptable =
        absolute(tradable) >= BTC.minimumQuantity && notional(tradable, at) >= BTC.minimumNotional
      expect(tradable === ZERO || acceptable).toBe(true)
      expect(tradable === ZERO || tradable === roundQuantity(BTC, quantity)).toBe(true)
    }),
  )
  expect(tradableQuantity(BTC, decimal('0.0019'), decimal('30000'))).toBe(ZERO)
  expect(tradableQuantity(BTC, decimal('0.002'), decimal('2000'))).toBe(ZERO)
  expect(tradableQuantity(BTC, decimal('-0.0029'), decimal('30000'))).toBe(decimal('-0.002'))
})
