-- Pairs of legs, what they remember, and how long each round was unhedged.
CREATE TABLE pairs (
  id TEXT NOT NULL PRIMARY KEY,
  origin TEXT NOT NULL,
  name TEXT NOT NULL,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  ratio_bps BIGINT NOT NULL,
  tolerance TEXT NOT NULL,
  hedge_slippage_bps BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  retry_every_ms BIGINT NOT NULL,
  confirm_timeout_ms BIGINT NOT NULL,
  force_close_after_ms BIGINT NOT NULL,
  force_close_slippage_bps BIGINT NOT NULL,
  quoting TEXT
);

CREATE TABLE pair_states (
  pair_id TEXT NOT NULL PRIMARY KEY,
  phase TEXT NOT NULL,
  pause TEXT,
  closing_leg TEXT,
  base_a TEXT,
  base_b TEXT,
  attempts BIGINT NOT NULL,
  unhedged_since DOUBLE PRECISION,
  cycle_side TEXT NOT NULL,
  cycles BIGINT NOT NULL,
  rounds BIGINT NOT NULL
);

CREATE TABLE rounds (
  id TEXT NOT NULL PRIMARY KEY,
  pair_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  started_at DOUBLE PRECISION NOT NULL,
  ended_at DOUBLE PRECISION,
  quantity_a TEXT NOT NULL,
  notional_a TEXT NOT NULL,
  traded_a TEXT NOT NULL,
  quantity_b TEXT NOT NULL,
  notional_b TEXT NOT NULL,
  traded_b TEXT NOT NULL,
  attempts TEXT NOT NULL,
  outcome TEXT NOT NULL
);

CREATE INDEX rounds_by_pair ON rounds (pair_id, number);
CREATE INDEX rounds_open ON rounds (id) WHERE outcome = 'open';

ALTER TABLE intents ADD COLUMN pair_id TEXT;
ALTER TABLE notices ADD COLUMN details TEXT;
