-- After each migration, behind afterMigrate__access.sql: readers and writers of schema energy, and its place on the search_path.

DO $$
DECLARE
    path text;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'prom_reader') THEN
        GRANT USAGE ON SCHEMA energy TO prom_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA energy TO prom_reader;
        ALTER DEFAULT PRIVILEGES IN SCHEMA energy GRANT SELECT ON TABLES TO prom_reader;
    END IF;
    -- What a daemon needs that does not own the database.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'prom_writer') THEN
        GRANT USAGE ON SCHEMA energy, _energy TO prom_writer;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA energy, _energy TO prom_writer;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA energy, _energy TO prom_writer;
    END IF;

    SELECT coalesce(
        (SELECT substr(c, length('search_path=') + 1)
         FROM pg_db_role_setting s, unnest(s.setconfig) c
         WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND s.setrole = 0 AND c LIKE 'search\_path=%'),
        '"$user", public') INTO path;
    -- Before the metrics, whose names senders choose: a metric fact_usage is prom_metric.fact_usage.
    DECLARE
        others text := array_to_string(array_remove(regexp_split_to_array(path, '\s*,\s*'), 'energy'), ', ');
        wanted text := regexp_replace(others, '(^|, )prom_metric(,|$)', '\1energy, prom_metric\2');
    BEGIN
        IF wanted = others THEN
            wanted := others || ', energy';
        END IF;
        IF wanted <> path THEN
            EXECUTE format('ALTER DATABASE %I SET search_path = %s', current_database(), wanted);
        END IF;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE NOTICE 'the search_path of database % may not be set by %', current_database(), current_user;
    END;
END
$$;
