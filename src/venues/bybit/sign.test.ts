import { expect, test } from 'vitest'
import { loginFrame, signedHeaders } from './sign.ts'

const CREDENTIAL = { key: 'XXXXXXXXXX', secret: 'a-secret' }

// The expected signatures were made with: printf '%s' TEXT | openssl dgst -sha256 -hmac a-secret
test('a request is signed over time, key, window and its query or body', () => {
  const payload = 'category=option&symbol=BTC-29JUL22-25000-C'
  const headers = signedHeaders(CREDENTIAL, { timestamp: 1658384314791, receiveWindowMs: 5000, payload })
  expect(headers).toEqual({
    'X-BAPI-API-KEY': 'XXXXXXXXXX',
    'X-BAPI-TIMESTAMP': '1658384314791',
    'X-BAPI-RECV-WINDOW': '5000',
    'X-BAPI-SIGN': '42136f9b531dd45f61fb52e6e29ed4173921133a50b273b66b694aca78e2e37a',
  })
})

test('a login is signed over the time it expires at', () => {
  expect(JSON.parse(loginFrame(CREDENTIAL, 1711010121452))).toEqual({
    op: 'auth',
    args: ['XXXXXXXXXX', 1711010121452, 'a142069e3b47fb80ce3541ea437ebffc3632bf504c30eac9c5f2eef395e5eb3e'],
  })
})
