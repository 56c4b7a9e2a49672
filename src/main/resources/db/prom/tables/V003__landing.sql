-- What a group delivers at one time may arrive in parts: each is a row, and no two of them have a value of the same series.
CREATE TABLE prom_data.landing (
    time timestamptz NOT NULL,
    group_id bigint NOT NULL,
    values double precision[] NOT NULL,
    part smallint NOT NULL DEFAULT 0/*citus , bucket int NOT NULL*/
) PARTITION BY RANGE (time);
ALTER TABLE prom_data.landing ALTER COLUMN values SET STORAGE PLAIN;
CREATE UNIQUE INDEX landing_key ON prom_data.landing (group_id, time, part/*citus , bucket*/);
ALTER TABLE prom_data.landing REPLICA IDENTITY USING INDEX landing_key;
COMMENT ON TABLE prom_data.landing IS 'Samples as they arrive: a row for what a series group delivered at one time, or for each part of it.';
COMMENT ON COLUMN prom_data.landing.part IS
    'Which part of the delivery, from 0. A writer of a part knows all parts before it; the key lets one of two concurrent writers through.';
COMMENT ON COLUMN prom_data.landing.values IS 'The value of each slot''s series, NULL where it delivered none.';

CREATE TABLE _prom_catalog.landing_partition (
    name name PRIMARY KEY,
    lower timestamptz NOT NULL UNIQUE,
    upper timestamptz NOT NULL UNIQUE,
    sealed boolean NOT NULL DEFAULT false,
    CHECK (lower < upper)
);
COMMENT ON TABLE _prom_catalog.landing_partition IS 'The partitions of prom_data.landing, tables in _prom_landing; upper is exclusive.';
COMMENT ON COLUMN _prom_catalog.landing_partition.sealed IS
    'Packed already, wholly or partly, or to be packed: only the late path writes to it, which looks into the packed tier first.';
