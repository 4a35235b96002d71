import { expect, test } from 'vitest'
import { AssertionError, assert, err, must, ok, unreachable } from './result.ts'

test('[DM20] an expected failure is a value, a bug is thrown', () => {
  expect(ok(1)).toEqual({ ok: true, value: 1 })
  expect(err('full')).toEqual({ ok: false, error: 'full' })
  expect(must(0, 'a zero is a value')).toBe(0)
  expect(() => must(null, 'no row')).toThrow(AssertionError)
  expect(() => assert(false, 'negative lot')).toThrow('negative lot')
  expect(() => unreachable('new status' as never)).toThrow('unreachable: new status')
})
