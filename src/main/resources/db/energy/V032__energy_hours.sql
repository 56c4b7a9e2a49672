-- Usage by the hour: what sums over months read in the place of every row.

CREATE TABLE _energy.usage_hour (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope text NOT NULL,
    ts timestamptz NOT NULL,
    project_id int,
    machine_id int,
    user_id text,
    busy_cpu_seconds_total numeric,
    idle_cpu_seconds_total numeric,
    busy_kwh numeric,
    idle_kwh numeric,
    busy_gco2eq numeric,
    idle_gco2eq numeric,
    intensity_gco2eq_kwh numeric,
    estimated_kwh numeric
);
CREATE INDEX ON _energy.usage_hour (scope, ts);
COMMENT ON TABLE _energy.usage_hour IS
    'Sums of energy.fact_usage over hours that are over; they count while the hour is not in _energy.open_hour.';
COMMENT ON COLUMN _energy.usage_hour.ts IS 'The start of the hour.';
COMMENT ON COLUMN _energy.usage_hour.intensity_gco2eq_kwh IS 'The mean of those that samples tell.';

CREATE TABLE _energy.open_hour (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ts timestamptz NOT NULL
);
CREATE INDEX ON _energy.open_hour (ts);
COMMENT ON TABLE _energy.open_hour IS
    'Hours of which a row of energy.fact_usage was written since they were summed up. A transaction appends to it unless it sees the hour there, and waits for no other.';
