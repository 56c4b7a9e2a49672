-- Which samples are projected: those of series that carry a job and a phase.

CREATE OR REPLACE FUNCTION _metric_data.is_uuid(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT value ~* '^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$'
$$;
COMMENT ON FUNCTION _metric_data.is_uuid IS 'Whether a text is a UUID, with or without dashes.';

CREATE OR REPLACE FUNCTION _metric_data.labelled_series(ids bigint[], lowers timestamptz[], uppers timestamptz[])
    RETURNS TABLE (series_id bigint, metric_name text, table_name name, jid uuid, pid uuid, run int, labels jsonb,
                   lower timestamptz, upper timestamptz)
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN RETURN QUERY*/
    WITH touched AS MATERIALIZED (
        SELECT s.metric_id, p.id AS pid_label, min(u.lower) AS lower, max(u.upper) AS upper
        FROM unnest(ids, lowers, uppers) u(id, lower, upper)
        JOIN _prom_catalog.series s ON s.id = u.id
        JOIN _prom_catalog.label p ON p.id = ANY (s.labels) AND p.key = 'perf_test_pid'
        GROUP BY s.metric_id, p.id)
    SELECT s.id, m.metric_name, m.table_name, (l.labels ->> 'perf_test_jid')::uuid, (l.labels ->> 'perf_test_pid')::uuid,
           coalesce(l.labels ->> 'perf_test_run', '0')::int, l.labels, t.lower, t.upper
    FROM touched t
    JOIN _prom_catalog.metric m ON m.id = t.metric_id
    JOIN _prom_catalog.series s ON s.metric_id = t.metric_id AND s.labels @> ARRAY[t.pid_label],
         LATERAL (SELECT prom_api.jsonb(s.labels) OFFSET 0) l(labels)
    WHERE _metric_data.is_uuid(l.labels ->> 'perf_test_jid')
      AND _metric_data.is_uuid(l.labels ->> 'perf_test_pid')
      AND coalesce(l.labels ->> 'perf_test_run', '0') ~ '^-?[0-9]{1,9}$'
    /*citus ; END*/
$$;
COMMENT ON FUNCTION _metric_data.labelled_series IS
    'All series that share metric and phase with one of these, with the time range of them all; a series whose job, phase or run cannot be read is left out. All of them, because equal values of two series are told apart by their number only.';

CREATE OR REPLACE FUNCTION _metric_data.make_work_tables() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS promgres_labelled_series (
        series_id bigint, metric_name text, table_name name, jid uuid, pid uuid, run int, labels jsonb,
        lower timestamptz, upper timestamptz) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS promgres_labelled_sample (
        series_id bigint, "time" timestamptz, value double precision) ON COMMIT DELETE ROWS;
    DELETE FROM promgres_labelled_series;
    DELETE FROM promgres_labelled_sample;
END
$$;
COMMENT ON FUNCTION _metric_data.make_work_tables IS 'Makes or empties the temporary tables of a projection.';

CREATE OR REPLACE FUNCTION _metric_data.collect_samples() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m record;
BEGIN
    FOR m IN
        SELECT s.table_name, array_agg(s.series_id) AS ids, min(s.lower) AS lower, max(s.upper) AS upper
        FROM promgres_labelled_series s GROUP BY s.table_name ORDER BY s.table_name
    LOOP
        -- A NaN, the stale marker among them, says that there is no value.
        EXECUTE format('INSERT INTO promgres_labelled_sample
                        SELECT m.series_id, m.time, m.value FROM prom_metric.%I m
                        WHERE m.series_id = ANY ($1) AND m.time BETWEEN $2 AND $3 AND m.value <> ''NaN''', m.table_name)
        USING m.ids, m.lower, m.upper;
    END LOOP;
    DELETE FROM promgres_labelled_series s
    WHERE NOT EXISTS (SELECT FROM promgres_labelled_sample x WHERE x.series_id = s.series_id);
END
$$;
COMMENT ON FUNCTION _metric_data.collect_samples IS
    'Reads the samples of the series of promgres_labelled_series into promgres_labelled_sample; forgets series that have none.';
