-- What venues remember of accounts, in a file of its own: writing it never delays an order, and if it is lost it can
-- be read from the venues again. Decimals are TEXT, times are ms of the venue's clock.

CREATE TABLE migrations (
  version INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at DOUBLE PRECISION NOT NULL
);

-- The ordinal counts rows that nothing else tells apart: venues give closed PnL no id.
CREATE TABLE closed_pnl (
  account_id TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  venue_order_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ordinal INTEGER NOT NULL,
  side TEXT NOT NULL,
  closed_quantity TEXT NOT NULL,
  average_entry_price TEXT NOT NULL,
  average_exit_price TEXT NOT NULL,
  entry_notional TEXT NOT NULL,
  exit_notional TEXT NOT NULL,
  open_fee TEXT,
  close_fee TEXT,
  closed_pnl TEXT NOT NULL,
  fill_count BIGINT NOT NULL,
  leverage TEXT,
  cause TEXT NOT NULL,
  at BIGINT NOT NULL,
  -- The time first: rows of one page share a page here too, where an order's id is chance.
  PRIMARY KEY (account_id, created_at, venue_order_id, instrument_id, ordinal)
);

CREATE INDEX closed_pnl_by_time ON closed_pnl (account_id, at);

CREATE TABLE venue_orders (
  account_id TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  venue_order_id TEXT NOT NULL,
  position_index SMALLINT NOT NULL,
  client_order_id TEXT,
  side TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  venue_status TEXT NOT NULL,
  quantity TEXT NOT NULL,
  filled TEXT NOT NULL,
  limit_price TEXT,
  average_price TEXT,
  fee TEXT,
  reduce_only SMALLINT NOT NULL,
  reason TEXT,
  created_at BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account_id, venue_order_id, instrument_id)
);

CREATE INDEX venue_orders_by_time ON venue_orders (account_id, created_at);
CREATE INDEX venue_orders_unfinished ON venue_orders (account_id, created_at) WHERE status IN ('open', 'unrecognized');

CREATE TABLE venue_executions (
  account_id TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  trade_id TEXT NOT NULL,
  venue_order_id TEXT NOT NULL,
  client_order_id TEXT,
  kind TEXT NOT NULL,
  side TEXT NOT NULL,
  quantity TEXT NOT NULL,
  fill_price TEXT NOT NULL,
  fee TEXT NOT NULL,
  liquidity TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account_id, trade_id, instrument_id)
);

CREATE INDEX venue_executions_by_time ON venue_executions (account_id, at);

CREATE TABLE wallet_log (
  account_id TEXT NOT NULL,
  entry_id TEXT NOT NULL,
  type TEXT NOT NULL,
  currency TEXT NOT NULL,
  instrument_id TEXT,
  venue_order_id TEXT,
  trade_id TEXT,
  cash_flow TEXT NOT NULL,
  funding TEXT,
  fee TEXT NOT NULL,
  change TEXT NOT NULL,
  balance_after TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account_id, entry_id)
);

CREATE INDEX wallet_log_by_time ON wallet_log (account_id, at);

-- from_at belongs to it, to_at does not.
CREATE TABLE coverage (
  account_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, kind, from_at)
);

CREATE TABLE history_jobs (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL,
  kinds TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  status TEXT NOT NULL,
  reached_at BIGINT,
  added BIGINT NOT NULL,
  reason TEXT,
  created_at DOUBLE PRECISION NOT NULL,
  updated_at DOUBLE PRECISION NOT NULL
);
