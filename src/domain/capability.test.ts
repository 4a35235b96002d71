import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type ClientOrderIdFormat,
  clientOrderId,
  INSTALLATION_TAG_LENGTH,
  isOwnClientOrderId,
} from './capability.ts'
import type { ClientOrderId } from './ids.ts'

/** Bybit takes 36 characters, OKX 32 letters and digits: both must do. */
const STRICTEST: ClientOrderIdFormat = { kind: 'text', maximumLength: 32 }
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const tag = fc.string({
  unit: fc.constantFrom(...LETTERS),
  minLength: INSTALLATION_TAG_LENGTH,
  maxLength: INSTALLATION_TAG_LENGTH,
})
const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })

test('[DM15] a client order id has letters and digits only and fits the strictest venue', () => {
  fc.assert(
    fc.property(tag, sequence, (own, count) => {
      expect(clientOrderId(STRICTEST, own, count)).toMatch(/^[A-Za-z0-9]{1,32}$/)
    }),
  )
})

test('[DM15] two intents never share a client order id', () => {
  fc.assert(
    fc.property(tag, sequence, sequence, (own, a, b) => {
      fc.pre(a !== b)
      expect(clientOrderId(STRICTEST, own, a)).not.toBe(clientOrderId(STRICTEST, own, b))
    }),
  )
})

test('[DM16] an installation knows its own orders from those of another, and of a person', () => {
  fc.assert(
    fc.property(tag, tag, sequence, (own, other, count) => {
      fc.pre(own !== other)
      expect(isOwnClientOrderId(STRICTEST, own, clientOrderId(STRICTEST, own, count))).toBe(true)
      expect(isOwnClientOrderId(STRICTEST, own, clientOrderId(STRICTEST, other, count))).toBe(false)
    }),
  )
  expect(isOwnClientOrderId(STRICTEST, 'abcdefg', null)).toBe(false)
  expect(isOwnClientOrderId(STRICTEST, 'abcdefg', 'my-order' as ClientOrderId)).toBe(false)
})

test('[DM17] where a venue takes integers only, an id stays within its maximum and tells the installation', () => {
  const integers: ClientOrderIdFormat = { kind: 'integer', maximum: 2 ** 48 - 1 }
  const orders = fc.integer({ min: 1, max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(tag, orders, orders, (own, a, b) => {
      const id = clientOrderId(integers, own, a)
      expect(Number.isSafeInteger(Number(id)) && Number(id) > 0).toBe(true)
      expect(Number(id)).toBeLessThanOrEqual(integers.maximum)
      expect(id === clientOrderId(integers, own, b)).toBe(a === b)
      expect(isOwnClientOrderId(integers, own, id)).toBe(true)
    }),
  )
  // What other programs count with: small numbers, and the time in ms.
  for (const foreign of ['1', '7001011966', '1777941383576'])
    expect(isOwnClientOrderId(integers, 'abcdefg', foreign as ClientOrderId)).toBe(false)
  const other = clientOrderId(integers, 'abcdefh', 1)
  expect(isOwnClientOrderId(integers, 'abcdefg', other)).toBe(false)
})
