-- What psql's \d+ and graphical clients say about the views of a metric and their columns.

CREATE OR REPLACE FUNCTION _prom_catalog.uncommented_views(since timestamptz DEFAULT '-infinity') RETURNS SETOF int
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.id FROM _prom_catalog.metric m WHERE m.commented_positions < m.views_positions
    UNION
    SELECT m.id
    FROM (SELECT DISTINCT f.metric_family || s.suffix AS metric_name
          -- What current_metadata() takes off a name to find its family.
          FROM _prom_catalog.metadata f,
               unnest(ARRAY['', '_bucket', '_count', '_sum', '_gcount', '_gsum', '_total', '_info', '_created']) s(suffix)
          WHERE f.last_seen >= since) n
    JOIN _prom_catalog.metric m ON m.metric_name = n.metric_name
    JOIN pg_class c ON c.relname = m.table_name AND c.relnamespace = 'prom_metric'::regnamespace AND c.relkind = 'v'
    WHERE _prom_catalog.metric_help(m.metric_name) <> coalesce(obj_description(c.oid, 'pg_class'), '')
    ORDER BY 1
$$;
COMMENT ON FUNCTION _prom_catalog.uncommented_views IS
    'Metrics whose views have columns without a comment, or whose view in prom_metric does not show the help text that senders have sent since a time.';

CREATE OR REPLACE FUNCTION _prom_catalog.column_comments(m _prom_catalog.metric)
    RETURNS TABLE (schema_name text, column_name name, comment text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT * FROM (VALUES
        ('prom_metric', 'time', 'Timestamp of the sample.'),
        ('prom_metric', 'value', 'Value of the sample.'),
        ('prom_latest', 'time', 'Timestamp of the newest sample of the series.'),
        ('prom_latest', 'value', 'Value of the newest sample.')) c
    UNION ALL
    SELECT v, c.name, c.comment
    FROM unnest(ARRAY['prom_metric', 'prom_latest', 'prom_series']) v,
         (VALUES ('series_id', format('Id of the series in prom_series.%I.', m.table_name)),
                 ('labels', 'Ids of the labels of the series: prom_api.label(labels, name) is the text of one, prom_api.jsonb(labels) has all.')) c(name, comment)
    UNION ALL
    SELECT v, k.id_column_name, format('Id of the label %s: prom_api.val(%I) is its text.', k.key, k.id_column_name)
    FROM _prom_catalog.label_key_position p
    JOIN _prom_catalog.label_key k ON k.id = p.label_key_id,
         unnest(ARRAY['prom_metric', 'prom_latest']) v
    WHERE p.metric_id = m.id AND p.pos BETWEEN 2 AND m.views_positions
    UNION ALL
    SELECT 'prom_series', k.value_column_name, format('Label %s of the series, NULL if it has none.', k.key)
    FROM _prom_catalog.label_key_position p
    JOIN _prom_catalog.label_key k ON k.id = p.label_key_id
    WHERE p.metric_id = m.id AND p.pos BETWEEN 2 AND m.views_positions
$$;
COMMENT ON FUNCTION _prom_catalog.column_comments IS 'What the columns of a metric''s views are, by schema.';

CREATE OR REPLACE FUNCTION _prom_catalog.comment_views(metric_id int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m _prom_catalog.metric;
    help text;
BEGIN
    -- Its views keep their columns until the end.
    SELECT * INTO m FROM _prom_catalog.metric WHERE metric.id = metric_id AND views_positions > 0 FOR NO KEY UPDATE;
    IF m.id IS NULL THEN
        RETURN;
    END IF;
    help := _prom_catalog.metric_help(m.metric_name);
    IF help IS NOT NULL THEN
        EXECUTE format('COMMENT ON VIEW prom_series.%1$I IS %2$L; COMMENT ON VIEW prom_metric.%1$I IS %2$L', m.table_name, help);
    END IF;
    IF m.commented_positions < m.views_positions THEN
        EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN %I.%I.%I IS %L', c.schema_name, m.table_name, c.column_name, c.comment), ';')
                 FROM _prom_catalog.column_comments(m) c);
        UPDATE _prom_catalog.metric SET commented_positions = views_positions WHERE metric.id = m.id;
    END IF;
END
$$;
COMMENT ON FUNCTION _prom_catalog.comment_views IS
    'Makes the current help text the comment of a metric''s views, and says what their columns are. Waits for sessions that change the views, not for readers.';
