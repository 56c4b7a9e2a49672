-- The projector: one at a time in the whole database.

CREATE OR REPLACE FUNCTION _energy.stretches(buckets timestamptz[], length interval)
    RETURNS TABLE (lower timestamptz, upper timestamptz)
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT min(i.b), max(i.b) + length
    FROM (SELECT b, b - row_number() OVER (ORDER BY b) * length AS island FROM unnest(buckets) b) i
    GROUP BY i.island
    ORDER BY 1 DESC
$$;
COMMENT ON FUNCTION _energy.stretches IS 'Buckets that follow one another, as ranges of time; upper is exclusive.';

CREATE OR REPLACE FUNCTION _energy.look_again(rule _energy.rule, buckets timestamptz[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rule.kind = 'measure' THEN
        INSERT INTO _energy.pending SELECT rule.id, b FROM unnest(buckets) b ON CONFLICT DO NOTHING;
    ELSIF rule.kind IN ('intensity', 'workspace') THEN
        INSERT INTO _energy.pending
        SELECT DISTINCT c.rule_id, c.ts
        FROM _energy.parameter p,
             LATERAL (SELECT CASE rule.kind WHEN 'intensity' THEN p.intensity_max_age ELSE p.workspace_silence END) a(reach),
             LATERAL _energy.stretches(buckets, rule.bucket) s,
             _energy.rule r,
             _energy.contribution c
        WHERE r.kind IN ('counter', 'gauge', 'window')
          AND c.rule_id = r.id AND c.ts > s.lower - r.bucket AND c.ts < s.upper + a.reach
        ON CONFLICT DO NOTHING;
    ELSE
        PERFORM _energy.refresh_edges(rule, s.lower, s.upper) FROM _energy.stretches(buckets, rule.bucket) s;
    END IF;
END
$$;
COMMENT ON FUNCTION _energy.look_again IS 'Buckets of a rule have new samples: finds out what has to be computed again.';

CREATE OR REPLACE FUNCTION _energy.make_missing_views() RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.make_views(m.id)
    FROM _prom_catalog.metric m
    WHERE m.views_positions = 0 AND EXISTS (SELECT FROM _energy.source s WHERE s.metric_id = m.id)
$$;
COMMENT ON FUNCTION _energy.make_missing_views IS 'A metric''s first samples may be there before its views.';

CREATE OR REPLACE FUNCTION _energy.project(most int) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    work record;
    done int := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(1886547826, 5) THEN
        RETURN 0;
    END IF;
    PERFORM _energy.know_sources();
    PERFORM _energy.make_missing_views();
    -- What is committed behind this statement's snapshot stays touched; the next statements see every sample of what goes.
    FOR work IN
        WITH chosen AS MATERIALIZED (
            SELECT DISTINCT t.rule_id, t.bucket FROM _energy.touched t ORDER BY t.bucket DESC LIMIT most
        ), taken AS (
            DELETE FROM _energy.touched t USING chosen c WHERE t.rule_id = c.rule_id AND t.bucket = c.bucket
        )
        SELECT r AS rule, array_agg(c.bucket) AS buckets FROM chosen c JOIN _energy.rule r ON r.id = c.rule_id GROUP BY r
    LOOP
        PERFORM _energy.look_again(work.rule, work.buckets);
        done := done + cardinality(work.buckets);
    END LOOP;
    FOR work IN
        WITH chosen AS MATERIALIZED (
            SELECT p.rule_id, p.bucket FROM _energy.pending p ORDER BY p.bucket DESC LIMIT most
        ), taken AS (
            DELETE FROM _energy.pending p USING chosen c WHERE p.rule_id = c.rule_id AND p.bucket = c.bucket
        )
        SELECT r AS rule, array_agg(c.bucket) AS buckets FROM chosen c JOIN _energy.rule r ON r.id = c.rule_id GROUP BY r
    LOOP
        PERFORM _energy.refresh_contributions(work.rule, s.lower, s.upper)
        FROM _energy.stretches(work.buckets, (work.rule).bucket) s;
        done := done + cardinality(work.buckets);
    END LOOP;
    RETURN done;
END
$$;
COMMENT ON FUNCTION _energy.project IS
    'Brings energy.fact_usage up to date with so many touched buckets, the newest first. Returns how many it did: 0 if there are none, or if another session is at it.';

CREATE OR REPLACE FUNCTION _energy.touch_again(lower timestamptz, upper timestamptz) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1886547826, 5);
    PERFORM _energy.make_missing_views();
    WITH stored AS MATERIALIZED (
        SELECT DISTINCT r.id, r.kind, _energy.bucket_of(s.at - _energy.lag_of(r.kind), r.bucket) AS bucket
        FROM _energy.rule r, LATERAL _energy.samples(r.id, lower, upper) s
    ), touched AS (
        INSERT INTO _energy.touched SELECT t.id, t.bucket FROM stored t
    )
    INSERT INTO _energy.pending SELECT t.id, t.bucket FROM stored t WHERE t.kind NOT IN ('intensity', 'workspace')
    ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION _energy.touch_again IS
    'Has everything computed again that stored samples of a range of time decide. What older samples made, which are gone, stays.';

CREATE OR REPLACE FUNCTION _energy.write_facts_again(lower timestamptz, upper timestamptz) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys _energy.fact_key[];
BEGIN
    PERFORM pg_advisory_xact_lock(1886547826, 5);
    SELECT array_agg(DISTINCT ROW(c.ts, c.scope, c.key)::_energy.fact_key) INTO keys
    FROM _energy.contribution c WHERE c.ts >= lower AND c.ts < upper;
    IF keys IS NOT NULL THEN
        PERFORM _energy.write_facts(keys);
    END IF;
END
$$;
COMMENT ON FUNCTION _energy.write_facts_again IS 'Writes the rows of energy.fact_usage in a range of time again, of their contributions.';
