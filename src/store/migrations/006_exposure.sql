-- How a pair stood after each trade on one of its legs, by the pair's own count of them.
ALTER TABLE fills ADD COLUMN pair_id TEXT;
ALTER TABLE fills ADD COLUMN pair_sequence BIGINT;
ALTER TABLE fills ADD COLUMN exposure TEXT;

-- What a page is narrowed by stands in it. Of trades that are no pair's, nothing does.
CREATE INDEX fills_by_pair ON fills (pair_id, pair_sequence, at) WHERE pair_id IS NOT NULL;
