-- What the views of a metric show, by a name that is a value: of a variable of Grafana, which may be empty, or of a column.

CREATE OR REPLACE FUNCTION prom_api.series_of(metric_name text)
    RETURNS TABLE (series_id bigint, labels prom_api.label_array)
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT s.id, s.labels
    FROM _prom_catalog.metric m JOIN _prom_catalog.series s ON s.metric_id OPERATOR(pg_catalog.=) m.id
    WHERE m.metric_name OPERATOR(pg_catalog.=) series_of.metric_name
$$;
COMMENT ON FUNCTION prom_api.series_of(text) IS
    'The series of a metric, by a name that is a value; none if there is no such metric or the name is NULL.';

CREATE OR REPLACE FUNCTION prom_api.latest_of(metric_name text)
    RETURNS TABLE ("time" timestamptz, value double precision, series_id bigint, labels prom_api.label_array)
    LANGUAGE sql STABLE
AS $$
    SELECT n.time, n.value, n.series_id, n.labels
    FROM _prom_catalog.latest_sample n
    WHERE n.metric_id OPERATOR(pg_catalog.=) (
        SELECT m.id FROM _prom_catalog.metric m WHERE m.metric_name OPERATOR(pg_catalog.=) latest_of.metric_name)
$$;
COMMENT ON FUNCTION prom_api.latest_of(text) IS 'The last sample of each series of a metric, as prom_latest has it. The name as of series_of().';

CREATE OR REPLACE FUNCTION prom_api.samples_of(metric_name text, range_start timestamptz, range_end timestamptz)
    RETURNS TABLE ("time" timestamptz, value double precision, series_id bigint, labels prom_api.label_array)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    view_name name := (SELECT m.table_name FROM _prom_catalog.metric m
                       WHERE m.metric_name = samples_of.metric_name AND m.views_positions > 0);
BEGIN
    IF view_name IS NOT NULL THEN
        RETURN QUERY EXECUTE format(
            'SELECT v.time, v.value, v.series_id, v.labels FROM prom_metric.%I v WHERE v.time >= $1 AND v.time <= $2', view_name)
        USING range_start, range_end;
    END IF;
END
$$;
COMMENT ON FUNCTION prom_api.samples_of(text, timestamptz, timestamptz) IS
    'The samples of a metric from a time to a time, both included. The name as of series_of().';
