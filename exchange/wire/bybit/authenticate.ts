import { err, ok, type Result } from '../../../src/domain/result.ts'
import {
  failure,
  INVALID_KEY,
  KEY_EXPIRED,
  parameterError,
  UNMATCHED_ADDRESS,
  type VenueFailure,
} from './codes.ts'
import {
  DEFAULT_RECEIVE_WINDOW_MS,
  isTimely,
  loginSignature,
  requestSignature,
  signaturesMatch,
} from './sign.ts'
import type { ApiKey } from './venue.ts'

export type KeyLookup = (key: string) => ApiKey | undefined

/** Header texts as they came; '' where one is missing. */
export interface SignedRequest {
  readonly key: string
  readonly timestamp: string
  readonly receiveWindow: string
  readonly signature: string
  /** The query as it stood in the URL, or the body: byte for byte what was signed. */
  readonly payload: string
  readonly address: string
}

const INTEGER = /^\d{1,16}$/

export function authenticateRequest(
  request: SignedRequest,
  keyOf: KeyLookup,
  now: number,
): Result<ApiKey, VenueFailure> {
  const timely = checkTime(request.timestamp, request.receiveWindow, now)
  if (!timely.ok) return timely
  const usable = usableKey(keyOf(request.key), request.address, now)
  if (!usable.ok) return usable
  const { timestamp, key, receiveWindow, payload } = request
  const expected = requestSignature(usable.value.secret, [timestamp, key, receiveWindow, payload])
  if (signaturesMatch(expected, request.signature)) return usable
  const origin = `${timestamp}${key}${receiveWindow}${payload.slice(0, 200)}`
  return err(failure(10004, `error sign! origin_string[${origin}]`))
}

/** The rule for requests and for operations of the trade stream: server - window <= timestamp < server + 1 s. */
export function checkTime(timestamp: string, receiveWindow: string, now: number): Result<void, VenueFailure> {
  if (!INTEGER.test(timestamp)) return err(parameterError('X-BAPI-TIMESTAMP must be a time in ms'))
  if (receiveWindow !== '' && !INTEGER.test(receiveWindow))
    return err(parameterError('X-BAPI-RECV-WINDOW must be a number of ms'))
  const windowMs = receiveWindow === '' ? DEFAULT_RECEIVE_WINDOW_MS : Number(receiveWindow)
  if (isTimely(Number(timestamp), windowMs, now)) return ok()
  return err(
    failure(
      10002,
      'invalid request, please check your server timestamp or recv_window param. ' +
        `req_timestamp[${timestamp}],server_timestamp[${Math.trunc(now)}],recv_window[${windowMs}]`,
    ),
  )
}

/** `args` of a stream's auth: [key, expires in ms, signature]. */
export function authenticateLogin(
  { args, address }: { readonly args: readonly unknown[]; readonly address: string },
  keyOf: KeyLookup,
  now: number,
): Result<ApiKey, VenueFailure> {
  const [key, expires, signature] = args
  if (typeof key !== 'string' || typeof signature !== 'string' || !INTEGER.test(String(expires)))
    return err(parameterError('auth takes [api key, expires in ms, signature]'))
  if (Number(expires) <= now) return err(failure(10001, 'request has expired, please send a later expires'))
  const usable = usableKey(keyOf(key), address, now)
  if (!usable.ok) return usable
  const expected = loginSignature(usable.value.secret, String(expires))
  return signaturesMatch(expected, signature) ? usable : err(failure(10004, 'invalid sign'))
}

function usableKey(key: ApiKey | undefined, address: string, now: number): Result<ApiKey, VenueFailure> {
  if (key === undefined) return err(INVALID_KEY)
  if (key.expiresAt !== null && key.expiresAt <= now) return err(KEY_EXPIRED)
  if (key.addresses.length > 0 && !key.addresses.includes(address)) return err(UNMATCHED_ADDRESS)
  return ok(key)
}
