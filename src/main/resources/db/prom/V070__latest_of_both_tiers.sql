-- The last packed sample of a series is looked for among the vectors of the latest blocks.
ALTER TABLE _prom_catalog.packed_block ADD COLUMN first_vector bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN _prom_catalog.packed_block.first_vector IS
    'No run of the metric in this block refers to a vector with a smaller id. Vectors are numbered as they are packed.';

-- prom_latest is made anew, for both tiers.
UPDATE _prom_catalog.metric SET views_positions = 0;
