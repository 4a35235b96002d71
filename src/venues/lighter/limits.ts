/** The venue tells its time in whole seconds: what is taken for it may be half of one wrong, and a little for the way. */
export const CLOCK_ERROR_MS = 600
/** From the stamp to the first byte. The rest of the deadline is for the venue, which may add 300 ms of its own. */
export const SEND_BUDGET_MS = 1_500
export const READ_TIMEOUT_MS = 5_000
/** How long a read waits for its budget: many pages take more than one minute's. */
export const READ_WAIT_MS = 65_000
/** Behind a nonce orders wait. */
export const NONCE_WAIT_MS = 1_500
/** Past the deadline nothing is executed any more; the margin is for the way back. */
export const ANSWER_MARGIN_MS = 1_000
/** An order that nothing has shown by then is asked after by its transaction: what failed is told on no stream. */
export const UNSHOWN_MS = 1_500
/** As often, this far apart, while it is pending or not answered: the last time before its deadline is over. */
export const FAILURE_ASKS = 4
export const FAILURE_ASK_MS = 1_000
/** Transactions of one key that wait for those before them. */
export const MAXIMUM_WAITING = 64

/** A resting order ends by itself; the venue takes 5 minutes to 30 days (apidocs, "Production checklist"). */
export const RESTING_MS = 28 * 24 * 3_600_000
/** How far from the mark a market order without a limit may trade. */
export const MARKET_BOUND_BPS = 500
/** An older mark bounds nothing. */
export const MARK_AGE_MS = 10_000

/** The venue takes auth tokens of at most 8 hours. */
export const TOKEN_LIFE_MS = 7 * 3_600_000
/** A token with less than this left is not used any more. */
export const TOKEN_MARGIN_MS = 3_600_000

/** Of the 100 subscriptions that a connection may have (older editions of "Rate Limits"; 500 in newer ones). */
export const MAXIMUM_TICKER_CHANNELS = 95
/** A channel of best prices that was refused is asked for again after this. */
export const TICKER_AGAIN_MS = 60_000

/** From when its token has its margin left a stream is made anew within this: legs opened together not together. */
export const RENEWAL_SPREAD_MS = 1_200_000
/** A stream whose successor is not there by then is given up: its token must not end while it is relied on. */
export const RENEWAL_WAIT_MS = 1_800_000
/** What the former stream had on its way when its successor was complete is still heard. */
export const RENEWAL_OVERLAP_MS = 5_000

/** How long a connection waits for its budget before it goes back to its backoff. */
export const CONNECT_WAIT_MS = 5_000
/** The first frame of every channel. */
export const SUBSCRIBE_TIMEOUT_MS = 10_000
/** A trade can be told before its order; longer than this it is read anew. */
export const ORDER_WAIT_MS = 250
export const MAXIMUM_HELD_TRADES = 1_000
/** Orders whose size is remembered, for trades that do not carry it. */
export const MAXIMUM_KNOWN_ORDERS = 10_000

/** What orderBookOrders shows of a side at most (OpenAPI). */
export const BOOK_ORDERS = 250
/** A book that comes later than this prices nothing any more. */
export const BOOK_WAIT_MS = 1_000

export const ROWS_PER_PAGE = 100
/** A query that has more pages than this is not asked for ever. */
export const MAXIMUM_PAGES = 50
/** Clocks of rows, and of theirs and ours, may differ a little. */
export const SEARCH_MARGIN_MS = 60_000
/** A snapshot that the account's trades run away from is taken again this often. */
export const SNAPSHOT_TRIES = 3
/** Whether a change of leverage was executed is asked this often, this far apart. */
export const EXECUTION_ASKS = 5
export const EXECUTION_ASK_MS = 500

/** How long nothing is sent after "too many requests": the venue counts by the rolling minute. */
export const DRAIN_MS = 10_000
/** How long the venue's API then answers nobody: a request's share of the minute, 1.5 s for the heaviest one here. */
export const COOLDOWN_MS = 1_500
/** The venue's firewall holds an address for a minute, whoever asks (HTTP 405). */
export const FIREWALL_MS = 60_000
