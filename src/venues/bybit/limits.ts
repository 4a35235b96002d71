/** From the stamp to the first byte. Less than the receive window: the rest of it is for the way there. */
export const SEND_BUDGET_MS = 1_500
/** Past the receive window no answer can be an acceptance any more; the margin is for the way back. */
export const ANSWER_MARGIN_MS = 1_000
export const READ_TIMEOUT_MS = 5_000
/** How long a read waits for its budget. */
export const READ_WAIT_MS = 5_000
/** Reads and settings tolerate a slower network than orders do: Bybit's own default. */
export const READ_RECEIVE_WINDOW_MS = 5_000
/** "Terminate all HTTP sessions and wait for at least 10 minutes" (docs/v5/rate-limit). */
export const EGRESS_STOP_MS = 600_000
/** A venue that says "too many" for longer than this is asked again anyway. */
export const MAXIMUM_DRAIN_MS = 10_000

/** How long a connection waits for its budget before it goes back to its backoff. */
export const CONNECT_WAIT_MS = 5_000
/** Authentication and subscription together. */
export const LOGIN_TIMEOUT_MS = 10_000
/** How long a login's signature is valid. */
export const LOGIN_EXPIRES_MS = 10_000
/** Trade requests without an answer, per account: its budget allows ten a second. */
export const MAXIMUM_IN_FLIGHT = 1_000

export const POSITIONS_PER_PAGE = 200
export const ORDERS_PER_PAGE = 50
export const EXECUTIONS_PER_PAGE = 100
export const INSTRUMENTS_PER_PAGE = 1_000
/** What every edition of docs/v5/market/orderbook.mdx allows for linear contracts. */
export const BOOK_LEVELS = 200
/** A book that comes later than this prices nothing any more. */
export const BOOK_WAIT_MS = 1_000
/** A query that has more pages than this is asked in smaller pieces, not for ever. */
export const MAXIMUM_PAGES = 200
export const EXECUTION_WINDOW_MS = 7 * 24 * 3_600_000
/**
 * Two years (docs/v5/order/execution.mdx), less an hour: a query that begins earlier when it arrives is refused whole
 * (10001), and it may have waited for its turn, page after page.
 */
export const KEPT_MS = 730 * 24 * 3_600_000 - 3_600_000

/** What history waits for its share of the budgets: everything else goes before it. */
export const HISTORY_WAIT_MS = 60_000
export const CLOSED_PNL_PER_PAGE = 100
export const WALLET_ENTRIES_PER_PAGE = 50
/** One span for closed PnL, orders, executions and the transaction log. */
export const HISTORY_WINDOW_MS = 7 * 24 * 3_600_000
/** Not documented; order/history "may delay". The same that an order's fate is waited for. */
export const HISTORY_LAG_MS = 3_000

/** One public connection takes "args" up to 21,000 characters; a topic has about twenty. */
export const TOPICS_PER_FRAME = 200
