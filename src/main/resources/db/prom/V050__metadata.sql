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
COMMENT ON TABLE _prom_catalog.metadata IS
    'What the senders said about metrics: every version of it once, the current one is the one that was seen last.';
COMMENT ON COLUMN _prom_catalog.metadata.metric_family IS
    'The name of the metric, for remote write 1.0 without the suffixes _bucket, _count and _sum.';
COMMENT ON COLUMN _prom_catalog.metadata.last_seen IS 'Looked at once an hour.';
