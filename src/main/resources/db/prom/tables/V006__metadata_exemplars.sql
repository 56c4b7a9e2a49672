CREATE TABLE _prom_catalog.metadata (
    metric_family text COLLATE "C" NOT NULL,
    type text NOT NULL,
    unit text NOT NULL,
    help text NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL
);
-- A help text may be longer than an index entry.
CREATE UNIQUE INDEX metadata_key ON _prom_catalog.metadata (metric_family, type, unit, md5(help));
ALTER TABLE _prom_catalog.metadata REPLICA IDENTITY FULL;
COMMENT ON TABLE _prom_catalog.metadata IS
    'What the senders said about metrics: every version of it once, the current one is the one that was seen last.';
COMMENT ON COLUMN _prom_catalog.metadata.metric_family IS
    'The name of the metric, for remote write 1.0 without the suffixes _bucket, _count and _sum.';
COMMENT ON COLUMN _prom_catalog.metadata.last_seen IS 'Looked at once an hour.';

CREATE TABLE prom_data.exemplar (
    series_id bigint NOT NULL,
    time timestamptz NOT NULL,
    labels jsonb NOT NULL,
    value double precision NOT NULL,
/*citus     bucket int NOT NULL, */
    PRIMARY KEY (series_id, time, labels, value/*citus , bucket*/)
);
CREATE INDEX ON prom_data.exemplar USING brin (time);
COMMENT ON TABLE prom_data.exemplar IS 'Exemplars: single observations of a series, with labels of their own such as a trace id.';
COMMENT ON COLUMN prom_data.exemplar.series_id IS 'The series that was observed.';
COMMENT ON COLUMN prom_data.exemplar.time IS 'When.';
COMMENT ON COLUMN prom_data.exemplar.labels IS 'The exemplar''s own labels, at most 128 characters together.';
COMMENT ON COLUMN prom_data.exemplar.value IS 'What was observed, in the unit of the metric.';
