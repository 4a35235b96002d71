import type { RefusalReason, VenueError } from '../../ports/venue.ts'

/** What a person is told behind whatever is wrong with a credential. */
export const SEE_KEYS = "See Lighter's page for API keys, and whether the account index is right."

export type Refusal = Extract<VenueError, { kind: 'refused' }>

export const INVALID_NONCE = 21104
/** On the stream: the channel is subscribed already. */
export const ALREADY_SUBSCRIBED = 30003
/** "internal server error": whether anything was done nobody can say. */
const INTERNAL = 29500

/** What the engine must tell apart (apidocs.lighter.xyz, "Data Structures, Constants and Errors"). */
const CODES: Readonly<Partial<Record<RefusalReason, readonly number[]>>> = {
  rate_limited: [429, 23000, 23001, 30009],
  time_window: [21711],
  // 30005 is "invalid channel": those that are asked for have their right names, so the account is not there.
  key: [20013, 21100, 21109, 21120, 30005],
  balance: [21739],
  reduce_only: [21732],
  quantity: [21701, 21706],
  price: [21702, 21734],
  symbol: [21602, 21605],
  leverage: [21113, 21133],
  duplicate_id: [21728],
  order_unknown: [21600, 21700],
}

const REASONS: ReadonlyMap<number, RefusalReason> = new Map(
  Object.entries(CODES).flatMap(([reason, codes]) => codes.map(code => [code, reason as RefusalReason])),
)

/** The list has gaps, and streams refuse without a code of their own: then the first words that fit decide. */
const WORDS: readonly (readonly [RegExp, RefusalReason])[] = [
  [/too many|rate limit/i, 'rate_limited'],
  [/nonce/i, 'other'],
  [/signature|public key|api key|\bauth/i, 'key'],
  [/expired/i, 'time_window'],
  [/restricted|jurisdiction/i, 'address'],
  [/reduce.?only/i, 'reduce_only'],
  [/leverage|margin fraction/i, 'leverage'],
  [/balance|collateral|margin/i, 'balance'],
]

export function refused(code: number, message: string): Refusal {
  const reason = REASONS.get(code) ?? WORDS.find(([words]) => words.test(message))?.[1] ?? 'other'
  return { kind: 'refused', reason, code: String(code), message }
}

/** Codes after which nobody can say whether the request was carried out. */
export function isUncertain(code: number): boolean {
  return code === INTERNAL
}

/** Refused here, before anything was signed: the venue would not take it, or would take something else. */
export function refusedHere(reason: RefusalReason, message: string): Refusal {
  return { kind: 'refused', reason, code: 'lockstep', message }
}

/** The venue will not take this key: trying again changes nothing. */
export function isKeyRefusal({ reason }: Refusal): boolean {
  return reason === 'key' || reason === 'address'
}
