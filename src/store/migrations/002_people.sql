-- Whatever is there was set up by config.yaml, before there was another way.
ALTER TABLE accounts ADD COLUMN kind TEXT NOT NULL DEFAULT 'venue';
ALTER TABLE accounts ADD COLUMN origin TEXT NOT NULL DEFAULT 'file';
ALTER TABLE sources ADD COLUMN origin TEXT NOT NULL DEFAULT 'file';
ALTER TABLE strategies ADD COLUMN origin TEXT NOT NULL DEFAULT 'file';
ALTER TABLE links ADD COLUMN origin TEXT NOT NULL DEFAULT 'file';

-- What to do stood in the text itself so far.
ALTER TABLE notices ADD COLUMN action TEXT NOT NULL DEFAULT 'Do what the text says.';
ALTER TABLE notices ADD COLUMN recovers TEXT;
ALTER TABLE notices ADD COLUMN acknowledged_at DOUBLE PRECISION;
ALTER TABLE notices ADD COLUMN acknowledged_by TEXT;

CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  -- No unique index: rows reach their tables later than they change, and two people may have swapped emails meanwhile.
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  status TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at DOUBLE PRECISION NOT NULL
);

CREATE TABLE logins (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  generation BIGINT NOT NULL,
  created_at DOUBLE PRECISION NOT NULL,
  used_at DOUBLE PRECISION NOT NULL,
  expires_at DOUBLE PRECISION NOT NULL,
  revoked_at DOUBLE PRECISION,
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL
);

CREATE TABLE api_tokens (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at DOUBLE PRECISION NOT NULL,
  expires_at DOUBLE PRECISION,
  revoked_at DOUBLE PRECISION
);

CREATE TABLE account_profiles (
  account_id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT,
  labels TEXT NOT NULL
);

CREATE TABLE secrets (
  owner TEXT NOT NULL,
  field TEXT NOT NULL,
  key_version BIGINT NOT NULL,
  sealed TEXT NOT NULL,
  updated_at DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (owner, field)
);

CREATE TABLE audit (
  sequence BIGINT NOT NULL PRIMARY KEY,
  at DOUBLE PRECISION NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT,
  detail TEXT,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE signals (
  id TEXT NOT NULL PRIMARY KEY,
  source_id TEXT NOT NULL,
  external_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  action TEXT NOT NULL,
  signal_price TEXT,
  at DOUBLE PRECISION NOT NULL,
  received_at DOUBLE PRECISION NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  UNIQUE (source_id, external_id)
);

CREATE INDEX signals_by_source ON signals (source_id, id);
CREATE INDEX signals_pending ON signals (received_at, id) WHERE status = 'pending';

CREATE TABLE idempotent_answers (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  at DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (actor, key)
);

-- For pages. What a page is narrowed by stands in its index, so that rows that are not wanted are not looked up.
CREATE INDEX intents_by_account ON intents (account_id, sequence, created_at, instrument_id);
CREATE INDEX intents_by_time ON intents (created_at, sequence);
DROP INDEX decisions_by_link;
CREATE INDEX decisions_by_link ON decisions (link_id, id, outcome) WHERE status = 'done';
CREATE INDEX decisions_by_outcome ON decisions (outcome, id) WHERE status = 'done';
CREATE INDEX notices_by_account ON notices (account_id, id, acknowledged_at);
CREATE INDEX notices_unacknowledged ON notices (id) WHERE acknowledged_at IS NULL;
