-- Decimals are TEXT, because a numeric column of SQLite is a float. Times are ms since 1970; ours have
-- fractions. Flags are 0 or 1. No foreign keys: rows are never deleted, and memory is what is read.

CREATE TABLE migrations (
  version INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at DOUBLE PRECISION NOT NULL
);

CREATE TABLE settings (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE leases (
  account_id TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  epoch BIGINT NOT NULL
);

-- Units that are durable and not yet in the tables; empty after a stop.
CREATE TABLE journal (
  unit INTEGER NOT NULL PRIMARY KEY,
  body BLOB NOT NULL
);

CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  venue TEXT NOT NULL,
  environment TEXT NOT NULL,
  status TEXT NOT NULL,
  maximum_leverage TEXT NOT NULL
);

CREATE TABLE sources (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  account_id TEXT NOT NULL
);

CREATE TABLE strategies (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  source_id TEXT NOT NULL,
  mode TEXT NOT NULL,
  sizing TEXT NOT NULL,
  entry TEXT NOT NULL,
  leverage TEXT NOT NULL,
  limits TEXT NOT NULL,
  symbol_map TEXT NOT NULL,
  max_age_ms BIGINT NOT NULL,
  max_drift_bps DOUBLE PRECISION
);

CREATE TABLE links (
  id TEXT NOT NULL PRIMARY KEY,
  strategy_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  mode TEXT NOT NULL,
  sizing TEXT,
  start_sequence BIGINT NOT NULL
);

CREATE TABLE books (
  source_id TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  position_index SMALLINT NOT NULL,
  quantity TEXT NOT NULL,
  average_price TEXT NOT NULL,
  venue_sequence BIGINT NOT NULL,
  leverage TEXT,
  PRIMARY KEY (source_id, instrument_id, position_index)
);

CREATE TABLE link_states (
  link_id TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  position_index SMALLINT NOT NULL,
  leader_quantity TEXT NOT NULL,
  desired TEXT NOT NULL,
  attributed TEXT NOT NULL,
  stopped SMALLINT NOT NULL,
  cursor BIGINT NOT NULL,
  PRIMARY KEY (link_id, instrument_id, position_index)
);

CREATE TABLE decisions (
  id TEXT NOT NULL PRIMARY KEY,
  link_id TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  position_index SMALLINT NOT NULL,
  part TEXT NOT NULL,
  first_fill BIGINT NOT NULL,
  last_fill BIGINT NOT NULL,
  quantity TEXT NOT NULL,
  wanted TEXT NOT NULL,
  leader_price TEXT NOT NULL,
  valid_until DOUBLE PRECISION,
  status TEXT NOT NULL,
  outcome TEXT,
  reason TEXT,
  detail TEXT,
  intent_id TEXT,
  times TEXT NOT NULL
);

-- Where a decision is made, the order waits for the disk: a page per link would be written then. Its end is in no hurry.
CREATE INDEX decisions_by_link ON decisions (link_id, id) WHERE status = 'done';
CREATE INDEX decisions_not_done ON decisions (id) WHERE status <> 'done';

-- settled: terminal, and every fill that was reported has come (decimals as text cannot be compared here).
CREATE TABLE intents (
  intent_id TEXT NOT NULL PRIMARY KEY,
  sequence BIGINT NOT NULL UNIQUE,
  client_order_id TEXT NOT NULL,
  key TEXT NOT NULL,
  account_id TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  position_index SMALLINT NOT NULL,
  link_id TEXT,
  purpose TEXT NOT NULL,
  side TEXT NOT NULL,
  type TEXT NOT NULL,
  time_in_force TEXT NOT NULL,
  quantity TEXT NOT NULL,
  limit_price TEXT,
  reduce_only SMALLINT NOT NULL,
  collar_price TEXT,
  valid_until DOUBLE PRECISION,
  created_at DOUBLE PRECISION NOT NULL,
  status TEXT NOT NULL,
  claim TEXT,
  venue_order_id TEXT,
  filled TEXT NOT NULL,
  filled_notional TEXT NOT NULL,
  reported_filled TEXT NOT NULL,
  reason TEXT,
  updated_at DOUBLE PRECISION NOT NULL,
  settled SMALLINT NOT NULL,
  -- The id first: it grows, so that new orders of many accounts share a page.
  UNIQUE (client_order_id, account_id)
);

CREATE INDEX intents_unsettled ON intents (sequence) WHERE settled = 0;

CREATE TABLE fills (
  account_id TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  position_index SMALLINT NOT NULL,
  trade_id TEXT NOT NULL,
  venue_order_id TEXT NOT NULL,
  client_order_id TEXT,
  side TEXT NOT NULL,
  quantity TEXT NOT NULL,
  fill_price TEXT NOT NULL,
  order_quantity TEXT NOT NULL,
  fee TEXT NOT NULL,
  liquidity TEXT NOT NULL,
  cause TEXT NOT NULL,
  venue_sequence BIGINT NOT NULL,
  at DOUBLE PRECISION NOT NULL,
  intent_id TEXT,
  link_id TEXT,
  attributed TEXT NOT NULL,
  source_id TEXT,
  source_sequence BIGINT,
  received_at DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (account_id, instrument_id, trade_id),
  UNIQUE (source_id, source_sequence)
);

CREATE INDEX fills_by_time ON fills (account_id, at, trade_id);

CREATE TABLE positions (
  account_id TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  position_index SMALLINT NOT NULL,
  opening_quantity TEXT NOT NULL,
  quantity TEXT NOT NULL,
  average_price TEXT NOT NULL,
  baseline_sequence BIGINT NOT NULL,
  venue_sequence BIGINT NOT NULL,
  PRIMARY KEY (account_id, instrument_id, position_index)
);

CREATE TABLE account_syncs (
  account_id TEXT NOT NULL PRIMARY KEY,
  baseline_at DOUBLE PRECISION NOT NULL,
  synced_at DOUBLE PRECISION NOT NULL
);

CREATE TABLE notices (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  level TEXT NOT NULL,
  account_id TEXT,
  instrument_id TEXT,
  text TEXT NOT NULL,
  at DOUBLE PRECISION NOT NULL
);
