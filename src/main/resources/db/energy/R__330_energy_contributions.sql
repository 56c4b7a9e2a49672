-- From amounts or samples to what a rule adds to each row of energy.fact_usage.

CREATE OR REPLACE FUNCTION _energy.measured(rule _energy.rule, lower timestamptz, upper timestamptz)
    RETURNS SETOF _energy.contribution
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH value AS MATERIALIZED (
        SELECT i.at, s.scope, s.measure, p.region, i.value::numeric * rule.factor AS value,
               CASE s.scope WHEN 'project' THEN p.project WHEN 'machine' THEN p.machine_name
                            WHEN 'user' THEN p.user_id ELSE '' END AS key
        FROM _energy.usable_samples(rule, lower, upper) i
        JOIN _energy.source s ON s.rule_id = rule.id AND s.series_id = i.series_id
        JOIN _energy.place p ON p.id = s.place_id
    ), carbon AS MATERIALIZED (
        SELECT a.at, a.region, coalesce(avg(i.value), (SELECT p.intensity_constant FROM _energy.parameter p)) AS intensity
        FROM (SELECT DISTINCT v.at, v.region FROM value v WHERE v.measure LIKE '%kwh' AND v.measure NOT LIKE 'intensity%') a
        LEFT JOIN _energy.intensities(lower, upper) i
            ON i.region = _energy.region_of(a.region) AND i.since <= a.at AND i.until > a.at
        GROUP BY a.at, a.region
    )
    SELECT rule.id, v.at, v.scope, v.key,
           sum(v.value) FILTER (WHERE v.measure = 'busy_cpu_seconds_total'),
           sum(v.value) FILTER (WHERE v.measure = 'idle_cpu_seconds_total'),
           sum(v.value) FILTER (WHERE v.measure = 'busy_kwh'),
           sum(v.value) FILTER (WHERE v.measure = 'idle_kwh'),
           sum(v.value) FILTER (WHERE v.measure = 'busy_gco2eq'),
           sum(v.value) FILTER (WHERE v.measure = 'idle_gco2eq'),
           CASE WHEN bool_and(c.intensity IS NOT NULL) THEN sum(v.value * c.intensity) FILTER (WHERE v.measure = 'busy_kwh') END,
           CASE WHEN bool_and(c.intensity IS NOT NULL) THEN sum(v.value * c.intensity) FILTER (WHERE v.measure = 'idle_kwh') END,
           sum(v.value) FILTER (WHERE v.measure = 'intensity_gco2eq_kwh'),
           count(*) FILTER (WHERE v.measure = 'intensity_gco2eq_kwh'), false
    FROM value v LEFT JOIN carbon c ON c.at = v.at AND c.region = v.region
    GROUP BY v.at, v.scope, v.key
$$;
COMMENT ON FUNCTION _energy.measured IS 'Contributions of samples that are measures themselves: each at its own time.';

CREATE OR REPLACE FUNCTION _energy.session_spans(lower timestamptz, upper timestamptz) RETURNS SETOF _energy.session_span
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.raw_label, s.host, s.port, s.machine_name, s.user_id, s.workspace_id, s.started_at, x.since, x.until
    FROM _energy.sessions(lower, upper) x
    JOIN _energy.labelled_source s ON s.series_id = x.series_id
    JOIN _energy.rule r ON r.id = s.rule_id AND r.kind = 'workspace'
    WHERE s.user_id IS NOT NULL
    UNION ALL
    SELECT s.raw_label, s.host, s.port, s.machine_name, s.user_id, s.workspace_id, s.since, s.since, s.until
    FROM _energy.session s
    WHERE s.since < upper AND s.until > lower
$$;
COMMENT ON FUNCTION _energy.session_spans IS 'The sessions of users in a range of time, told by samples or written by hand.';

CREATE OR REPLACE VIEW _energy.host_of_machine AS
SELECT h.machine_name, max(h.hosts) AS hosts
FROM (SELECT s.rule_id, s.machine_name, count(DISTINCT s.host) AS hosts
      FROM _energy.labelled_source s
      WHERE s.machine_name IS NOT NULL
      GROUP BY s.rule_id, s.machine_name) h
GROUP BY h.machine_name;
COMMENT ON VIEW _energy.host_of_machine IS 'On how many hosts machines are, by the rule that sees most.';

CREATE OR REPLACE FUNCTION _energy.match(place _energy.place, session _energy.session_span, is_one_host boolean) RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN place.raw_label = session.raw_label OR place.host = session.host AND place.port = session.port THEN 1
                WHEN place.host = session.host THEN 2
                WHEN place.machine_name = session.machine_name AND is_one_host THEN 3 END
$$;
COMMENT ON FUNCTION _energy.match IS
    'How well a session fits a place: 1 the same instance, 2 the same host, 3 the same machine, if that is on one host. NULL: not at all.';

CREATE OR REPLACE FUNCTION _energy.user_at(
    place _energy.place, is_one_host boolean, ts timestamptz, length interval, sessions _energy.session_span[]) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.user_id
    FROM unnest(sessions) x, LATERAL (SELECT _energy.match(place, x, is_one_host)) m(rank)
    WHERE m.rank IS NOT NULL AND x.since < ts + length AND x.until > ts
    ORDER BY m.rank, greatest(x.since, ts), x.started_at DESC, x.workspace_id
    LIMIT 1
$$;
COMMENT ON FUNCTION _energy.user_at IS
    'The user of the session that fits a place best at the start of a bucket, the one begun last if there are several; else of the first session in the bucket.';

CREATE OR REPLACE FUNCTION _energy.rolled_up(rule _energy.rule, lower timestamptz, upper timestamptz)
    RETURNS SETOF _energy.contribution
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH metered AS MATERIALIZED (
        SELECT m.ts, r.bucket, p.machine_name, p.host
        FROM _energy.rule r
        JOIN _energy.amount m ON m.rule_id = r.id
        JOIN _energy.place p ON p.id = m.place_id
        WHERE rule.estimate AND NOT r.powered AND coalesce(m.busy_joules, m.idle_joules) IS NOT NULL
          AND m.ts > lower - r.bucket AND m.ts < upper
    ), amount AS MATERIALIZED (
        SELECT a.rule_id, a.ts, a.place_id, a.busy_seconds, a.idle_seconds,
               CASE WHEN NOT k.metered THEN a.busy_joules END AS busy_joules,
               CASE WHEN NOT k.metered THEN a.idle_joules END AS idle_joules,
               p.machine_name, p.project, p.user_id, p.region
        FROM _energy.amount a
        JOIN _energy.place p ON p.id = a.place_id
        LEFT JOIN _energy.host_of_machine h ON rule.estimate AND h.machine_name = p.machine_name,
             LATERAL (SELECT rule.estimate AND EXISTS (
                 SELECT FROM metered m
                 WHERE m.ts < a.ts + rule.bucket AND m.ts + m.bucket > a.ts
                   AND (m.host = p.host OR m.machine_name = p.machine_name AND coalesce(h.hosts, 0) <= 1))) k(metered)
        WHERE a.rule_id = rule.id AND a.ts >= lower AND a.ts < upper
    ), session AS MATERIALIZED (
        SELECT array_agg(x) AS spans FROM _energy.session_spans(lower, upper) x
    ), holder AS MATERIALIZED (
        SELECT a.place_id, a.ts, _energy.user_at(p, coalesce(h.hosts = 1, false), a.ts, rule.bucket, x.spans) AS user_id
        FROM session x, amount a
        JOIN _energy.place p ON p.id = a.place_id
        LEFT JOIN _energy.host_of_machine h ON h.machine_name = p.machine_name
        WHERE a.user_id IS NULL AND x.spans IS NOT NULL
    ), carbon AS MATERIALIZED (
        SELECT a.ts, a.region,
               coalesce(sum(i.value * o.seconds) / nullif(sum(o.seconds), 0),
                        (SELECT p.intensity_constant FROM _energy.parameter p)) AS intensity
        FROM (SELECT DISTINCT a.ts, a.region FROM amount a) a
        LEFT JOIN (_energy.intensities(lower, upper) i
                   JOIN (SELECT x.region, _energy.region_of(x.region) AS known
                         FROM (SELECT DISTINCT a.region FROM amount a) x) k ON k.known = i.region)
            ON k.region = a.region AND i.since < a.ts + rule.bucket AND i.until > a.ts,
        LATERAL (SELECT extract(epoch FROM least(i.until, a.ts + rule.bucket) - greatest(i.since, a.ts))) o(seconds)
        GROUP BY a.ts, a.region
    ), burnt AS (
        SELECT a.*, c.intensity, coalesce(a.user_id, h.user_id) AS holder
        FROM amount a
        JOIN carbon c ON c.ts = a.ts AND c.region = a.region
        LEFT JOIN holder h ON h.ts = a.ts AND h.place_id = a.place_id
    )
    SELECT rule.id, b.ts, k.scope, k.key,
           sum(b.busy_seconds), sum(b.idle_seconds), sum(b.busy_joules) / 3600000, sum(b.idle_joules) / 3600000,
           CASE WHEN bool_and(coalesce(b.busy_joules, b.idle_joules) IS NULL OR b.intensity IS NOT NULL)
                THEN sum(b.busy_joules * b.intensity) / 3600000 END,
           CASE WHEN bool_and(coalesce(b.busy_joules, b.idle_joules) IS NULL OR b.intensity IS NOT NULL)
                THEN sum(b.idle_joules * b.intensity) / 3600000 END,
           NULL::numeric, NULL::numeric, NULL::numeric, 0::bigint, rule.powered
    FROM burnt b,
         LATERAL (VALUES ('ada', ''), ('project', b.project), ('machine', b.machine_name), ('user', b.holder)) k(scope, key)
    WHERE k.key IS NOT NULL AND k.scope = ANY (rule.scopes)
    GROUP BY b.ts, k.scope, k.key
$$;
COMMENT ON FUNCTION _energy.rolled_up IS
    'Contributions of buckets: CPU seconds, energy and carbon for every scope that the labels name. The intensity of a bucket is the mean of those in force, weighted by time. Carbon is unknown as soon as a part of the energy has no intensity. An estimate has no energy where a meter of the same host reports in the bucket, or one of the same machine, if that is on one host.';

CREATE OR REPLACE FUNCTION _energy.refresh_contributions(rule _energy.rule, lower timestamptz, upper timestamptz) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys _energy.fact_key[];
BEGIN
    WITH fresh AS MATERIALIZED (
        SELECT * FROM _energy.measured(rule, lower, upper) WHERE rule.kind = 'measure'
        UNION ALL
        SELECT * FROM _energy.rolled_up(rule, lower, upper) WHERE rule.kind <> 'measure'
    ), changed AS (
        UPDATE _energy.contribution c
        SET busy_cpu_seconds_total = f.busy_cpu_seconds_total, idle_cpu_seconds_total = f.idle_cpu_seconds_total,
            busy_kwh = f.busy_kwh, idle_kwh = f.idle_kwh, busy_gco2eq = f.busy_gco2eq, idle_gco2eq = f.idle_gco2eq,
            implied_busy_gco2eq = f.implied_busy_gco2eq, implied_idle_gco2eq = f.implied_idle_gco2eq,
            intensity_sum = f.intensity_sum, intensity_count = f.intensity_count, is_estimate = f.is_estimate
        FROM fresh f
        WHERE c.rule_id = f.rule_id AND c.ts = f.ts AND c.scope = f.scope AND c.key = f.key AND c IS DISTINCT FROM f
        RETURNING c.ts, c.scope, c.key
    ), put AS (
        INSERT INTO _energy.contribution AS c SELECT * FROM fresh f
        WHERE NOT EXISTS (SELECT FROM _energy.contribution o
                          WHERE o.rule_id = f.rule_id AND o.ts = f.ts AND o.scope = f.scope AND o.key = f.key)
        RETURNING c.ts, c.scope, c.key
    ), gone AS (
        DELETE FROM _energy.contribution c
        WHERE c.rule_id = rule.id AND c.ts >= lower AND c.ts < upper
          AND NOT EXISTS (SELECT FROM fresh f WHERE f.ts = c.ts AND f.scope = c.scope AND f.key = c.key)
        RETURNING c.ts, c.scope, c.key
    )
    SELECT array_agg(ROW(k.ts, k.scope, k.key)::_energy.fact_key) INTO keys
    FROM (SELECT * FROM changed UNION ALL SELECT * FROM put UNION ALL SELECT * FROM gone) k;
    IF keys IS NOT NULL THEN
        PERFORM _energy.write_facts(keys);
    END IF;
END
$$;
COMMENT ON FUNCTION _energy.refresh_contributions IS 'Brings the contributions of whole buckets up to date, and the rows that they add up to.';
