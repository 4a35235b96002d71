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
