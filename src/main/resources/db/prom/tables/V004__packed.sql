-- The packed tier: prom_data."<metric>" holds the values of a series in a block of time as one array, prom_data.tick the
-- times of all arrays that have the same ones.

CREATE TABLE prom_data.vector (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    block timestamptz NOT NULL,
    upper timestamptz NOT NULL,
    runs int NOT NULL,
    joined smallint NOT NULL DEFAULT 0
);
CREATE INDEX ON prom_data.vector (block);
CREATE INDEX vector_to_join ON prom_data.vector (block) WHERE joined < 2;
COMMENT ON TABLE prom_data.vector IS 'Time vectors: the times of up to 484 samples, which series share that were scraped together.';
COMMENT ON COLUMN prom_data.vector.block IS 'Start of the block of time that it belongs to.';
COMMENT ON COLUMN prom_data.vector.upper IS 'Its last time.';
COMMENT ON COLUMN prom_data.vector.joined IS '1 once it is of a day whose blocks have been joined to longer ones, 2 once it is of such a week.';
COMMENT ON COLUMN prom_data.vector.runs IS 'How many rows of metric tables refer to it; with the last one it goes.';

CREATE TABLE prom_data.tick (
    vector_id bigint NOT NULL,
    idx smallint NOT NULL,
    time timestamptz NOT NULL
) PARTITION BY RANGE (time);
CREATE UNIQUE INDEX tick_vector ON prom_data.tick (vector_id, time) INCLUDE (idx);
ALTER TABLE prom_data.tick REPLICA IDENTITY USING INDEX tick_vector;
CREATE INDEX tick_time ON prom_data.tick (time) INCLUDE (vector_id, idx);
COMMENT ON TABLE prom_data.tick IS 'The times of time vectors; idx counts from 1.';

CREATE TABLE _prom_catalog.tick_partition (
    name name PRIMARY KEY,
    lower timestamptz NOT NULL UNIQUE,
    upper timestamptz NOT NULL
);
COMMENT ON TABLE _prom_catalog.tick_partition IS 'The partitions of prom_data.tick, tables in _prom_landing: one for each month that has data, or a longer time of old data.';

CREATE TABLE _prom_catalog.packed_block (
    metric_id int NOT NULL REFERENCES _prom_catalog.metric ON DELETE CASCADE,
    block timestamptz NOT NULL,
    upper timestamptz NOT NULL,
    runs bigint NOT NULL,
    samples bigint NOT NULL,
    first_vector bigint NOT NULL DEFAULT 0,
    last_vector bigint NOT NULL DEFAULT 9223372036854775807,
    PRIMARY KEY (metric_id, block)
);
COMMENT ON TABLE _prom_catalog.packed_block IS 'What a metric has packed of each block of time. Kept by triggers of the metrics'' tables.';
COMMENT ON COLUMN _prom_catalog.packed_block.upper IS 'The last time in it, or later if samples were deleted.';
COMMENT ON COLUMN _prom_catalog.packed_block.first_vector IS
    'No run of the metric in this block refers to a vector with a smaller id. Vectors are numbered as they are packed.';
COMMENT ON COLUMN _prom_catalog.packed_block.last_vector IS
    'No run of the metric in this block refers to a vector with a greater id.';
