import { createHmac } from 'node:crypto'
import type { Credential } from '../../domain/account.ts'

/**
 * The headers that sign a REST request (bybit-exchange/docs, docs/v5/guide.mdx).
 *
 * @param signed.payload the query of a GET or the body of a POST, byte for byte as it is sent
 * @param signed.timestamp the venue's clock, ms; the venue refuses it outside [server - window, server + 1000)
 */
export function signedHeaders(
  credential: Credential,
  signed: { readonly timestamp: number; readonly receiveWindowMs: number; readonly payload: string },
): Record<string, string> {
  const { timestamp, receiveWindowMs, payload } = signed
  const text = `${timestamp}${credential.key}${receiveWindowMs}${payload}`
  return {
    'X-BAPI-API-KEY': credential.key,
    'X-BAPI-TIMESTAMP': String(timestamp),
    'X-BAPI-RECV-WINDOW': String(receiveWindowMs),
    'X-BAPI-SIGN': hmac(credential.secret, text),
  }
}

/** The frame that logs a private or trade stream in. @param expiresAt the venue's clock, ms */
export function loginFrame(credential: Credential, expiresAt: number): string {
  const signature = hmac(credential.secret, `GET/realtime${expiresAt}`)
  return JSON.stringify({ op: 'auth', args: [credential.key, expiresAt, signature] })
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}
