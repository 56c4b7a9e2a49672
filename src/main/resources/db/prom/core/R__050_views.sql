-- The views of a metric.

CREATE OR REPLACE FUNCTION _prom_catalog.make_views(metric_id int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m _prom_catalog.metric;
    positions int;
    id_columns text;
    value_columns text;
BEGIN
    SELECT * INTO m FROM _prom_catalog.metric WHERE metric.id = metric_id FOR NO KEY UPDATE;
    SELECT max(p.pos),
           coalesce(string_agg(format(', nullif(s.labels[%s], 0) AS %I', p.pos, k.id_column_name), '' ORDER BY p.pos)
                        FILTER (WHERE p.pos > 1), ''),
           coalesce(string_agg(format(', (SELECT l.value FROM _prom_catalog.label l WHERE l.id = s.labels[%s]) AS %I',
                                      p.pos, k.value_column_name), '' ORDER BY p.pos)
                        FILTER (WHERE p.pos > 1), '')
    INTO positions, id_columns, value_columns
    FROM _prom_catalog.label_key_position p
    JOIN _prom_catalog.label_key k ON k.id = p.label_key_id
    WHERE p.metric_id = m.id;
    IF positions IS NULL OR positions = m.views_positions AND (NOT m.has_histograms OR positions = m.histogram_positions) THEN
        PERFORM _prom_catalog.refresh_text_view(m.id, false);
        RETURN;
    END IF;
    EXECUTE format($view$
        CREATE OR REPLACE VIEW prom_series.%I AS
        WITH planned_apart AS (SELECT)
        SELECT s.id AS series_id, s.labels/*citus , s.bucket*/%s FROM _prom_catalog.series s WHERE s.metric_id = %s
        $view$, m.table_name, value_columns, m.id);
    EXECUTE format($view$
        CREATE OR REPLACE VIEW prom_metric.%I AS
        SELECT s.time, s.value, s.series_id, s.labels/*citus , s.bucket*/%s FROM _prom_catalog.%I s WHERE s.metric_id = %s
        $view$, m.table_name, id_columns, CASE WHEN m.has_holes THEN 'sample_with_holes' ELSE 'sample' END, m.id);
    EXECUTE format($view$
        CREATE OR REPLACE VIEW prom_latest.%I AS
        SELECT s.time, s.value, s.series_id, s.labels/*citus , s.bucket*/%s FROM _prom_catalog.latest_sample s WHERE s.metric_id = %s
        $view$, m.table_name, id_columns, m.id);
    PERFORM _prom_catalog.make_rollup_views(m.id);
    IF m.has_histograms THEN
        PERFORM _prom_catalog.replace_histogram_view(
            'prom_histogram', m.table_name, 's.id AS series_id, s.labels/*citus , s.bucket*/' || id_columns,
            format('(SELECT * FROM _prom_catalog.series WHERE metric_id = %s)', m.id));
    END IF;
    PERFORM _prom_catalog.grant_to_tenants(m.table_name);
    UPDATE _prom_catalog.metric SET views_positions = positions, histogram_positions = CASE WHEN has_histograms THEN positions ELSE 0 END
    WHERE metric.id = m.id;
    IF m.views_positions = 0 AND _prom_catalog.wants_text_view(m.metric_name) THEN
        INSERT INTO _prom_catalog.text_view (metric_id) VALUES (m.id) ON CONFLICT DO NOTHING;
    END IF;
    PERFORM _prom_catalog.refresh_text_view(m.id, true);
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_views IS
    'Makes the views of a metric, or appends columns for label names that have come since. Waits for readers of the views.';

CREATE OR REPLACE FUNCTION _prom_catalog.show_holes(metric_id int) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE _prom_catalog.metric m SET has_holes = true, views_positions = 0 WHERE m.id = metric_id AND NOT m.has_holes;
    PERFORM _prom_catalog.make_views(metric_id);
END
$$;
COMMENT ON FUNCTION _prom_catalog.show_holes IS
    'Makes the views of a metric so that its runs may have holes. Waits for readers of the views. Others are faster without: a condition on the run and the tick keeps the planner from looking up ticks once for many runs.';

CREATE OR REPLACE FUNCTION _prom_catalog.stale_views(metric_ids int[] DEFAULT NULL) RETURNS SETOF int
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.id FROM _prom_catalog.metric m
    WHERE (metric_ids IS NULL OR m.id = ANY (metric_ids))
      AND CASE WHEN m.has_histograms THEN least(m.views_positions, m.histogram_positions) ELSE m.views_positions END
          < (SELECT count(*) FROM _prom_catalog.label_key_position p WHERE p.metric_id = m.id)
    UNION
    SELECT t.metric_id FROM _prom_catalog.text_view t
    WHERE (metric_ids IS NULL OR t.metric_id = ANY (metric_ids))
      AND t.positions < (SELECT count(*) FROM _prom_catalog.label_key_position p WHERE p.metric_id = t.metric_id)
$$;
COMMENT ON FUNCTION _prom_catalog.stale_views IS 'Metrics, of these or of all, whose views have to be made or lack a column.';
