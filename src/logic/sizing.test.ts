import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  absolute,
  add,
  type Decimal,
  decimal,
  divide,
  fromUnits,
  negate,
  ONE,
  ZERO,
} from '../domain/decimal.ts'
import type { Sizing } from '../domain/strategy.ts'
import { type SizingInput, sizedIncrement } from './sizing.ts'
import { aFill } from './testing/builders.ts'

const positive = fc.bigInt({ min: 1n, max: 10n ** 28n }).map(fromUnits)
const parts = fc.array(positive, { minLength: 1, maxLength: 60 })
const equityOf = (text: string) => ({ equity: decimal(text), at: 0 })

const sizing: fc.Arbitrary<Sizing> = fc.oneof(
  fc.record({ kind: fc.constant('ratio' as const), inverse: fc.boolean(), ratio: positive }),
  fc.record({ kind: fc.constant('equity_ratio' as const), inverse: fc.boolean(), ratio: positive }),
  fc.record({ kind: fc.constant('fixed_notional' as const), inverse: fc.boolean(), notional: positive }),
  fc.record({ kind: fc.constant('fixed_quantity' as const), inverse: fc.boolean(), quantity: positive }),
)

function sizeOf(input: Partial<SizingInput> & Pick<SizingInput, 'sizing' | 'delta'>): Decimal | string {
  const fill = aFill(input.delta)
  const equities = { leaderEquity: equityOf('1000'), followerEquity: equityOf('250') }
  const sized = sizedIncrement({ fill, ...equities, ...input })
  return sized.ok ? sized.value : sized.error
}

/** One leader order that fills in parts. */
function sizesOf(rule: Sizing, fills: readonly Decimal[]): readonly Decimal[] {
  const orderQuantity = fills.reduce(add, ZERO)
  return fills.map(delta => sizeOf({ sizing: rule, delta, fill: aFill(delta, { orderQuantity }) }) as Decimal)
}

test('[CP13] fixed size is once per leader order however many fills', () => {
  fc.assert(
    fc.property(positive, parts, (quantity, fills) => {
      const total = sizesOf({ kind: 'fixed_quantity', inverse: false, quantity }, fills).reduce(add, ZERO)
      expect(total <= quantity && total > quantity - BigInt(fills.length)).toBe(true)
    }),
  )
})

test('[CP13] a fixed notional is once per leader order, measured at each fill price', () => {
  fc.assert(
    fc.property(positive, parts, (notional, fills) => {
      const total = sizesOf({ kind: 'fixed_notional', inverse: false, notional }, fills).reduce(add, ZERO)
      const whole = divide(notional, decimal('100'))
      expect(total <= whole && total > whole - BigInt(fills.length)).toBe(true)
    }),
  )
})

test('[CP13] an order that still rests has taken only the share that it has filled', () => {
  const fill = aFill(decimal('1'), { orderQuantity: decimal('4') })
  const fixed = { kind: 'fixed_quantity', inverse: false, quantity: decimal('8') } as const
  expect(sizeOf({ sizing: fixed, delta: decimal('1'), fill })).toBe(decimal('2'))
  // Of a fill that flips, the part that opens counts.
  expect(sizeOf({ sizing: fixed, delta: decimal('-0.5'), fill })).toBe(decimal('-1'))
})

test('[CP13] an order quantity below the trade itself is wrong, and the trade is what counts', () => {
  const fill = aFill(decimal('2'), { orderQuantity: ZERO })
  const fixed = { kind: 'fixed_quantity', inverse: false, quantity: decimal('8') } as const
  expect(sizeOf({ sizing: fixed, delta: decimal('2'), fill })).toBe(decimal('8'))
})

test('[CP14] inverse takes the same size on the other side, whatever the kind', () => {
  fc.assert(
    fc.property(sizing, positive, fc.boolean(), (rule, size, sells) => {
      const delta = sells ? negate(size) : size
      const straight = sizeOf({ sizing: { ...rule, inverse: false }, delta }) as Decimal
      expect(sizeOf({ sizing: { ...rule, inverse: true }, delta })).toBe(negate(straight))
      expect(straight === ZERO || straight > 0n === delta > 0n).toBe(true)
    }),
  )
})

test('[CP2] rounding: a size is truncated toward zero, never more than asked', () => {
  fc.assert(
    fc.property(positive, positive, (ratio, delta) => {
      const sized = sizeOf({ sizing: { kind: 'ratio', inverse: false, ratio }, delta }) as Decimal
      const missing = ratio * delta - absolute(sized) * ONE
      expect(missing >= 0n && missing < ONE).toBe(true)
    }),
  )
})

test('[CP15] an equity ratio scales by what the follower has of what the leader has', () => {
  const rule = { kind: 'equity_ratio', inverse: false, ratio: decimal('2') } as const
  expect(sizeOf({ sizing: rule, delta: decimal('10') })).toBe(decimal('5'))
})

test('[CP15] an equity that is unknown, or nothing, sizes nothing', () => {
  const rule = { kind: 'equity_ratio', inverse: false, ratio: ONE } as const
  for (const equity of [null, equityOf('0'), equityOf('-5')]) {
    expect(sizeOf({ sizing: rule, delta: ONE, leaderEquity: equity })).toBe('equity_unknown')
    expect(sizeOf({ sizing: rule, delta: ONE, followerEquity: equity })).toBe('equity_unknown')
  }
})
