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
    estimate boolean NOT NULL,
    named_only boolean NOT NULL,
    definition text NOT NULL,
    newest timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON TABLE _energy.rule IS 'The rules in force, as the daemon that started last is configured.';
COMMENT ON COLUMN _energy.rule.bucket IS 'The length of its buckets; they begin at whole multiples since 1970.';
COMMENT ON COLUMN _energy.rule.max_gap IS 'A gauge holds its value no longer than this.';
COMMENT ON COLUMN _energy.rule.factor IS 'What amounts are multiplied with to be seconds, joules or the measure itself.';
COMMENT ON COLUMN _energy.rule.scopes IS 'Where its amounts count.';
COMMENT ON COLUMN _energy.rule.powered IS 'Whether energy is computed from its CPU seconds.';
COMMENT ON COLUMN _energy.rule.estimate IS 'Whether such energy counts only where no meter reports.';
COMMENT ON COLUMN _energy.rule.named_only IS
    'Whether series count only that name a machine, project or user, or are at the host of a session.';
COMMENT ON COLUMN _energy.rule.definition IS 'All of the rule as text: its series are chosen anew when it changes.';
COMMENT ON COLUMN _energy.rule.newest IS 'The last bucket that had a sample: one that is not older has no later bucket that joins it.';

CREATE TABLE _energy.parameter (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    intensity_constant numeric,
    intensity_max_age interval NOT NULL,
    workspace_silence interval NOT NULL,
    rules text NOT NULL,
    region text
);
COMMENT ON TABLE _energy.parameter IS 'What all rules share.';
COMMENT ON COLUMN _energy.parameter.region IS 'The region of series that have no such label, where intensities have several.';
COMMENT ON COLUMN _energy.parameter.rules IS 'Everything that is in force, as a rule file: a rebuild takes it from here.';

CREATE TABLE _energy.power (
    machine_name text PRIMARY KEY,
    busy_watts numeric NOT NULL,
    idle_watts numeric NOT NULL
);
COMMENT ON TABLE _energy.power IS 'Watts of one CPU, busy and idle, for machines; the empty name stands for all others.';

CREATE TABLE _energy.place (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest uuid NOT NULL UNIQUE,
    machine_name text,
    project text,
    user_id text,
    raw_label text,
    host text,
    port int,
    region text NOT NULL
);
COMMENT ON TABLE _energy.place IS 'Where amounts come from: each combination of labels of series that rules choose, once.';
COMMENT ON COLUMN _energy.place.digest IS 'Made of the labels, which may be longer than what an index takes.';
COMMENT ON COLUMN _energy.place.raw_label IS 'The label instance; host and port are its parts.';
COMMENT ON COLUMN _energy.place.region IS 'Chooses the carbon intensity; empty if the series has no such label.';

CREATE TABLE _energy.source (
    id bigint GENERATED ALWAYS AS IDENTITY,
    rule_id int NOT NULL REFERENCES _energy.rule ON DELETE CASCADE,
    series_id bigint NOT NULL,
    metric_id int NOT NULL,
    place_id bigint NOT NULL REFERENCES _energy.place,
    measure text NOT NULL,
    scope text,
    display_name text,
    group_name text,
    workspace_id text,
    started_at timestamptz,
    PRIMARY KEY (rule_id, series_id)
);
CREATE INDEX ON _energy.source (series_id);
CREATE INDEX ON _energy.source (place_id);
COMMENT ON TABLE _energy.source IS 'The series that a rule chooses, with what it takes from their labels. It goes with the series.';
COMMENT ON COLUMN _energy.source.scope IS 'The only scope where it counts; NULL for every scope that its labels name.';

CREATE TABLE _energy.news (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    place_id bigint NOT NULL,
    rule_id int,
    series_id bigint
);
COMMENT ON TABLE _energy.news IS
    'Places that are new, and series that say more than their place: a session, a display name, a group. They go when the dimensions have what they say; the rows of places and series stay as they are.';

CREATE TABLE _energy.orphan (
    rule_id int NOT NULL REFERENCES _energy.rule ON DELETE CASCADE,
    place_id bigint NOT NULL,
    PRIMARY KEY (rule_id, place_id)
);
COMMENT ON TABLE _energy.orphan IS
    'Places whose last series was removed: what they amounted to stays, although no sample tells of it any more.';

CREATE TABLE _energy.session_host (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host text NOT NULL UNIQUE
);
COMMENT ON TABLE _energy.session_host IS
    'Hosts of sessions: series there count for users, also where a rule takes none but series that name a machine, project or user.';

CREATE TABLE _energy.touched (
    rule_id int NOT NULL,
    bucket timestamptz NOT NULL,
    taken xid8,
    computed boolean NOT NULL DEFAULT false
);
CREATE INDEX ON _energy.touched (rule_id, bucket) WHERE taken IS NULL;
-- Rows are deleted, and a key would have flushes wait for one another.
ALTER TABLE _energy.touched REPLICA IDENTITY FULL;
COMMENT ON TABLE _energy.touched IS
    'Buckets of rules that have new samples. A flush appends to it in its transaction unless it sees a row that is not taken, and waits for no other: a few rows for each bucket.';
COMMENT ON COLUMN _energy.touched.taken IS
    'The transaction of the projector that took it. Flushes that began before may still count on the row: it goes when they have ended and the bucket was computed after that.';
COMMENT ON COLUMN _energy.touched.computed IS 'The bucket was computed while such flushes had not ended; it will be again when they have.';

CREATE TABLE _energy.pending (
    rule_id int NOT NULL REFERENCES _energy.rule ON DELETE CASCADE,
    bucket timestamptz NOT NULL,
    has_samples boolean NOT NULL,
    PRIMARY KEY (rule_id, bucket)
);
COMMENT ON TABLE _energy.pending IS 'Buckets whose amounts have to be computed again. Only the projector writes it.';
COMMENT ON COLUMN _energy.pending.has_samples IS
    'Whether samples have changed; else it is the intensity or the sessions alone, and the amounts stay.';

-- Rows of the open bucket are updated again and again: there is room for it on their pages.
CREATE TABLE _energy.amount (
    rule_id int NOT NULL REFERENCES _energy.rule ON DELETE CASCADE,
    ts timestamptz NOT NULL,
    place_id bigint NOT NULL,
    busy_seconds numeric,
    idle_seconds numeric,
    busy_joules numeric,
    idle_joules numeric,
    PRIMARY KEY (rule_id, ts, place_id)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_threshold = 2000);
COMMENT ON TABLE _energy.amount IS
    'What each rule counts at each place in each bucket: CPU seconds, and joules by the rules and watts of that time.';

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
    implied_busy_gco2eq numeric,
    implied_idle_gco2eq numeric,
    intensity_sum numeric,
    intensity_count bigint,
    is_estimate boolean NOT NULL,
    PRIMARY KEY (ts, scope, key, rule_id)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_threshold = 2000);
COMMENT ON TABLE _energy.contribution IS 'What each rule adds to each row of energy.fact_usage.';
COMMENT ON COLUMN _energy.contribution.implied_busy_gco2eq IS
    'Carbon of energy that is a measure, by the intensity: it counts where no measure says what the carbon is.';
COMMENT ON COLUMN _energy.contribution.is_estimate IS
    'Whether its energy is computed of CPU time, by the rule of that time.';
COMMENT ON COLUMN _energy.contribution.key IS 'The project''s or machine''s name or the user''s id; empty in scope ada.';

CREATE TABLE _energy.name (
    scope text NOT NULL,
    label text NOT NULL,
    key text NOT NULL,
    PRIMARY KEY (scope, label)
);
CREATE INDEX ON _energy.name (scope, key);
INSERT INTO _energy.name VALUES ('ada', '', '');
COMMENT ON TABLE _energy.name IS
    'Which project, machine or user a label means, also after it was renamed or deleted: what was computed for it is found again.';
COMMENT ON COLUMN _energy.name.key IS 'project_id, machine_id or user_id as text.';

CREATE TABLE _energy.session (
    workspace_id text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    raw_label text,
    host text NOT NULL,
    port int,
    machine_name text,
    user_id text NOT NULL,
    PRIMARY KEY (workspace_id, since)
);
COMMENT ON TABLE _energy.session IS
    'Sessions that were written to energy.active_workspace by hand, also those that are not there any more.';
COMMENT ON COLUMN _energy.session.until IS 'When it ended; infinity while it runs.';

CREATE TABLE _energy.session_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE _energy.session_change IS 'Ranges of time in which sessions by hand have changed: their buckets have to be computed again.';

CREATE TYPE _energy.fact_key AS (ts timestamptz, scope text, key text);
COMMENT ON TYPE _energy.fact_key IS 'Which row of energy.fact_usage.';

CREATE TYPE _energy.session_span AS (
    raw_label text, host text, port int, machine_name text, user_id text, workspace_id text, started_at timestamptz,
    since timestamptz, until timestamptz);
COMMENT ON TYPE _energy.session_span IS 'A user''s session at an instance, as long as samples tell of it.';
