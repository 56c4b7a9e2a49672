-- Which metrics have views with text for labels.

CREATE OR REPLACE FUNCTION prom_api.make_text_view(metric_name text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m _prom_catalog.metric := _prom_catalog.known_metric(metric_name);
BEGIN
    INSERT INTO _prom_catalog.text_view (metric_id) VALUES (m.id) ON CONFLICT DO NOTHING;
    PERFORM _prom_catalog.make_views(m.id);
    RETURN format('prom_text.%I', m.table_name);
END
$$;
COMMENT ON FUNCTION prom_api.make_text_view(text) IS
    'Makes the view of a metric in prom_text, which has a column of text for each label, and gives its name; the one in prom_text_latest as well, and where the metric has native histograms, also the one in prom_text_histogram. Labels that come later get their columns by themselves.';

CREATE OR REPLACE FUNCTION prom_api.drop_text_view(metric_name text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
DECLARE
    m _prom_catalog.metric := _prom_catalog.known_metric(metric_name);
BEGIN
    EXECUTE format('DROP VIEW IF EXISTS prom_text.%1$I, prom_text_latest.%1$I, prom_text_histogram.%1$I', m.table_name);
    DELETE FROM _prom_catalog.text_view t WHERE t.metric_id = m.id;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION prom_api.drop_text_view(text) IS
    'Removes what make_text_view() or set_text_views() has made for a metric. False if there was nothing.';

CREATE OR REPLACE FUNCTION prom_api.set_text_views(metric_names text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    chosen bigint;
BEGIN
    IF metric_names IS NULL THEN
        DELETE FROM _prom_catalog.setting s WHERE s.key = 'text_views';
        RETURN 0;
    END IF;
    -- A pattern that is none fails here, and not where views are made.
    PERFORM '' ~ metric_names;
    PERFORM _prom_catalog.set_setting('text_views', metric_names);
    WITH wanted AS (
        SELECT m.id FROM _prom_catalog.metric m WHERE m.views_positions > 0 AND _prom_catalog.wants_text_view(m.metric_name)
    ), noted AS (
        INSERT INTO _prom_catalog.text_view (metric_id) SELECT w.id FROM wanted w ON CONFLICT DO NOTHING
    )
    SELECT count(*) INTO chosen FROM wanted;
    RETURN chosen;
END
$$;
COMMENT ON FUNCTION prom_api.set_text_views(text) IS
    'Has views in prom_text made for all metrics whose names match a regular expression as a whole, those that come later included: a daemon makes them within a minute. NULL: for no further metric. The number of metrics that match.';
