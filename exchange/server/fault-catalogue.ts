import { failure, type VenueFailure } from '../wire/bybit/codes.ts'

/** Every fault by name: where it acts and what it does. */
export const FAULTS = {
  drop_answer: 'a command is carried out, its answer is never sent (REST: the connection is cut)',
  late_accept: 'a command is carried out after delayMs, its answer is never sent',
  acked_then_refused: 'an order is acknowledged, and cancelled by report without a trade',
  second_filled_after_cancel: 'a cancel that comes too late makes the order be told as Filled once more',
  fill_before_ack: 'the reports of a command leave delayMs before its answer',
  many_executions: 'an order that takes is filled in up to 50 pieces',
  rate_limit: 'a command or query is answered with 10006',
  insufficient_balance: 'an order is refused with 110007',
  reduce_only_refused: 'an order is refused with 110017',
  position_mode_refused: 'an order is refused with 10001, position idx not match position mode',
  leverage_refused: 'set-leverage is refused with 110013',
  key_expired: 'a request or login is refused with 33004',
  ip_not_allowed: 'a request or login is refused with 10010',
  ip_limit: 'a REST request is answered with HTTP 403',
  unavailable: 'a REST request is answered with HTTP 503',
  false_not_found: 'a query is answered with an empty list',
  stale_query: 'a query is answered as it was when it was first asked since this fault was set',
  position_report_missing: 'position/list is empty, and a frame of the position topic is not sent',
  refuse_login: 'the login of a stream is refused',
  subscribe_refused: 'a subscription on the private stream is refused',
  drop_stream: 'every socket that an account is logged in on is closed',
  half_open: 'every socket that an account is logged in on stays open and falls silent for good',
  drop_reports: 'a private frame is silently not sent',
  duplicate_reports: 'a private frame is sent twice',
  reorder_reports: 'a private frame is sent after the next one, or after delayMs',
  delay_reports: 'a private frame is sent after delayMs; later ones do not wait for it',
  venue_restart: 'every socket is closed, and realtime forgets the orders that were done before',
  maintenance: 'for delayMs every socket is closed and every request is refused with 10016',
  clock_offset: 'while set, the venue has a clock that is delayMs ahead (behind, where negative)',
  delisted:
    'a symbol (target) is closed: its orders are cancelled, its positions settled, new orders refused with 110074',
  liquidation: 'an account with a position is liquidated',
  adl: 'an account loses half of a position to auto-deleveraging',
} as const

export type FaultName = keyof typeof FAULTS

/** Faults that are nothing but a no, by what they say it to; a target that the fault names goes first. */
export const REFUSING: readonly {
  readonly name: FaultName
  readonly commands: ReadonlySet<string>
  readonly failure: VenueFailure
}[] = [
  refusing(
    'insufficient_balance',
    ['create', 'create-batch'],
    failure(110007, 'ab not enough for new order'),
  ),
  refusing(
    'reduce_only_refused',
    ['create', 'create-batch'],
    failure(110017, 'current position is zero, cannot fix reduce-only order qty'),
  ),
  refusing(
    'position_mode_refused',
    ['create', 'create-batch'],
    failure(10001, 'position idx not match position mode'),
  ),
  refusing(
    'leverage_refused',
    ['set-leverage'],
    failure(110013, 'Cannot set leverage due to risk limit level.'),
  ),
]

function refusing(name: FaultName, commands: readonly string[], words: VenueFailure) {
  return { name, commands: new Set(commands), failure: words }
}
