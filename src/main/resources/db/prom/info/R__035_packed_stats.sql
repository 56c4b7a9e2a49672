CREATE OR REPLACE FUNCTION _prom_catalog.packed_stats()
    RETURNS TABLE (metric_id int, packed_bytes bigint, packed_samples bigint, blocks bigint, lower timestamptz, upper timestamptz, used_bytes bigint)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH times AS MATERIALIZED (
        SELECT pg_total_relation_size('prom_data.vector')
               + (SELECT coalesce(sum(pg_total_relation_size(i.inhrelid)), 0) FROM pg_inherits i WHERE i.inhparent = 'prom_data.tick'::regclass) AS bytes,
               nullif((SELECT sum(p.runs) FROM _prom_catalog.packed_block p), 0) AS runs
    ), packed AS (
        SELECT p.metric_id, sum(p.runs) AS runs, sum(p.samples) AS samples, count(*) AS blocks, min(p.block) AS lower, max(p.upper) AS upper
        FROM _prom_catalog.packed_block p GROUP BY p.metric_id
    )
    SELECT p.metric_id,
           (pg_total_relation_size(format('prom_data.%I', m.table_name)::regclass) + t.bytes * p.runs / t.runs)::bigint,
           p.samples::bigint, p.blocks, p.lower, p.upper,
           -- 150 bytes of a run and 8 of a value are the most that there is.
           (least(pg_total_relation_size(format('prom_data.%I', m.table_name)::regclass), 150 * p.runs + 8 * p.samples)
            + t.bytes * p.runs / t.runs)::bigint
    FROM packed p JOIN _prom_catalog.metric m ON m.id = p.metric_id, times t
$$;
COMMENT ON FUNCTION _prom_catalog.packed_stats IS
    'What each metric has in the packed tier: bytes (with its part of the times, by runs), samples, the number of blocks of time, the time they span, and bytes in use: a small table has more pages than its rows fill. No row for a metric without.';
