-- What the projection of samples onto energy.fact_usage keeps for itself.

CREATE SCHEMA _energy;
COMMENT ON SCHEMA _energy IS 'The projection of samples onto energy.fact_usage. Not an interface.';

CREATE TABLE _energy.rule (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('measure', 'counter', 'gauge', 'window', 'intensity', 'workspace')),
    bucket interval NOT NULL,
    max_gap interval NOT NULL,
    factor numeric NOT NULL,
    scopes text[] NOT NULL,
    powered boolean NOT NULL,
    definition text NOT NULL
);
COMMENT ON TABLE _energy.rule IS 'The rules in force, as the daemon that started last is configured.';
COMMENT ON COLUMN _energy.rule.bucket IS 'The length of its buckets; they begin at whole multiples since 1970.';
COMMENT ON COLUMN _energy.rule.max_gap IS 'A gauge holds its value no longer than this.';
COMMENT ON COLUMN _energy.rule.factor IS 'What amounts are multiplied with to be seconds, joules or the measure itself.';
COMMENT ON COLUMN _energy.rule.scopes IS 'Where its amounts count.';
COMMENT ON COLUMN _energy.rule.powered IS 'Whether energy is computed from its CPU seconds.';
COMMENT ON COLUMN _energy.rule.definition IS 'All of the rule as text: its series are chosen anew when it changes.';

CREATE TABLE _energy.parameter (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    intensity_constant numeric,
    intensity_max_age interval NOT NULL,
    workspace_silence interval NOT NULL
);
COMMENT ON TABLE _energy.parameter IS 'What all rules share.';

CREATE TABLE _energy.power (
    machine_name text PRIMARY KEY,
    busy_watts numeric NOT NULL,
    idle_watts numeric NOT NULL
);
COMMENT ON TABLE _energy.power IS 'Watts of one CPU, busy and idle, for machines; the empty name stands for all others.';

CREATE TABLE _energy.source (
    id bigint GENERATED ALWAYS AS IDENTITY,
    rule_id int NOT NULL REFERENCES _energy.rule ON DELETE CASCADE,
    series_id bigint NOT NULL,
    metric_id int NOT NULL,
    measure text NOT NULL,
    scope text,
    user_id text,
    display_name text,
    group_name text,
    machine_name text,
    project text,
    host text,
    port int,
    raw_label text,
    region text NOT NULL,
    workspace_id text,
    started_at timestamptz,
    known boolean NOT NULL DEFAULT false,
    PRIMARY KEY (rule_id, series_id)
);
CREATE INDEX ON _energy.source (id) WHERE NOT known;
COMMENT ON TABLE _energy.source IS 'The series that a rule chooses, with what it takes from their labels.';
COMMENT ON COLUMN _energy.source.scope IS 'The only scope where it counts; NULL for every scope that its labels name.';
COMMENT ON COLUMN _energy.source.known IS 'Whether the dimensions have what its labels say.';

CREATE TABLE _energy.touched (
    rule_id int NOT NULL,
    bucket timestamptz NOT NULL
);
-- Rows are deleted, and a key would have flushes wait for one another.
ALTER TABLE _energy.touched REPLICA IDENTITY FULL;
COMMENT ON TABLE _energy.touched IS
    'Buckets of rules that have new samples. Each flush appends to it in its transaction, without looking: several daemons never wait for one another.';

CREATE TABLE _energy.pending (
    rule_id int NOT NULL REFERENCES _energy.rule ON DELETE CASCADE,
    bucket timestamptz NOT NULL,
    PRIMARY KEY (rule_id, bucket)
);
COMMENT ON TABLE _energy.pending IS 'Buckets whose amounts have to be computed again. Only the projector writes it.';

CREATE TABLE _energy.edge (
    rule_id int NOT NULL REFERENCES _energy.rule ON DELETE CASCADE,
    series_id bigint NOT NULL,
    bucket timestamptz NOT NULL,
    first_time timestamptz NOT NULL,
    first_value double precision NOT NULL,
    last_time timestamptz NOT NULL,
    last_value double precision NOT NULL,
    inside numeric,
    PRIMARY KEY (rule_id, series_id, bucket)
);
CREATE INDEX ON _energy.edge (rule_id, bucket);
COMMENT ON TABLE _energy.edge IS
    'For each series and bucket, its first and last sample, so that neighbouring buckets join without a look at samples.';
COMMENT ON COLUMN _energy.edge.inside IS 'The amount between the first and the last sample; NULL if they are one.';

CREATE TABLE _energy.contribution (
    rule_id int NOT NULL REFERENCES _energy.rule ON DELETE CASCADE,
    ts timestamptz NOT NULL,
    scope text NOT NULL,
    key text NOT NULL,
    busy_cpu_seconds_total numeric,
    idle_cpu_seconds_total numeric,
    busy_kwh numeric,
    idle_kwh numeric,
    busy_gco2eq numeric,
    idle_gco2eq numeric,
    intensity_sum numeric,
    intensity_count bigint,
    PRIMARY KEY (rule_id, ts, scope, key)
);
CREATE INDEX ON _energy.contribution (ts, scope, key);
COMMENT ON TABLE _energy.contribution IS 'What each rule adds to each row of energy.fact_usage.';
COMMENT ON COLUMN _energy.contribution.key IS 'The project''s or machine''s name or the user''s id; empty in scope ada.';

CREATE TYPE _energy.fact_key AS (ts timestamptz, scope text, key text);
COMMENT ON TYPE _energy.fact_key IS 'Which row of energy.fact_usage.';

CREATE TYPE _energy.intensity_reading AS (region text, at timestamptz, value numeric);
COMMENT ON TYPE _energy.intensity_reading IS 'A sample of the carbon intensity, in grams of CO2 equivalent per kWh.';

CREATE TYPE _energy.session_span AS (
    raw_label text, user_id text, workspace_id text, started_at timestamptz, since timestamptz, until timestamptz);
COMMENT ON TYPE _energy.session_span IS 'A user''s session at an instance, as long as samples tell of it.';
