-- Names of tables, views and columns for metrics and labels whose names PostgreSQL cannot hold as they are.

CREATE OR REPLACE FUNCTION _prom_catalog.cut_to_bytes(name text, bytes int) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT left(name, n) FROM generate_series(least(length(name), bytes), 0, -1) n
    WHERE octet_length(left(name, n)) <= bytes
    LIMIT 1
$$;
COMMENT ON FUNCTION _prom_catalog.cut_to_bytes IS 'The longest start of a text that is at most so many bytes of UTF-8.';

CREATE OR REPLACE FUNCTION _prom_catalog.fitting_name(wanted text, id int, try int, bytes int) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN try = 0 AND octet_length(wanted) <= bytes THEN wanted
                ELSE _prom_catalog.cut_to_bytes(wanted, bytes - octet_length(suffix)) || suffix END
    FROM (SELECT '_' || id || CASE WHEN try > 1 THEN '_' || try ELSE '' END) s(suffix)
$$;
COMMENT ON FUNCTION _prom_catalog.fitting_name IS
    'A name of at most so many bytes: as wanted at try 0 if it fits, else cut and with the id behind, at later tries with the try too.';

-- The two below look at one candidate after the other, and nearly always at the first one only: a storm of new metrics
-- passes here one by one.

CREATE OR REPLACE FUNCTION _prom_catalog.new_table_name(metric_name text, metric_id int) RETURNS name
    LANGUAGE plpgsql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- A name that no table of prom_data has, in which Promscale had a metric's samples.
    wanted text := regexp_replace(metric_name, '^~', '_~');
    candidate text;
BEGIN
    FOR try IN 0..1000 LOOP
        candidate := _prom_catalog.fitting_name(wanted, metric_id, try, 62);
        IF candidate NOT IN ('landing', 'tick', 'vector', 'exemplar', 'histogram')
           AND NOT EXISTS (SELECT FROM _prom_catalog.metric m WHERE m.table_name = candidate::name) THEN
            RETURN candidate;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _prom_catalog.new_table_name IS
    'A name that no other metric has: the metric''s own, or cut and with its id behind. prom_data''s own tables are reserved.';

CREATE OR REPLACE FUNCTION _prom_catalog.new_label_columns(
    key text, key_id int, OUT value_column_name name, OUT id_column_name name)
    LANGUAGE plpgsql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted text := CASE WHEN key IN ('time', 'value', 'series', 'series_id', 'labels') THEN 'label_' || key ELSE key END;
    candidate text;
BEGIN
    FOR try IN 0..1000 LOOP
        candidate := _prom_catalog.fitting_name(wanted, key_id, try, 59);
        IF NOT EXISTS (SELECT FROM _prom_catalog.label_key k WHERE k.value_column_name = candidate::name) THEN
            value_column_name := candidate;
            id_column_name := candidate || '_id';
            RETURN;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION _prom_catalog.new_label_columns IS
    'Names of a label''s columns in the views: its own, with label_ in front where they would be taken for the views'' own columns, cut where they are too long; no other label has them.';
