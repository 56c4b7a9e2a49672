-- Views with text for labels. They are made for metrics that users ask for: see prom_api.make_text_view().

CREATE OR REPLACE FUNCTION _prom_catalog.text_column(column_name text, key_id int, taken text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- What begins with label_ has its id behind where such names are given, so that no two labels have one column.
    SELECT CASE WHEN column_name = ANY (taken) THEN 'label_' || column_name
                WHEN cardinality(taken) > 0 AND starts_with(column_name, 'label_') THEN _prom_catalog.fitting_name(column_name, key_id, 1, 63)
                ELSE column_name END
$$;
COMMENT ON FUNCTION _prom_catalog.text_column IS
    'The name of a label''s column where names besides those of all views are taken by other columns.';

CREATE OR REPLACE FUNCTION _prom_catalog.text_series(
    metric_id int, taken text[], OUT columns text, OUT source text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- A label is a join, so that a condition on its text is one on the index of labels, by way of the label's id, and a label that
    -- a query does not name costs nothing. The WITH is never read: it keeps the planner from mixing these joins with those of the
    -- samples, where it would look for the text of each sample and not of each series. Conditions are let in.
    SELECT coalesce(string_agg(format(', s.%I', c.name), '' ORDER BY p.pos), ''),
           format('(WITH series_first AS (SELECT) SELECT s.id, s.group_id, s.slot/*citus , s.bucket*/%s FROM _prom_catalog.series s%s WHERE s.metric_id = %s)',
                  string_agg(format(', l%s.value AS %I', p.pos, c.name), '' ORDER BY p.pos),
                  string_agg(format(' LEFT JOIN _prom_catalog.label l%1$s ON l%1$s.id = s.labels[%1$s] AND l%1$s.key = %2$L'
                                    ' AND s.labels::int[] && ARRAY[l%1$s.id]', p.pos, k.key), '' ORDER BY p.pos),
                  text_series.metric_id)
    FROM _prom_catalog.label_key_position p
    JOIN _prom_catalog.label_key k ON k.id = p.label_key_id,
         LATERAL (SELECT _prom_catalog.text_column(k.value_column_name::text, k.id, taken)) c(name)
    WHERE p.metric_id = text_series.metric_id AND p.pos > 1
$$;
COMMENT ON FUNCTION _prom_catalog.text_series IS
    'SQL of the series of a metric with the texts of their labels, to be read as s, and of the columns of these texts.';

CREATE OR REPLACE FUNCTION _prom_catalog.replace_text_view(m _prom_catalog.metric) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    series record;
BEGIN
    SELECT * INTO series FROM _prom_catalog.text_series(m.id, '{}');
    EXECUTE format($view$
        CREATE OR REPLACE VIEW prom_text.%1$I AS
        SELECT d.time, v.value, s.id AS series_id/*citus , s.bucket*/%2$s
        FROM %3$s s
        JOIN prom_data.landing d ON d.group_id = s.group_id/*citus  AND d.bucket = s.bucket*/,
             LATERAL (SELECT d.values[s.slot] OFFSET 0) v(value)
        WHERE v.value IS NOT NULL
        UNION ALL
        SELECT t.time, %4$s, s.id/*citus , s.bucket*/%2$s
        FROM prom_data.packed b
        JOIN prom_data.tick t ON t.vector_id = b.vector_id AND t.idx BETWEEN b.first AND b.last%5$s/*citus  AND t.bucket = b.bucket*/
        JOIN %3$s s ON s.id = b.series_id/*citus  AND s.bucket = b.bucket*/
        WHERE b.metric_id = %6$s
        $view$, m.table_name, series.columns, series.source, _prom_catalog.packed_value(),
        CASE WHEN m.has_holes THEN ' AND ' || _prom_catalog.packed_condition() END, m.id);
    EXECUTE format($view$
        CREATE OR REPLACE VIEW prom_text_latest.%I AS
        SELECT n.time, n.value, s.id AS series_id%s
        FROM %s s JOIN _prom_catalog.latest_sample n ON n.series_id = s.id
        $view$, m.table_name, series.columns, series.source);
    IF m.has_histograms THEN
        SELECT * INTO series FROM _prom_catalog.text_series(m.id, ARRAY['count', 'sum', 'schema', 'zero_threshold', 'zero_count', 'buckets',
                                                                         'histogram', 'start_time', 'reset_hint', 'is_stale']);
        PERFORM _prom_catalog.replace_histogram_view('prom_text_histogram', m.table_name, 's.id AS series_id' || series.columns, series.source);
    END IF;
END
$$;
COMMENT ON FUNCTION _prom_catalog.replace_text_view IS
    'Makes the views of a metric with text for labels, or appends columns for label names that have come since.';

CREATE OR REPLACE FUNCTION _prom_catalog.refresh_text_view(metric_id int, all_changed boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m _prom_catalog.metric;
    shown int;
BEGIN
    SELECT r.* INTO m FROM _prom_catalog.metric r JOIN _prom_catalog.text_view t ON t.metric_id = r.id
    WHERE r.id = refresh_text_view.metric_id AND r.views_positions > 0
      AND (all_changed OR t.positions < (SELECT count(*) FROM _prom_catalog.label_key_position p WHERE p.metric_id = r.id));
    IF m.id IS NOT NULL THEN
        PERFORM _prom_catalog.replace_text_view(m);
        PERFORM _prom_catalog.grant_to_tenants(m.table_name);
        shown := (SELECT count(*) FROM _prom_catalog.label_key_position p WHERE p.metric_id = m.id);
        UPDATE _prom_catalog.text_view t SET positions = shown WHERE t.metric_id = m.id;
    END IF;
END
$$;
COMMENT ON FUNCTION _prom_catalog.refresh_text_view IS
    'Makes the views of a metric with text for labels, if it is to have any and they lack a column, or if all its views have changed.';

CREATE OR REPLACE FUNCTION _prom_catalog.wants_text_view(metric_name text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(metric_name COLLATE "default" ~ ('^(?:' || _prom_catalog.get_setting('text_views') || ')$'), false)
$$;
COMMENT ON FUNCTION _prom_catalog.wants_text_view IS 'Whether set_text_views() has asked for a metric of this name.';
