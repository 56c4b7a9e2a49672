-- After each migration: roles and search_path, as far as the connected role may set them. Everything works without.

DO $$
DECLARE
    wanted text;
    path text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['prom_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I', wanted);
            EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
                RAISE NOTICE 'role % is not there, and may not be created by %', wanted, current_user;
            END;
        END IF;
    END LOOP;

    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'prom_reader') THEN
        GRANT USAGE ON SCHEMA _prom_catalog, prom_data, prom_data_series, prom_metric, prom_series, prom_info, prom_api TO prom_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA _prom_catalog, prom_data, prom_data_series, prom_metric, prom_series, prom_info TO prom_reader;
        ALTER DEFAULT PRIVILEGES IN SCHEMA _prom_catalog, prom_data, prom_data_series, prom_metric, prom_series, prom_info
            GRANT SELECT ON TABLES TO prom_reader;
    END IF;

    SELECT coalesce(
        (SELECT substr(c, length('search_path=') + 1)
         FROM pg_db_role_setting s, unnest(s.setconfig) c
         WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND s.setrole = 0 AND c LIKE 'search\_path=%'),
        '"$user", public') INTO path;
    FOREACH wanted IN ARRAY ARRAY['prom_api', 'prom_metric'] LOOP
        IF wanted <> ALL (regexp_split_to_array(path, '\s*,\s*')) THEN
            path := path || ', ' || wanted;
        END IF;
    END LOOP;
    BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = %s', current_database(), path);
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE NOTICE 'the search_path of database % may not be set by %', current_database(), current_user;
    END;
END
$$;
