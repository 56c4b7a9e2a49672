-- What PromQL has and SQL has not: aggregates over samples.

-- Counters. The state is time, value, time, value, ...: microseconds of the epoch, which a double precision has exactly.

CREATE OR REPLACE FUNCTION _prom_catalog.counter_add(state double precision[], at timestamptz, value double precision)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF at IS NULL OR value IS NULL OR prom_api.is_stale_marker(value) THEN
        RETURN state;
    END IF;
    state := array_append(state, (extract(epoch FROM at) * 1000000)::double precision);
    state := array_append(state, value);
    RETURN state;
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_add(double precision[], timestamptz, double precision) IS
    'Collects the samples of a counter; stale markers are none.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_add(
    state double precision[], at timestamptz, value double precision, range_start timestamptz, range_end timestamptz)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF cardinality(state) = 0 THEN
        state := ARRAY[extract(epoch FROM range_start) * 1000000, extract(epoch FROM range_end) * 1000000];
    END IF;
    IF at IS NULL OR value IS NULL OR at <= range_start OR at > range_end OR prom_api.is_stale_marker(value) THEN
        RETURN state;
    END IF;
    state := array_append(state, (extract(epoch FROM at) * 1000000)::double precision);
    state := array_append(state, value);
    RETURN state;
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_add(double precision[], timestamptz, double precision, timestamptz, timestamptz) IS
    'Collects the samples of a counter in a range, behind the range''s start and end.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_sum(
    samples double precision[], OUT points bigint, OUT first_time double precision, OUT last_time double precision,
    OUT first_value double precision, OUT increase double precision)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*), min(s.at), max(s.at), (array_agg(s.value ORDER BY s.at))[1],
           sum(CASE WHEN s.value < s.before THEN s.value ELSE s.value - s.before END)
    FROM (SELECT p.at, p.value, lag(p.value) OVER (ORDER BY p.at) AS before
          FROM (SELECT samples[2 * i - 1] AS at, samples[2 * i] AS value FROM generate_series(1, cardinality(samples) / 2) i) p) s
$$;
COMMENT ON FUNCTION _prom_catalog.counter_sum IS
    'What a counter rose by from sample to sample; a value below the one before means that it began again at 0.';

CREATE OR REPLACE FUNCTION _prom_catalog.plain_increase(samples double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.increase FROM _prom_catalog.counter_sum(samples) s WHERE s.points >= 2
$$;
COMMENT ON FUNCTION _prom_catalog.plain_increase IS 'End of prom_api.increase(time, value).';

CREATE OR REPLACE FUNCTION _prom_catalog.plain_rate(samples double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.increase / ((s.last_time - s.first_time) / 1000000) FROM _prom_catalog.counter_sum(samples) s WHERE s.points >= 2
$$;
COMMENT ON FUNCTION _prom_catalog.plain_rate IS 'End of prom_api.rate(time, value).';

CREATE OR REPLACE FUNCTION _prom_catalog.extrapolated_increase(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.increase * (covered + before_first + after_last) / covered
    FROM _prom_catalog.counter_sum(state[3:]) s,
         LATERAL (SELECT s.last_time - s.first_time AS covered, (s.last_time - s.first_time) / (s.points - 1) AS step) c,
         LATERAL (SELECT s.first_time - state[1] AS gap_before, state[2] - s.last_time AS gap_after) g,
         LATERAL (SELECT CASE WHEN gap_before >= step * 1.1 THEN step / 2 ELSE gap_before END AS wanted_before,
                         CASE WHEN gap_after >= step * 1.1 THEN step / 2 ELSE gap_after END AS after_last) w,
         -- A counter is not below 0: it is not taken back further than to where it would have been 0.
         LATERAL (SELECT CASE WHEN s.increase > 0 AND s.first_value >= 0
                              THEN least(wanted_before, covered * (s.first_value / s.increase))
                              ELSE wanted_before END AS before_first) b
    WHERE s.points >= 2
$$;
COMMENT ON FUNCTION _prom_catalog.extrapolated_increase IS 'End of prom_api.increase(time, value, range_start, range_end).';

CREATE OR REPLACE FUNCTION _prom_catalog.extrapolated_rate(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.extrapolated_increase(state) / ((state[2] - state[1]) / 1000000)
$$;
COMMENT ON FUNCTION _prom_catalog.extrapolated_rate IS 'End of prom_api.rate(time, value, range_start, range_end).';

CREATE OR REPLACE AGGREGATE prom_api.increase(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{}',
    FINALFUNC = _prom_catalog.plain_increase, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.increase(timestamptz, double precision) IS
    'What a counter rose by between its first and its last sample, restarts from 0 included. Group by series_id. NULL with fewer than two samples.';

CREATE OR REPLACE AGGREGATE prom_api.rate(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{}',
    FINALFUNC = _prom_catalog.plain_rate, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.rate(timestamptz, double precision) IS
    'The same per second of the time between these samples.';

CREATE OR REPLACE AGGREGATE prom_api.increase(
    at timestamptz, value double precision, range_start timestamptz, range_end timestamptz) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{}',
    FINALFUNC = _prom_catalog.extrapolated_increase, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.increase(timestamptz, double precision, timestamptz, timestamptz) IS
    'What PromQL''s increase() gives for a range, extrapolated to its ends: samples after range_start, up to range_end. Group by series_id.';

CREATE OR REPLACE AGGREGATE prom_api.rate(
    at timestamptz, value double precision, range_start timestamptz, range_end timestamptz) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{}',
    FINALFUNC = _prom_catalog.extrapolated_rate, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.rate(timestamptz, double precision, timestamptz, timestamptz) IS
    'What PromQL''s rate() gives for a range, per second: samples after range_start, up to range_end. Group by series_id.';

-- Histograms. The state is the quantile, then upper bound, count, upper bound, count, ...

CREATE OR REPLACE FUNCTION _prom_catalog.bucket_add(
    state double precision[], quantile double precision, le text, observations double precision) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF cardinality(state) = 0 THEN
        state := ARRAY[quantile];
    END IF;
    IF le IS NULL OR observations IS NULL OR le !~* '^[+-]?(inf|[0-9.]+(e[+-]?[0-9]+)?)$' THEN
        RETURN state;
    END IF;
    state := array_append(state, le::double precision);
    state := array_append(state, observations);
    RETURN state;
END
$$;
COMMENT ON FUNCTION _prom_catalog.bucket_add IS 'Collects the buckets of a histogram; what is no bound is left out.';

CREATE OR REPLACE FUNCTION _prom_catalog.bucket_quantile(state double precision[]) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    quantile double precision := state[1];
    bounds double precision[];
    counts double precision[];
    wanted double precision;
    i int := 1;
    lower double precision := 0;
    below double precision := 0;
BEGIN
    -- Counts of buckets that were scraped while they changed may go down: the highest so far stands.
    SELECT array_agg(b.bound ORDER BY b.bound), array_agg(b.count ORDER BY b.bound) INTO bounds, counts
    FROM (SELECT p.bound, max(sum(p.count)) OVER (ORDER BY p.bound) AS count
          FROM (SELECT state[2 * n] AS bound, state[2 * n + 1] AS count FROM generate_series(1, (cardinality(state) - 1) / 2) n) p
          GROUP BY p.bound) b;
    IF bounds IS NULL THEN
        RETURN NULL;
    ELSIF cardinality(bounds) < 2 OR bounds[cardinality(bounds)] <> 'Infinity' OR counts[cardinality(counts)] = 0
          OR quantile = 'NaN' THEN
        RETURN 'NaN';
    ELSIF quantile < 0 THEN
        RETURN '-Infinity';
    ELSIF quantile > 1 THEN
        RETURN 'Infinity';
    END IF;
    wanted := quantile * counts[cardinality(counts)];
    WHILE i < cardinality(bounds) AND counts[i] < wanted LOOP
        i := i + 1;
    END LOOP;
    IF i = cardinality(bounds) THEN
        RETURN bounds[i - 1];
    ELSIF i = 1 AND bounds[1] <= 0 THEN
        RETURN bounds[1];
    ELSIF i > 1 THEN
        lower := bounds[i - 1];
        below := counts[i - 1];
    END IF;
    IF counts[i] = below THEN
        RETURN 'NaN';
    END IF;
    RETURN lower + (bounds[i] - lower) * ((wanted - below) / (counts[i] - below));
END
$$;
COMMENT ON FUNCTION _prom_catalog.bucket_quantile IS 'End of prom_api.histogram_quantile().';

CREATE OR REPLACE AGGREGATE prom_api.histogram_quantile(quantile double precision, le text, observations double precision) (
    SFUNC = _prom_catalog.bucket_add, STYPE = double precision[], INITCOND = '{}',
    FINALFUNC = _prom_catalog.bucket_quantile, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.histogram_quantile(double precision, text, double precision) IS
    'What PromQL''s histogram_quantile() gives for the buckets of a histogram: their label le, and their counts or rates. Buckets of one bound are added.';

-- Aggregates of numbers only. Stale markers are NaN too, and NaN makes a NaN of every sum.

CREATE OR REPLACE FUNCTION _prom_catalog.number_add(state double precision[], value double precision) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF value IS NULL OR value = 'NaN' THEN
        RETURN state;
    END IF;
    RETURN ARRAY[state[1] + 1, state[2] + value, least(state[3], value), greatest(state[4], value)];
END
$$;
COMMENT ON FUNCTION _prom_catalog.number_add IS 'Counts, sums, and keeps the least and the greatest of what is a number.';

CREATE OR REPLACE FUNCTION _prom_catalog.number_combine(a double precision[], b double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY[a[1] + b[1], a[2] + b[2], least(a[3], b[3]), greatest(a[4], b[4])]
$$;
COMMENT ON FUNCTION _prom_catalog.number_combine IS 'Both counts, sums, least and greatest in one.';

CREATE OR REPLACE FUNCTION _prom_catalog.number_count(state double precision[]) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT state[1]::bigint
$$;
COMMENT ON FUNCTION _prom_catalog.number_count IS 'End of prom_api.count_numbers().';

CREATE OR REPLACE FUNCTION _prom_catalog.number_sum(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT state[2] WHERE state[1] > 0
$$;
COMMENT ON FUNCTION _prom_catalog.number_sum IS 'End of prom_api.sum_numbers().';

CREATE OR REPLACE FUNCTION _prom_catalog.number_avg(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT state[2] / nullif(state[1], 0)
$$;
COMMENT ON FUNCTION _prom_catalog.number_avg IS 'End of prom_api.avg_numbers().';

CREATE OR REPLACE FUNCTION _prom_catalog.number_min(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT state[3]
$$;
COMMENT ON FUNCTION _prom_catalog.number_min IS 'End of prom_api.min_numbers().';

CREATE OR REPLACE FUNCTION _prom_catalog.number_max(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT state[4]
$$;
COMMENT ON FUNCTION _prom_catalog.number_max IS 'End of prom_api.max_numbers().';

CREATE OR REPLACE AGGREGATE prom_api.count_numbers(value double precision) (
    SFUNC = _prom_catalog.number_add, STYPE = double precision[], INITCOND = '{0,0,NULL,NULL}',
    FINALFUNC = _prom_catalog.number_count, COMBINEFUNC = _prom_catalog.number_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.count_numbers(double precision) IS 'count() of values that are neither stale markers nor NaN.';

CREATE OR REPLACE AGGREGATE prom_api.sum_numbers(value double precision) (
    SFUNC = _prom_catalog.number_add, STYPE = double precision[], INITCOND = '{0,0,NULL,NULL}',
    FINALFUNC = _prom_catalog.number_sum, COMBINEFUNC = _prom_catalog.number_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.sum_numbers(double precision) IS 'sum() of values that are neither stale markers nor NaN.';

CREATE OR REPLACE AGGREGATE prom_api.avg_numbers(value double precision) (
    SFUNC = _prom_catalog.number_add, STYPE = double precision[], INITCOND = '{0,0,NULL,NULL}',
    FINALFUNC = _prom_catalog.number_avg, COMBINEFUNC = _prom_catalog.number_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.avg_numbers(double precision) IS 'avg() of values that are neither stale markers nor NaN.';

CREATE OR REPLACE AGGREGATE prom_api.min_numbers(value double precision) (
    SFUNC = _prom_catalog.number_add, STYPE = double precision[], INITCOND = '{0,0,NULL,NULL}',
    FINALFUNC = _prom_catalog.number_min, COMBINEFUNC = _prom_catalog.number_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.min_numbers(double precision) IS 'min() of values that are neither stale markers nor NaN.';

CREATE OR REPLACE AGGREGATE prom_api.max_numbers(value double precision) (
    SFUNC = _prom_catalog.number_add, STYPE = double precision[], INITCOND = '{0,0,NULL,NULL}',
    FINALFUNC = _prom_catalog.number_max, COMBINEFUNC = _prom_catalog.number_combine, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.max_numbers(double precision) IS 'max() of values that are neither stale markers nor NaN.';
