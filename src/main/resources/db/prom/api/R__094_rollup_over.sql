-- The numbers of buckets of time, from rollups where these are, and from samples elsewhere.

CREATE OR REPLACE FUNCTION _prom_catalog.rollup_for(metric_id int, step_seconds bigint) RETURNS _prom_catalog.rollup
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k FROM _prom_catalog.rollup k JOIN _prom_catalog.metric_rollup x ON x.seconds = k.seconds
    JOIN _prom_catalog.metric m ON m.id = x.metric_id
    WHERE x.metric_id = rollup_for.metric_id AND x.complete AND step_seconds % k.seconds = 0
    ORDER BY k.seconds DESC LIMIT 1
$$;
COMMENT ON FUNCTION _prom_catalog.rollup_for IS
    'The longest buckets that a metric has rollups of and that a step consists of; NULL if there are none.';

CREATE OR REPLACE FUNCTION _prom_catalog.rolled_up_buckets(
    rollup _prom_catalog.rollup, table_name name, first timestamptz, until timestamptz) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- What is later than the rollups comes from the view, which computes it of samples, and is not asked where nothing is.
    SELECT format($sql$
        SELECT c.series_id AS id, c.time, c.count, c.sum, c.min, c.max, c.first, c.last, c.increase
        FROM _prom_rollup.%1$I c
        WHERE c.series_id = ANY (ARRAY(SELECT s.id FROM series s)) AND c.time >= %2$L AND c.time < %3$L
          AND c.span BETWEEN %4$s AND %5$s$sql$,
        rollup.name || '_decoded', first, least(until, rollup.until),
        floor(extract(epoch FROM first) / (rollup.seconds * rollup.buckets)),
        floor(extract(epoch FROM until) / (rollup.seconds * rollup.buckets)))
        || CASE WHEN until > rollup.until THEN format($sql$
        UNION ALL
        SELECT v.series_id, v.time, v.count, v.sum, v.min, v.max, v.first, v.last, v.increase
        FROM %1$I.%2$I v
        WHERE v.series_id = ANY (ARRAY(SELECT s.id FROM series s)) AND v.time >= %3$L AND v.time < %4$L$sql$,
        'prom_rollup_' || rollup.name, table_name, greatest(first, rollup.until), until) ELSE '' END
$$;
COMMENT ON FUNCTION _prom_catalog.rolled_up_buckets IS 'SQL of the buckets of the series of a query named series, from rollups.';

CREATE OR REPLACE FUNCTION _prom_catalog.computed_buckets(table_name name, first timestamptz, until timestamptz, step_seconds int)
    RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($sql$
        SELECT s.id, o.bucket AS time, o.count, o.sum, o.min, o.max, o.first, o.last,
               _prom_catalog.grown(o.prior, o.first, o.last, o.lost) AS increase
        FROM series s, LATERAL (%s) o
        WHERE o.bucket >= %L$sql$,
        _prom_catalog.rollup_of_samples(
            format('SELECT v.time, v.value FROM prom_metric.%I v WHERE v.series_id = s.id AND v.time >= %L AND v.time < %L',
                   table_name, first - greatest(make_interval(secs => step_seconds), interval '1 hour'), until), step_seconds), first)
$$;
COMMENT ON FUNCTION _prom_catalog.computed_buckets IS
    'The same from samples alone. The last sample before the first bucket is looked for a step back, at least an hour.';

CREATE OR REPLACE FUNCTION _prom_catalog.joined_buckets(buckets text, step_seconds int) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($sql$
        SELECT b.id, b.bucket AS time, sum(b.count)::bigint AS count,
               _prom_catalog.total(sum(b.sum) FILTER (WHERE abs(b.sum) < 1e290), sum(b.sum::numeric) FILTER (WHERE abs(b.sum) >= 1e290 OR b.sum = 'NaN')) AS sum,
               min(b.min) AS min, max(b.max) AS max, (array_agg(b.first))[1] AS first, (array_agg(b.last))[count(*)] AS last,
               _prom_catalog.total(sum(b.increase) FILTER (WHERE abs(b.increase) < 1e290),
                                   sum(b.increase::numeric) FILTER (WHERE abs(b.increase) >= 1e290 OR b.increase = 'NaN')) AS increase
        FROM (SELECT p.*, date_bin(interval '%2$s seconds', p.time, timestamptz '1970-01-01 00:00:00+00') AS bucket
              FROM (%1$s) p ORDER BY p.id, bucket, p.time) b
        GROUP BY b.id, b.bucket$sql$, buckets, step_seconds)
$$;
COMMENT ON FUNCTION _prom_catalog.joined_buckets IS 'SQL of longer buckets that are made of shorter ones, in order of time.';

CREATE OR REPLACE FUNCTION _prom_catalog.checked_step(step interval) RETURNS int
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    seconds numeric := extract(epoch FROM step);
BEGIN
    IF seconds <> trunc(seconds) OR seconds > 2147483647 THEN
        RAISE EXCEPTION 'a step of rollups is of whole seconds, and of 68 years at most, not %', step USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN seconds::int;
END
$$;
COMMENT ON FUNCTION _prom_catalog.checked_step IS 'The seconds of a step; fails if buckets cannot have this length.';

CREATE OR REPLACE FUNCTION _prom_catalog.rollup_statement(
    metric text, labels jsonb, range_start timestamptz, range_end timestamptz, step interval, OUT statement text, OUT source text)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found record;
    seconds int := _prom_catalog.checked_step(step);
    rollup _prom_catalog.rollup;
    first_bucket timestamptz;
    until timestamptz;
    buckets text;
BEGIN
    PERFORM _prom_catalog.check_grid(range_start, range_end, step, step);
    SELECT * INTO found FROM _prom_catalog.resolve_selector(metric, labels);
    IF (found.metric).id IS NULL OR range_end <= range_start THEN
        RETURN;
    END IF;
    first_bucket := date_bin(make_interval(secs => seconds), range_start, 'epoch');
    until := date_bin(make_interval(secs => seconds), range_end - interval '1 microsecond', 'epoch') + make_interval(secs => seconds);
    rollup := _prom_catalog.rollup_for((found.metric).id, seconds);
    IF rollup.seconds IS NULL THEN
        buckets := _prom_catalog.computed_buckets((found.metric).table_name, first_bucket, until, seconds);
        source := 'samples, each of them';
    ELSE
        buckets := _prom_catalog.rolled_up_buckets(rollup, (found.metric).table_name, first_bucket, until);
        source := format('rollups of %s up to %s, and samples from then on', rollup.name, rollup.until);
        IF rollup.seconds < seconds THEN
            buckets := _prom_catalog.joined_buckets(buckets, seconds);
        END IF;
    END IF;
    statement := format($sql$
        WITH series AS MATERIALIZED (
            SELECT s.id, prom_api.jsonb(s.labels) AS labels FROM _prom_catalog.series s WHERE s.metric_id = %s AND %s)
        SELECT b.time, b.id, s.labels, b.count, b.sum, b.sum / b.count, b.min, b.max, b.first, b.last, b.increase
        FROM (%s) b JOIN series s ON s.id = b.id$sql$, (found.metric).id, found.condition, buckets);
END
$$;
COMMENT ON FUNCTION _prom_catalog.rollup_statement IS
    'SQL of what rollup_over() gives, and what it reads. NULL where there is no such metric. Times are written as the session does.';

CREATE OR REPLACE FUNCTION prom_api.rollup_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, OUT count bigint, OUT sum double precision, OUT avg double precision, OUT min double precision,
    OUT max double precision, OUT first double precision, OUT last double precision, OUT increase double precision)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    -- Times become text of the statement, and are read from it.
    SET datestyle = 'ISO, MDY'
    SET extra_float_digits = 1
    SET standard_conforming_strings = on
AS $$
DECLARE
    built text := (SELECT r.statement FROM _prom_catalog.rollup_statement(
        rollup_over.metric, rollup_over.labels, rollup_over.range_start, rollup_over.range_end, rollup_over.step) r);
BEGIN
    IF built IS NOT NULL THEN
        RETURN QUERY EXECUTE built;
    END IF;
END
$$;
COMMENT ON FUNCTION prom_api.rollup_over(text, jsonb, timestamptz, timestamptz, interval) IS
    'The numbers of each bucket of time, which is a step long and begins at a multiple of it since the epoch, from the bucket of range_start to that before range_end: count, sum, avg, min, max, first and last of the samples in it, increase from the last sample before it on. They come from rollups of the metric whose buckets the step consists of, and are computed from samples where there are none. labels and metric as of rate_over().';

CREATE OR REPLACE FUNCTION prom_api.explain_over(
    function text, metric text, labels jsonb, range_start timestamptz, range_end timestamptz, step interval, range interval DEFAULT NULL)
    RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET datestyle = 'ISO, MDY'
    SET extra_float_digits = 1
    SET standard_conforming_strings = on
    SET enable_mergejoin = off
AS $$
DECLARE
    called text := regexp_replace(function, '_over$', '');
    built record;
BEGIN
    IF called = 'rollup' THEN
        SELECT r.statement, r.source INTO built FROM _prom_catalog.rollup_statement(metric, labels, range_start, range_end, step) r;
    ELSIF called IN ('rate', 'increase', 'last', 'value', 'avg', 'sum', 'count', 'min', 'max', 'quantile') THEN
        SELECT o.statement,
               CASE WHEN o.statement LIKE '%uneven_end AS (%'
                    THEN 'arrays of both tiers, the ends of each range; series whose arrays miss some of their times sample by sample'
                    ELSE 'samples, each of them' END AS source
        INTO built
        FROM _prom_catalog.over_statement(called, metric, labels, range_start, range_end, step, range) o(statement);
    ELSE
        RAISE EXCEPTION 'no function %_over() can be explained', called USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN NEXT 'Reads: ' || coalesce(built.source, 'nothing, there is no such metric');
    IF built.statement IS NOT NULL THEN
        RETURN QUERY EXECUTE 'EXPLAIN ' || built.statement USING 0.5::float8;
    END IF;
END
$$;
COMMENT ON FUNCTION prom_api.explain_over(text, text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'What rate_over(), rollup_over() or another function *_over() reads, by its name and its arguments without a quantile: a line that says whether rollups, arrays or samples, and the plan.';
