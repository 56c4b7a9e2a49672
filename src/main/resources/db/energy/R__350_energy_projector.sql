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

CREATE OR REPLACE FUNCTION _energy.put_pending(rule_id int, buckets timestamptz[], has_samples boolean) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO _energy.pending AS p SELECT DISTINCT put_pending.rule_id, b, put_pending.has_samples FROM unnest(buckets) b
    ON CONFLICT ON CONSTRAINT pending_pkey DO UPDATE SET has_samples = true WHERE excluded.has_samples AND NOT p.has_samples
$$;
COMMENT ON FUNCTION _energy.put_pending IS 'Buckets of a rule have to be computed again.';

CREATE OR REPLACE FUNCTION _energy.look_again(rule _energy.rule, buckets timestamptz[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    decided record;
BEGIN
    IF rule.kind IN ('intensity', 'workspace') THEN
        FOR decided IN
            SELECT c.rule_id, array_agg(DISTINCT c.ts) AS buckets
            FROM _energy.parameter p,
                 LATERAL (SELECT CASE rule.kind WHEN 'intensity' THEN p.intensity_max_age ELSE p.workspace_silence END) a(reach),
                 LATERAL _energy.stretches(buckets, rule.bucket) s,
                 _energy.rule r,
                 _energy.amount c
            WHERE c.rule_id = r.id AND c.ts > s.lower - r.bucket AND c.ts < s.upper + a.reach
            GROUP BY c.rule_id
        LOOP
            PERFORM _energy.put_pending(decided.rule_id, decided.buckets, false);
        END LOOP;
        PERFORM _energy.put_pending(r.id, ARRAY(
            SELECT DISTINCT _energy.bucket_of(c.ts, r.bucket)
            FROM _energy.stretches(buckets, rule.bucket) s, _energy.contribution c
            WHERE c.rule_id = r.id AND c.ts >= s.lower AND c.ts < s.upper + p.intensity_max_age
              AND coalesce(c.busy_kwh, c.idle_kwh) IS NOT NULL), false)
        FROM _energy.rule r, _energy.parameter p
        WHERE r.kind = 'measure' AND rule.kind = 'intensity';
        -- Series that count by their session alone had no amounts before it.
        PERFORM _energy.put_pending(r.id, ARRAY(
            SELECT b
            FROM _energy.stretches(buckets, rule.bucket) s,
                 generate_series(_energy.bucket_of(s.lower, r.bucket), s.upper + p.workspace_silence, r.bucket) b), true)
        FROM _energy.rule r, _energy.parameter p
        WHERE r.named_only AND rule.kind = 'workspace';
    ELSE
        PERFORM _energy.put_pending(rule.id, buckets, true);
        PERFORM _energy.put_pending(rule.id, ARRAY(
            SELECT b FROM _energy.stretches(buckets, rule.bucket) s, _energy.buckets_behind(rule, s.lower, s.upper) b), true)
        WHERE rule.kind <> 'measure';
    END IF;
END
$$;
COMMENT ON FUNCTION _energy.look_again IS 'Buckets of a rule have new samples: finds out what has to be computed again.';

CREATE OR REPLACE FUNCTION _energy.look_at_sessions() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed record;
BEGIN
    FOR changed IN
        WITH gone AS (
            DELETE FROM _energy.session_change RETURNING host, since, until
        ), range AS (
            SELECT g.host, min(g.since) AS since, max(g.until) AS until FROM gone g GROUP BY g.host
        )
        SELECT a.rule_id, a.ts AS bucket, false AS has_samples
        FROM range g, _energy.rule r, _energy.amount a
        WHERE a.rule_id = r.id AND a.ts > g.since - r.bucket AND a.ts < g.until
        UNION
        -- Series that count by their session alone had no amounts before it.
        SELECT r.id, _energy.bucket_of(s.at, r.bucket), true
        FROM range g, _energy.rule r,
             LATERAL (SELECT array_agg(p.id) AS ids FROM _energy.place p
                      WHERE p.host = g.host AND coalesce(p.machine_name, p.project, p.user_id) IS NULL) p,
             LATERAL _energy.samples(r.id, g.since, g.until, p.ids) s
        WHERE r.named_only AND p.ids IS NOT NULL
    LOOP
        PERFORM _energy.put_pending(changed.rule_id, ARRAY[changed.bucket], changed.has_samples);
    END LOOP;
END
$$;
COMMENT ON FUNCTION _energy.look_at_sessions IS 'Sessions by hand have changed: finds out what has to be computed again.';

CREATE OR REPLACE FUNCTION _energy.make_missing_views() RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.make_views(m.id)
    FROM _prom_catalog.metric m
    WHERE m.views_positions = 0 AND EXISTS (SELECT FROM _energy.source s WHERE s.metric_id = m.id)
$$;
COMMENT ON FUNCTION _energy.make_missing_views IS 'A metric''s first samples may be there before its views.';

CREATE OR REPLACE FUNCTION _energy.waiting_rules() RETURNS int[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT r.id FROM _energy.rule r WHERE r.kind = 'workspace' AND EXISTS (
        SELECT x.host FROM _energy.hosts_of_sessions x EXCEPT SELECT h.host FROM _energy.session_host h))
$$;
COMMENT ON FUNCTION _energy.waiting_rules IS
    'Rules of sessions while there is one at a host that no daemon has looked at yet: what it changes is computed when the series there are known.';

CREATE OR REPLACE FUNCTION _energy.take(most int) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    waiting int[] := _energy.waiting_rules();
    -- One that is not begun yet is a transaction of another server, whose rows were restored here.
    unknown xid8 := pg_snapshot_xmax(pg_current_snapshot());
BEGIN
    WITH chosen AS MATERIALIZED (
        SELECT DISTINCT t.rule_id, t.bucket FROM _energy.touched t
        WHERE (t.taken IS NULL OR t.taken >= unknown) AND t.rule_id <> ALL (waiting)
        ORDER BY t.bucket DESC LIMIT most
    )
    UPDATE _energy.touched t SET taken = pg_current_xact_id(), computed = false
    FROM chosen c
    WHERE t.rule_id = c.rule_id AND t.bucket = c.bucket AND (t.taken IS NULL OR t.taken >= unknown);
END
$$;
COMMENT ON FUNCTION _energy.take IS
    'The newest touched buckets are going to be computed: flushes that look when this is committed touch them anew.';

CREATE OR REPLACE FUNCTION _energy.flushes() RETURNS text[]
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH held AS MATERIALIZED (
        SELECT l.virtualtransaction, l.locktype, l.relation, l.mode, l.classid, l.objid
        FROM pg_locks l
        WHERE l.granted AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    )
    SELECT ARRAY(SELECT h.virtualtransaction FROM held h
                 WHERE h.relation = '_energy.touched'::regclass AND h.mode = 'RowExclusiveLock'
                 EXCEPT
                 SELECT h.virtualtransaction FROM held h
                 WHERE h.locktype = 'advisory' AND h.classid = 1886547826 AND h.objid = 5)
$$;
COMMENT ON FUNCTION _energy.flushes IS
    'The transactions, but for the projector''s, that have touched buckets and have not ended. Each has the lock before it looks which buckets are touched already.';

CREATE OR REPLACE FUNCTION _energy.look_at_touched(most int, since pg_snapshot, settled boolean) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    work record;
    done int := 0;
BEGIN
    -- The statements that follow see every sample of what goes here.
    FOR work IN
        WITH chosen AS MATERIALIZED (
            SELECT DISTINCT t.rule_id, t.bucket FROM _energy.touched t
            WHERE pg_visible_in_snapshot(t.taken, since) AND (settled OR NOT t.computed)
            ORDER BY t.bucket DESC LIMIT most
        ), gone AS (
            DELETE FROM _energy.touched t USING chosen c
            WHERE settled AND t.rule_id = c.rule_id AND t.bucket = c.bucket AND pg_visible_in_snapshot(t.taken, since)
        ), kept AS (
            UPDATE _energy.touched t SET computed = true FROM chosen c
            WHERE NOT settled AND t.rule_id = c.rule_id AND t.bucket = c.bucket AND pg_visible_in_snapshot(t.taken, since)
        )
        SELECT r AS rule, array_agg(c.bucket) AS buckets FROM chosen c JOIN _energy.rule r ON r.id = c.rule_id GROUP BY r
    LOOP
        UPDATE _energy.rule r SET newest = (SELECT max(b) FROM unnest(work.buckets) b)
        WHERE r.id = (work.rule).id AND r.newest < (SELECT max(b) FROM unnest(work.buckets) b);
        PERFORM _energy.look_again(work.rule, work.buckets);
        done := done + cardinality(work.buckets);
    END LOOP;
    RETURN done;
END
$$;
COMMENT ON FUNCTION _energy.look_at_touched IS
    'Buckets that were taken before a snapshot are pending. They stay touched until it is settled that all flushes have ended that may count on it.';

CREATE OR REPLACE FUNCTION _energy.look_at_estimates(rule _energy.rule, lower timestamptz, upper timestamptz) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _energy.put_pending(e.id, ARRAY(
        SELECT DISTINCT a.ts FROM _energy.amount a
        WHERE a.rule_id = e.id AND a.ts > lower - e.bucket AND a.ts < upper), false)
    FROM _energy.rule e
    WHERE e.estimate AND NOT rule.powered AND rule.kind IN ('counter', 'gauge', 'window')
$$;
COMMENT ON FUNCTION _energy.look_at_estimates IS 'What a meter reports has changed: estimates of that time are computed again.';

CREATE OR REPLACE FUNCTION _energy.compute(most int, estimates boolean) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    work record;
    done int := 0;
    oldest timestamptz;
BEGIN
    FOR work IN
        WITH chosen AS MATERIALIZED (
            SELECT p.* FROM _energy.pending p JOIN _energy.rule r ON r.id = p.rule_id
            WHERE r.estimate = estimates
            ORDER BY p.bucket DESC LIMIT most
        ), taken AS (
            DELETE FROM _energy.pending p USING chosen c WHERE p.rule_id = c.rule_id AND p.bucket = c.bucket
        )
        SELECT r AS rule, array_agg(c.bucket) AS buckets, array_agg(c.bucket) FILTER (WHERE c.has_samples) AS sampled
        FROM chosen c JOIN _energy.rule r ON r.id = c.rule_id GROUP BY r
    LOOP
        done := done + cardinality(work.buckets);
        oldest := _energy.expired_before(work.rule);
        PERFORM _energy.refresh_amounts(work.rule, s.lower, s.upper), _energy.look_at_estimates(work.rule, s.lower, s.upper)
        FROM _energy.stretches(ARRAY(SELECT b FROM unnest(work.sampled) b WHERE b >= oldest), (work.rule).bucket) s
        WHERE (work.rule).kind <> 'measure';
        PERFORM _energy.refresh_contributions(work.rule, s.lower, s.upper)
        FROM _energy.stretches(ARRAY(SELECT b FROM unnest(work.buckets) b WHERE b >= oldest), (work.rule).bucket) s;
    END LOOP;
    RETURN done;
END
$$;
COMMENT ON FUNCTION _energy.compute IS
    'Computes so many pending buckets, the newest first: of rules that estimate, or of the others, which come before. Returns how many.';

CREATE OR REPLACE FUNCTION _energy.has_work() RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM _energy.touched) OR EXISTS (SELECT FROM _energy.pending)
        OR EXISTS (SELECT FROM _energy.news) OR EXISTS (SELECT FROM _energy.session_change)
$$;
COMMENT ON FUNCTION _energy.has_work IS
    'Whether something is touched, pending or new. The projector asks each second, and mostly there is nothing.';

CREATE OR REPLACE FUNCTION _energy.project(most int, since pg_snapshot, settled boolean) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done int;
BEGIN
    IF NOT pg_try_advisory_xact_lock(1886547826, 5) THEN
        RETURN 0;
    END IF;
    PERFORM _energy.know_sources();
    PERFORM _energy.make_missing_views();
    IF _energy.waiting_rules() = '{}' THEN
        PERFORM _energy.look_at_sessions();
    END IF;
    done := _energy.look_at_touched(most, since, settled);
    done := done + _energy.compute(most, false);
    -- When the meters are known.
    RETURN done + _energy.compute(most, true);
END
$$;
COMMENT ON FUNCTION _energy.project IS
    'Brings energy.fact_usage up to date with so many touched buckets that were taken, the newest first. Returns how many it did: 0 if there are none, or if another session is at it.';

CREATE OR REPLACE FUNCTION _energy.touch_again(lower timestamptz, upper timestamptz) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1886547826, 5);
    PERFORM _energy.make_missing_views();
    INSERT INTO _energy.touched (rule_id, bucket)
    SELECT DISTINCT r.id, _energy.bucket_of(s.at - _energy.lag_of(r.kind), r.bucket)
    FROM _energy.rule r, LATERAL _energy.samples(r.id, lower, upper) s;
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

CREATE OR REPLACE FUNCTION _energy.know_session_hosts() RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO _energy.session_host (host)
    SELECT x.host FROM _energy.hosts_of_sessions x
    WHERE NOT EXISTS (SELECT FROM _energy.session_host h WHERE h.host = x.host)
      AND pg_try_advisory_xact_lock(1886547826, 5)
$$;
COMMENT ON FUNCTION _energy.know_session_hosts IS
    'Notes hosts of new sessions. Under the lock of the projector, so that their numbers become visible in their order.';
