-- From samples to amounts: what the series of a rule grew by within buckets, by the places that their labels name.

CREATE OR REPLACE FUNCTION _energy.lookback(bucket interval) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT least(bucket, interval '2 minutes')
$$;
COMMENT ON FUNCTION _energy.lookback IS
    'How long before a bucket the samples of all series are read, for the last ones of them. Series that have none there are looked up one by one.';

CREATE OR REPLACE FUNCTION _energy.steps(rule _energy.rule, lower timestamptz, upper timestamptz)
    RETURNS TABLE (series_id bigint, at timestamptz, value double precision, since timestamptz, before double precision, next_at timestamptz)
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH near AS MATERIALIZED (
        SELECT * FROM _energy.usable_samples(rule, lower - _energy.lookback(rule.bucket), upper)
    ), lone AS (
        SELECT array_agg(x.series_id) AS ids
        FROM (SELECT n.series_id FROM near n GROUP BY n.series_id HAVING min(n.at) >= lower) x
    ), known AS (
        SELECT * FROM near
        UNION ALL
        SELECT n.* FROM lone l, LATERAL _energy.neighbours(rule, l.ids, lower, true) n
    ), step AS (
        SELECT k.series_id, k.at, k.value, lag(k.at) OVER w AS since, lag(k.value) OVER w AS before, lead(k.at) OVER w AS next_at
        FROM known k
        WINDOW w AS (PARTITION BY k.series_id ORDER BY k.at)
    )
    SELECT * FROM step s WHERE s.at >= lower
$$;
COMMENT ON FUNCTION _energy.steps IS
    'The samples of whole buckets, each with the one before it, however long ago that was; next_at is NULL for a series'' last sample in the range.';

CREATE OR REPLACE FUNCTION _energy.growth(rule _energy.rule, lower timestamptz, upper timestamptz)
    RETURNS TABLE (series_id bigint, bucket timestamptz, amount numeric)
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CASE rule.kind
        -- Last value less first, and from 0 after each reset: a conversion to numeric for a bucket, not for each sample.
        WHEN 'counter' THEN RETURN QUERY
            SELECT s.series_id, s.bucket,
                   sum(s.value::numeric) FILTER (WHERE s.next_at IS NULL OR s.next_at >= s.bucket + rule.bucket)
                   - sum(coalesce(s.before, s.value)::numeric) FILTER (WHERE s.since IS NULL OR s.since < s.bucket)
                   + coalesce(sum(s.before::numeric) FILTER (WHERE s.value < s.before), 0)
            FROM (SELECT x.*, _energy.bucket_of(x.at, rule.bucket) AS bucket FROM _energy.steps(rule, lower, upper) x) s
            GROUP BY s.series_id, s.bucket
            HAVING count(s.before) > 0;
        WHEN 'gauge' THEN RETURN QUERY
            SELECT s.series_id, _energy.bucket_of(s.at, rule.bucket),
                   sum(s.before::numeric * extract(epoch FROM least(s.at - s.since, rule.max_gap)))
            FROM _energy.steps(rule, lower, upper) s
            WHERE s.before IS NOT NULL
            GROUP BY 1, 2;
        ELSE RETURN QUERY
            SELECT DISTINCT ON (s.series_id, b.bucket) s.series_id, b.bucket, s.value::numeric
            FROM _energy.usable_samples(rule, lower + _energy.lag_of(rule.kind), upper + _energy.lag_of(rule.kind)) s,
                 LATERAL (SELECT _energy.bucket_of(s.at - _energy.lag_of(rule.kind), rule.bucket)) b(bucket)
            ORDER BY s.series_id, b.bucket, s.at DESC;
    END CASE;
END
$$;
COMMENT ON FUNCTION _energy.growth IS
    'What each series amounts to in whole buckets. counter: what it grew by, from 0 where it was reset; gauge: values times the seconds they held; each step in the bucket of its later sample. window: the last value. A series'' first sample alone is no amount.';

CREATE OR REPLACE FUNCTION _energy.fresh_amounts(rule _energy.rule, lower timestamptz, upper timestamptz)
    RETURNS SETOF _energy.amount
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rule.id, a.bucket, a.place_id, a.busy_seconds, a.idle_seconds,
           CASE WHEN rule.powered THEN a.busy_seconds * w.busy_watts ELSE a.busy_joules END,
           CASE WHEN rule.powered THEN a.idle_seconds * w.idle_watts ELSE a.idle_joules END
    FROM (SELECT g.bucket, s.place_id,
                 sum(g.amount) FILTER (WHERE s.measure = 'busy_cpu_seconds_total') * rule.factor AS busy_seconds,
                 sum(g.amount) FILTER (WHERE s.measure = 'idle_cpu_seconds_total') * rule.factor AS idle_seconds,
                 sum(g.amount) FILTER (WHERE s.measure = 'busy_kwh') * rule.factor AS busy_joules,
                 sum(g.amount) FILTER (WHERE s.measure = 'idle_kwh') * rule.factor AS idle_joules
          FROM _energy.growth(rule, lower, upper) g
          JOIN _energy.source s ON s.rule_id = rule.id AND s.series_id = g.series_id
          GROUP BY g.bucket, s.place_id) a
    JOIN _energy.place p ON p.id = a.place_id,
    LATERAL (SELECT w.* FROM _energy.power w WHERE w.machine_name IN (p.machine_name, '')
             ORDER BY w.machine_name DESC LIMIT 1) w
$$;
COMMENT ON FUNCTION _energy.fresh_amounts IS 'The amounts of whole buckets, computed of stored samples.';

CREATE OR REPLACE FUNCTION _energy.refresh_amounts(rule _energy.rule, lower timestamptz, upper timestamptz) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH fresh AS MATERIALIZED (
        SELECT * FROM _energy.fresh_amounts(rule, lower, upper)
    ), gone AS (
        DELETE FROM _energy.amount a
        WHERE a.rule_id = rule.id AND a.ts >= lower AND a.ts < upper
          AND NOT EXISTS (SELECT FROM fresh f WHERE f.ts = a.ts AND f.place_id = a.place_id)
          AND (NOT EXISTS (SELECT FROM _energy.orphan o WHERE o.rule_id = a.rule_id AND o.place_id = a.place_id)
               OR EXISTS (SELECT FROM _energy.source s WHERE s.rule_id = a.rule_id AND s.place_id = a.place_id))
    ), changed AS (
        UPDATE _energy.amount a
        SET busy_seconds = f.busy_seconds, idle_seconds = f.idle_seconds, busy_joules = f.busy_joules, idle_joules = f.idle_joules
        FROM fresh f
        WHERE a.rule_id = f.rule_id AND a.ts = f.ts AND a.place_id = f.place_id AND a IS DISTINCT FROM f
    )
    -- The projector alone writes here. ON CONFLICT would lock each row, which the log has to tell.
    INSERT INTO _energy.amount SELECT * FROM fresh f
    WHERE NOT EXISTS (SELECT FROM _energy.amount o WHERE o.rule_id = f.rule_id AND o.ts = f.ts AND o.place_id = f.place_id)
$$;
COMMENT ON FUNCTION _energy.refresh_amounts IS
    'Brings the amounts of whole buckets up to date. Those of places whose series were all removed stay.';

CREATE OR REPLACE FUNCTION _energy.buckets_behind(rule _energy.rule, lower timestamptz, upper timestamptz)
    RETURNS SETOF timestamptz
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT _energy.bucket_of(n.time, rule.bucket)
    FROM (SELECT array_agg(DISTINCT s.series_id) AS ids FROM _energy.usable_samples(rule, lower, upper) s) t,
         LATERAL _energy.neighbours(rule, t.ids, upper, false) n
    WHERE rule.kind <> 'window' AND upper <= rule.newest
$$;
COMMENT ON FUNCTION _energy.buckets_behind IS
    'The buckets that join a range of time: those with the next sample of each series that has one in the range.';
