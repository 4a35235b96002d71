import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Decimal, decimal, fromUnits, ZERO } from '../domain/decimal.ts'
import { instrumentId } from '../domain/ids.ts'
import { NO_LIMITS, type RiskLimits } from '../domain/strategy.ts'
import { assess, collarAt, DEFAULT_COLLAR_BPS, type Exposure, type RiskInput } from './risk.ts'
import { INSTRUMENT } from './testing/builders.ts'

const OTHER = instrumentId('bybit', 'ETHUSDT')
/** The smallest difference that a limit can tell. */
const UNIT = fromUnits(1n)

/** A buy of 10 at 100 with the collar at 100: it can cost 1000. */
function input(over: Partial<RiskInput> = {}, ...limits: readonly Partial<RiskLimits>[]): RiskInput {
  return {
    proposal: proposal('buy', '100'),
    limits: limits.length === 0 ? [collar(0)] : limits.map(limit => ({ ...collar(0), ...limit })),
    exposures: [],
    equity: decimal('1000000'),
    maximumLeverage: decimal('100'),
    ordersInLastMinute: 0,
    ...over,
  }
}

function proposal(side: 'buy' | 'sell', expectedPrice: string): RiskInput['proposal'] {
  const quantity = decimal('10')
  return {
    instrumentId: INSTRUMENT,
    side,
    quantity,
    expectedPrice: decimal(expectedPrice),
    mark: decimal('100'),
  }
}

function collar(priceCollarBps: number | null): RiskLimits {
  return { ...NO_LIMITS, priceCollarBps }
}

function exposure(over: Partial<Exposure> = {}): Exposure {
  return {
    instrumentId: INSTRUMENT,
    position: ZERO,
    mark: decimal('100'),
    openBuyNotional: ZERO,
    openSellNotional: ZERO,
    ...over,
  }
}

function verdict(of: RiskInput): string {
  const result = assess(of)
  return result.approved ? 'approved' : result.reason
}

function below(value: Decimal): Decimal {
  return fromUnits(value - UNIT)
}

test('[RK1] each limit allows just what it says, and not one unit more', () => {
  const whole = decimal('1000')
  const kinds = [
    ['maximumOrderNotional', 'risk_order_notional'],
    ['maximumSymbolNotional', 'risk_symbol_notional'],
    ['maximumTotalNotional', 'risk_total_notional'],
  ] as const
  for (const [limit, reason] of kinds) {
    expect(verdict(input({}, { [limit]: whole }))).toBe('approved')
    expect(verdict(input({}, { [limit]: below(whole) }))).toBe(reason)
  }
})

test('[RK1] leverage allows just what it says, and not one unit more', () => {
  const twice = { maximumLeverage: decimal('2') }
  expect(verdict(input({ ...twice, equity: decimal('500') }))).toBe('approved')
  expect(verdict(input({ ...twice, equity: below(decimal('500')) }))).toBe('risk_leverage')
})

test('[RK2] the tightest of all limits holds, in whichever place it stands', () => {
  const tight = { maximumOrderNotional: decimal('999') }
  const wide = { maximumOrderNotional: decimal('5000') }
  expect(verdict(input({}, wide, tight))).toBe('risk_order_notional')
  expect(verdict(input({}, tight, wide))).toBe('risk_order_notional')
  const equity = decimal('500')
  expect(verdict(input({ equity }, {}, { maximumLeverage: decimal('1.9') }))).toBe('risk_leverage')
  expect(verdict(input({ equity, maximumLeverage: decimal('1.9') }, { maximumLeverage: decimal('9') }))).toBe(
    'risk_leverage',
  )
})

test('[RK3] a symbol counts its position and every open order of the worse side', () => {
  const held = exposure({
    position: decimal('3'),
    openBuyNotional: decimal('250'),
    openSellNotional: decimal('9000'),
  })
  const limit = (maximumSymbolNotional: Decimal) => input({ exposures: [held] }, { maximumSymbolNotional })
  // All buys fill: 300 + 250 + 1000. All sells fill: 300 - 9000.
  expect(verdict(limit(decimal('8700')))).toBe('approved')
  expect(verdict(limit(below(decimal('8700'))))).toBe('risk_symbol_notional')
  const buys = { ...held, openSellNotional: ZERO }
  expect(verdict(input({ exposures: [buys] }, { maximumSymbolNotional: decimal('1550') }))).toBe('approved')
  expect(verdict(input({ exposures: [buys] }, { maximumSymbolNotional: below(decimal('1550')) }))).toBe(
    'risk_symbol_notional',
  )
})

test('[RK3] the total counts every symbol once, each at its worst', () => {
  const exposures = [
    exposure({ position: decimal('-4') }),
    exposure({ instrumentId: OTHER, position: decimal('-2'), openSellNotional: decimal('50') }),
  ]
  // 10 bought against 4 sold leave 600; the other symbol can be 250.
  expect(verdict(input({ exposures }, { maximumTotalNotional: decimal('850') }))).toBe('approved')
  expect(verdict(input({ exposures }, { maximumTotalNotional: below(decimal('850')) }))).toBe(
    'risk_total_notional',
  )
})

test('[RK3] more at stake never makes an order acceptable', () => {
  const notional = fc.bigInt({ min: 0n, max: 10n ** 22n }).map(fromUnits)
  const long = fc.bigInt({ min: 0n, max: 10n ** 20n }).map(fromUnits)
  fc.assert(
    fc.property(long, notional, notional, notional, (position, open, more, limit) => {
      const of = (openBuyNotional: Decimal) =>
        verdict(
          input({ exposures: [exposure({ position, openBuyNotional })] }, { maximumSymbolNotional: limit }),
        )
      if (of(open) !== 'approved') expect(of(fromUnits(open + more))).not.toBe('approved')
    }),
  )
})

test('[RK4] an unknown equity refuses, and less than nothing counts as nothing', () => {
  expect(verdict(input({ equity: null }))).toBe('equity_unknown')
  expect(verdict(input({ equity: ZERO }))).toBe('risk_leverage')
  expect(verdict(input({ equity: decimal('-1000000') }))).toBe('risk_leverage')
})

test('[RK5] the kill switch refuses every opening, whoever set it', () => {
  expect(verdict(input({}, { killSwitch: true }))).toBe('kill_switch')
  expect(verdict(input({}, {}, { killSwitch: true }))).toBe('kill_switch')
})

test('[RK6] as many orders a minute as allowed, and not one more', () => {
  const limit = { maximumOrdersPerMinute: 3 }
  expect(verdict(input({ ordersInLastMinute: 2 }, limit))).toBe('approved')
  expect(verdict(input({ ordersInLastMinute: 3 }, limit))).toBe('risk_order_rate')
  expect(verdict(input({ ordersInLastMinute: 0 }, { maximumOrdersPerMinute: 0 }))).toBe('risk_order_rate')
})

test('[RK7] the price may be just as far from the mark as the collar says, on the side that costs', () => {
  const at = (side: 'buy' | 'sell', expectedPrice: string) =>
    verdict(input({ proposal: proposal(side, expectedPrice) }, { priceCollarBps: 100 }))
  expect(['101', '101.000000000000000001'].map(price => at('buy', price))).toEqual([
    'approved',
    'risk_collar',
  ])
  expect(['99', '98.999999999999999999'].map(price => at('sell', price))).toEqual(['approved', 'risk_collar'])
  expect([at('buy', '50'), at('sell', '150')]).toEqual(['approved', 'approved'])
})

test('[RK7] the tightest collar that is set holds; the default only where none is set', () => {
  const priceOf = (...collars: readonly (number | null)[]) => {
    const result = assess({ ...input(), limits: collars.map(collar) })
    return result.approved ? result.collarPrice : null
  }
  expect(priceOf(null, null)).toBe(collarAt('buy', decimal('100'), DEFAULT_COLLAR_BPS))
  expect(priceOf(800, null)).toBe(decimal('108'))
  expect(priceOf(300, 20)).toBe(decimal('100.2'))
})

test('[RK9] an order counts at the worst price that it may cost', () => {
  const limit = (side: 'buy' | 'sell', price: string, maximumOrderNotional: string) =>
    verdict(
      input(
        { proposal: proposal(side, price) },
        { priceCollarBps: 200, maximumOrderNotional: decimal(maximumOrderNotional) },
      ),
    )
  // A buy by its collar, a sell by the mark, or by its own limit where it rests above.
  expect([limit('buy', '100', '1020'), limit('buy', '100', '1019')]).toEqual([
    'approved',
    'risk_order_notional',
  ])
  expect([limit('sell', '99', '1000'), limit('sell', '99', '999')]).toEqual([
    'approved',
    'risk_order_notional',
  ])
  expect([limit('sell', '107', '1070'), limit('sell', '107', '1069')]).toEqual([
    'approved',
    'risk_order_notional',
  ])
})

test('[RK10] a symbol or side that is forbidden by now is refused', () => {
  // Limits can change at a restart, while an increase that they allowed still waits.
  expect(verdict(input({}, { deniedSymbols: ['BTCUSDT'] }))).toBe('symbol_not_allowed')
  expect(verdict(input({}, { allowedSymbols: ['ETHUSDT'] }))).toBe('symbol_not_allowed')
  expect(verdict(input({}, { allowedSides: ['sell'] }))).toBe('side_not_allowed')
  expect(verdict(input({}, { allowedSides: ['buy'], allowedSymbols: ['BTCUSDT'] }))).toBe('approved')
})
