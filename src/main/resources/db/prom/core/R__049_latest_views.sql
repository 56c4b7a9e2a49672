-- The last sample of each series, from both tiers.

CREATE OR REPLACE FUNCTION prom_api.get_latest_lookback() RETURNS interval
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(_prom_catalog.get_setting('latest_lookback')::interval, interval '1 day')
$$;
COMMENT ON FUNCTION prom_api.get_latest_lookback() IS 'How old a sample in a view of prom_latest is at most: a day, unless set.';

CREATE OR REPLACE FUNCTION prom_api.set_latest_lookback(lookback interval) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF lookback IS NULL OR lookback <= interval '0' THEN
        RAISE EXCEPTION 'a lookback is longer than 0, not %', lookback USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM _prom_catalog.set_setting('latest_lookback', lookback::text);
    RETURN true;
END
$$;
COMMENT ON FUNCTION prom_api.set_latest_lookback(interval) IS
    'Sets how old a sample in a view of prom_latest is at most. Series that have been silent for less are looked up one by one.';

-- A view and no functions: whoever may read a view of prom_latest need not have rights on the catalog.
CREATE OR REPLACE VIEW _prom_catalog.latest_bounds AS
SELECT now() - coalesce((SELECT s.value::interval FROM _prom_catalog.setting s WHERE s.key = 'latest_lookback'), interval '1 day') AS since,
       (SELECT s.value::timestamptz FROM _prom_catalog.setting s WHERE s.key = 'sealed_until') AS sealed_until;
COMMENT ON VIEW _prom_catalog.latest_bounds IS 'What views of prom_latest need to know.';
COMMENT ON COLUMN _prom_catalog.latest_bounds.since IS 'Older samples are in none of them.';
COMMENT ON COLUMN _prom_catalog.latest_bounds.sealed_until IS 'All that is packed is older; NULL while nothing has been packed.';

-- What is packed is looked at only where the landing table has nothing, or what came late: all that is packed is older
-- than sealed_until. A block is at most 7 days long. The second branch of the series is empty: a column of a union has no
-- statistics, and those of series.id are of all metrics, by which the series here and those of prom_series would have nearly
-- none in common.
DO $make$
BEGIN
    EXECUTE format($view$
        CREATE OR REPLACE VIEW _prom_catalog.latest_sample WITH (security_invoker = true) AS
        SELECT s.metric_id, n.time, n.value, s.id AS series_id, s.labels/*citus , s.bucket*/
        FROM /*plain*/(SELECT * FROM _prom_catalog.series UNION ALL SELECT * FROM _prom_catalog.series WHERE false)/*end plain*//*citus _prom_catalog.series*/ s
        LEFT JOIN LATERAL (SELECT d.time, d.values[s.slot] AS value FROM prom_data.landing d
                           WHERE d.group_id = s.group_id/*citus  AND d.bucket = s.bucket*/ AND d.values[s.slot] IS NOT NULL
                             AND d.time > (SELECT k.since FROM _prom_catalog.latest_bounds k)
                           ORDER BY d.time DESC LIMIT 1) l ON true
        LEFT JOIN LATERAL (SELECT t.time, %1$s AS value
                           FROM (SELECT b.* FROM prom_data.packed b JOIN prom_data.vector v ON v.id = b.vector_id/*citus  AND v.bucket = b.bucket*/
                                 WHERE b.series_id = s.id/*citus  AND b.bucket = s.bucket*/
                                   AND b.vector_id >= (SELECT min(p.first_vector)
                                                       FROM _prom_catalog.latest_bounds k
                                                       JOIN _prom_catalog.packed_block p ON p.upper > k.since
                                                       WHERE p.metric_id = s.metric_id AND p.block > k.since - interval '7 days')
                                   AND v.upper > (SELECT k.since FROM _prom_catalog.latest_bounds k)
                                   AND (l.time IS NULL OR l.time < (SELECT k.sealed_until FROM _prom_catalog.latest_bounds k))
                                 ORDER BY v.upper DESC, b.last DESC LIMIT 1) b
                           JOIN prom_data.tick t ON t.vector_id = b.vector_id AND t.idx = b.last/*citus  AND t.bucket = b.bucket*/
                           WHERE t.time > (SELECT k.since FROM _prom_catalog.latest_bounds k)) p ON true,
             LATERAL (SELECT CASE WHEN l.time >= p.time OR p.time IS NULL THEN l.time ELSE p.time END,
                             CASE WHEN l.time >= p.time OR p.time IS NULL THEN l.value ELSE p.value END OFFSET 0) n(time, value)
        WHERE n.time IS NOT NULL AND NOT prom_api.is_stale_marker(n.value)
        $view$, _prom_catalog.packed_value());
END
$make$;
COMMENT ON VIEW _prom_catalog.latest_sample IS
    'The last sample of each series that has sent within the lookback and has not ended with a stale marker. A query without a condition on the metric reads all series.';
COMMENT ON COLUMN _prom_catalog.latest_sample.metric_id IS 'The metric.';
COMMENT ON COLUMN _prom_catalog.latest_sample.time IS 'The sample''s time.';
COMMENT ON COLUMN _prom_catalog.latest_sample.value IS 'The sample''s value.';
COMMENT ON COLUMN _prom_catalog.latest_sample.series_id IS 'The series.';
COMMENT ON COLUMN _prom_catalog.latest_sample.labels IS 'The series'' labels.';
