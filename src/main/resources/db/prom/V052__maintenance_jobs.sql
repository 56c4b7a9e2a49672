-- The names of Promscale's extension, for scripts that cast to these types.
CREATE SCHEMA _ps_catalog;
GRANT USAGE ON SCHEMA _ps_catalog TO PUBLIC;
COMMENT ON SCHEMA _ps_catalog IS 'Types of Promscale that arguments of maintenance functions have.';

CREATE TYPE _ps_catalog.signal_type AS ENUM ('metrics', 'traces');
COMMENT ON TYPE _ps_catalog.signal_type IS 'What is stored. There are metrics only; traces is accepted and does nothing.';

CREATE TYPE _ps_catalog.job_type AS ENUM ('retention', 'compression');
COMMENT ON TYPE _ps_catalog.job_type IS 'The kinds of maintenance: deleting what has expired, and packing closed blocks.';

CREATE TABLE _prom_catalog.maintenance_job (
    job_type _ps_catalog.job_type PRIMARY KEY,
    number_jobs int NOT NULL DEFAULT 1 CHECK (number_jobs >= 0),
    schedule_interval interval NOT NULL CHECK (schedule_interval >= interval '1 second'),
    config jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz,
    finished_at timestamptz,
    failure text
);
COMMENT ON TABLE _prom_catalog.maintenance_job IS
    'What daemons do again and again, how often, and how it went the last time. number_jobs 0 switches a job off.';
INSERT INTO _prom_catalog.maintenance_job (job_type, schedule_interval) VALUES ('compression', '15 seconds'), ('retention', '10 minutes');

ALTER TABLE _prom_catalog.maintenance_request ADD COLUMN job_type _ps_catalog.job_type;
COMMENT ON COLUMN _prom_catalog.maintenance_request.job_type IS 'NULL: every kind.';

-- They were kept here and nobody read them.
DELETE FROM _prom_catalog.setting WHERE key IN ('maintenance_jobs', 'maintenance_interval', 'maintenance_config');
