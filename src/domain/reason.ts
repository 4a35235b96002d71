/** Why a follower did not do what its leader did, and what a person can do about it. Codes are stable. */
export const REASONS = {
  copied: 'The order was filled.',
  below_lot:
    'Less than the venue trades: it is carried until the next increase makes it tradable. Raise the ratio to copy smaller fills.',
  ended_short:
    'The order ended before it was full; the rest was forgone. Raise the slippage bound if this happens often.',
  above_maximum: 'More than one order may be at this venue; the rest was forgone. Lower the ratio.',
  stale:
    'The fill was older than maxAgeMs when it could have been sent. Raise maxAgeMs, or look at the latency of this account.',
  drifted:
    "The market had moved more than maxDriftBps from the leader's price. Raise maxDriftBps to pay more.",
  symbol_not_allowed:
    'This symbol is not allowed for the strategy or the account. Change the filter to copy it.',
  symbol_unknown:
    'The venue does not list this symbol. Add a symbol map, or remove the symbol from the strategy.',
  symbol_closed: 'The venue does not trade this symbol now.',
  side_not_allowed: 'This side is not allowed for the strategy or the account. Change the filter to copy it.',
  mode_close_only: 'The link or strategy is in close-only mode. Set it to on to copy increases.',
  mode_off: 'The link or strategy is off. Set it to on to copy.',
  link_removed: 'The link was removed before this could be done. Link the account again to copy.',
  place_taken:
    'Another link still holds this symbol on the account, or has orders there. Wait until they are over, or close them.',
  no_reentry:
    'The position was closed on the venue by other means than copying; nothing is opened again until the leader is flat.',
  other_side_held: 'The follower still holds the other side. Close it by hand to copy this side.',
  nothing_to_reduce: 'The follower holds nothing of this position.',
  kill_switch: 'The kill switch is on. Turn it off to open positions again.',
  risk_leverage: 'The order would exceed the leverage cap. Raise maximumLeverage or add funds.',
  risk_order_notional: 'The order would exceed maximumOrderNotional.',
  risk_symbol_notional: 'The position would exceed maximumSymbolNotional.',
  risk_total_notional: 'The account would exceed maximumTotalNotional.',
  risk_order_rate: 'The account has sent maximumOrdersPerMinute orders in the last minute.',
  risk_collar: 'The price was outside the collar around the mark.',
  risk_open_orders: 'The strategy has as many open orders as it may.',
  equity_unknown:
    'The equity of the leader or the follower is unknown or too old. See whether their accounts are live.',
  market_stale: "The price of the symbol is unknown or too old. See whether the venue's market data is live.",
  position_mode: 'The account is in hedge (two-way) position mode. Switch it to one-way mode on the venue.',
  leverage_refused: 'The venue refused the leverage. Set one that the symbol allows.',
  insufficient_balance: 'The account has too little free margin. Add funds or lower the ratio.',
  with_later:
    'The account could not trade for so long that later reductions stand for this one: it is closed together with them.',
  key_refused:
    'The venue refused the key. Renew it, and see that it may trade and that the address is allowed.',
  account_flattened: 'The account was flattened. Resume it to copy increases.',
  account_inactive: 'The account is inactive. Activate it to copy.',
  account_offline: 'The account was not connected in time. See its log lines.',
  venue_refused: 'The venue refused the order; its own words are beside this.',
  never_accepted: 'The order never reached the venue, and was no longer wanted when that was certain.',
  replaced: 'The leader reduced before the order was sent or filled.',
  gap: "The venue could not show what happened while we were away; the copy was scaled to the leader's position.",
  close_refused: 'The venue will not close this rest. Close it by hand.',
  order_lost:
    'It is not certain what the venue made of the order. Nothing more is opened here until that is known.',
} as const

export type Reason = keyof typeof REASONS
