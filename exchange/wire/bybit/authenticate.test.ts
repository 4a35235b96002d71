import { expect, test } from 'vitest'
import { authenticateLogin, checkTime } from './authenticate.ts'
import { isTimely, loginSignature, requestSignature, signaturesMatch } from './sign.ts'
import type { ApiKey } from './venue.ts'

const NOW = 1_700_000_000_000
const KEY: ApiKey = {
  key: 'key',
  secret: 'secret',
  account: 'alice',
  userId: 1,
  isDemo: false,
  permissions: { readOnly: false, trade: true, withdraw: false, transfer: false },
  addresses: [],
  createdAt: 0,
  expiresAt: null,
}

test('[XW1] the signature is HMAC-SHA256 in lowercase hexadecimal over the parts in their order', () => {
  // RFC 4231, test case 2.
  const known = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  expect(requestSignature('Jefe', ['what do ya ', 'want ', 'for ', 'nothing?'])).toBe(known)
  expect(signaturesMatch(known, known)).toBe(true)
  expect(signaturesMatch(known, known.toUpperCase())).toBe(false)
  expect(signaturesMatch(known, '')).toBe(false)
})

test('[XW2] server - window <= timestamp < server + 1000, both ends as the venue has them', () => {
  expect(isTimely(NOW - 5_000, 5_000, NOW)).toBe(true)
  expect(isTimely(NOW - 5_001, 5_000, NOW)).toBe(false)
  expect(isTimely(NOW + 999, 5_000, NOW)).toBe(true)
  expect(isTimely(NOW + 1_000, 5_000, NOW)).toBe(false)
})

test('[XW2] a time that is no number is 10001, and a missing window is 5000 ms', () => {
  expect(checkTime('soon', '5000', NOW)).toMatchObject({ error: { code: 10001 } })
  expect(checkTime(String(NOW), '-1', NOW)).toMatchObject({ error: { code: 10001 } })
  expect(checkTime(String(NOW - 5_000), '', NOW).ok).toBe(true)
  expect(checkTime(String(NOW - 5_001), '', NOW)).toMatchObject({ error: { code: 10002 } })
})

test('[XW1] a login is signed over its expiry, which must be to come', () => {
  const login = (expires: number, signature: string) =>
    authenticateLogin({ args: ['key', expires, signature], address: '127.0.0.1' }, () => KEY, NOW)
  const soon = NOW + 1_000
  expect(login(soon, loginSignature('secret', String(soon))).ok).toBe(true)
  expect(login(soon, loginSignature('other', String(soon)))).toMatchObject({ error: { code: 10004 } })
  expect(login(NOW, loginSignature('secret', String(NOW)))).toMatchObject({ error: { code: 10001 } })
  expect(authenticateLogin({ args: [], address: '127.0.0.1' }, () => KEY, NOW)).toMatchObject({
    error: { code: 10001 },
  })
})
