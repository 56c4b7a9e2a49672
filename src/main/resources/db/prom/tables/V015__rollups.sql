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

CREATE TABLE _prom_catalog.rollup_choice (
    metric_id int PRIMARY KEY/*plain*/ REFERENCES _prom_catalog.metric ON DELETE CASCADE/*end plain*/,
    resolutions text NOT NULL
);
COMMENT ON TABLE _prom_catalog.rollup_choice IS 'Metrics whose resolutions of rollups were chosen. Others follow the default.';
COMMENT ON COLUMN _prom_catalog.rollup_choice.resolutions IS 'none, or names separated by commas.';

CREATE TABLE _prom_catalog.metric_rollup (
    metric_id int NOT NULL/*plain*/ REFERENCES _prom_catalog.metric ON DELETE CASCADE/*end plain*/,
    seconds int NOT NULL REFERENCES _prom_catalog.rollup ON DELETE CASCADE,
    complete boolean NOT NULL DEFAULT false,
    next_span int NOT NULL DEFAULT -2147483648,
    PRIMARY KEY (metric_id, seconds)
);
COMMENT ON TABLE _prom_catalog.metric_rollup IS 'The metrics that are rolled up: what is packed of them is written to the rollups of the resolution.';
COMMENT ON COLUMN _prom_catalog.metric_rollup.complete IS
    'Whether all that was packed before is rolled up as well. Only then the metric has a view.';
COMMENT ON COLUMN _prom_catalog.metric_rollup.next_span IS 'The first span that may have to be rolled up, of what was packed before.';
