import type { RefusalReason, VenueError } from '../../ports/venue.ts'

/** Bybit's codes by what the engine must tell apart (bybit-exchange/docs, docs/v5/error.mdx). */
const CODES: Readonly<Record<Exclude<RefusalReason, 'other'>, readonly number[]>> = {
  rate_limited: [429, 10006, 10018, 10403, 10429, 20003],
  time_window: [-1, 10002],
  key: [-2015, 10003, 10004, 10005, 10007, 33004],
  // 10009: the service is not offered where the address is.
  address: [10009, 10010],
  balance: [110004, 110006, 110007, 110012, 110014, 110044, 110045, 110051, 110052, 110053],
  reduce_only: [110017],
  quantity: [110022, 110064, 110094],
  price: [30208, 30209, 110003, 110120, 110121],
  symbol: [10029, 30228, 110023, 110042, 110063, 110066, 110074, 110095],
  position_mode: [110025, 110029],
  leverage: [30135, 110013, 110036, 110038, 110046, 110086, 110087, 110090],
  duplicate_id: [10014, 110072],
  order_unknown: [110001, 110008, 110010, 110019],
  not_modified: [34040, 110026, 110043],
}

const REASONS: ReadonlyMap<number, RefusalReason> = new Map(
  Object.entries(CODES).flatMap(([reason, codes]) => codes.map(code => [code, reason as RefusalReason])),
)

/** Bybit's word for "ask again later whether it was done": its own back end gave it no answer in time. */
const UNCERTAIN: ReadonlySet<number> = new Set([10000, 10016, 170007])

export type Refusal = Extract<VenueError, { kind: 'refused' }>

/** 10001 is "parameter error" for many things; only its words tell them apart. */
const PARAMETER_ERROR = 10001

export function refusalReason(code: number, message: string): RefusalReason {
  if (code === PARAMETER_ERROR) return parameterReason(message)
  return REASONS.get(code) ?? 'other'
}

/** Codes after which nobody can say whether the request was carried out. */
export function isUncertain(code: number): boolean {
  return UNCERTAIN.has(code)
}

export function refused(code: number | string, message: string): Refusal {
  const reason = typeof code === 'number' ? refusalReason(code, message) : 'other'
  return { kind: 'refused', reason, code: String(code), message }
}

function parameterReason(message: string): RefusalReason {
  const words = message.toLowerCase()
  if (words.includes('position idx not match')) return 'position_mode'
  if (words.includes('symbol')) return 'symbol'
  if (words.includes('leverage')) return 'leverage'
  if (words.includes('qty') || words.includes('number of contracts')) return 'quantity'
  return words.includes('price') ? 'price' : 'other'
}

/**
 * Why a stream's login was refused. The code is missing in some answers of the private stream, and then
 * its words are all there is.
 */
export function loginRefusal(code: number | null, message: string): Refusal {
  if (code !== null) return refused(code, message)
  const reason: RefusalReason = /unmatched ip/i.test(message)
    ? 'address'
    : /api ?key|error sign|invalid sign|permission/i.test(message)
      ? 'key'
      : 'other'
  return { kind: 'refused', reason, code: '', message }
}

/** The venue will not take this key from here: trying again changes nothing. */
export function isKeyRefusal({ reason }: Refusal): boolean {
  return reason === 'key' || reason === 'address'
}
