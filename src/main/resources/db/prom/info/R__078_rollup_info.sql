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

CREATE OR REPLACE VIEW prom_info.metric_rollup AS
SELECT m.metric_name, make_interval(secs => k.seconds) AS resolution,
       CASE WHEN x.complete THEN format('prom_rollup_%s.%I', k.name, m.table_name) END AS view_name, x.complete
FROM _prom_catalog.metric_rollup x
JOIN _prom_catalog.metric m ON m.id = x.metric_id
JOIN _prom_catalog.rollup k ON k.seconds = x.seconds
ORDER BY m.metric_name, k.seconds;
COMMENT ON VIEW prom_info.metric_rollup IS 'Which metrics are rolled up, and their views.';
COMMENT ON COLUMN prom_info.metric_rollup.metric_name IS 'The metric.';
COMMENT ON COLUMN prom_info.metric_rollup.resolution IS 'The length of a bucket.';
COMMENT ON COLUMN prom_info.metric_rollup.view_name IS
    'The view with its rollups. NULL until something of the metric is packed, and while rollups of what was packed before are being made.';
COMMENT ON COLUMN prom_info.metric_rollup.complete IS 'Whether all that is packed is rolled up.';
