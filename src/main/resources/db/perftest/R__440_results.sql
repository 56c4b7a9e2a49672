-- For queries: the time of a phase, and plots of results.

CREATE OR REPLACE FUNCTION metric_data.phase_windows(jid uuid)
    RETURNS TABLE (pid uuid, run int, began timestamptz, ended timestamptz)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH phase AS MATERIALIZED (
        SELECT p.pid, p.run, p."timestamp", j.started, m.last,
               coalesce(m.last, lead(p."timestamp") OVER (ORDER BY p."timestamp", p.pid), j.completed) AS ended
        FROM metric_data.perf_test_job_phases p
        JOIN metric_data.perf_test_job j ON j.jid = p.jid
        CROSS JOIN LATERAL (SELECT max(x."timestamp") AS last FROM metric_data.perf_test_phase_metrics x
                            WHERE x.pid = p.pid) m
        WHERE p.jid = phase_windows.jid
    ), event AS (
        SELECT x.pid, x."timestamp" AS at FROM phase p JOIN metric_data.perf_test_phase_metrics x ON x.pid = p.pid
        UNION ALL
        SELECT p.pid, p.ended FROM phase p WHERE p.last IS NULL
    ), step AS (
        SELECT e.pid, e.at, lag(e.at) OVER w AS before, lag(e.pid) OVER w IS DISTINCT FROM e.pid AS is_change
        FROM event e WINDOW w AS (ORDER BY e.at, e.pid)
    ), numbered AS (
        SELECT s.pid, s.at, s.before, count(*) FILTER (WHERE s.is_change) OVER (ORDER BY s.at, s.pid) AS stretch
        FROM step s
    ), windows AS (
        SELECT p.pid, p.run, min(coalesce(n.before, least(p.started, n.at))) AS began, max(n.at) AS ended
        FROM phase p JOIN numbered n ON n.pid = p.pid
        WHERE p."timestamp" >= p.ended
        GROUP BY p.pid, p.run, n.stretch
        UNION ALL
        SELECT p.pid, p.run, p."timestamp", p.ended FROM phase p WHERE p."timestamp" < p.ended
    )
    SELECT w.pid, w.run, w.began AT TIME ZONE z.zone, w.ended AT TIME ZONE z.zone
    FROM windows w, metric_data.time_zone() z(zone)
    ORDER BY w.ended, w.began, w.pid
$$;
COMMENT ON FUNCTION metric_data.phase_windows(uuid) IS
    'From when to when each phase of a job lasted, both inclusive. A phase that has a timestamp before its end lasted from there to its last measurement; without one, until the next phase began or the job ended. The others (the driver reports all phases when the job is over, and repeats of a phase as one) have a row for each stretch: each measurement ends a stretch that began at the measurement before it, of any phase, or with the job.';

CREATE OR REPLACE FUNCTION metric_data.phase_window(pid uuid)
    RETURNS TABLE (began timestamptz, ended timestamptz)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.began, w.ended
    FROM metric_data.perf_test_job_phases p, metric_data.phase_windows(p.jid) w
    WHERE p.pid = phase_window.pid AND w.pid = p.pid
    ORDER BY w.ended, w.began
$$;
COMMENT ON FUNCTION metric_data.phase_window(uuid) IS
    'From when to when a phase lasted, both inclusive, a row for each stretch of it: see metric_data.phase_windows(uuid), which is quicker for all phases of a job. No row if there is no such phase.';

CREATE OR REPLACE FUNCTION metric_data.number(value text) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN value ~ E'^\\s*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?\\s*$' THEN value::numeric END
$$;
COMMENT ON FUNCTION metric_data.number(text) IS 'A parameter''s value as a number; NULL if it is none.';

CREATE OR REPLACE FUNCTION metric_data.plot_1d(parameter uuid, metric uuid, jids uuid[] DEFAULT NULL)
    RETURNS TABLE (jid uuid, x text, y numeric)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.jid, a.value::text, m.value
    FROM metric_data.perf_test_job_phases p
    JOIN metric_data.perf_test_phase_params a ON a.pid = p.pid
    JOIN metric_data.perf_test_phase_metrics m ON m.pid = p.pid
    WHERE a.parameter = plot_1d.parameter AND m.metric = plot_1d.metric
      AND (jids IS NULL OR p.jid = ANY (jids))
    ORDER BY p.jid, metric_data.number(a.value), a.value, m."timestamp", m.id
$$;
COMMENT ON FUNCTION metric_data.plot_1d(uuid, uuid, uuid[]) IS
    'A metric over one parameter: a point for each value that was measured in a phase with that parameter, of these jobs or of all.';

CREATE OR REPLACE FUNCTION metric_data.plot_2d(parameter_x uuid, parameter_y uuid, metric uuid, jids uuid[] DEFAULT NULL)
    RETURNS TABLE (jid uuid, x text, y text, z numeric)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.jid, a.value::text, b.value::text, m.value
    FROM metric_data.perf_test_job_phases p
    JOIN metric_data.perf_test_phase_params a ON a.pid = p.pid
    JOIN metric_data.perf_test_phase_params b ON b.pid = p.pid
    JOIN metric_data.perf_test_phase_metrics m ON m.pid = p.pid
    WHERE a.parameter = plot_2d.parameter_x AND b.parameter = plot_2d.parameter_y AND m.metric = plot_2d.metric
      AND (jids IS NULL OR p.jid = ANY (jids))
    ORDER BY p.jid, metric_data.number(a.value), a.value, metric_data.number(b.value), b.value, m."timestamp", m.id
$$;
COMMENT ON FUNCTION metric_data.plot_2d(uuid, uuid, uuid, uuid[]) IS
    'A metric over two parameters: a point for each value that was measured in a phase with both, of these jobs or of all.';

CREATE OR REPLACE FUNCTION metric_data.latest_jobs(name text, value text, most int DEFAULT 1) RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(
        SELECT m.jid FROM metric_data.perf_test_job_meta m
        WHERE m.name = latest_jobs.name AND m.value = latest_jobs.value
        ORDER BY m.id DESC LIMIT most)
$$;
COMMENT ON FUNCTION metric_data.latest_jobs(text, text, int) IS
    'The latest jobs with this metadata, such as version and master: what the plots take as jids.';
