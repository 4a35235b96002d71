import type { Refusal } from '../../core/types.ts'

/** A no of the venue: apidocs.lighter.xyz, "Data Structures, Constants and Errors". */
export interface LighterFailure {
  readonly code: number
  readonly message: string
}

export function failure(code: number, message: string): LighterFailure {
  return { code, message }
}

/** Of a request as such. @param what the field and what it must be */
export function invalidParameter(what: string): LighterFailure {
  return failure(20001, `invalid param: ${what}`)
}

export const ACCOUNT_NOT_FOUND = failure(21100, 'account not found')
export const INVALID_NONCE = failure(21104, 'invalid nonce')
export const BATCH_NONCE = failure(21105, 'batch transaction nonce is not increasing')
export const API_KEY_NOT_FOUND = failure(21109, 'api key not found')
export const INVALID_SIGNATURE = failure(21120, 'invalid signature')
export const BATCH_OWNERS = failure(
  21121,
  'all transactions in the batch must have use same account and apikey',
)
export const TX_NOT_FOUND = failure(21500, 'transaction not found')
export const UNSUPPORTED_TX = failure(21505, 'unsupported tx type')
export const BATCH_LENGTHS = failure(21513, 'TxInfos and TxTypes should have the same length')
export const BATCH_SIZE = failure(21514, 'maximum 50 transactions allowed per batch')
export const INVALID_MARKET = failure(21602, 'invalid market index')
export const INVALID_MARGIN_MODE = failure(21613, 'invalid margin mode')
export const INVALID_EXPIRY = failure(21711, 'invalid expiry')
export const UNSUPPORTED_ORDER = failure(21710, 'unsupported order type')
export const TOO_MANY_REQUESTS = failure(23000, 'Too Many Requests!')
export const TOO_MANY_SUBSCRIPTIONS = failure(23001, 'Too Many Subscriptions!')
export const NOT_FOUND = failure(29404, 'not found')
export const INTERNAL = failure(29500, 'internal server error')
export const INVALID_JSON = failure(30000, 'Invalid Json')
export const INVALID_TYPE = failure(30001, 'Invalid Type')
export const INVALID_CHANNEL = failure(30005, 'Invalid Channel')
export const INVALID_DATA = failure(30007, 'Invalid Data')
export const TOO_MANY_MESSAGES = failure(30009, 'Too Many Websocket Messages!')
export const SUBSCRIBE_FAILED = failure(30012, 'Failed to subscribe')

/** The list has no number for a transaction that came too late; its text is the one of the API's own check. */
export const TX_EXPIRED = failure(21501, 'invalid tx info: ExpiredAt has passed')

/** What the sequencer says where the exchange core refuses. Of the rest the venue has no word, see `refusalFailure`. */
const REFUSALS: Partial<Record<Refusal, LighterFailure>> = {
  unknown_account: ACCOUNT_NOT_FOUND,
  unknown_symbol: INVALID_MARKET,
  symbol_closed: failure(21605, 'invalid market status'),
  symbol_delivering: failure(21605, 'invalid market status'),
  quantity_step: failure(21701, 'invalid base amount'),
  below_minimum_quantity: failure(21706, 'invalid order base or quote amount'),
  above_maximum_quantity: failure(21706, 'invalid order base or quote amount'),
  below_minimum_notional: failure(21706, 'invalid order base or quote amount'),
  price_tick: failure(21702, 'invalid price'),
  price_missing: failure(21702, 'invalid price'),
  price_band: failure(21734, 'limit order price is too far from the mark price'),
  insufficient_balance: failure(21739, 'not enough margin to create the order'),
  reduce_only: failure(21732, 'reduce only increases position'),
  duplicate_client_order_id: failure(21728, 'client order index already exists'),
  order_unknown: failure(21700, 'invalid order index'),
  order_done: failure(21600, 'given order is not an active limit order'),
  too_many_open_orders: failure(21718, 'maximum active limit order count per market reached'),
  too_many_conditional_orders: failure(21720, 'maximum pending order count per market reached'),
  leverage_out_of_range: failure(21113, 'invalid initial margin fraction'),
  leverage_would_liquidate: failure(21133, 'invalid risk change'),
  below_filled_quantity: failure(21701, 'invalid base amount'),
  trigger_price_passed: failure(21729, 'invalid order trigger price'),
  maintenance: INTERNAL,
}

export function refusalFailure(refusal: Refusal): LighterFailure {
  return REFUSALS[refusal] ?? failure(21743, `invalid order info: ${refusal}`)
}
