-- What the projection of labelled samples keeps for itself.

CREATE SCHEMA _metric_data;
COMMENT ON SCHEMA _metric_data IS 'How labelled samples become rows of metric_data. Not an interface.';

CREATE TABLE _metric_data.touched (
    series_id bigint NOT NULL,
    lower timestamptz NOT NULL,
    upper timestamptz NOT NULL
);
-- Rows are deleted, and a key would have flushes wait for one another.
ALTER TABLE _metric_data.touched REPLICA IDENTITY FULL;
COMMENT ON TABLE _metric_data.touched IS
    'Labelled series that have got samples which are not projected yet: a row for each series of each flush, committed with the samples.';
COMMENT ON COLUMN _metric_data.touched.series_id IS 'The series.';
COMMENT ON COLUMN _metric_data.touched.lower IS 'The time of the first of these samples.';
COMMENT ON COLUMN _metric_data.touched.upper IS 'The time of the last of these samples.';

CREATE TABLE _metric_data.job (
    jid uuid PRIMARY KEY REFERENCES metric_data.perf_test_job ON DELETE CASCADE
);
COMMENT ON TABLE _metric_data.job IS
    'Jobs that were made of labels: their start and completion follow the samples. Those of reported jobs do not.';
COMMENT ON COLUMN _metric_data.job.jid IS 'The job.';

CREATE TABLE _metric_data.phase (
    pid uuid PRIMARY KEY REFERENCES metric_data.perf_test_job_phases ON DELETE CASCADE
);
COMMENT ON TABLE _metric_data.phase IS 'Phases that were made of labels: their timestamp follows the samples.';
COMMENT ON COLUMN _metric_data.phase.pid IS 'The phase.';

CREATE TABLE _metric_data.name (
    name text COLLATE "C" PRIMARY KEY,
    id uuid NOT NULL
);
COMMENT ON TABLE _metric_data.name IS 'Names of metrics and parameters with metric_data.name_id(), which takes a while to compute.';
COMMENT ON COLUMN _metric_data.name.name IS 'The name, whatever its length.';
COMMENT ON COLUMN _metric_data.name.id IS 'Its id in the lookup tables.';
