import fc from 'fast-check'
import { type Decimal, fromUnits } from '../../src/domain/decimal.ts'

/** PostgreSQL's text cannot hold a zero character, so that no id or name may. */
export const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter(value => !value.includes('\0'))
export const name = <Id extends string>() => text.map(value => value as Id)
export const amount: fc.Arbitrary<Decimal> = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(fromUnits)
export const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
export const time = fc.oneof(count, fc.double({ min: 0, max: 2e12, noNaN: true }))
export const side = fc.constantFrom('buy' as const, 'sell' as const)
export const nullable = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: null })
