import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import { attempt, decimalField, integerField, optionalDecimal, parseObject, textField } from './fields.ts'

test('[VN15] an amount is a decimal text, and nothing else is taken for one', () => {
  expect(decimalField({ qty: '0.100' }, 'qty')).toBe(decimal('0.1'))
  for (const qty of [0.1, '', '1e-3', 'NaN', null, undefined, {}]) {
    expect(attempt(() => decimalField({ qty }, 'qty')).ok).toBe(false)
  }
})

test('absent, null and the empty text are all no amount', () => {
  for (const row of [{}, { price: null }, { price: '' }]) expect(optionalDecimal(row, 'price')).toBeNull()
  expect(attempt(() => optionalDecimal({ price: 'x' }, 'price')).ok).toBe(false)
})

test('whole numbers come as numbers and as texts, and too large ones are refused', () => {
  expect(integerField({ seq: 140612148849382 }, 'seq')).toBe(140612148849382)
  expect(integerField({ seq: '-1' }, 'seq')).toBe(-1)
  for (const seq of [1.5, '1.5', '9007199254740993', null])
    expect(attempt(() => integerField({ seq }, 'seq')).ok).toBe(false)
})

test('what is wrong is named, with the value and without the whole frame', () => {
  const long = 'x'.repeat(1_000)
  const refusal = attempt(() => decimalField({ qty: long }, 'qty'))
  expect(!refusal.ok && refusal.error).toContain('qty is not a decimal text')
  expect(!refusal.ok && refusal.error.length).toBeLessThan(150)
  expect(attempt(() => parseObject('[1]')).ok).toBe(false)
  expect(attempt(() => parseObject('{')).ok).toBe(false)
})

test('a bug is not taken for a malformed row', () => {
  expect(() =>
    attempt(() => {
      throw new RangeError('a bug')
    }),
  ).toThrow('a bug')
  expect(attempt(() => textField({ side: '' }, 'side')).ok).toBe(false)
})
