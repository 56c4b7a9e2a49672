-- The packed tier: prom_data.packed holds the values of a series in a block of time as one array, prom_data.tick the
-- times of all arrays that have the same ones.

CREATE TABLE prom_data.vector (
    id bigint /*plain*/GENERATED ALWAYS AS IDENTITY PRIMARY KEY/*end plain*/,
    block timestamptz NOT NULL,
    upper timestamptz NOT NULL,
    runs int NOT NULL,
    joined smallint NOT NULL DEFAULT 0/*citus ,
    bucket int NOT NULL, PRIMARY KEY (id, bucket)*/
);
/*citus CREATE SEQUENCE prom_data.vector_id_seq;*/
CREATE INDEX ON prom_data.vector (block);
CREATE INDEX vector_to_join ON prom_data.vector (block) WHERE joined < 2;
COMMENT ON TABLE prom_data.vector IS 'Time vectors: the times of up to 484 samples, which series share that were scraped together.';
COMMENT ON COLUMN prom_data.vector.block IS 'Start of the block of time that it belongs to.';
COMMENT ON COLUMN prom_data.vector.upper IS 'Its last time.';
COMMENT ON COLUMN prom_data.vector.joined IS '1 once it is of a day whose blocks have been joined to longer ones, 2 once it is of such a week.';
COMMENT ON COLUMN prom_data.vector.runs IS 'How many runs refer to it; with the last one it goes.';

CREATE TABLE prom_data.tick (
    vector_id bigint NOT NULL,
    idx smallint NOT NULL,
    time timestamptz NOT NULL/*citus , bucket int NOT NULL*/
) PARTITION BY RANGE (time);
CREATE UNIQUE INDEX tick_vector ON prom_data.tick (vector_id, time/*citus , bucket*/) INCLUDE (idx);
ALTER TABLE prom_data.tick REPLICA IDENTITY USING INDEX tick_vector;
CREATE INDEX tick_time ON prom_data.tick (time) INCLUDE (vector_id, idx);
COMMENT ON TABLE prom_data.tick IS 'The times of time vectors; idx counts from 1.';

CREATE TABLE _prom_catalog.tick_partition (
    name name PRIMARY KEY,
    lower timestamptz NOT NULL UNIQUE,
    upper timestamptz NOT NULL
);
COMMENT ON TABLE _prom_catalog.tick_partition IS 'The partitions of prom_data.tick, tables in _prom_landing: one for each month that has data, or a longer time of old data.';

CREATE TABLE prom_data.packed (
    vector_id bigint NOT NULL,
    series_id bigint NOT NULL,
    base double precision,
    scale double precision,
    first smallint NOT NULL,
    last smallint NOT NULL,
    metric_id int NOT NULL,
    kind smallint NOT NULL,
    rising boolean,
    width int,
    slope bigint/*citus , bucket int NOT NULL*/);
-- Made in one statement with their storage, they need no TOAST table.
ALTER TABLE prom_data.packed
    ADD i2 smallint[], ALTER i2 SET STORAGE PLAIN,
    ADD i4 int[], ALTER i4 SET STORAGE PLAIN,
    ADD f8 double precision[], ALTER f8 SET STORAGE PLAIN,
    ADD present bit varying, ALTER present SET STORAGE PLAIN,
    ADD bits bit varying, ALTER bits SET STORAGE PLAIN,
    -- ANALYZE would keep a hundred values of each in pg_statistic, which no condition asks for.
    ALTER base SET STATISTICS 0, ALTER scale SET STATISTICS 0, ALTER rising SET STATISTICS 0, ALTER width SET STATISTICS 0,
    ALTER slope SET STATISTICS 0, ALTER i2 SET STATISTICS 0, ALTER i4 SET STATISTICS 0, ALTER f8 SET STATISTICS 0,
    ALTER present SET STATISTICS 0, ALTER bits SET STATISTICS 0,
    -- How many runs a metric has decides how they are read.
    ALTER metric_id SET STATISTICS 1000,
    REPLICA IDENTITY FULL;
CREATE INDEX packed_metric ON prom_data.packed (metric_id, vector_id);
CREATE INDEX packed_series ON prom_data.packed (series_id, vector_id);
-- A page has some thousand samples. The planner goes by pages, and would scan millions of samples by one process; at most
-- max_parallel_workers_per_gather take part.
ALTER TABLE prom_data.packed SET (parallel_workers = 4);
COMMENT ON TABLE prom_data.packed IS 'Packed samples: a run, which is the values of a series at ticks first to last of a time vector, is a row.';

CREATE TABLE _prom_catalog.packed_block (
    metric_id int NOT NULL/*plain*/ REFERENCES _prom_catalog.metric ON DELETE CASCADE/*end plain*/,
    block timestamptz NOT NULL,
    upper timestamptz NOT NULL,
    runs bigint NOT NULL,
    samples bigint NOT NULL,
    bytes bigint NOT NULL DEFAULT 0,
    first_vector bigint NOT NULL DEFAULT 0,
    last_vector bigint NOT NULL DEFAULT 9223372036854775807,
    PRIMARY KEY (metric_id, block)
);
COMMENT ON TABLE _prom_catalog.packed_block IS 'What a metric has packed of each block of time. Kept by triggers of prom_data.packed.';
COMMENT ON COLUMN _prom_catalog.packed_block.upper IS 'The last time in it, or later if samples were deleted.';
COMMENT ON COLUMN _prom_catalog.packed_block.bytes IS 'The bytes of its rows in prom_data.packed, without what pages and indexes take.';
COMMENT ON COLUMN _prom_catalog.packed_block.first_vector IS
    'No run of the metric in this block refers to a vector with a smaller id. Vectors are numbered as they are packed.';
COMMENT ON COLUMN _prom_catalog.packed_block.last_vector IS
    'No run of the metric in this block refers to a vector with a greater id.';
