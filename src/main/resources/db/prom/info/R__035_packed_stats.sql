CREATE OR REPLACE FUNCTION _prom_catalog.packed_stats()
    RETURNS TABLE (metric_id int, packed_bytes bigint, packed_samples bigint, blocks bigint, lower timestamptz, upper timestamptz, used_bytes bigint)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH whole AS MATERIALIZED (
        SELECT pg_total_relation_size('prom_data.vector')
               + (SELECT coalesce(sum(pg_total_relation_size(i.inhrelid)), 0) FROM pg_inherits i WHERE i.inhparent = 'prom_data.tick'::regclass)
                   AS times,
               pg_total_relation_size('prom_data.packed') AS packed, nullif(sum(p.runs), 0) AS runs, nullif(sum(p.bytes), 0) AS bytes
        FROM _prom_catalog.packed_block p
    ), packed AS (
        SELECT p.metric_id, sum(p.runs) AS runs, sum(p.bytes) AS bytes, sum(p.samples) AS samples, count(*) AS blocks, min(p.block) AS lower, max(p.upper) AS upper
        FROM _prom_catalog.packed_block p GROUP BY p.metric_id
    )
    SELECT p.metric_id,
           (w.packed * p.bytes / w.bytes + w.times * p.runs / w.runs)::bigint,
           p.samples::bigint, p.blocks, p.lower, p.upper,
           -- A row has a pointer of 4 bytes in its page and an entry of some 20 in two indexes.
           (least(w.packed * p.bytes / w.bytes, p.bytes + 44 * p.runs) + w.times * p.runs / w.runs)::bigint
    FROM packed p, whole w
$$;
COMMENT ON FUNCTION _prom_catalog.packed_stats IS
    'What each metric has in the packed tier: bytes (its part of the table of all, by the bytes of its rows, and of the times, by runs), samples, the number of blocks of time, the time they span, and bytes in use: a small table has more pages than its rows fill. No row for a metric without.';
