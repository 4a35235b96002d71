/** Every fault by name: where it acts and what it does. `target`: a kind of transaction, a route or a channel. */
export const LIGHTER_FAULTS = {
  drop_answer:
    'a transaction is taken and carried out, its answer is never sent (REST: the connection is cut)',
  late_accept: 'a transaction is taken at once and carried out delayMs later',
  tx_lost: 'a transaction is taken with 200 and its nonce used, and nothing is ever heard of it',
  tx_fails:
    'a transaction is taken with 200 and fails in the sequencer, its nonce unused: those sent after it fail too',
  nonce_race:
    'somebody else uses the nonce of a transaction first: it is refused with 21104, nextNonce is one further',
  reduce_only_vanishes: 'a reduce-only order is taken with 200 and executed, and there is no order',
  rate_limit: 'a transaction or request is answered with HTTP 429',
  unavailable: 'a request is answered with HTTP 503',
  false_not_found: 'orders and trades are answered as if there were none',
  refuse_subscription: 'a subscription to a channel of an account is refused with 30012',
  drop_stream: 'every socket that an account is known on is closed',
  half_open: 'every socket that an account is known on stays open and falls silent for good',
  no_pong: 'a ping of an account’s socket is not answered, and the venue’s own is not sent',
  drop_reports: 'a frame is silently not sent; of an order book that is a gap',
  duplicate_reports: 'a frame is sent twice',
  late_stream: 'a frame is sent delayMs late',
  outage:
    'for delayMs of the exchange’s own clock every socket is closed, every request answered with 503, and nothing trades',
  clock_offset: 'while set, the venue has a clock that is delayMs ahead (behind, where negative)',
  liquidation: 'an account with a position is liquidated',
  adl: 'an account loses half of a position to auto-deleveraging',
} as const

export type LighterFaultName = keyof typeof LIGHTER_FAULTS

/** Half a day: an outage of the venue's took four and a half hours. */
export const MAXIMUM_FAULT_MS = 12 * 3_600_000
