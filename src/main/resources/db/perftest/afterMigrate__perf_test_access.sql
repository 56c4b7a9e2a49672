-- After each migration, and after the one that makes the role: who reads samples reads results too.

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'prom_reader') THEN
        GRANT USAGE ON SCHEMA metric_data TO prom_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA metric_data TO prom_reader;
    END IF;
END
$$;
