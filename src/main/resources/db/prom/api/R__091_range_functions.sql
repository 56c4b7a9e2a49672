-- A line for a panel: functions of PromQL over ranges, at the points of a grid.

CREATE OR REPLACE FUNCTION _prom_catalog.range_samples(
    m _prom_catalog.metric, condition text, range_start timestamptz, range_end timestamptz, range interval) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- OFFSET 0: a packed value is worked out once, and not in the condition again. A stale marker is a NaN.
    SELECT format($sql$
        SELECT v.id, v.value, round(date_part('epoch', v.time - %2$L::timestamptz) * 1e6) AS at
        FROM (SELECT v.series_id AS id, v.time, v.value FROM prom_metric.%1$I v
              WHERE v.time > %2$L::timestamptz - %4$L::interval AND v.time <= %3$L::timestamptz AND %5$s OFFSET 0) v
        WHERE v.value <> 'NaN' OR NOT prom_api.is_stale_marker(v.value)$sql$,
        m.table_name, range_start, range_end, range, condition)
$$;
COMMENT ON FUNCTION _prom_catalog.range_samples IS
    'SQL of the samples that a grid of ranges sees: id of the series, value, at in microseconds since range_start.';

CREATE OR REPLACE FUNCTION _prom_catalog.separate_ranges(samples text, step float8, range float8) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($sql$
        sample AS (%1$s),
        placed AS (
            SELECT s.id, s.at, s.value, ceil(s.at / %2$s) AS k FROM sample s WHERE s.at > ceil(s.at / %2$s) * %2$s - %3$s),
        neighbour AS (
            SELECT p.id, p.k, p.at, p.value, lag(p.value) OVER o AS before, lead(p.at) OVER o AS at_next
            FROM placed p WINDOW o AS (PARTITION BY p.id, p.k ORDER BY p.at)),
        range_end AS (
            SELECT n.id, n.k, count(*) AS points, min(n.at) AS first_at, max(n.at) AS last_at,
                   sum(n.value) FILTER (WHERE n.before IS NULL) AS first_value,
                   sum(n.value) FILTER (WHERE n.at_next IS NULL) AS last_value,
                   coalesce(sum(n.before) FILTER (WHERE n.value < n.before AND n.before < 'NaN'), 0) AS lost
            FROM neighbour n GROUP BY n.id, n.k)$sql$,
        samples, step, range)
$$;
COMMENT ON FUNCTION _prom_catalog.separate_ranges IS
    'SQL of the first and the last sample of each range of a grid, and of what was lost at restarts between them, where no range is longer than the step. k is the number of the point, times are in microseconds since point 0.';

CREATE OR REPLACE FUNCTION _prom_catalog.overlapping_ranges(samples text, step float8, range float8, points bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- A sample is the last one of the ranges that end from it on up to the next one, and the first one of those that begin from
    -- the one before up to it. So each range finds its two ends, however many samples it has, and however ranges overlap.
    SELECT format($sql$
        sample AS (%1$s),
        neighbour AS (
            SELECT s.id, s.at, s.value, lag(s.value) OVER o AS before, lag(s.at) OVER o AS at_before, lead(s.at) OVER o AS at_next
            FROM sample s WINDOW o AS (PARTITION BY s.id ORDER BY s.at)),
        counted AS (
            SELECT n.id, n.at, n.value, row_number() OVER o AS n,
                   -- What was lost at restarts from 0 so far. What is infinite is counted, since it cannot be taken off again.
                   sum(CASE WHEN n.value < n.before AND n.before < 'Infinity' THEN n.before ELSE 0 END) OVER o AS lost,
                   sum(CASE WHEN n.value < n.before AND n.before = 'Infinity' THEN 1 ELSE 0 END) OVER o AS infinite,
                   ceil(n.at / %2$s) AS own,
                   ceil(n.at_next / %2$s) - 1 AS own_until,
                   ceil((n.at_before + %3$s) / %2$s) AS first_from,
                   ceil((n.at + %3$s) / %2$s) - 1 AS gone_until
            FROM neighbour n WINDOW o AS (PARTITION BY n.id ORDER BY n.at ROWS UNBOUNDED PRECEDING)),
        last AS (
            SELECT c.id, c.at, c.value, c.n, c.lost, c.infinite,
                   generate_series(greatest(c.own, 0)::bigint, least(c.own_until, c.gone_until, %4$s)::bigint) AS k
            FROM counted c WHERE greatest(c.own, 0) <= least(c.own_until, c.gone_until, %4$s)),
        first AS (
            SELECT c.id, c.at, c.value, c.n, c.lost, c.infinite,
                   generate_series(greatest(c.own, c.first_from, 0)::bigint, least(c.gone_until, %4$s)::bigint) AS k
            FROM counted c WHERE greatest(c.own, c.first_from, 0) <= least(c.gone_until, %4$s)),
        range_end AS (
            SELECT l.id, l.k, l.n - f.n + 1 AS points, f.at AS first_at, l.at AS last_at, f.value AS first_value, l.value AS last_value,
                   l.lost - f.lost + CASE WHEN l.infinite > f.infinite THEN float8 'Infinity' ELSE 0 END AS lost
            FROM last l JOIN first f ON f.id = l.id AND f.k = l.k)$sql$,
        samples, step, range, points)
$$;
COMMENT ON FUNCTION _prom_catalog.overlapping_ranges IS 'The same where ranges overlap.';

CREATE OR REPLACE FUNCTION _prom_catalog.range_members(samples text, step float8, range float8, points bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($sql$
        sample AS (%1$s),
        member AS (%2$s)$sql$,
        samples,
        CASE WHEN range <= step THEN
            format('SELECT s.id, s.value, ceil(s.at / %1$s)::bigint AS k FROM sample s WHERE s.at > ceil(s.at / %1$s) * %1$s - %2$s AND s.at > -%2$s', step, range)
        ELSE
            format('SELECT s.id, s.value, generate_series(greatest(ceil(s.at / %1$s), 0)::bigint, least(ceil((s.at + %2$s) / %1$s) - 1, %3$s)::bigint) AS k FROM sample s',
                   step, range, points)
        END)
$$;
COMMENT ON FUNCTION _prom_catalog.range_members IS 'SQL of the samples of each range of a grid: k is the number of the point.';

CREATE OR REPLACE FUNCTION _prom_catalog.newest_values(
    m _prom_catalog.metric, condition text, range_start timestamptz, points bigint, step interval, range interval) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- A sample is the newest one of the points from it on up to the next one, if it is not too old. The stale marker is one.
    SELECT format($sql$
        sample AS (
            SELECT v.id, v.value, round(date_part('epoch', v.time - %2$L::timestamptz) * 1e6) AS at
            FROM (SELECT v.series_id AS id, v.time, v.value FROM prom_metric.%1$I v
                  WHERE v.time > %2$L::timestamptz - %5$L::interval AND v.time <= %3$L::timestamptz AND %6$s OFFSET 0) v),
        neighbour AS (SELECT s.id, s.at, s.value, lead(s.at) OVER (PARTITION BY s.id ORDER BY s.at) AS at_next FROM sample s),
        newest AS (
            SELECT n.id, n.value,
                   generate_series(greatest(ceil(n.at / %7$s), 0)::bigint,
                                   least(ceil(n.at_next / %7$s) - 1, ceil((n.at + %8$s) / %7$s) - 1, %4$s)::bigint) AS k
            FROM neighbour n)$sql$,
        m.table_name, range_start, range_start + points * step, points, range, condition,
        extract(epoch FROM step) * 1e6::float8, extract(epoch FROM range) * 1e6::float8)
$$;
COMMENT ON FUNCTION _prom_catalog.newest_values IS
    'SQL of the newest sample of each series at each point of a grid, if it is no older than the range, ends included: newest has id, value, and k, the number of the point.';

CREATE OR REPLACE FUNCTION _prom_catalog.range_increase(step float8, range float8) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- As extrapolatedRate() of Prometheus 3 defines it.
    SELECT format($sql$
        SELECT e.k, e.id, i.rise * (c.covered + b.before_first + g.after_last) / c.covered AS value
        FROM range_end e,
             LATERAL (SELECT e.last_value - e.first_value + e.lost AS rise) i,
             LATERAL (SELECT e.last_at - e.first_at AS covered, (e.last_at - e.first_at) / (e.points - 1) AS pace,
                             e.first_at - (e.k * %1$s - %2$s) AS gap_before, e.k * %1$s - e.last_at AS gap_after) c,
             LATERAL (SELECT CASE WHEN c.gap_before >= c.pace * 1.1 THEN c.pace / 2 ELSE c.gap_before END AS before_first,
                             CASE WHEN c.gap_after >= c.pace * 1.1 THEN c.pace / 2 ELSE c.gap_after END AS after_last) g,
             LATERAL (SELECT CASE WHEN i.rise > 0 AND i.rise <> 'NaN' AND e.first_value >= 0
                                  THEN least(g.before_first, c.covered * (e.first_value / i.rise)) ELSE g.before_first END AS before_first) b
        WHERE e.points > 1$sql$, step, range)
$$;
COMMENT ON FUNCTION _prom_catalog.range_increase IS 'SQL of what a counter rose by in each range, extrapolated to its ends as by PromQL.';

CREATE OR REPLACE FUNCTION _prom_catalog.range_points(function text, step float8, range float8) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE function
        WHEN 'increase' THEN _prom_catalog.range_increase(step, range)
        WHEN 'rate' THEN format('SELECT i.k, i.id, i.value / %s AS value FROM (%s) i', range / 1e6, _prom_catalog.range_increase(step, range))
        WHEN 'value' THEN
            $sql$SELECT n.k, n.id, n.value FROM newest n WHERE n.value <> 'NaN' OR NOT prom_api.is_stale_marker(n.value)$sql$
        WHEN 'last' THEN 'SELECT e.k, e.id, e.last_value AS value FROM range_end e'
        ELSE format('SELECT m.k, m.id, %s AS value FROM member m GROUP BY m.id, m.k', CASE function
            WHEN 'avg' THEN 'avg(m.value)'
            WHEN 'sum' THEN 'sum(m.value)'
            WHEN 'count' THEN 'count(*)::float8'
            WHEN 'min' THEN 'min(m.value)'
            WHEN 'max' THEN $sql$coalesce(max(m.value) FILTER (WHERE m.value <> 'NaN'), 'NaN')$sql$
            WHEN 'quantile' THEN
                $sql$_prom_catalog.quantile_of(array_agg(m.value ORDER BY m.value = 'NaN' DESC, m.value), $1)$sql$
        END)
    END
$$;
COMMENT ON FUNCTION _prom_catalog.range_points IS 'SQL of the values of a function at each point of a grid.';

CREATE OR REPLACE FUNCTION _prom_catalog.quantile_of(sorted double precision[], quantile double precision) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rank float8 := quantile * (cardinality(sorted) - 1);
    lower int;
    weight float8;
BEGIN
    IF quantile = 'NaN' OR quantile < 0 OR quantile > 1 THEN
        RETURN CASE WHEN quantile < 0 THEN '-Infinity' WHEN quantile = 'NaN' THEN 'NaN' ELSE 'Infinity' END;
    END IF;
    lower := floor(rank)::int + 1;
    weight := rank - floor(rank);
    RETURN sorted[lower] * (1 - weight) + sorted[least(lower + 1, cardinality(sorted))] * weight;
END
$$;
COMMENT ON FUNCTION _prom_catalog.quantile_of IS 'A quantile of sorted values, between two of them where it falls there: quantile_over_time() of PromQL.';

CREATE OR REPLACE FUNCTION _prom_catalog.check_grid(range_start timestamptz, range_end timestamptz, step interval, range interval)
    RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF step IS NULL OR step <= interval '0' OR range <= interval '0' THEN
        RAISE EXCEPTION 'a step and a range are longer than 0, not % and %', coalesce(step::text, 'NULL'), range
            USING ERRCODE = 'invalid_parameter_value';
    ELSIF range_start IS NULL OR range_end IS NULL OR NOT isfinite(range_start) OR NOT isfinite(range_end) THEN
        RAISE EXCEPTION 'a grid has a start and an end, not % and %', coalesce(range_start::text, 'NULL'), coalesce(range_end::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value';
    ELSIF extract(epoch FROM range_end - range_start) / extract(epoch FROM step) > 1000000 THEN
        RAISE EXCEPTION 'a grid of more than a million points: % to % by %', range_start, range_end, step
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Make the step longer or the time shorter.';
    END IF;
END
$$;
COMMENT ON FUNCTION _prom_catalog.check_grid IS 'Fails where a grid has no end or no step.';

CREATE OR REPLACE FUNCTION _prom_catalog.over_statement(
    function text, metric text, wanted jsonb, range_start timestamptz, range_end timestamptz, step interval, range interval)
    RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    width interval := coalesce(range, step);
    step_us float8 := extract(epoch FROM step) * 1e6;
    range_us float8 := extract(epoch FROM width) * 1e6;
    points bigint;
    found record;
    last_point timestamptz;
BEGIN
    PERFORM _prom_catalog.check_grid(range_start, range_end, step, width);
    SELECT * INTO found FROM _prom_catalog.resolve_selector(metric, wanted);
    IF (found.metric).id IS NULL OR range_end < range_start THEN
        RETURN NULL;
    END IF;
    points := floor(extract(epoch FROM range_end - range_start) * 1e6 / step_us);
    last_point := range_start + points * step;
    RETURN format($sql$
        WITH series AS MATERIALIZED (
            SELECT s.id, s.group_id, s.slot, prom_api.jsonb(s.labels) AS labels FROM _prom_catalog.series s WHERE s.metric_id = %s AND %s),
        %s
        SELECT %L::timestamptz + p.k * %L::interval, p.id, s.labels, p.value
        FROM (%s) p JOIN series s ON s.id = p.id$sql$,
        (found.metric).id, found.condition,
        CASE WHEN function = 'value'
             THEN _prom_catalog.newest_values(found.metric, found.condition, range_start, points, step, width)
             WHEN function IN ('rate', 'increase', 'last')
             THEN _prom_catalog.range_ends(found.metric, found.condition, range_start, last_point, width, step_us, range_us, points)
             ELSE _prom_catalog.range_members(
                 _prom_catalog.range_samples(found.metric, found.condition, range_start, last_point, width), step_us, range_us, points)
        END, range_start, step,
        _prom_catalog.range_points(function, step_us, range_us));
END
$$;
COMMENT ON FUNCTION _prom_catalog.over_statement IS
    'SQL of what a function *_over() gives; $1 is the quantile. NULL where there is no such metric. Times are written as the session does.';

CREATE OR REPLACE FUNCTION _prom_catalog.over(
    function text, quantile double precision, metric text, wanted jsonb,
    range_start timestamptz, range_end timestamptz, step interval, range interval)
    RETURNS TABLE ("time" timestamptz, series_id bigint, labels jsonb, value double precision)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    -- Times, numbers and patterns become text of the statement, and are read from it.
    SET datestyle = 'ISO, MDY'
    SET extra_float_digits = 1
    SET standard_conforming_strings = on
    SET enable_mergejoin = off
AS $$
DECLARE
    statement text := _prom_catalog.over_statement(over.function, over.metric, over.wanted, over.range_start, over.range_end, over.step, over.range);
BEGIN
    IF statement IS NOT NULL THEN
        RETURN QUERY EXECUTE statement USING over.quantile;
    END IF;
END
$$;
COMMENT ON FUNCTION _prom_catalog.over IS 'What the functions *_over() of prom_api do.';
