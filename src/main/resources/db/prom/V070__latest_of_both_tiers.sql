-- The last packed sample of a series is looked for among the vectors of the latest blocks.
ALTER TABLE _prom_catalog.packed_block ADD COLUMN first_vector bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN _prom_catalog.packed_block.first_vector IS
    'No run of the metric in this block refers to a vector with a smaller id. Vectors are numbered as they are packed.';
-- What of a metric is packed of some blocks is found by a range of vectors.
ALTER TABLE _prom_catalog.packed_block ADD COLUMN last_vector bigint NOT NULL DEFAULT 9223372036854775807;
COMMENT ON COLUMN _prom_catalog.packed_block.last_vector IS
    'No run of the metric in this block refers to a vector with a greater id.';

-- prom_latest is made anew, for both tiers.
UPDATE _prom_catalog.metric SET views_positions = 0;
