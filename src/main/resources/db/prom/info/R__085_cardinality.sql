-- Where series come from: what grows, and which label makes it grow.

CREATE OR REPLACE VIEW prom_info.metric_growth AS
SELECT m.metric_name::text COLLATE "default" AS metric_name,
       coalesce(s.series, 0) AS num_series,
       coalesce(s.last_hour, 0) AS created_last_hour,
       coalesce(s.last_day, 0) AS created_last_day
FROM _prom_catalog.metric m
LEFT JOIN (
    SELECT s.metric_id,
           count(*) AS series,
           count(*) FILTER (WHERE s.created_at > now() - interval '1 hour') AS last_hour,
           count(*) FILTER (WHERE s.created_at > now() - interval '1 day') AS last_day
    FROM _prom_catalog.series s GROUP BY s.metric_id) s ON s.metric_id = m.id;
COMMENT ON VIEW prom_info.metric_growth IS 'The metrics, by how many series came of late.';
COMMENT ON COLUMN prom_info.metric_growth.metric_name IS 'The metric''s name.';
COMMENT ON COLUMN prom_info.metric_growth.num_series IS 'The number of its series.';
COMMENT ON COLUMN prom_info.metric_growth.created_last_hour IS 'How many of them were stored for the first time within the last hour.';
COMMENT ON COLUMN prom_info.metric_growth.created_last_day IS 'How many of them were stored for the first time within the last 24 hours.';

CREATE OR REPLACE VIEW prom_info.label_key AS
SELECT k.key::text COLLATE "default" AS key,
       coalesce(v.num_values, 0) AS num_values,
       coalesce(p.num_metrics, 0) AS num_metrics
FROM _prom_catalog.label_key k
LEFT JOIN (SELECT l.key, count(*) AS num_values FROM _prom_catalog.label l GROUP BY l.key) v ON v.key = k.key
LEFT JOIN (SELECT p.label_key_id, count(*) AS num_metrics FROM _prom_catalog.label_key_position p GROUP BY p.label_key_id) p
    ON p.label_key_id = k.id;
COMMENT ON VIEW prom_info.label_key IS 'The label names, by number: prom_info.label has the values themselves.';
COMMENT ON COLUMN prom_info.label_key.key IS 'The label''s name.';
COMMENT ON COLUMN prom_info.label_key.num_values IS 'The number of its values.';
COMMENT ON COLUMN prom_info.label_key.num_metrics IS 'The number of metrics that have, or had, a series with it.';

CREATE OR REPLACE FUNCTION prom_api.label_value_series(label_key text)
    RETURNS TABLE (value text, num_series bigint, num_metrics bigint)
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN RETURN QUERY*/
    SELECT l.value::text COLLATE "default", sum(c.series)::bigint, count(*)
    FROM (SELECT s.metric_id, s.labels[p.pos] AS label_id, count(*) AS series
          FROM _prom_catalog.label_key k
          JOIN _prom_catalog.label_key_position p ON p.label_key_id = k.id
          JOIN _prom_catalog.series s ON s.metric_id = p.metric_id
          WHERE k.key = label_key
          GROUP BY 1, 2) c
    JOIN _prom_catalog.label l ON l.id = c.label_id
    GROUP BY l.id, l.value
    /*citus ; END*/
$$;
COMMENT ON FUNCTION prom_api.label_value_series(text) IS
    'The values of a label name, each with the number of series and of metrics that have it.';

CREATE OR REPLACE FUNCTION prom_api.metric_label_values(metric_name text)
    RETURNS TABLE (key text, num_values bigint, num_values_last_hour bigint)
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN RETURN QUERY*/
    SELECT k.key::text COLLATE "default",
           count(DISTINCT s.labels[p.pos]) FILTER (WHERE s.labels[p.pos] <> 0),
           count(DISTINCT s.labels[p.pos]) FILTER (WHERE s.labels[p.pos] <> 0 AND s.created_at > now() - interval '1 hour')
    FROM _prom_catalog.metric m
    JOIN _prom_catalog.label_key_position p ON p.metric_id = m.id
    JOIN _prom_catalog.label_key k ON k.id = p.label_key_id
    LEFT JOIN _prom_catalog.series s ON s.metric_id = m.id
    WHERE m.metric_name = metric_label_values.metric_name AND k.key <> '__name__'
    GROUP BY k.key
    /*citus ; END*/
$$;
COMMENT ON FUNCTION prom_api.metric_label_values(text) IS
    'The label names of a metric, each with the number of its values, and of those values that series of the last hour have: where that is large, the label makes the metric grow.';
