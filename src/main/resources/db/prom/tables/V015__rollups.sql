-- Rollups: what is packed, once more as a few numbers for each series and bucket of time. The tables of a resolution are made
-- by make_rollup().

CREATE SCHEMA _prom_rollup;
COMMENT ON SCHEMA _prom_rollup IS 'Tables of rollups, three relations for each resolution. Not an interface.';

CREATE TABLE _prom_catalog.rollup (
    seconds int PRIMARY KEY CHECK (seconds > 0),
    name text COLLATE "C" NOT NULL UNIQUE,
    buckets smallint NOT NULL CHECK (buckets > 0),
    retention_period interval NOT NULL,
    until timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON TABLE _prom_catalog.rollup IS 'The resolutions of rollups: the length of a bucket in seconds.';
COMMENT ON COLUMN _prom_catalog.rollup.name IS 'The length as in 5m or 1h; the views are in the schema prom_rollup_<name>.';
COMMENT ON COLUMN _prom_catalog.rollup.buckets IS 'The number of buckets of a span: a row has those of a series in one span at most.';
COMMENT ON COLUMN _prom_catalog.rollup.retention_period IS 'How long rollups of this resolution are kept.';
COMMENT ON COLUMN _prom_catalog.rollup.until IS
    'Views take buckets before this time from rollups, and later ones from samples. What is packed before is rolled up.';
INSERT INTO _prom_catalog.rollup (seconds, name, buckets, retention_period)
VALUES (300, '5m', 144, interval '1 year'), (3600, '1h', 12, interval '5 years');

CREATE TABLE _prom_catalog.rollup_span (
    seconds int NOT NULL REFERENCES _prom_catalog.rollup ON DELETE CASCADE,
    span int NOT NULL,
    merged boolean NOT NULL DEFAULT false,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (seconds, span)
);
COMMENT ON TABLE _prom_catalog.rollup_span IS
    'The spans of time that have rollups. A span begins at the epoch plus its number times the length of a span.';
COMMENT ON COLUMN _prom_catalog.rollup_span.merged IS 'Whether each series has one row in it; until then it has one for each block.';
COMMENT ON COLUMN _prom_catalog.rollup_span.written_at IS 'When rows were last written to it.';
