-- Results of performance tests, as the reporter of a test driver writes them: names, columns, types and keys are the
-- driver's. The indexes serve the foreign keys and the driver's own query.

CREATE SCHEMA metric_data;
COMMENT ON SCHEMA metric_data IS 'Results of performance tests: jobs, their phases, parameters and metrics.';

CREATE TABLE metric_data.perf_test_job (
    jid uuid NOT NULL,
    started timestamp without time zone NOT NULL,
    completed timestamp without time zone NOT NULL,
    status integer NOT NULL,
    project character varying(128) NOT NULL,
    PRIMARY KEY (jid)
);
CREATE INDEX perf_test_job_project ON metric_data.perf_test_job (project, started);
COMMENT ON TABLE metric_data.perf_test_job IS 'Each performance test that ran.';
COMMENT ON COLUMN metric_data.perf_test_job.jid IS 'The job''s id.';
COMMENT ON COLUMN metric_data.perf_test_job.started IS 'When it began, in the time zone of metric_data.time_zone().';
COMMENT ON COLUMN metric_data.perf_test_job.completed IS 'When it ended, in the time zone of metric_data.time_zone().';
COMMENT ON COLUMN metric_data.perf_test_job.status IS 'How it ended, 0 for well.';
COMMENT ON COLUMN metric_data.perf_test_job.project IS 'The project that started it; several may share the tables.';

CREATE TABLE metric_data.perf_test_job_meta (
    id serial NOT NULL,
    jid uuid NOT NULL,
    name character varying(32) NOT NULL,
    value character varying(128) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT jid FOREIGN KEY (jid) REFERENCES metric_data.perf_test_job (jid)
);
CREATE INDEX perf_test_job_meta_jid ON metric_data.perf_test_job_meta (jid, name);
CREATE INDEX perf_test_job_meta_value ON metric_data.perf_test_job_meta (name, value, id);
COMMENT ON TABLE metric_data.perf_test_job_meta IS 'What identifies a job: version, environment, commit and the like.';
COMMENT ON COLUMN metric_data.perf_test_job_meta.id IS 'The row''s number; later jobs have higher ones.';
COMMENT ON COLUMN metric_data.perf_test_job_meta.jid IS 'The job.';
COMMENT ON COLUMN metric_data.perf_test_job_meta.name IS 'What is told, such as version.';
COMMENT ON COLUMN metric_data.perf_test_job_meta.value IS 'Its value, such as master.';

CREATE TABLE metric_data.perf_test_job_phases (
    pid uuid NOT NULL,
    jid uuid NOT NULL,
    run integer NOT NULL,
    "timestamp" timestamp without time zone NOT NULL,
    PRIMARY KEY (pid),
    CONSTRAINT jid FOREIGN KEY (jid) REFERENCES metric_data.perf_test_job (jid)
);
CREATE INDEX perf_test_job_phases_jid ON metric_data.perf_test_job_phases (jid);
COMMENT ON TABLE metric_data.perf_test_job_phases IS 'The phases of each job: in each, one set of parameters was in force.';
COMMENT ON COLUMN metric_data.perf_test_job_phases.pid IS 'The phase''s id.';
COMMENT ON COLUMN metric_data.perf_test_job_phases.jid IS 'The job.';
COMMENT ON COLUMN metric_data.perf_test_job_phases.run IS 'Which repetition of the test within the job, counted from 0.';
COMMENT ON COLUMN metric_data.perf_test_job_phases."timestamp" IS
    'When it began (a phase reported by the driver: when it was reported), in the time zone of metric_data.time_zone().';

CREATE TABLE metric_data.perf_test_lookup_metrics (
    metric uuid NOT NULL,
    name character varying(32) NOT NULL,
    title character varying(128) NOT NULL,
    units character varying(16),
    PRIMARY KEY (metric)
);
CREATE INDEX perf_test_lookup_metrics_name ON metric_data.perf_test_lookup_metrics (name);
COMMENT ON TABLE metric_data.perf_test_lookup_metrics IS 'What the metrics of phases are: the results of a test.';
COMMENT ON COLUMN metric_data.perf_test_lookup_metrics.metric IS 'The metric''s id, which stays when its name changes.';
COMMENT ON COLUMN metric_data.perf_test_lookup_metrics.name IS 'Its name.';
COMMENT ON COLUMN metric_data.perf_test_lookup_metrics.title IS 'Its name on the axis of a plot.';
COMMENT ON COLUMN metric_data.perf_test_lookup_metrics.units IS 'The unit of its values.';

CREATE TABLE metric_data.perf_test_lookup_parameters (
    parameter uuid NOT NULL,
    name character varying(32) NOT NULL,
    title character varying(128) NOT NULL,
    units character varying(16),
    PRIMARY KEY (parameter)
);
CREATE INDEX perf_test_lookup_parameters_name ON metric_data.perf_test_lookup_parameters (name);
COMMENT ON TABLE metric_data.perf_test_lookup_parameters IS 'What the parameters of phases are: the input of a test.';
COMMENT ON COLUMN metric_data.perf_test_lookup_parameters.parameter IS
    'The parameter''s id, which stays when its name changes.';
COMMENT ON COLUMN metric_data.perf_test_lookup_parameters.name IS 'Its name.';
COMMENT ON COLUMN metric_data.perf_test_lookup_parameters.title IS 'Its name on the axis of a plot.';
COMMENT ON COLUMN metric_data.perf_test_lookup_parameters.units IS 'The unit of its values.';

CREATE TABLE metric_data.perf_test_phase_flags (
    id serial NOT NULL,
    pid uuid NOT NULL,
    name character varying(32) NOT NULL,
    value character varying(128) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT pid FOREIGN KEY (pid) REFERENCES metric_data.perf_test_job_phases (pid)
);
CREATE INDEX perf_test_phase_flags_pid ON metric_data.perf_test_phase_flags (pid, name);
COMMENT ON TABLE metric_data.perf_test_phase_flags IS 'Flags that were raised in a phase: failures and other states.';
COMMENT ON COLUMN metric_data.perf_test_phase_flags.id IS 'The row''s number.';
COMMENT ON COLUMN metric_data.perf_test_phase_flags.pid IS 'The phase.';
COMMENT ON COLUMN metric_data.perf_test_phase_flags.name IS 'The flag''s name.';
COMMENT ON COLUMN metric_data.perf_test_phase_flags.value IS 'The flag''s value.';

CREATE TABLE metric_data.perf_test_phase_params (
    id serial NOT NULL,
    pid uuid NOT NULL,
    parameter uuid NOT NULL,
    value character varying(128) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT pid FOREIGN KEY (pid) REFERENCES metric_data.perf_test_job_phases (pid),
    CONSTRAINT parameter FOREIGN KEY (parameter) REFERENCES metric_data.perf_test_lookup_parameters (parameter)
);
CREATE INDEX perf_test_phase_params_pid ON metric_data.perf_test_phase_params (pid, parameter);
CREATE INDEX perf_test_phase_params_parameter ON metric_data.perf_test_phase_params (parameter);
COMMENT ON TABLE metric_data.perf_test_phase_params IS 'The parameters that were in force in a phase.';
COMMENT ON COLUMN metric_data.perf_test_phase_params.id IS 'The row''s number.';
COMMENT ON COLUMN metric_data.perf_test_phase_params.pid IS 'The phase.';
COMMENT ON COLUMN metric_data.perf_test_phase_params.parameter IS 'The parameter.';
COMMENT ON COLUMN metric_data.perf_test_phase_params.value IS 'Its value, a number or not.';

CREATE TABLE metric_data.perf_test_phase_metrics (
    id serial NOT NULL,
    pid uuid NOT NULL,
    metric uuid NOT NULL,
    value numeric NOT NULL,
    "timestamp" timestamp without time zone NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT pid FOREIGN KEY (pid) REFERENCES metric_data.perf_test_job_phases (pid),
    CONSTRAINT metric FOREIGN KEY (metric) REFERENCES metric_data.perf_test_lookup_metrics (metric)
);
CREATE INDEX perf_test_phase_metrics_pid ON metric_data.perf_test_phase_metrics (pid, metric, "timestamp");
CREATE INDEX perf_test_phase_metrics_metric ON metric_data.perf_test_phase_metrics (metric);
COMMENT ON TABLE metric_data.perf_test_phase_metrics IS 'The values that were measured in a phase.';
COMMENT ON COLUMN metric_data.perf_test_phase_metrics.id IS 'The row''s number.';
COMMENT ON COLUMN metric_data.perf_test_phase_metrics.pid IS 'The phase.';
COMMENT ON COLUMN metric_data.perf_test_phase_metrics.metric IS 'The metric.';
COMMENT ON COLUMN metric_data.perf_test_phase_metrics.value IS 'What was measured, in the unit of the metric.';
COMMENT ON COLUMN metric_data.perf_test_phase_metrics."timestamp" IS
    'When it was measured, in the time zone of metric_data.time_zone().';
