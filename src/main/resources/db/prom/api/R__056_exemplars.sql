-- Exemplars.

CREATE OR REPLACE FUNCTION _prom_catalog.millis_to_time(millis bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_timestamp(millis / 1000) + (millis % 1000) * interval '1 millisecond'
$$;
COMMENT ON FUNCTION _prom_catalog.millis_to_time IS 'A time in milliseconds since the epoch, exactly.';

CREATE OR REPLACE FUNCTION _prom_catalog.store_exemplars(
    series_ids bigint[], millis bigint[], label_arrays text[], exemplar_values double precision[])
    RETURNS bigint[]
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known bigint[] := ARRAY(SELECT s.id FROM _prom_catalog.series s WHERE s.id = ANY (series_ids));
BEGIN
    INSERT INTO prom_data.exemplar (series_id, time, labels, value/*citus , bucket*/)
    SELECT u.id, _prom_catalog.millis_to_time(u.millis), jsonb_object(u.labels::text[]), u.value/*citus , _prom_catalog.bucket_of(u.id)*/
    FROM unnest(series_ids, millis, label_arrays, exemplar_values) u(id, millis, labels, value)
    WHERE u.id = ANY (known)
    ORDER BY u.id, u.millis, u.labels
    ON CONFLICT DO NOTHING;
    PERFORM _prom_catalog.make_exemplar_view(m.id)
    FROM (SELECT DISTINCT s.metric_id FROM _prom_catalog.series s WHERE s.id = ANY (series_ids)) u
    JOIN _prom_catalog.metric m ON m.id = u.metric_id
    WHERE NOT m.has_exemplars
    ORDER BY m.id;
    RETURN ARRAY(SELECT DISTINCT u.id FROM unnest(series_ids) u(id) WHERE u.id <> ALL (known));
END
$$;
COMMENT ON FUNCTION _prom_catalog.store_exemplars IS
    'Stores exemplars, those that are there already left out, and makes the views of metrics that have their first one. Parallel arrays; labels are literals of arrays of name, value, name, value. The answer: series that are gone, whose exemplars are not stored.';

CREATE OR REPLACE FUNCTION _prom_catalog.make_exemplar_view(metric_id int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m _prom_catalog.metric;
BEGIN
    SELECT * INTO m FROM _prom_catalog.metric WHERE metric.id = metric_id FOR NO KEY UPDATE;
    EXECUTE format($view$
        CREATE OR REPLACE VIEW prom_exemplar.%I AS
        SELECT e.time, e.value, e.series_id, s.labels/*citus , s.bucket*/, e.labels AS exemplar_labels
        FROM _prom_catalog.series s
        JOIN prom_data.exemplar e ON e.series_id = s.id/*citus  AND e.bucket = s.bucket*/
        WHERE s.metric_id = %s
        $view$, m.table_name, m.id);
    PERFORM _prom_catalog.grant_to_tenants(m.table_name);
    UPDATE _prom_catalog.metric SET has_exemplars = true WHERE metric.id = m.id;
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_exemplar_view IS 'Makes the view of a metric''s exemplars.';

CREATE OR REPLACE FUNCTION _prom_catalog.expire_points() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    expired bigint;
BEGIN
    WITH kept AS MATERIALIZED (
        SELECT s.id, _prom_catalog.retention_now() - m.period AS since
        FROM (SELECT metric.id, _prom_catalog.metric_retention(metric.id) AS period
              FROM _prom_catalog.metric WHERE has_exemplars) m
        JOIN _prom_catalog.series s ON s.metric_id = m.id
    )
    DELETE FROM prom_data.exemplar e
    -- What belongs to no series belongs to nobody.
    WHERE NOT EXISTS (SELECT FROM kept k WHERE k.id = e.series_id AND e.time >= k.since);
    GET DIAGNOSTICS expired = ROW_COUNT;
    RETURN expired;
END
$$;
COMMENT ON FUNCTION _prom_catalog.expire_points IS 'Deletes exemplars that are older than their metric''s retention period; how many.';
