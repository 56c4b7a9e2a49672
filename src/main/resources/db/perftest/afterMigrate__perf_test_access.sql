-- After each migration, and after the one that makes the roles: who reads samples reads results, who writes samples
-- writes results.

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'prom_reader') THEN
        GRANT USAGE ON SCHEMA metric_data TO prom_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA metric_data TO prom_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'prom_writer') THEN
        GRANT USAGE ON SCHEMA metric_data, _metric_data TO prom_writer;
        GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA metric_data, _metric_data TO prom_writer;
        GRANT DELETE ON _metric_data.touched TO prom_writer;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA metric_data TO prom_writer;
    END IF;
END
$$;
