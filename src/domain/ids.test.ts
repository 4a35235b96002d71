import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AccountId, type IntentId, instrumentId, parseId, positionKey, symbolOf, uuidv7 } from './ids.ts'

const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const LATEST_MS = 2 ** 48 - 1
const time = fc.integer({ min: 0, max: LATEST_MS })
const random = fc.uint8Array({ minLength: 10, maxLength: 10 })

test('[DM13] an id is a valid version 7 UUID whatever time and chance give', () => {
  fc.assert(
    fc.property(time, random, (now, bytes) => {
      expect(uuidv7<IntentId>(now, bytes)).toMatch(VERSION_7)
    }),
  )
})

test('[DM13] ids sort by the time they were made at, as text', () => {
  fc.assert(
    fc.property(time, time, random, random, (a, b, first, second) => {
      fc.pre(a < b)
      expect(uuidv7<IntentId>(a, first) < uuidv7<IntentId>(b, second)).toBe(true)
    }),
  )
})

test('[DM14] an instrument id names venue and symbol, and the symbol can be read back', () => {
  const id = instrumentId('okx', 'BTC-USDT-SWAP')
  expect(id).toBe('okx:BTC-USDT-SWAP')
  expect(symbolOf(id)).toBe('BTC-USDT-SWAP')
  expect(positionKey('a1' as AccountId, id, 0)).toBe('a1/okx:BTC-USDT-SWAP/0')
})

test('[DM13] an id from outside is taken in the one spelling that it was made in', () => {
  const id = uuidv7(1_700_000_000_000, new Uint8Array(10))
  expect(parseId(id)).toBe(id)
  for (const wrong of [id.toUpperCase(), `${id}\n`, id.slice(1), '', '../../etc/passwd']) {
    expect(parseId(wrong)).toBeUndefined()
  }
})
