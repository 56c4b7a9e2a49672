-- From labelled samples to rows of metric_data. Rows are added where they are missing, and never taken away: to project
-- the same samples again changes nothing, and results outlive the samples that they were made of.

CREATE OR REPLACE FUNCTION _metric_data.labels_with(prefix text) RETURNS TABLE (jid uuid, pid uuid, name text, value text)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT DISTINCT s.jid, s.pid, substr(l.key, length(prefix) + 1), left(l.value, 128)
        FROM promgres_labelled_series s, jsonb_each_text(s.labels) l
        WHERE starts_with(l.key, prefix) AND length(l.key) > length(prefix);
END
$$;
COMMENT ON FUNCTION _metric_data.labels_with IS
    'The labels of promgres_labelled_series whose names begin so: the rest of the name, and the value as it fits a column.';

CREATE OR REPLACE FUNCTION _metric_data.add_jobs(zone text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH seen AS MATERIALIZED (
        SELECT s.jid, min(x.time) AT TIME ZONE zone AS first, max(x.time) AT TIME ZONE zone AS last,
               coalesce(left(max(s.labels ->> 'perf_test_project'), 128), '') AS project
        FROM promgres_labelled_series s JOIN promgres_labelled_sample x ON x.series_id = s.series_id
        GROUP BY s.jid
    ), added AS (
        INSERT INTO metric_data.perf_test_job (jid, started, completed, status, project)
        SELECT s.jid, s.first, s.last, 0, s.project FROM seen s ORDER BY s.first, s.jid
        ON CONFLICT (jid) DO NOTHING
        RETURNING jid
    ), ours AS (
        INSERT INTO _metric_data.job (jid) SELECT a.jid FROM added a
    )
    UPDATE metric_data.perf_test_job j
    SET started = least(j.started, s.first),
        completed = greatest(j.completed, s.last),
        project = CASE j.project WHEN '' THEN s.project ELSE j.project END
    FROM seen s JOIN _metric_data.job o ON o.jid = s.jid
    WHERE j.jid = s.jid
      AND (s.first < j.started OR s.last > j.completed OR j.project = '' AND s.project <> '');
END
$$;
COMMENT ON FUNCTION _metric_data.add_jobs IS
    'Adds the jobs of the collected samples, and widens those that were added before to the samples'' times.';

CREATE OR REPLACE FUNCTION _metric_data.add_phases(zone text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH seen AS MATERIALIZED (
        SELECT s.pid, min(x.time) AT TIME ZONE zone AS first,
               (array_agg(s.jid ORDER BY s.jid))[1] AS jid, min(s.run) AS run
        FROM promgres_labelled_series s JOIN promgres_labelled_sample x ON x.series_id = s.series_id
        GROUP BY s.pid
    ), added AS (
        INSERT INTO metric_data.perf_test_job_phases (pid, jid, run, "timestamp")
        SELECT s.pid, s.jid, s.run, s.first FROM seen s ORDER BY s.first, s.pid
        ON CONFLICT (pid) DO NOTHING
        RETURNING pid
    ), ours AS (
        INSERT INTO _metric_data.phase (pid) SELECT a.pid FROM added a
    )
    UPDATE metric_data.perf_test_job_phases p
    SET "timestamp" = s.first
    FROM seen s JOIN _metric_data.phase o ON o.pid = s.pid
    WHERE p.pid = s.pid AND s.first < p."timestamp";
END
$$;
COMMENT ON FUNCTION _metric_data.add_phases IS
    'Adds the phases of the collected samples, and moves those that were added before to their first sample.';

CREATE OR REPLACE FUNCTION _metric_data.add_parameters() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM _metric_data.add_names(ARRAY(SELECT l.name FROM _metric_data.labels_with('perf_test_param_') l));
    INSERT INTO metric_data.perf_test_lookup_parameters (parameter, name, title)
    SELECT DISTINCT n.id, left(n.name, 32), left(n.name, 128)
    FROM _metric_data.labels_with('perf_test_param_') l JOIN _metric_data.name n ON n.name = l.name
    ORDER BY n.id
    ON CONFLICT (parameter) DO NOTHING;
    INSERT INTO metric_data.perf_test_phase_params (pid, parameter, value)
    SELECT DISTINCT ON (l.pid, n.id) l.pid, n.id, l.value
    FROM _metric_data.labels_with('perf_test_param_') l JOIN _metric_data.name n ON n.name = l.name
    WHERE NOT EXISTS (SELECT FROM metric_data.perf_test_phase_params p WHERE p.pid = l.pid AND p.parameter = n.id)
    ORDER BY l.pid, n.id, l.value;
END
$$;
COMMENT ON FUNCTION _metric_data.add_parameters IS
    'Adds the parameters that the collected series are labelled with; a phase has each parameter once.';

CREATE OR REPLACE FUNCTION _metric_data.add_flags() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO metric_data.perf_test_phase_flags (pid, name, value)
    SELECT DISTINCT ON (l.pid, c.name) l.pid, c.name, l.value
    FROM _metric_data.labels_with('perf_test_flag_') l, left(l.name, 32) c(name)
    WHERE NOT EXISTS (SELECT FROM metric_data.perf_test_phase_flags f WHERE f.pid = l.pid AND f.name = c.name)
    ORDER BY l.pid, c.name, l.value;
END
$$;
COMMENT ON FUNCTION _metric_data.add_flags IS
    'Adds the flags that the collected series are labelled with; a phase has each flag once.';

CREATE OR REPLACE FUNCTION _metric_data.add_meta() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO metric_data.perf_test_job_meta (jid, name, value)
    SELECT DISTINCT ON (l.jid, c.name) l.jid, c.name, l.value
    FROM _metric_data.labels_with('perf_test_meta_') l, left(l.name, 32) c(name)
    WHERE NOT EXISTS (SELECT FROM metric_data.perf_test_job_meta m WHERE m.jid = l.jid AND m.name = c.name)
    ORDER BY l.jid, c.name, l.value;
END
$$;
COMMENT ON FUNCTION _metric_data.add_meta IS
    'Adds the metadata that the collected series are labelled with; a job has each name once.';

CREATE OR REPLACE FUNCTION _metric_data.add_metrics() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM _metric_data.add_names(ARRAY(SELECT DISTINCT s.metric_name FROM promgres_labelled_series s));
    INSERT INTO metric_data.perf_test_lookup_metrics AS stored (metric, name, title, units)
    SELECT n.id, left(n.name, 32), d.title, d.units
    FROM (SELECT DISTINCT s.metric_name FROM promgres_labelled_series s) s
    JOIN _metric_data.name n ON n.name = s.metric_name,
         _metric_data.described(n.name) d
    ORDER BY n.id
    ON CONFLICT (metric) DO UPDATE SET title = excluded.title, units = excluded.units
        -- Metadata that comes later than the first sample; a title that somebody has given stays.
        WHERE starts_with(stored.title, stored.name) AND stored.units IS NULL
          AND (excluded.title, excluded.units) IS DISTINCT FROM (stored.title, stored.units);
END
$$;
COMMENT ON FUNCTION _metric_data.add_metrics IS 'Adds the metrics of the collected series.';

CREATE OR REPLACE FUNCTION _metric_data.add_values(zone text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    added bigint;
BEGIN
    -- By way of text, because the cast from double precision to numeric keeps 15 digits only.
    WITH wanted AS MATERIALIZED (
        SELECT w.*, row_number() OVER (PARTITION BY w.pid, w.metric, w."timestamp", w.value) AS n
        FROM (SELECT s.pid, n.id AS metric, x.value::text::numeric AS value, x.time AT TIME ZONE zone AS "timestamp"
              FROM promgres_labelled_sample x
              JOIN promgres_labelled_series s ON s.series_id = x.series_id
              JOIN _metric_data.name n ON n.name = s.metric_name) w
    ), stored AS MATERIALIZED (
        SELECT m.pid, m.metric, m.value, m."timestamp",
               row_number() OVER (PARTITION BY m.pid, m.metric, m."timestamp", m.value) AS n
        FROM (SELECT w.pid, w.metric, min(w."timestamp") AS lower, max(w."timestamp") AS upper
              FROM wanted w GROUP BY w.pid, w.metric) r
        JOIN metric_data.perf_test_phase_metrics m
          ON m.pid = r.pid AND m.metric = r.metric AND m."timestamp" BETWEEN r.lower AND r.upper
    )
    INSERT INTO metric_data.perf_test_phase_metrics (pid, metric, value, "timestamp")
    SELECT w.pid, w.metric, w.value, w."timestamp" FROM wanted w
    WHERE NOT EXISTS (
        SELECT FROM stored s
        WHERE s.pid = w.pid AND s.metric = w.metric AND s."timestamp" = w."timestamp" AND s.value = w.value AND s.n = w.n)
    ORDER BY w."timestamp", w.metric, w.pid;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END
$$;
COMMENT ON FUNCTION _metric_data.add_values IS
    'Adds the collected samples to their phases, those that are not there yet. Returns how many.';

CREATE OR REPLACE FUNCTION _metric_data.project(ids bigint[], lowers timestamptz[], uppers timestamptz[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    zone text := metric_data.time_zone();
BEGIN
    PERFORM _metric_data.make_work_tables();
    INSERT INTO promgres_labelled_series SELECT l.* FROM _metric_data.labelled_series(ids, lowers, uppers) l;
    PERFORM _metric_data.collect_samples();
    PERFORM _metric_data.add_jobs(zone);
    PERFORM _metric_data.add_phases(zone);
    PERFORM _metric_data.add_parameters();
    PERFORM _metric_data.add_flags();
    PERFORM _metric_data.add_meta();
    PERFORM _metric_data.add_metrics();
    RETURN _metric_data.add_values(zone);
END
$$;
COMMENT ON FUNCTION _metric_data.project IS
    'Projects the samples of these series in these time ranges, under the lock. Returns how many values were added.';

CREATE OR REPLACE FUNCTION _metric_data.project_touched() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ids bigint[];
    lowers timestamptz[];
    uppers timestamptz[];
    /*citus seen bigint[];
    waiting bigint[];*/
BEGIN
    -- Whoever holds it is at it.
    IF NOT pg_try_advisory_xact_lock(1886547826, 40) THEN
        RETURN 0;
    END IF;
    /*citus seen := ARRAY(SELECT DISTINCT t.series_id FROM _metric_data.touched t);
    waiting := ARRAY(SELECT s.id FROM _prom_catalog.series s JOIN _prom_catalog.metric m ON m.id = s.metric_id
                     WHERE s.id = ANY (seen) AND m.views_positions = 0);*/
    -- Exactly the rows that are seen here: what a flush adds meanwhile stays for the next time.
    WITH gone AS (
        DELETE FROM _metric_data.touched t
        WHERE /*plain*/NOT EXISTS (
            SELECT FROM _prom_catalog.series s JOIN _prom_catalog.metric m ON m.id = s.metric_id
            WHERE s.id = t.series_id AND m.views_positions = 0)/*end plain*//*citus t.series_id = ANY (seen) AND t.series_id <> ALL (waiting)*/
        RETURNING t.*
    ), ranges AS (
        SELECT g.series_id, min(g.lower) AS lower, max(g.upper) AS upper FROM gone g GROUP BY g.series_id
    )
    SELECT array_agg(r.series_id), array_agg(r.lower), array_agg(r.upper) INTO ids, lowers, uppers FROM ranges r;
    RETURN CASE WHEN ids IS NULL THEN 0 ELSE _metric_data.project(ids, lowers, uppers) END;
END
$$;
COMMENT ON FUNCTION _metric_data.project_touched IS
    'Projects what flushes have noted; series whose views are not made yet wait. Returns how many values were added.';

CREATE OR REPLACE FUNCTION metric_data.rebuild_from_labels(lower timestamptz, upper timestamptz) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ids bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(1886547826, 40);
    SELECT array_agg(s.id) INTO ids
    FROM _prom_catalog.series s JOIN _prom_catalog.metric m ON m.id = s.metric_id
    WHERE m.views_positions > 0
      AND s.labels && ARRAY(SELECT l.id FROM _prom_catalog.label l WHERE l.key = 'perf_test_pid');
    RETURN CASE WHEN ids IS NULL THEN 0 ELSE _metric_data.project(
        ids,
        array_fill(rebuild_from_labels.lower, ARRAY[cardinality(ids)]),
        array_fill(rebuild_from_labels.upper, ARRAY[cardinality(ids)])) END;
END
$$;
COMMENT ON FUNCTION metric_data.rebuild_from_labels(timestamptz, timestamptz) IS
    'Projects all labelled samples from the one time to the other again, and returns how many values were missing. It takes nothing away.';
