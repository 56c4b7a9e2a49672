CREATE TABLE prom_data.landing (
    time timestamptz NOT NULL,
    group_id bigint NOT NULL,
    values double precision[] NOT NULL
) PARTITION BY RANGE (time);
ALTER TABLE prom_data.landing ALTER COLUMN values SET STORAGE PLAIN;
CREATE UNIQUE INDEX landing_key ON prom_data.landing (group_id, time);
COMMENT ON TABLE prom_data.landing IS 'Samples as they arrive: one row for what a series group delivered at one time.';
COMMENT ON COLUMN prom_data.landing.values IS 'The value of each slot''s series, NULL where it delivered none.';

CREATE TABLE _prom_catalog.landing_partition (
    name name PRIMARY KEY,
    lower timestamptz NOT NULL UNIQUE,
    upper timestamptz NOT NULL UNIQUE,
    CHECK (lower < upper)
);
COMMENT ON TABLE _prom_catalog.landing_partition IS 'The partitions of prom_data.landing, tables in _prom_landing; upper is exclusive.';

CREATE TABLE _prom_catalog.setting (
    key text PRIMARY KEY,
    value text NOT NULL
);
COMMENT ON TABLE _prom_catalog.setting IS 'Defaults that have been changed by SQL.';
