import { createHmac, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA256 in lowercase hexadecimal of timestamp + key + recv_window + (query | body). */
export function requestSignature(secret: string, parts: readonly string[]): string {
  return createHmac('sha256', secret).update(parts.join('')).digest('hex')
}

/** What a stream's `auth` carries. */
export function loginSignature(secret: string, expires: string): string {
  return requestSignature(secret, ['GET/realtime', expires])
}

/** Compares in a time that says nothing about where two signatures differ. */
export function signaturesMatch(expected: string, given: string): boolean {
  const left = Buffer.from(expected)
  const right = Buffer.from(given)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The venue takes a little of the future, because clocks differ, and recv_window of the past. */
export const FUTURE_TOLERANCE_MS = 1_000
export const DEFAULT_RECEIVE_WINDOW_MS = 5_000

export function isTimely(timestamp: number, receiveWindowMs: number, now: number): boolean {
  return timestamp >= now - receiveWindowMs && timestamp < now + FUTURE_TOLERANCE_MS
}
