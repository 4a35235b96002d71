import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add, decimal, fromUnits, sign, subtract, ZERO } from '../domain/decimal.ts'
import { applyLeaderFill } from './book.ts'
import { aBook, aFill, trades } from './testing/builders.ts'

const quantity = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map(fromUnits)
const traded = quantity.filter(value => value !== ZERO)

test('[CP1] sums: what a fill did to the position adds up to the fill, whatever was held', () => {
  fc.assert(
    fc.property(quantity, traded, (held, signed) => {
      const { book, changes } = applyLeaderFill(aBook(held), aFill(signed))
      expect(book.quantity).toBe(add(held, signed))
      const moved = changes.map(change =>
        change.part === 'reduce' ? subtract(change.to, change.from) : change.delta,
      )
      expect(moved.reduce(add, ZERO)).toBe(signed)
      expect(changes.at(-1)?.to).toBe(book.quantity)
    }),
  )
})

test('[CP1] a reduction never passes zero, and an increase never begins on the other side', () => {
  fc.assert(
    fc.property(quantity, traded, (held, signed) => {
      for (const change of applyLeaderFill(aBook(held), aFill(signed)).changes) {
        if (change.part === 'increase') expect(sign(change.delta)).toBe(sign(change.to))
        else expect([sign(held), 0]).toContain(sign(change.to))
      }
    }),
  )
})

test('[CP5] a trade through zero is a full reduction, then an increase from nothing', () => {
  const [, flip] = trades('2', '-5')
  expect(flip?.changes).toEqual([
    { part: 'reduce', from: decimal('2'), to: ZERO },
    { part: 'increase', delta: decimal('-3'), to: decimal('-3') },
  ])
})

test('[CP1] the book keeps the highest venue sequence, in whatever order fills are told', () => {
  const newer = applyLeaderFill(aBook(), aFill(decimal('1'), { venueSequence: 9 })).book
  expect(applyLeaderFill(newer, aFill(decimal('1'), { venueSequence: 4 })).book.venueSequence).toBe(9)
})
