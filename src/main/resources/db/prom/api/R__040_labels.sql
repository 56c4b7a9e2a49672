-- Labels of a series as text and JSON.

CREATE OR REPLACE FUNCTION prom_api.val(label_id int) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
    SELECT l.value FROM _prom_catalog.label l WHERE l.id = label_id
$$;
COMMENT ON FUNCTION prom_api.val(int) IS 'The value of a label, by its id. NULL if there is no such label.';

CREATE OR REPLACE FUNCTION prom_api.labels(series_id bigint) RETURNS prom_api.label_array
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE STRICT PARALLEL SAFE
AS $$
    /*citus BEGIN RETURN (*/
    SELECT s.labels FROM _prom_catalog.series s WHERE s.id = series_id
    /*citus ); END*/
$$;
COMMENT ON FUNCTION prom_api.labels(bigint) IS 'The labels of a series, by its id. NULL if there is no such series.';

CREATE OR REPLACE FUNCTION _prom_catalog.json_of(labels int[]) RETURNS jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_object_agg(l.key, l.value)
    FROM unnest(labels) u(id), LATERAL (SELECT l.key, l.value FROM _prom_catalog.label l WHERE l.id = u.id OFFSET 0) l
$$;
COMMENT ON FUNCTION _prom_catalog.json_of IS 'Labels as a JSON object, worked out from the labels one by one.';

CREATE OR REPLACE FUNCTION prom_api.jsonb(labels prom_api.label_array) RETURNS jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
    SELECT j.json FROM _prom_catalog.series_json j WHERE j.labels OPERATOR(pg_catalog.=) jsonb.labels::int[]
    UNION ALL
    SELECT _prom_catalog.json_of(jsonb.labels)
    LIMIT 1
$$;
COMMENT ON FUNCTION prom_api.jsonb(prom_api.label_array) IS
    'Labels as a JSON object, with __name__. NULL if there is none.';

CREATE OR REPLACE FUNCTION prom_api.labels_info(INOUT labels int[], OUT keys text[], OUT vals text[])
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(l.id ORDER BY u.n), array_agg(l.key::text ORDER BY u.n), array_agg(l.value::text ORDER BY u.n)
    FROM unnest(labels) WITH ORDINALITY u(id, n) JOIN _prom_catalog.label l ON l.id = u.id
$$;
COMMENT ON FUNCTION prom_api.labels_info(int[]) IS
    'Label ids with their names and values, as three arrays in one order. Absent labels are left out.';

CREATE OR REPLACE FUNCTION prom_api.key_value_array(labels prom_api.label_array, OUT keys text[], OUT vals text[])
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT i.keys, i.vals FROM prom_api.labels_info(labels) i
$$;
COMMENT ON FUNCTION prom_api.key_value_array(prom_api.label_array) IS
    'Labels as two arrays in one order, their names and their values. Absent labels are left out.';

CREATE OR REPLACE FUNCTION prom_api.label_cardinality(label_id int) RETURNS int
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN RETURN (*/
    SELECT count(*)::int FROM _prom_catalog.series s WHERE s.labels::int[] @> ARRAY[label_id]
    /*citus ); END*/
$$;
COMMENT ON FUNCTION prom_api.label_cardinality(int) IS 'The number of series that have a label, by the label''s id.';

CREATE OR REPLACE FUNCTION prom_api.label_key_position(metric_name text, key text) RETURNS int
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.pos FROM _prom_catalog.metric m
    JOIN _prom_catalog.label_key_position p ON p.metric_id = m.id
    JOIN _prom_catalog.label_key k ON k.id = p.label_key_id
    WHERE m.metric_name = label_key_position.metric_name AND k.key = label_key_position.key
$$;
COMMENT ON FUNCTION prom_api.label_key_position(text, text) IS
    'Where a label name stands in the label arrays of a metric, from 1, which is __name__. NULL if it never does.';

CREATE OR REPLACE FUNCTION prom_api.is_stale_marker(value double precision) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT pg_catalog.float8send(value) OPERATOR(pg_catalog.=) pg_catalog.decode('7ff0000000000002', 'hex')
$$;
COMMENT ON FUNCTION prom_api.is_stale_marker(double precision) IS
    'Whether a value is the NaN by which Prometheus says that the series has ended here.';

CREATE OR REPLACE FUNCTION prom_api.is_normal_nan(value double precision) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT pg_catalog.float8send(value) OPERATOR(pg_catalog.=) pg_catalog.decode('7ff8000000000001', 'hex')
$$;
COMMENT ON FUNCTION prom_api.is_normal_nan(double precision) IS
    'Whether a value is the NaN that Prometheus stores for "not a number". SQL''s own ''NaN'' has other bits; value = ''NaN'' finds all of them.';
