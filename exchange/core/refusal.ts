/** Why the core said no; the wire turns it into its venue's code and words. */
export type Refusal =
  | 'unknown_account'
  | 'unknown_symbol'
  | 'symbol_closed'
  /** Its positions are being settled. */
  | 'symbol_delivering'
  | 'quantity_step'
  | 'below_minimum_quantity'
  | 'above_maximum_quantity'
  | 'below_minimum_notional'
  | 'price_tick'
  | 'price_band'
  | 'price_missing'
  | 'insufficient_balance'
  | 'reduce_only'
  | 'duplicate_client_order_id'
  | 'order_unknown'
  | 'order_done'
  | 'too_many_open_orders'
  | 'leverage_out_of_range'
  | 'leverage_not_modified'
  /** Isolated margin: a higher leverage would leave the position less margin than it must keep. */
  | 'leverage_would_liquidate'
  | 'not_modified'
  /** An amendment that leaves nothing to fill. */
  | 'below_filled_quantity'
  /** Stops that an order brings are fixed once it has begun to fill. */
  | 'stops_fixed'
  /** The whole exchange is down for maintenance. */
  | 'maintenance'
  /** Index 0 belongs to one-way mode, 1 and 2 to hedge mode. */
  | 'position_index_mismatch'
  | 'position_mode_not_modified'
  | 'position_mode_unavailable'
  /** A position is open, so its symbol's position mode or its account's margin mode stays. */
  | 'position_open'
  /** Orders are open, and the same holds. */
  | 'orders_open'
  | 'too_many_conditional_orders'
  | 'too_many_partial_stops'
  /** A trigger price that lies behind its price already. */
  | 'trigger_price_passed'
  /** Stops on a position that is flat. */
  | 'position_flat'
  /** A take-profit that would lose, a stop-loss that would gain, a trailing distance that is none. */
  | 'stop_price_invalid'
  /** Less than nothing, more than the position, or missing. */
  | 'stop_quantity_invalid'
