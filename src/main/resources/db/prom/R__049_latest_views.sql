CREATE OR REPLACE FUNCTION _prom_catalog.make_latest_view(metric_id int, table_name name, id_columns text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The landing table is partitioned by time: the newest partition is looked at first, and mostly alone.
    EXECUTE format($view$
        CREATE OR REPLACE VIEW prom_latest.%I AS
        SELECT l.time, l.value, s.id AS series_id, s.labels%s
        FROM _prom_catalog.series s,
             LATERAL (SELECT d.time, d.values[s.slot] AS value FROM prom_data.landing d
                      WHERE d.group_id = s.group_id AND d.values[s.slot] IS NOT NULL
                      ORDER BY d.time DESC LIMIT 1) l
        WHERE s.metric_id = %s AND NOT prom_api.is_stale_marker(l.value)
        $view$, table_name, id_columns, metric_id);
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_latest_view IS
    'Makes the view of a metric''s last samples: of each series that has samples in the landing table and has not ended with a stale marker.';
