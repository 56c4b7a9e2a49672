-- Which metrics are rolled up, and how one becomes such or ceases to be.

CREATE OR REPLACE FUNCTION _prom_catalog.wanted_rollups() RETURNS TABLE (metric_id int, seconds int)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH fallback AS MATERIALIZED (SELECT prom_api.get_default_rollups() AS resolutions)
    SELECT m.id, k.seconds
    FROM fallback f, _prom_catalog.metric m
    LEFT JOIN _prom_catalog.rollup_choice c ON c.metric_id = m.id
    JOIN _prom_catalog.rollup k ON true
    WHERE k.name = ANY (string_to_array(coalesce(c.resolutions, f.resolutions), ','))
$$;
COMMENT ON FUNCTION _prom_catalog.wanted_rollups IS 'The resolutions in which metrics are to be rolled up: as chosen, else the default.';

CREATE OR REPLACE FUNCTION _prom_catalog.note_wanted_rollups() RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO _prom_catalog.metric_rollup (metric_id, seconds)
    SELECT w.metric_id, w.seconds FROM _prom_catalog.wanted_rollups() w
    ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION _prom_catalog.note_wanted_rollups IS 'From the next unit that is packed on, metrics are rolled up that are to be.';

CREATE OR REPLACE FUNCTION _prom_catalog.spans_to_roll_up(metric_id int, seconds int) RETURNS SETOF int
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT s.span
    FROM _prom_catalog.metric_rollup x
    JOIN _prom_catalog.rollup k ON k.seconds = x.seconds
    JOIN _prom_catalog.packed_block b ON b.metric_id = x.metric_id,
         generate_series(floor(extract(epoch FROM b.block) / (k.seconds * k.buckets))::int,
                         floor(extract(epoch FROM b.upper) / (k.seconds * k.buckets))::int) s(span)
    WHERE x.metric_id = spans_to_roll_up.metric_id AND x.seconds = spans_to_roll_up.seconds AND s.span >= x.next_span
    ORDER BY s.span
$$;
COMMENT ON FUNCTION _prom_catalog.spans_to_roll_up IS 'The spans in which a metric may have packed samples that are not rolled up, in order.';

CREATE OR REPLACE FUNCTION _prom_catalog.show_rollups(metric_id int, seconds int) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM _prom_catalog.metric m WHERE m.id = show_rollups.metric_id FOR NO KEY UPDATE;
    UPDATE _prom_catalog.metric_rollup x SET complete = true
    WHERE x.metric_id = show_rollups.metric_id AND x.seconds = show_rollups.seconds;
    PERFORM _prom_catalog.make_rollup_views(show_rollups.metric_id);
END
$$;
COMMENT ON FUNCTION _prom_catalog.show_rollups IS 'Makes the view of a metric whose packed samples are rolled up by now.';

CREATE OR REPLACE FUNCTION _prom_catalog.unwanted_rollups() RETURNS TABLE (metric_id int, seconds int)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.metric_id, x.seconds FROM _prom_catalog.metric_rollup x
    EXCEPT SELECT w.metric_id, w.seconds FROM _prom_catalog.wanted_rollups() w
$$;
COMMENT ON FUNCTION _prom_catalog.unwanted_rollups IS 'What is rolled up and is not to be any more.';

CREATE OR REPLACE FUNCTION _prom_catalog.drop_rollups(metric_id int, seconds int) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
DECLARE
    rollup text := (SELECT k.name FROM _prom_catalog.rollup k WHERE k.seconds = drop_rollups.seconds);
    dropped name := (SELECT m.table_name FROM _prom_catalog.metric m WHERE m.id = drop_rollups.metric_id FOR NO KEY UPDATE);
BEGIN
    EXECUTE format('DROP VIEW IF EXISTS %I.%I', 'prom_rollup_' || rollup, dropped);
    PERFORM _prom_catalog.rollup_lock();
    EXECUTE format('DELETE FROM _prom_rollup.%I r WHERE r.metric_id = $1', rollup) USING metric_id;
    DELETE FROM _prom_catalog.metric_rollup x WHERE x.metric_id = drop_rollups.metric_id AND x.seconds = drop_rollups.seconds;
END
$$;
COMMENT ON FUNCTION _prom_catalog.drop_rollups IS 'Deletes the rollups of a metric in a resolution, and their view. Waits for its readers.';
