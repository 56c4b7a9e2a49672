CREATE TABLE _prom_catalog.packed_block (
    metric_id int NOT NULL REFERENCES _prom_catalog.metric ON DELETE CASCADE,
    block timestamptz NOT NULL,
    upper timestamptz NOT NULL,
    runs bigint NOT NULL,
    samples bigint NOT NULL,
    PRIMARY KEY (metric_id, block)
);
COMMENT ON TABLE _prom_catalog.packed_block IS 'What a metric has packed of each block of time. Kept by triggers of the metrics'' tables.';
COMMENT ON COLUMN _prom_catalog.packed_block.upper IS 'The last time in it, or later if samples were deleted.';
