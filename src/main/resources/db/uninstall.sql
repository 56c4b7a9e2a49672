-- What promgres uninstall runs, in its own session: Flyway does not look at this file. Each function is called until it is done, in
-- transactions of their own, so that a server needs no locks for the tables of all metrics at once.

CREATE FUNCTION pg_temp.drop_some(schemas text[], kind "char", what text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
DECLARE
    relations text;
    number bigint;
BEGIN
    SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', '), count(*) INTO relations, number
    FROM (SELECT * FROM pg_class WHERE relkind = kind AND relnamespace = ANY (schemas::regnamespace[]) ORDER BY oid DESC LIMIT 200) c
    JOIN pg_namespace n ON n.oid = c.relnamespace;
    IF number > 0 THEN
        EXECUTE format('DROP %s %s CASCADE', what, relations);
    END IF;
    RETURN number;
END
$$;

CREATE FUNCTION pg_temp.drop_rest(schemas text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
BEGIN
    EXECUTE format('DROP SCHEMA %s CASCADE', (SELECT string_agg(quote_ident(s), ', ') FROM unnest(schemas) s));
    EXECUTE format('ALTER DATABASE %I RESET search_path', current_database());
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION '% Uninstall as the role that owns the database.', sqlerrm USING ERRCODE = sqlstate;
END
$$;

CREATE FUNCTION pg_temp.drop_role(role name) RETURNS text
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', current_database(), role);
    EXECUTE format('DROP ROLE %I', role);
    RETURN NULL;
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
    RETURN format('role %I stays: %s', role, sqlerrm);
END
$$;
