import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import { priceAtLevel } from './book.ts'
import { Malformed } from './fields.ts'

const BIDS = ['100', '100', '99', '97', '97'].map(decimal)

test('[VN23] orders at one price are one level, and behind the last level there is none', () => {
  const levels = [1, 2, 3, 4].map(level => priceAtLevel(BIDS, 'buy', level))
  expect(levels).toEqual([decimal('100'), decimal('99'), decimal('97'), null])
  expect(priceAtLevel([], 'sell', 1)).toBeNull()
})

test('[VN23] a side that does not begin with its best price is not read', () => {
  expect(() => priceAtLevel(BIDS, 'sell', 3)).toThrow(Malformed)
  expect(priceAtLevel([...BIDS].reverse(), 'sell', 3)).toBe(decimal('100'))
})
