-- What the trades of a position came to on their last day; of the time before this nothing is known.
ALTER TABLE positions ADD COLUMN realized_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE positions ADD COLUMN realized_pnl TEXT NOT NULL DEFAULT '0';
