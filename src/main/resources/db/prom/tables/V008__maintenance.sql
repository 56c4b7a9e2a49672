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

CREATE TABLE _prom_catalog.maintenance_request (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    requested_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    failure text,
    job_type _ps_catalog.job_type
);
COMMENT ON TABLE _prom_catalog.maintenance_request IS 'Calls of execute_maintenance(), which a daemon carries out.';
COMMENT ON COLUMN _prom_catalog.maintenance_request.job_type IS 'NULL: every kind.';
