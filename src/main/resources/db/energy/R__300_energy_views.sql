-- Views on energy.fact_usage.

CREATE OR REPLACE FUNCTION energy.intensity(
    explicit numeric, busy_kwh numeric, idle_kwh numeric, busy_gco2eq numeric, idle_gco2eq numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT coalesce(explicit, (busy_gco2eq + idle_gco2eq) / nullif(busy_kwh + idle_kwh, 0))
$$;
COMMENT ON FUNCTION energy.intensity IS
    'Carbon intensity in grams of CO2 equivalent per kWh: the explicit one, else computed of carbon and energy, else NULL.';

CREATE OR REPLACE VIEW energy.v_ada_timeseries AS
SELECT f.ts, f.busy_cpu_seconds_total, f.idle_cpu_seconds_total, f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq,
       energy.intensity(f.intensity_gco2eq_kwh, f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq) AS intensity_gco2eq_kwh,
       f.estimated_kwh
FROM energy.fact_usage f
WHERE f.scope = 'ada';

CREATE OR REPLACE VIEW energy.v_project_timeseries AS
SELECT f.ts, f.project_id, p.cloud_project_name,
       f.busy_cpu_seconds_total, f.idle_cpu_seconds_total, f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq,
       energy.intensity(f.intensity_gco2eq_kwh, f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq) AS intensity_gco2eq_kwh,
       f.estimated_kwh
FROM energy.fact_usage f
JOIN energy.dim_project p ON p.project_id = f.project_id
WHERE f.scope = 'project';

CREATE OR REPLACE VIEW energy.v_machine_timeseries AS
SELECT f.ts, f.machine_id, m.machine_name,
       f.busy_cpu_seconds_total, f.idle_cpu_seconds_total, f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq,
       energy.intensity(f.intensity_gco2eq_kwh, f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq) AS intensity_gco2eq_kwh,
       f.estimated_kwh
FROM energy.fact_usage f
JOIN energy.dim_machine m ON m.machine_id = f.machine_id
WHERE f.scope = 'machine';

CREATE OR REPLACE VIEW energy.v_user_timeseries AS
SELECT f.ts, f.user_id, u.display_name,
       f.busy_cpu_seconds_total, f.idle_cpu_seconds_total, f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq,
       energy.intensity(f.intensity_gco2eq_kwh, f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq) AS intensity_gco2eq_kwh,
       f.estimated_kwh
FROM energy.fact_usage f
JOIN energy.dim_user u ON u.user_id = f.user_id
WHERE f.scope = 'user';

CREATE OR REPLACE VIEW energy.v_usage_hours AS
SELECT u.scope, u.ts, u.project_id, u.machine_id, u.user_id, u.busy_cpu_seconds_total, u.idle_cpu_seconds_total,
       u.busy_kwh, u.idle_kwh, u.busy_gco2eq, u.idle_gco2eq, u.intensity_gco2eq_kwh, u.estimated_kwh
FROM _energy.usage_hour u
WHERE NOT EXISTS (SELECT FROM _energy.open_hour o WHERE o.ts = u.ts)
UNION ALL
SELECT f.scope, h.ts, f.project_id, f.machine_id, f.user_id, f.busy_cpu_seconds_total, f.idle_cpu_seconds_total,
       f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq, f.intensity_gco2eq_kwh, f.estimated_kwh
FROM (SELECT DISTINCT o.ts FROM _energy.open_hour o) h,
     LATERAL (SELECT f.scope, f.project_id, f.machine_id, f.user_id,
                     sum(f.busy_cpu_seconds_total) AS busy_cpu_seconds_total,
                     sum(f.idle_cpu_seconds_total) AS idle_cpu_seconds_total,
                     sum(f.busy_kwh) AS busy_kwh, sum(f.idle_kwh) AS idle_kwh,
                     sum(f.busy_gco2eq) AS busy_gco2eq, sum(f.idle_gco2eq) AS idle_gco2eq,
                     avg(f.intensity_gco2eq_kwh) AS intensity_gco2eq_kwh, sum(f.estimated_kwh) AS estimated_kwh
              FROM energy.fact_usage f
              WHERE f.ts >= h.ts AND f.ts < h.ts + interval '1 hour'
              GROUP BY f.scope, f.project_id, f.machine_id, f.user_id) f;

CREATE OR REPLACE FUNCTION energy.usage_between(usage_scope text, since timestamptz, until timestamptz)
    RETURNS TABLE (project_id int, machine_id int, user_id text, busy_cpu_seconds_total numeric, idle_cpu_seconds_total numeric,
                   busy_kwh numeric, idle_kwh numeric, busy_gco2eq numeric, idle_gco2eq numeric, estimated_kwh numeric)
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT u.project_id, u.machine_id, u.user_id, sum(u.busy_cpu_seconds_total), sum(u.idle_cpu_seconds_total),
           sum(u.busy_kwh), sum(u.idle_kwh), sum(u.busy_gco2eq), sum(u.idle_gco2eq), sum(u.estimated_kwh)
    FROM (
        SELECT h.project_id, h.machine_id, h.user_id, h.busy_cpu_seconds_total, h.idle_cpu_seconds_total,
               h.busy_kwh, h.idle_kwh, h.busy_gco2eq, h.idle_gco2eq, h.estimated_kwh
        FROM energy.v_usage_hours h
        WHERE h.scope = usage_scope AND h.ts >= date_bin('1 hour', since + interval '1 hour' - interval '1 microsecond', 'epoch')
          AND h.ts < date_bin('1 hour', until, 'epoch')
        UNION ALL
        SELECT f.project_id, f.machine_id, f.user_id, f.busy_cpu_seconds_total, f.idle_cpu_seconds_total,
               f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq, f.estimated_kwh
        FROM energy.fact_usage f
        WHERE f.scope = usage_scope AND f.ts >= since
          AND f.ts < least(until, date_bin('1 hour', since + interval '1 hour' - interval '1 microsecond', 'epoch'))
        UNION ALL
        SELECT f.project_id, f.machine_id, f.user_id, f.busy_cpu_seconds_total, f.idle_cpu_seconds_total,
               f.busy_kwh, f.idle_kwh, f.busy_gco2eq, f.idle_gco2eq, f.estimated_kwh
        FROM energy.fact_usage f
        WHERE f.scope = usage_scope AND f.ts < until
          AND f.ts >= greatest(date_bin('1 hour', until, 'epoch'),
                               date_bin('1 hour', since + interval '1 hour' - interval '1 microsecond', 'epoch'))) u
    GROUP BY u.project_id, u.machine_id, u.user_id
$$;
COMMENT ON FUNCTION energy.usage_between IS
    'Usage of a scope from a time on and before another, summed up for each project, machine or user; rows at the ends of the range one by one, whole hours by their sums.';

CREATE OR REPLACE VIEW energy.v_project_totals AS
SELECT t.project_id, d.cloud_project_name,
       sum(t.busy_cpu_seconds_total) AS busy_cpu_seconds_total, sum(t.idle_cpu_seconds_total) AS idle_cpu_seconds_total,
       sum(t.busy_kwh) AS busy_kwh, sum(t.idle_kwh) AS idle_kwh,
       sum(t.busy_gco2eq) AS busy_gco2eq, sum(t.idle_gco2eq) AS idle_gco2eq,
       sum(t.estimated_kwh) AS estimated_kwh
FROM energy.v_usage_hours t
JOIN energy.dim_project d ON d.project_id = t.project_id
WHERE t.scope = 'project'
GROUP BY t.project_id, d.cloud_project_name;

CREATE OR REPLACE VIEW energy.v_machine_totals AS
SELECT t.machine_id, d.machine_name,
       sum(t.busy_cpu_seconds_total) AS busy_cpu_seconds_total, sum(t.idle_cpu_seconds_total) AS idle_cpu_seconds_total,
       sum(t.busy_kwh) AS busy_kwh, sum(t.idle_kwh) AS idle_kwh,
       sum(t.busy_gco2eq) AS busy_gco2eq, sum(t.idle_gco2eq) AS idle_gco2eq,
       sum(t.estimated_kwh) AS estimated_kwh
FROM energy.v_usage_hours t
JOIN energy.dim_machine d ON d.machine_id = t.machine_id
WHERE t.scope = 'machine'
GROUP BY t.machine_id, d.machine_name;

CREATE OR REPLACE VIEW energy.v_group_totals AS
SELECT g.group_id, g.group_name,
       sum(t.busy_cpu_seconds_total) AS busy_cpu_seconds_total, sum(t.idle_cpu_seconds_total) AS idle_cpu_seconds_total,
       sum(t.busy_kwh) AS busy_kwh, sum(t.idle_kwh) AS idle_kwh,
       sum(t.busy_gco2eq) AS busy_gco2eq, sum(t.idle_gco2eq) AS idle_gco2eq,
       sum(t.estimated_kwh) AS estimated_kwh
FROM energy.v_usage_hours t
JOIN energy.dim_user u ON u.user_id = t.user_id
JOIN energy.dim_group g ON g.group_id = u.group_id
WHERE t.scope = 'user'
GROUP BY g.group_id, g.group_name;

CREATE OR REPLACE VIEW energy.v_user_totals AS
SELECT t.user_id, d.display_name,
       sum(t.busy_cpu_seconds_total) AS busy_cpu_seconds_total, sum(t.idle_cpu_seconds_total) AS idle_cpu_seconds_total,
       sum(t.busy_kwh) AS busy_kwh, sum(t.idle_kwh) AS idle_kwh,
       sum(t.busy_gco2eq) AS busy_gco2eq, sum(t.idle_gco2eq) AS idle_gco2eq,
       sum(t.estimated_kwh) AS estimated_kwh
FROM energy.v_usage_hours t
JOIN energy.dim_user d ON d.user_id = t.user_id
WHERE t.scope = 'user'
GROUP BY t.user_id, d.display_name;

CREATE OR REPLACE VIEW energy.v_project_hours AS
SELECT h.ts, h.project_id, d.cloud_project_name, h.busy_cpu_seconds_total, h.idle_cpu_seconds_total, h.busy_kwh, h.idle_kwh,
       h.busy_gco2eq, h.idle_gco2eq,
       energy.intensity(h.intensity_gco2eq_kwh, h.busy_kwh, h.idle_kwh, h.busy_gco2eq, h.idle_gco2eq) AS intensity_gco2eq_kwh,
       h.estimated_kwh
FROM energy.v_usage_hours h
JOIN energy.dim_project d ON d.project_id = h.project_id
WHERE h.scope = 'project';

CREATE OR REPLACE VIEW energy.v_machine_hours AS
SELECT h.ts, h.machine_id, d.machine_name, h.busy_cpu_seconds_total, h.idle_cpu_seconds_total, h.busy_kwh, h.idle_kwh,
       h.busy_gco2eq, h.idle_gco2eq,
       energy.intensity(h.intensity_gco2eq_kwh, h.busy_kwh, h.idle_kwh, h.busy_gco2eq, h.idle_gco2eq) AS intensity_gco2eq_kwh,
       h.estimated_kwh
FROM energy.v_usage_hours h
JOIN energy.dim_machine d ON d.machine_id = h.machine_id
WHERE h.scope = 'machine';

CREATE OR REPLACE VIEW energy.v_user_hours AS
SELECT h.ts, h.user_id, d.display_name, h.busy_cpu_seconds_total, h.idle_cpu_seconds_total, h.busy_kwh, h.idle_kwh,
       h.busy_gco2eq, h.idle_gco2eq,
       energy.intensity(h.intensity_gco2eq_kwh, h.busy_kwh, h.idle_kwh, h.busy_gco2eq, h.idle_gco2eq) AS intensity_gco2eq_kwh,
       h.estimated_kwh
FROM energy.v_usage_hours h
JOIN energy.dim_user d ON d.user_id = h.user_id
WHERE h.scope = 'user';

CREATE OR REPLACE VIEW energy.v_project_averages AS
SELECT t.project_id, t.cloud_project_name,
       avg(t.busy_kwh) AS avg_busy_energy_kwh, avg(t.idle_kwh) AS avg_idle_energy_kwh,
       avg(t.busy_gco2eq) AS avg_busy_carbon_gco2eq, avg(t.idle_gco2eq) AS avg_idle_carbon_gco2eq,
       avg(t.intensity_gco2eq_kwh) AS avg_intensity_gco2eq_kwh
FROM energy.v_project_timeseries t
GROUP BY t.project_id, t.cloud_project_name;

CREATE OR REPLACE VIEW energy.v_machine_averages AS
SELECT t.machine_id, t.machine_name,
       avg(t.busy_kwh) AS avg_busy_energy_kwh, avg(t.idle_kwh) AS avg_idle_energy_kwh,
       avg(t.busy_gco2eq) AS avg_busy_carbon_gco2eq, avg(t.idle_gco2eq) AS avg_idle_carbon_gco2eq,
       avg(t.intensity_gco2eq_kwh) AS avg_intensity_gco2eq_kwh
FROM energy.v_machine_timeseries t
GROUP BY t.machine_id, t.machine_name;

CREATE OR REPLACE VIEW energy.v_group_averages AS
SELECT g.group_id, g.group_name,
       avg(t.busy_kwh) AS avg_busy_energy_kwh, avg(t.idle_kwh) AS avg_idle_energy_kwh,
       avg(t.busy_gco2eq) AS avg_busy_carbon_gco2eq, avg(t.idle_gco2eq) AS avg_idle_carbon_gco2eq,
       avg(t.intensity_gco2eq_kwh) AS avg_intensity_gco2eq_kwh
FROM energy.v_user_timeseries t
JOIN energy.dim_user u ON u.user_id = t.user_id
JOIN energy.dim_group g ON g.group_id = u.group_id
GROUP BY g.group_id, g.group_name;

CREATE OR REPLACE VIEW energy.v_user_averages AS
SELECT t.user_id, t.display_name,
       avg(t.busy_kwh) AS avg_busy_energy_kwh, avg(t.idle_kwh) AS avg_idle_energy_kwh,
       avg(t.busy_gco2eq) AS avg_busy_carbon_gco2eq, avg(t.idle_gco2eq) AS avg_idle_carbon_gco2eq,
       avg(t.intensity_gco2eq_kwh) AS avg_intensity_gco2eq_kwh
FROM energy.v_user_timeseries t
GROUP BY t.user_id, t.display_name;

CREATE OR REPLACE VIEW energy.v_active_workspaces AS
SELECT aw.workspace_id, aw.started_at, u.display_name AS "user", p.cloud_project_name AS project,
       m.machine_name AS machine, i.host, i.port
FROM energy.active_workspace aw
JOIN energy.dim_machine m ON m.machine_id = aw.machine_id
JOIN energy.dim_instance i ON i.instance_id = aw.instance_id
LEFT JOIN energy.dim_user u ON u.user_id = aw.user_id
LEFT JOIN energy.dim_project p ON p.project_id = aw.project_id
WHERE aw.ended_at IS NULL OR aw.ended_at > now();

CREATE OR REPLACE VIEW energy.v_user_project AS
SELECT u.user_id, u.display_name, g.group_name, p.cloud_project_name
FROM energy.map_user_project up
JOIN energy.dim_user u ON u.user_id = up.user_id
LEFT JOIN energy.dim_group g ON g.group_id = u.group_id
JOIN energy.dim_project p ON p.project_id = up.project_id;

CREATE OR REPLACE VIEW energy.v_energy_without_carbon AS
SELECT f.scope, f.ts, f.project_id, f.machine_id, f.user_id, f.busy_kwh, f.idle_kwh
FROM energy.fact_usage f
WHERE f.busy_kwh + f.idle_kwh > 0 AND (f.busy_gco2eq IS NULL OR f.idle_gco2eq IS NULL);

CREATE OR REPLACE VIEW energy.v_unmatched_workspaces AS
SELECT aw.workspace_id, aw.user_id, m.machine_name, i.host, i.port, aw.started_at
FROM energy.active_workspace aw
JOIN energy.dim_machine m ON m.machine_id = aw.machine_id
JOIN energy.dim_instance i ON i.instance_id = aw.instance_id
WHERE (aw.ended_at IS NULL OR aw.ended_at > now())
  AND NOT EXISTS (
    SELECT FROM _energy.place p
    WHERE (p.host = i.host
           OR p.machine_name IN (SELECT n.label FROM _energy.name n WHERE n.scope = 'machine' AND n.key = aw.machine_id::text)
              AND NOT EXISTS (SELECT FROM _energy.source s JOIN _energy.place o ON o.id = s.place_id
                              WHERE o.machine_name = p.machine_name
                              GROUP BY s.rule_id HAVING count(DISTINCT o.host) > 1))
      AND EXISTS (SELECT FROM _energy.source s JOIN _energy.rule r ON r.id = s.rule_id
                  WHERE s.place_id = p.id AND r.kind IN ('counter', 'gauge', 'window')));

COMMENT ON VIEW energy.v_energy_without_carbon IS
    'Rows with energy whose carbon is unknown: no intensity was in force for a part of it.';
COMMENT ON VIEW energy.v_unmatched_workspaces IS
    'Sessions that run now and that no series of a rule matches, by host or machine: their users get nothing.';
COMMENT ON VIEW energy.v_ada_timeseries IS 'Usage of everything over time.';
COMMENT ON VIEW energy.v_project_timeseries IS 'Usage of projects over time.';
COMMENT ON VIEW energy.v_machine_timeseries IS 'Usage of machines over time.';
COMMENT ON VIEW energy.v_user_timeseries IS 'Usage of users over time.';
COMMENT ON VIEW energy.v_usage_hours IS
    'Usage by the hour: what the rows of energy.fact_usage add up to whose ts is in an hour of UTC, with the mean of intensities that samples tell.';
COMMENT ON VIEW energy.v_project_hours IS 'Usage of projects by the hour.';
COMMENT ON VIEW energy.v_machine_hours IS 'Usage of machines by the hour.';
COMMENT ON VIEW energy.v_user_hours IS 'Usage of users by the hour.';
COMMENT ON VIEW energy.v_project_totals IS 'Usage of projects, summed up over all time.';
COMMENT ON VIEW energy.v_machine_totals IS 'Usage of machines, summed up over all time.';
COMMENT ON VIEW energy.v_group_totals IS 'Usage of the users of groups, summed up over all time.';
COMMENT ON VIEW energy.v_user_totals IS 'Usage of users, summed up over all time.';
COMMENT ON VIEW energy.v_project_averages IS 'Means over the rows of v_project_timeseries.';
COMMENT ON VIEW energy.v_machine_averages IS 'Means over the rows of v_machine_timeseries.';
COMMENT ON VIEW energy.v_group_averages IS 'Means over the rows of v_user_timeseries of the users of groups.';
COMMENT ON VIEW energy.v_user_averages IS 'Means over the rows of v_user_timeseries.';
COMMENT ON VIEW energy.v_active_workspaces IS 'Sessions that run now, with names.';
COMMENT ON VIEW energy.v_user_project IS 'Which users belong to which projects, with names.';

-- One meaning for each column name, wherever it stands.
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN
        SELECT a.attrelid::regclass AS view, a.attname, m.meaning
        FROM pg_class v
        JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0
        JOIN (VALUES
            ('scope', 'What the row is about: ada, project, machine or user.'),
            ('ts', 'The time of the sample, or the start of the bucket that is summed up.'),
            ('project_id', 'The project.'),
            ('cloud_project_name', 'The project''s name.'),
            ('machine_id', 'The machine.'),
            ('machine_name', 'The machine''s name.'),
            ('group_id', 'The group.'),
            ('group_name', 'The group''s name.'),
            ('user_id', 'The user''s stable external id.'),
            ('display_name', 'The user''s name to be shown.'),
            ('busy_cpu_seconds_total', 'Busy CPU time in seconds.'),
            ('idle_cpu_seconds_total', 'Idle CPU time in seconds.'),
            ('busy_kwh', 'Energy while busy in kWh.'),
            ('idle_kwh', 'Energy while idle in kWh.'),
            ('busy_gco2eq', 'Carbon while busy in grams of CO2 equivalent.'),
            ('idle_gco2eq', 'Carbon while idle in grams of CO2 equivalent.'),
            ('intensity_gco2eq_kwh', 'Carbon intensity in grams of CO2 equivalent per kWh: explicit, else computed, else NULL.'),
            ('estimated_kwh', 'The part of the energy that is computed of CPU time and told by no meter, in kWh.'),
            ('avg_busy_energy_kwh', 'Mean energy of a row while busy in kWh.'),
            ('avg_idle_energy_kwh', 'Mean energy of a row while idle in kWh.'),
            ('avg_busy_carbon_gco2eq', 'Mean carbon of a row while busy in grams of CO2 equivalent.'),
            ('avg_idle_carbon_gco2eq', 'Mean carbon of a row while idle in grams of CO2 equivalent.'),
            ('avg_intensity_gco2eq_kwh', 'Mean carbon intensity of the rows in grams of CO2 equivalent per kWh.'),
            ('workspace_id', 'The session.'),
            ('started_at', 'When it began.'),
            ('user', 'The display name of its user, NULL if not known.'),
            ('project', 'The name of its project, NULL if not known.'),
            ('machine', 'The name of its machine.'),
            ('host', 'Host name or address of its endpoint.'),
            ('port', 'Port of its endpoint, NULL if not known.')) m(name, meaning) ON m.name = a.attname
        WHERE v.relnamespace = 'energy'::regnamespace AND v.relkind = 'v'
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.view, c.attname, c.meaning);
    END LOOP;
END
$$;
