CREATE OR REPLACE VIEW prom_info.rollup AS
SELECT make_interval(secs => k.seconds) AS resolution, 'prom_rollup_' || k.name AS view_schema, k.retention_period,
       t.oldest, nullif(k.until, '-infinity') AS rolled_up_until, b.bytes AS total_size_bytes, pg_size_pretty(b.bytes) AS total_size
FROM _prom_catalog.rollup k,
     LATERAL (SELECT to_timestamp(min(s.span)::bigint * k.buckets * k.seconds) AS oldest
              FROM _prom_catalog.rollup_span s WHERE s.seconds = k.seconds) t,
     LATERAL (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = '_prom_rollup' AND c.relkind = 'r' AND c.relname IN (k.name, k.name || '_bucket')) b
ORDER BY k.seconds;
COMMENT ON VIEW prom_info.rollup IS 'The resolutions of rollups: what they take, and how long they are kept.';
COMMENT ON COLUMN prom_info.rollup.resolution IS 'The length of a bucket. Buckets begin at the epoch.';
COMMENT ON COLUMN prom_info.rollup.view_schema IS 'The schema with a view for each metric.';
COMMENT ON COLUMN prom_info.rollup.retention_period IS 'How long its rollups are kept: see set_rollup_retention_period().';
COMMENT ON COLUMN prom_info.rollup.oldest IS 'The start of the first span of time that has rollups.';
COMMENT ON COLUMN prom_info.rollup.rolled_up_until IS
    'Views take what is before this time from rollups, and compute what is later from samples. NULL while nothing is rolled up.';
COMMENT ON COLUMN prom_info.rollup.total_size_bytes IS 'Bytes of the rollups of all metrics, with indexes.';
COMMENT ON COLUMN prom_info.rollup.total_size IS 'The same for people.';
