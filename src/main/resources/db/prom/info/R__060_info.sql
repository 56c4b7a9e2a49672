-- Views about metrics and labels.

CREATE OR REPLACE FUNCTION _prom_catalog.landing_bytes(samples bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT 10 * samples
$$;
COMMENT ON FUNCTION _prom_catalog.landing_bytes IS
    'What samples take in the landing table, about: a full row of 64 is 590 bytes, its index entry 32.';

CREATE OR REPLACE FUNCTION _prom_catalog.landing_stats(
    OUT bytes bigint, OUT row_count bigint, OUT partitions bigint, OUT covers interval)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint,
           coalesce(sum(pg_relation_size(c.oid) / current_setting('block_size')::float8
                        * CASE WHEN c.relpages > 0 THEN c.reltuples / c.relpages ELSE 13 END), 0)::bigint,
           count(*),
           coalesce(sum(p.upper - p.lower), interval '0')
    FROM _prom_catalog.landing_partition p
    JOIN pg_class c ON c.relname = p.name AND c.relnamespace = '_prom_landing'::regnamespace
    WHERE pg_relation_size(c.oid) > 0
$$;
COMMENT ON FUNCTION _prom_catalog.landing_stats IS
    'The landing table: bytes with indexes, rows (estimated), partitions that are not empty, and the time that these are for.';

CREATE OR REPLACE FUNCTION _prom_catalog.landing_values(row_count bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Pages without their headers and the room at their ends; a row takes 76 bytes and 8 for each value.
    SELECT ((coalesce(sum(pg_relation_size(c.oid)), 0) * 0.96 - 76 * row_count) / 8)::bigint
    FROM _prom_catalog.landing_partition p
    JOIN pg_class c ON c.relname = p.name AND c.relnamespace = '_prom_landing'::regnamespace
$$;
COMMENT ON FUNCTION _prom_catalog.landing_values(bigint) IS
    'How many values the pages of the landing table have room for, beside so many rows (estimated); see landing_stats().';

CREATE OR REPLACE VIEW prom_info.metric AS
WITH landing AS MATERIALIZED (
    SELECT l.bytes, l.partitions, l.covers FROM _prom_catalog.landing_stats() l
), placed AS MATERIALIZED (
    SELECT s.metric_id, count(*) AS series FROM _prom_catalog.series s WHERE s.group_id IS NOT NULL GROUP BY s.metric_id
), slots AS MATERIALIZED (
    SELECT sum(p.series) AS series FROM placed p
), defaults AS MATERIALIZED (
    SELECT prom_api.get_default_metric_retention_period() AS retention_period,
           prom_api.get_default_chunk_interval() AS chunk_interval
), label_keys AS MATERIALIZED (
    SELECT p.metric_id, array_agg(k.key::text ORDER BY k.key) AS keys
    FROM _prom_catalog.label_key_position p JOIN _prom_catalog.label_key k ON k.id = p.label_key_id
    GROUP BY p.metric_id
), figures AS (
    SELECT m.id AS metric_id,
           coalesce((landing.bytes * p.series / slots.series)::bigint, 0) AS landing_bytes,
           CASE WHEN p.series > 0 THEN landing.partitions ELSE 0 END AS landing_chunks,
           CASE WHEN p.series > 0 THEN landing.covers ELSE interval '0' END AS landing_covers,
           coalesce(k.packed_bytes, 0) AS packed_bytes,
           coalesce(k.used_bytes, 0) AS used_bytes,
           coalesce(_prom_catalog.landing_bytes(k.packed_samples), 0) AS unpacked_bytes,
           coalesce(k.blocks, 0) AS blocks,
           coalesce(k.upper - k.lower, interval '0') AS packed_covers
    FROM _prom_catalog.metric m
    CROSS JOIN landing CROSS JOIN slots
    LEFT JOIN placed p ON p.metric_id = m.id
    LEFT JOIN _prom_catalog.packed_stats() k ON k.metric_id = m.id
)
SELECT m.id,
       m.metric_name::text COLLATE "default" AS metric_name,
       m.table_name,
       coalesce(k.keys, '{}') AS label_keys,
       coalesce(m.retention_period, d.retention_period) AS retention_period,
       coalesce(m.chunk_interval, d.chunk_interval) AS chunk_interval,
       pg_size_pretty(f.landing_bytes + f.packed_bytes) AS total_size,
       pg_size_pretty(f.landing_bytes + f.packed_bytes) AS size,
       f.landing_bytes + f.packed_bytes AS total_size_bytes,
       f.unpacked_bytes AS before_compression_bytes,
       f.packed_bytes AS after_compression_bytes,
       CASE WHEN f.unpacked_bytes > 0 THEN greatest(round((1 - f.used_bytes / f.unpacked_bytes::numeric) * 100, 2), 0) ELSE 0 END
           AS compression_ratio,
       f.landing_chunks + f.blocks AS total_chunks,
       f.blocks AS compressed_chunks,
       f.packed_covers AS compressed_interval,
       f.landing_covers + f.packed_covers AS total_interval
FROM _prom_catalog.metric m
JOIN figures f ON f.metric_id = m.id
CROSS JOIN defaults d
LEFT JOIN label_keys k ON k.metric_id = m.id;
COMMENT ON VIEW prom_info.metric IS
    'The metrics. Metrics share the rows of the landing table, so a metric''s part of its bytes is the part of its slots that its series have.';
COMMENT ON COLUMN prom_info.metric.id IS 'The metric''s id.';
COMMENT ON COLUMN prom_info.metric.metric_name IS 'The metric''s name, the label __name__.';
COMMENT ON COLUMN prom_info.metric.table_name IS 'The name of its views in prom_metric, prom_series and prom_latest.';
COMMENT ON COLUMN prom_info.metric.label_keys IS 'The names of the labels of its series, in order.';
COMMENT ON COLUMN prom_info.metric.retention_period IS 'How long its samples are kept.';
COMMENT ON COLUMN prom_info.metric.chunk_interval IS 'The length of its new blocks.';
COMMENT ON COLUMN prom_info.metric.total_size IS 'Disk space of its samples, with a unit: its part of the landing table, and its packed blocks.';
COMMENT ON COLUMN prom_info.metric.size IS 'The same as total_size.';
COMMENT ON COLUMN prom_info.metric.total_size_bytes IS 'The same in bytes.';
COMMENT ON COLUMN prom_info.metric.before_compression_bytes IS 'Bytes that its packed samples took before they were packed: 10 each.';
COMMENT ON COLUMN prom_info.metric.after_compression_bytes IS 'Bytes that its packed samples take, with indexes.';
COMMENT ON COLUMN prom_info.metric.compression_ratio IS 'What packing saves of its packed samples, in per cent: (1 - after/before) * 100, where pages that a small table does not fill do not count; 0 if none are packed or nothing is saved.';
COMMENT ON COLUMN prom_info.metric.total_chunks IS 'Blocks of time that are packed, and partitions of the landing table.';
COMMENT ON COLUMN prom_info.metric.compressed_chunks IS 'Blocks of time that are packed.';
COMMENT ON COLUMN prom_info.metric.compressed_interval IS 'The time from its first packed sample to its last.';
COMMENT ON COLUMN prom_info.metric.total_interval IS 'That time, and the time of the landing table''s partitions.';

CREATE OR REPLACE VIEW prom_info.metric_stats AS
WITH landing AS MATERIALIZED (
    -- A row has a value of each series of its group, or fewer.
    SELECT least(l.row_count / greatest(g.groups, 1)::float8, _prom_catalog.landing_values(l.row_count) / greatest(g.placed, 1)::float8)
               AS values_of_a_series
    FROM _prom_catalog.landing_stats() l,
         (SELECT count(DISTINCT s.group_id) AS groups, count(s.group_id) AS placed FROM _prom_catalog.series s) g
), series AS MATERIALIZED (
    SELECT s.metric_id, count(*) AS series, count(s.group_id) AS placed FROM _prom_catalog.series s GROUP BY s.metric_id
)
SELECT m.metric_name::text COLLATE "default" AS metric_name,
       coalesce(s.series, 0) AS num_series_approx,
       (coalesce(s.placed, 0) * landing.values_of_a_series)::bigint + coalesce(k.packed_samples, 0) AS num_samples_approx
FROM _prom_catalog.metric m
CROSS JOIN landing
LEFT JOIN series s ON s.metric_id = m.id
LEFT JOIN _prom_catalog.packed_stats() k ON k.metric_id = m.id;
COMMENT ON VIEW prom_info.metric_stats IS 'How much each metric has.';
COMMENT ON COLUMN prom_info.metric_stats.metric_name IS 'The metric''s name.';
COMMENT ON COLUMN prom_info.metric_stats.num_series_approx IS 'The number of its series.';
COMMENT ON COLUMN prom_info.metric_stats.num_samples_approx IS 'The number of its samples; those in the landing table are estimated from its rows.';

CREATE OR REPLACE VIEW prom_info.system_stats WITH (security_invoker = true) AS
SELECT (SELECT count(*) FROM _prom_catalog.series) AS num_series_approx,
       (SELECT count(*) FROM _prom_catalog.metric) AS num_metric,
       (SELECT count(*) FROM _prom_catalog.label_key) AS num_label_keys,
       (SELECT count(*) FROM _prom_catalog.label) AS num_labels;
COMMENT ON VIEW prom_info.system_stats IS 'How much there is in all, in one row.';
COMMENT ON COLUMN prom_info.system_stats.num_series_approx IS 'The number of series.';
COMMENT ON COLUMN prom_info.system_stats.num_metric IS 'The number of metrics.';
COMMENT ON COLUMN prom_info.system_stats.num_label_keys IS 'The number of label names.';
COMMENT ON COLUMN prom_info.system_stats.num_labels IS 'The number of labels, pairs of a name and a value.';

CREATE OR REPLACE VIEW prom_info.label WITH (security_invoker = true) AS
SELECT k.key::text COLLATE "default" AS key, k.value_column_name, k.id_column_name, v.values, cardinality(v.values) AS num_values
FROM _prom_catalog.label_key k,
     LATERAL (SELECT ARRAY(SELECT l.value::text FROM _prom_catalog.label l WHERE l.key = k.key ORDER BY l.value)) v("values")
ORDER BY num_values DESC;
COMMENT ON VIEW prom_info.label IS 'The label names, with their values.';
COMMENT ON COLUMN prom_info.label.key IS 'The label''s name.';
COMMENT ON COLUMN prom_info.label.value_column_name IS 'Its column in the views of prom_series, which holds the value.';
COMMENT ON COLUMN prom_info.label.id_column_name IS 'Its column in the views of prom_metric, which holds the id of the value: see val().';
COMMENT ON COLUMN prom_info.label.values IS 'Its values.';
COMMENT ON COLUMN prom_info.label.num_values IS 'The number of its values.';

CREATE OR REPLACE VIEW prom_info.maintenance_job AS
SELECT j.job_type::text AS job_type, j.number_jobs > 0 AS enabled, j.schedule_interval, j.config, j.started_at, j.finished_at, j.failure
FROM _prom_catalog.maintenance_job j;
COMMENT ON VIEW prom_info.maintenance_job IS 'What daemons do again and again, and how it went the last time.';
COMMENT ON COLUMN prom_info.maintenance_job.job_type IS 'compression packs closed blocks, retention deletes what has expired.';
COMMENT ON COLUMN prom_info.maintenance_job.enabled IS 'False after config_maintenance_jobs() was told of 0 jobs.';
COMMENT ON COLUMN prom_info.maintenance_job.schedule_interval IS 'The time from the end of a run to the next, a tenth more or less.';
COMMENT ON COLUMN prom_info.maintenance_job.config IS 'What config_maintenance_jobs() was told: log_verbose has each run write a line to the daemon''s log.';
COMMENT ON COLUMN prom_info.maintenance_job.started_at IS 'When the last run began.';
COMMENT ON COLUMN prom_info.maintenance_job.finished_at IS 'When the last run ended.';
COMMENT ON COLUMN prom_info.maintenance_job.failure IS 'What the last run failed for, NULL if it went well.';
