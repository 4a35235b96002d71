import { expect, test } from 'vitest'
import { isKeyRefusal, isUncertain, loginRefusal, refusalReason } from './errors.ts'

test.each([
  [10006, 'rate_limited'],
  [10002, 'time_window'],
  [33004, 'key'],
  [10010, 'address'],
  [110007, 'balance'],
  [110017, 'reduce_only'],
  [110094, 'quantity'],
  [110003, 'price'],
  [10029, 'symbol'],
  [110013, 'leverage'],
  [110046, 'leverage'],
  [110072, 'duplicate_id'],
  [110001, 'order_unknown'],
  [110043, 'not_modified'],
  [987654, 'other'],
] as const)('[VN4] code %i is a refusal for reason %s', (code, reason) => {
  expect(refusalReason(code, '')).toBe(reason)
})

test('[VN4] the code for parameter errors means what its words say', () => {
  expect(refusalReason(10001, 'position idx not match position mode')).toBe('position_mode')
  expect(refusalReason(10001, 'params error: symbol invalid FOOUSDT')).toBe('symbol')
  expect(refusalReason(10001, 'Qty invalid')).toBe('quantity')
  expect(refusalReason(10001, 'The number of contracts exceeds minimum limit allowed')).toBe('quantity')
  expect(refusalReason(10001, 'something else')).toBe('other')
})

test("[VN5] the venue's own timeouts are no refusals", () => {
  for (const code of [10000, 10016, 170007]) expect(isUncertain(code)).toBe(true)
  for (const code of [0, 10001, 10006, 110007]) expect(isUncertain(code)).toBe(false)
})

test('[VN12] a login refused for its key is told from one that may go well next time', () => {
  expect(isKeyRefusal(loginRefusal(10003, 'Invalid apikey'))).toBe(true)
  expect(isKeyRefusal(loginRefusal(null, 'API key is invalid.'))).toBe(true)
  expect(isKeyRefusal(loginRefusal(null, 'Unmatched IP'))).toBe(true)
  expect(isKeyRefusal(loginRefusal(10002, 'expired'))).toBe(false)
  expect(isKeyRefusal(loginRefusal(null, 'Params Error'))).toBe(false)
})
