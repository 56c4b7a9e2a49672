-- Views of users that PromQL and remote read find as metrics.

CREATE OR REPLACE FUNCTION _prom_catalog.view_oid(schema_name text, view_name text) RETURNS oid
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = schema_name AND c.relname = view_name AND c.relkind IN ('v', 'm')
$$;
COMMENT ON FUNCTION _prom_catalog.view_oid IS 'A view or materialized view by its name; NULL if there is none.';

CREATE OR REPLACE FUNCTION _prom_catalog.view_metrics(view_oid oid) RETURNS int[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE source(oid, depth) AS (
        SELECT view_oid, 0
        UNION
        SELECT d.refobjid, s.depth + 1
        FROM source s JOIN pg_rewrite r ON r.ev_class = s.oid
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
        WHERE s.depth < 2 AND d.refobjid <> s.oid
    )
    SELECT ARRAY(
        SELECT DISTINCT m.id
        FROM source s
        JOIN pg_class c ON c.oid = s.oid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN _prom_catalog.metric m ON m.table_name = c.relname
        WHERE s.oid <> view_oid AND (n.nspname IN ('prom_metric', 'prom_text', 'prom_text_latest') OR starts_with(n.nspname, 'prom_rollup_'))
        ORDER BY m.id)
$$;
COMMENT ON FUNCTION _prom_catalog.view_metrics IS
    'The metrics that a view is made of: those whose views it reads, or a view does that it reads.';

CREATE OR REPLACE FUNCTION _prom_catalog.view_values(view_oid oid) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT a.attname::text FROM pg_attribute a
                 WHERE a.attrelid = view_oid AND a.attnum > 0 AND a.atttypid = 'double precision'::regtype ORDER BY a.attnum)
$$;
COMMENT ON FUNCTION _prom_catalog.view_values IS 'The columns of a view that may be values, in their order.';

CREATE OR REPLACE FUNCTION _prom_catalog.view_hindrance(view_oid oid, reader name) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- The functions of a view run with the rights of the role that reads it, whatever its owner may do.
    SELECT CASE
        WHEN NOT pg_has_role(c.relowner, r.oid, 'MEMBER')
            THEN format('its owner, %s, is no member of %s, with whose rights it would be read', pg_get_userbyid(c.relowner), reader)
        WHEN NOT has_schema_privilege(r.oid, c.relnamespace, 'USAGE') OR NOT has_table_privilege(r.oid, c.oid, 'SELECT')
            THEN format('%s may not read it: it lacks USAGE of the schema or SELECT', reader)
    END
    FROM pg_class c, pg_roles r WHERE c.oid = view_oid AND r.rolname = reader
$$;
COMMENT ON FUNCTION _prom_catalog.view_hindrance IS 'Why a role does not read a view for others; NULL if it does.';

CREATE OR REPLACE FUNCTION _prom_catalog.view_problem(schema_name text, view_name text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH wanted AS (
        SELECT _prom_catalog.view_oid(schema_name, view_name) AS oid
    ), attribute AS (
        SELECT a.attname, a.atttypid::regtype AS type FROM wanted w JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum > 0
    )
    SELECT CASE
        WHEN (SELECT w.oid FROM wanted w) IS NULL THEN 'there is no such view'
        WHEN schema_name IN ('prom_data', 'prom_metric') THEN 'its schema is our own'
        WHEN _prom_catalog.view_metrics((SELECT w.oid FROM wanted w)) = '{}' THEN 'it is not made of a metric'
        WHEN NOT EXISTS (SELECT FROM attribute WHERE attname = 'time' AND type = 'timestamptz'::regtype)
            THEN 'it has no column time of type timestamptz'
        WHEN NOT EXISTS (SELECT FROM attribute WHERE attname = 'series_id' AND type = 'bigint'::regtype)
            THEN 'it has no column series_id of type bigint'
        WHEN _prom_catalog.view_values((SELECT w.oid FROM wanted w)) = '{}'
            THEN 'it has no column of type double precision'
        WHEN EXISTS (SELECT FROM _prom_catalog.metric m WHERE view_problem.view_name IN (m.metric_name, m.table_name))
            THEN 'a metric has this name'
        ELSE _prom_catalog.view_hindrance((SELECT w.oid FROM wanted w), current_user)
    END
$$;
COMMENT ON FUNCTION _prom_catalog.view_problem IS 'Why a view cannot be registered as a metric; NULL if it can.';

CREATE OR REPLACE FUNCTION prom_api.register_metric_view(schema_name text, view_name text, if_not_exists boolean DEFAULT false)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    problem text := _prom_catalog.view_problem(schema_name, view_name);
BEGIN
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION '%.% cannot be a metric: %', schema_name, view_name, problem USING ERRCODE = 'wrong_object_type';
    END IF;
    INSERT INTO _prom_catalog.metric_view AS v (schema_name, view_name) VALUES (schema_name, view_name) ON CONFLICT DO NOTHING;
    IF NOT FOUND AND NOT if_not_exists THEN
        RAISE EXCEPTION '%.% is registered already', schema_name, view_name USING ERRCODE = 'duplicate_object';
    END IF;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION prom_api.register_metric_view(text, text, boolean) IS
    'Registers a view as a metric: it is made of a metric''s views, and has time, series_id and at least one value of type double precision. False if it was registered before. PromQL and remote read find it by its name, or by __schema__ where a metric has that name too; __column__ names a value other than "value". prom_info.metric_view lists it. The daemon reads it with its own rights, so its owner must have these: the role of the daemon, or a member of it. A name that a metric has is refused.';

CREATE OR REPLACE FUNCTION prom_api.unregister_metric_view(schema_name text, view_name text, if_exists boolean DEFAULT false)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM _prom_catalog.metric_view v
    WHERE v.schema_name = unregister_metric_view.schema_name AND v.view_name = unregister_metric_view.view_name;
    IF NOT FOUND AND NOT if_exists THEN
        RAISE EXCEPTION '%.% is not registered', schema_name, view_name USING ERRCODE = 'undefined_object';
    END IF;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION prom_api.unregister_metric_view(text, text, boolean) IS
    'Takes back register_metric_view(); the view stays. False if it was not registered.';
