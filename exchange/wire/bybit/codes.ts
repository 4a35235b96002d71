import type { Refusal } from '../../core/refusal.ts'

/** A no in the venue's own code and words. Codes: bybit-exchange/docs, docs/v5/error.mdx. */
export interface VenueFailure {
  readonly code: number
  readonly message: string
}

export const TOO_MANY_VISITS = failure(10006, 'Too many visits. Exceeded the API Rate Limit.')
export const ACCESS_TOO_FREQUENT = failure(403, 'access too frequent')
export const ROUTE_NOT_FOUND = failure(404, 'Cannot find path. Please check the path and the method.')
export const UNAVAILABLE = failure(503, 'Service Unavailable')
export const SERVER_ERROR = failure(10016, 'Server error.')
export const INVALID_KEY = failure(10003, 'API key is invalid.')
export const PERMISSION_DENIED = failure(10005, 'Permission denied, please check your API key permissions.')
export const NOT_AUTHENTICATED = failure(10007, 'User authentication failed.')
export const UNMATCHED_ADDRESS = failure(
  10010,
  "Unmatched IP, please check your API key's bound IP addresses.",
)
export const KEY_EXPIRED = failure(33004, 'Your api key has expired.')
export const DUPLICATE_REQUEST_ID = failure(20006, 'reqId is duplicated')
export const REPEATED_LOGIN = failure(20001, 'repeat auth')
export const UNKNOWN_OPERATION = failure(10404, 'op type is not found')
export const SERVICE_RESTARTING = failure(10016, 'Service is restarting.')
export const MARGIN_MODE_FAILED = failure(3400045, 'Set margin mode failed')
export const NOT_ON_DEMO = failure(10032, 'Demo trading are not supported.')

export function failure(code: number, message: string): VenueFailure {
  return { code, message }
}

export function parameterError(what: string): VenueFailure {
  return failure(10001, `params error: ${what}`)
}

export function unknownSymbol(symbol: string): VenueFailure {
  return parameterError(`symbol invalid ${symbol.slice(0, 40)}`)
}

/** The core does not name what it stumbled over; the venue's words do not either. */
const REFUSALS: Record<Refusal, VenueFailure> = {
  unknown_account: INVALID_KEY,
  unknown_symbol: parameterError('symbol invalid'),
  symbol_closed: failure(110074, 'This contract is not live'),
  symbol_delivering: failure(110063, 'Settlement in progress! This contract is not available for trading.'),
  quantity_step: failure(10001, 'Qty invalid'),
  below_minimum_quantity: failure(10001, 'The number of contracts exceeds minimum limit allowed'),
  above_maximum_quantity: failure(10001, 'The number of contracts exceeds maximum limit allowed: too large'),
  below_minimum_notional: failure(110094, 'Order does not meet minimum order value'),
  price_tick: failure(10001, 'Price invalid'),
  price_band: failure(110003, 'Order price exceeds the allowable range.'),
  price_missing: failure(10001, 'Price is required for a Limit order'),
  insufficient_balance: failure(110007, 'ab not enough for new order'),
  reduce_only: failure(110017, 'current position is zero, cannot fix reduce-only order qty'),
  duplicate_client_order_id: failure(110072, 'OrderLinkedID is duplicate'),
  order_unknown: failure(110001, 'order not exists or too late to cancel'),
  // Derivatives answer for a finished order as for an unknown one; 110008 and 110010 are older.
  order_done: failure(110001, 'order not exists or too late to cancel'),
  too_many_open_orders: failure(110020, 'Not allowed to have more than 500 active orders.'),
  leverage_out_of_range: failure(110013, 'Cannot set leverage due to risk limit level.'),
  leverage_not_modified: failure(110043, 'Set leverage has not been modified.'),
  leverage_would_liquidate: failure(110046, 'Liquidation will be triggered immediately by this adjustment.'),
  not_modified: failure(10001, 'order not modified'),
  below_filled_quantity: failure(
    110064,
    'The modified contract quantity cannot be less than or equal to the filled quantity.',
  ),
  stops_fixed: failure(110059, 'Not allowed to modify the TP/SL of a partially filled open order'),
  maintenance: SERVICE_RESTARTING,
  position_index_mismatch: failure(10001, 'position idx not match position mode'),
  position_mode_not_modified: failure(110025, 'Position mode is not modified'),
  position_mode_unavailable: failure(110029, 'Hedge mode is not supported for this symbol.'),
  position_open: failure(110024, 'You have an existing position, so the position mode cannot be switched.'),
  orders_open: failure(110028, 'You have existing open orders, so the position mode cannot be switched.'),
  too_many_conditional_orders: failure(
    110009,
    'The number of stop orders exceeds the maximum allowable limit',
  ),
  too_many_partial_stops: failure(110061, 'Not allowed to have more than 20 TP/SLs under Partial tpSlMode'),
  trigger_price_passed: failure(110092, 'expect Rising, but trigger_price <= current'),
  position_flat: failure(10001, 'can not set tp/sl/ts for zero position'),
  stop_price_invalid: failure(
    10001,
    'TakeProfit, StopLoss or TrailingStop is on the wrong side of the base price',
  ),
  stop_quantity_invalid: failure(
    110058,
    "You can't set take profit and stop loss due to insufficient size of remaining position size.",
  ),
}

export function refusalFailure(refusal: Refusal): VenueFailure {
  return REFUSALS[refusal]
}
