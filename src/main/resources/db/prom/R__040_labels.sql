CREATE OR REPLACE FUNCTION prom_api.val(label_id int) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
    SELECT l.value FROM _prom_catalog.label l WHERE l.id = label_id
$$;
COMMENT ON FUNCTION prom_api.val(int) IS 'The value of a label, by its id.';

CREATE OR REPLACE FUNCTION prom_api.labels(series_id bigint) RETURNS prom_api.label_array
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
    SELECT s.labels FROM _prom_catalog.series s WHERE s.id = series_id
$$;
COMMENT ON FUNCTION prom_api.labels(bigint) IS 'The labels of a series, by its id.';

CREATE OR REPLACE FUNCTION prom_api.jsonb(labels prom_api.label_array) RETURNS jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
    SELECT jsonb_object_agg(l.key, l.value) FROM _prom_catalog.label l WHERE l.id = ANY (labels)
$$;
COMMENT ON FUNCTION prom_api.jsonb(prom_api.label_array) IS 'Labels as a JSON object, with __name__.';
