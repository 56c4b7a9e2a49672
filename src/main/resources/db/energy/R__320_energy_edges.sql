-- From samples to edges: what a series grew by within a bucket, and where the bucket joins its neighbours.

CREATE OR REPLACE FUNCTION _energy.step(
    kind text, before double precision, since timestamptz, value double precision, at timestamptz, max_gap interval)
    RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN before IS NULL THEN NULL
                WHEN kind = 'counter' AND value >= before THEN value::numeric - before::numeric
                WHEN kind = 'counter' THEN value::numeric
                WHEN kind = 'gauge' THEN before::numeric * extract(epoch FROM least(at - since, max_gap)) END
$$;
COMMENT ON FUNCTION _energy.step IS
    'The amount between two samples: a counter''s growth, from 0 where it was reset; a gauge''s value times the seconds it held.';

CREATE OR REPLACE FUNCTION _energy.fresh_edges(rule _energy.rule, lower timestamptz, upper timestamptz)
    RETURNS SETOF _energy.edge
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rule.id, e.series_id, e.bucket,
           min(e.at), (array_agg(e.value ORDER BY e.at))[1], max(e.at), (array_agg(e.value ORDER BY e.at DESC))[1],
           CASE rule.kind WHEN 'window' THEN (array_agg(e.value ORDER BY e.at DESC))[1]::numeric
                          ELSE sum(_energy.step(rule.kind, e.before, e.since, e.value, e.at, rule.max_gap)) END
    FROM (SELECT u.*, lag(u.value) OVER w AS before, lag(u.at) OVER w AS since
          FROM (SELECT s.*, _energy.bucket_of(s.at - _energy.lag_of(rule.kind), rule.bucket) AS bucket
                FROM _energy.samples(rule.id, lower + _energy.lag_of(rule.kind), upper + _energy.lag_of(rule.kind)) s
                WHERE s.value >= 0 AND s.value < 'Infinity') u
          WINDOW w AS (PARTITION BY u.series_id, u.bucket ORDER BY u.at)) e
    GROUP BY e.series_id, e.bucket
$$;
COMMENT ON FUNCTION _energy.fresh_edges IS 'The edges of whole buckets, computed of stored samples. Samples below 0 and NaN are not used.';

CREATE OR REPLACE FUNCTION _energy.refresh_edges(rule _energy.rule, lower timestamptz, upper timestamptz) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH fresh AS MATERIALIZED (
        SELECT * FROM _energy.fresh_edges(rule, lower, upper)
    ), put AS (
        INSERT INTO _energy.edge AS e SELECT * FROM fresh
        ON CONFLICT (rule_id, series_id, bucket) DO UPDATE
            SET first_time = excluded.first_time, first_value = excluded.first_value,
                last_time = excluded.last_time, last_value = excluded.last_value, inside = excluded.inside
            WHERE (e.first_time, e.first_value, e.last_time, e.last_value, e.inside)
                IS DISTINCT FROM (excluded.first_time, excluded.first_value, excluded.last_time, excluded.last_value, excluded.inside)
        RETURNING e.series_id, e.bucket
    ), gone AS (
        DELETE FROM _energy.edge e
        WHERE e.rule_id = rule.id AND e.bucket >= lower AND e.bucket < upper
          AND NOT EXISTS (SELECT FROM fresh f WHERE f.series_id = e.series_id AND f.bucket = e.bucket)
        RETURNING e.series_id, e.bucket
    ), changed AS (
        SELECT * FROM put UNION ALL SELECT * FROM gone
    )
    INSERT INTO _energy.pending (rule_id, bucket)
    SELECT rule.id, c.bucket FROM changed c
    UNION
    SELECT rule.id, n.bucket
    FROM changed c,
         LATERAL (SELECT min(e.bucket) AS bucket FROM _energy.edge e
                  WHERE e.rule_id = rule.id AND e.series_id = c.series_id AND e.bucket > c.bucket) n
    WHERE n.bucket IS NOT NULL
    ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION _energy.refresh_edges IS
    'Brings the edges of whole buckets up to date. What changed is pending, and so is the bucket behind, which joins it.';
