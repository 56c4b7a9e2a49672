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

CREATE OR REPLACE FUNCTION _energy.samples(
    rule_id int, lower timestamptz, upper timestamptz, places bigint[] DEFAULT NULL)
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
        WHERE s.rule_id = samples.rule_id AND m.views_positions > 0 AND (places IS NULL OR s.place_id = ANY (places))
    LOOP
        RETURN QUERY EXECUTE format($query$
            SELECT v.series_id, v.time, v.value FROM prom_metric.%I v
            WHERE v.time >= $1 AND v.time < $2
              AND v.series_id IN (SELECT s.series_id FROM _energy.source s WHERE s.rule_id = $3%s)
            $query$, view, CASE WHEN places IS NOT NULL THEN ' AND s.place_id = ANY ($4)' END)
            USING lower, upper, samples.rule_id, places;
    END LOOP;
END
$$;
COMMENT ON FUNCTION _energy.samples IS 'The stored samples of a rule''s series in a range of time; of those at some places, if they are named.';

CREATE OR REPLACE FUNCTION _energy.usable_samples(rule _energy.rule, lower timestamptz, upper timestamptz)
    RETURNS TABLE (series_id bigint, at timestamptz, value double precision)
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.series_id, s.at, CASE WHEN s.value < 'Infinity' THEN s.value END
    FROM _energy.samples(rule.id, lower, upper) s
    WHERE s.value >= 0 AND (s.value < 'Infinity' OR rule.kind = 'gauge' AND prom_api.is_stale_marker(s.value))
$$;
COMMENT ON FUNCTION _energy.usable_samples IS
    'Samples that amounts are computed of: neither below 0 nor NaN. A stale marker ends a gauge, and has the value NULL.';

CREATE OR REPLACE FUNCTION _energy.neighbours(rule _energy.rule, series_ids bigint[], at timestamptz, earlier boolean)
    RETURNS TABLE (series_id bigint, "time" timestamptz, value double precision)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view name;
BEGIN
    FOR view IN
        SELECT DISTINCT m.table_name
        FROM _energy.source s JOIN _prom_catalog.metric m ON m.id = s.metric_id
        WHERE s.rule_id = rule.id AND s.series_id = ANY (series_ids) AND m.views_positions > 0
    LOOP
        -- Blocks of a series one after the other, until one has a sample.
        RETURN QUERY EXECUTE format($query$
            SELECT s.id, n.at, CASE WHEN n.value < 'Infinity' THEN n.value END
            FROM unnest($1) u(id)
            JOIN _prom_catalog.series s ON s.id = u.id AND s.metric_id = (SELECT m.id FROM _prom_catalog.metric m WHERE m.table_name = %1$L),
                 LATERAL (
                SELECT e.* FROM (
                    (SELECT d.time AS at, d.values[s.slot] AS value
                     FROM prom_data.landing d
                     WHERE d.group_id = s.group_id AND d.time %2$s $2 AND d.values[s.slot] >= 0
                       AND (d.values[s.slot] < 'Infinity' OR $3 AND prom_api.is_stale_marker(d.values[s.slot]))
                     ORDER BY d.time %3$s LIMIT 1)
                    UNION ALL
                    (SELECT p.at, p.value
                     FROM (SELECT b.*, v.block FROM prom_data.packed b JOIN prom_data.vector v ON v.id = b.vector_id
                           WHERE b.series_id = s.id AND (v.block < $2 OR NOT $4) AND (v.upper >= $2 OR $4)
                           ORDER BY v.block %3$s) b,
                          LATERAL (SELECT t.time, %4$s
                                   FROM prom_data.tick t
                                   WHERE t.vector_id = b.vector_id AND t.idx BETWEEN b.first AND b.last AND t.time %2$s $2
                                     AND %5$s) p(at, value)
                     WHERE p.value >= 0 AND (p.value < 'Infinity' OR $3 AND prom_api.is_stale_marker(p.value))
                     ORDER BY b.block %3$s, p.at %3$s LIMIT 1)) e
                ORDER BY e.at %3$s LIMIT 1) n
            $query$, view, CASE WHEN earlier THEN '<' ELSE '>=' END, CASE WHEN earlier THEN 'DESC' ELSE 'ASC' END,
            _prom_catalog.packed_value(), _prom_catalog.packed_condition())
            USING series_ids, at, rule.kind = 'gauge', earlier;
    END LOOP;
END
$$;
COMMENT ON FUNCTION _energy.neighbours IS
    'The last usable sample of each of these series of a rule before a time, or the first one from it on, however far away.';
REVOKE ALL ON FUNCTION _energy.neighbours(_energy.rule, bigint[], timestamptz, boolean) FROM PUBLIC;

CREATE OR REPLACE FUNCTION _energy.intensities(lower timestamptz, upper timestamptz)
    RETURNS TABLE (region text, since timestamptz, until timestamptz, value numeric)
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.region, i.at, least(lead(i.at) OVER (PARTITION BY i.series_id ORDER BY i.at), i.at + p.intensity_max_age),
           i.value::numeric * r.factor
    FROM _energy.parameter p, _energy.rule r,
         LATERAL _energy.usable_samples(r, lower - p.intensity_max_age, upper) i
         JOIN _energy.labelled_source s ON s.series_id = i.series_id
    WHERE r.kind = 'intensity' AND s.rule_id = r.id
$$;
COMMENT ON FUNCTION _energy.intensities IS
    'The carbon intensities in force in a range of time, in grams of CO2 equivalent per kWh: each until the next one of its series, or until it is too old.';

CREATE OR REPLACE FUNCTION _energy.region_of(region text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN region_of.region = ANY (k.regions) THEN region_of.region
                WHEN region_of.region <> '' THEN ''
                ELSE coalesce(p.region, CASE cardinality(k.regions) WHEN 1 THEN k.regions[1] END, '') END
    FROM _energy.parameter p,
         (SELECT array_agg(DISTINCT s.region) AS regions
          FROM _energy.labelled_source s JOIN _energy.rule r ON r.id = s.rule_id
          WHERE r.kind = 'intensity') k
$$;
COMMENT ON FUNCTION _energy.region_of IS
    'The region whose intensity counts for series of a region: their own; without one, the configured or the only one; an intensity without a region for all that have none of their own.';

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
