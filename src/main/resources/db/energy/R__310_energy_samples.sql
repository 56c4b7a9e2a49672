-- What the projection reads: samples of a rule's series, and what they say about intensity and sessions.

CREATE OR REPLACE FUNCTION _energy.bucket_of(at timestamptz, length interval) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT date_bin(length, at, timestamptz '1970-01-01 00:00:00+00')
$$;
COMMENT ON FUNCTION _energy.bucket_of IS 'The start of the bucket that a time falls into.';

CREATE OR REPLACE FUNCTION _energy.lag_of(kind text) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE kind WHEN 'window' THEN interval '1 millisecond' ELSE interval '0' END
$$;
COMMENT ON FUNCTION _energy.lag_of IS
    'A window ends at its sample''s time: one that is evaluated at the full hour belongs to the hour before.';

CREATE OR REPLACE FUNCTION _energy.samples(rule_id int, lower timestamptz, upper timestamptz)
    RETURNS TABLE (series_id bigint, at timestamptz, value double precision)
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view name;
BEGIN
    FOR view IN
        SELECT DISTINCT m.table_name
        FROM _energy.source s JOIN _prom_catalog.metric m ON m.id = s.metric_id
        WHERE s.rule_id = samples.rule_id AND m.views_positions > 0
    LOOP
        RETURN QUERY EXECUTE format($query$
            SELECT v.series_id, v.time, v.value FROM prom_metric.%I v
            WHERE v.time >= $1 AND v.time < $2
              AND v.series_id IN (SELECT s.series_id FROM _energy.source s WHERE s.rule_id = $3)
            $query$, view) USING lower, upper, samples.rule_id;
    END LOOP;
END
$$;
COMMENT ON FUNCTION _energy.samples IS 'The stored samples of a rule''s series in a range of time.';

CREATE OR REPLACE FUNCTION _energy.intensities(lower timestamptz, upper timestamptz)
    RETURNS TABLE (region text, at timestamptz, value numeric)
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.region, i.at, min(i.value)::numeric
    FROM _energy.rule r,
         LATERAL _energy.samples(r.id, lower, upper) i
         JOIN _energy.source s ON s.series_id = i.series_id
    WHERE r.kind = 'intensity' AND s.rule_id = r.id AND i.value >= 0 AND i.value < 'Infinity'
    GROUP BY s.region, i.at
$$;
COMMENT ON FUNCTION _energy.intensities IS 'The samples of the carbon intensity in a range of time, one for each region and time.';

CREATE OR REPLACE FUNCTION _energy.sessions(lower timestamptz, upper timestamptz)
    RETURNS TABLE (series_id bigint, since timestamptz, until timestamptz)
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH beat AS (
        SELECT i.series_id, i.at, i.value = 1 AS alive, p.workspace_silence AS silence,
               lag(i.at) OVER w AS last_at, lag(i.value) OVER w = 1 AS was_alive, lead(i.at) OVER w AS next_at
        FROM _energy.parameter p, _energy.rule r,
             LATERAL _energy.samples(r.id, lower - p.workspace_silence, upper) i
        WHERE r.kind = 'workspace'
        WINDOW w AS (PARTITION BY i.series_id ORDER BY i.at)
    ), numbered AS (
        SELECT b.*, count(*) FILTER (WHERE was_alive IS NOT TRUE OR at - last_at >= silence)
                        OVER (PARTITION BY b.series_id ORDER BY at) AS session
        FROM beat b
        WHERE alive
    )
    SELECT n.series_id, min(n.at), max(least(n.next_at, n.at + n.silence))
    FROM numbered n
    GROUP BY n.series_id, n.session
$$;
COMMENT ON FUNCTION _energy.sessions IS
    'The sessions in a range of time, by the series that tells of them: from their first sample until a stale marker, another value than 1, or silence.';
