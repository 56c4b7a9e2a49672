-- The functions of PromQL over ranges as users call them.

CREATE OR REPLACE FUNCTION prom_api.rate_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('rate', NULL, metric, rate_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.rate_over(text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'What a counter rose by per second in the range up to each point of a grid: what PromQL''s range query of rate(metric{labels}[range]) gives at range_start, range_start + step, up to range_end. The range is the step unless given. labels may be NULL; a value may be an array of several; metric may have matchers of PromQL behind it: up{job=~"node.*"}.';

CREATE OR REPLACE FUNCTION prom_api.increase_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('increase', NULL, metric, increase_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.increase_over(text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'What a counter rose by in the range up to each point of a grid: what PromQL''s range query of increase(metric{labels}[range]) gives at range_start, range_start + step, up to range_end. The range is the step unless given. labels may be NULL; a value may be an array of several; metric may have matchers of PromQL behind it: up{job=~"node.*"}.';

CREATE OR REPLACE FUNCTION prom_api.avg_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('avg', NULL, metric, avg_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.avg_over(text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'The average in the range up to each point of a grid: what PromQL''s range query of avg_over_time(metric{labels}[range]) gives at range_start, range_start + step, up to range_end. The range is the step unless given. labels may be NULL; a value may be an array of several; metric may have matchers of PromQL behind it: up{job=~"node.*"}.';

CREATE OR REPLACE FUNCTION prom_api.min_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('min', NULL, metric, min_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.min_over(text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'The least value in the range up to each point of a grid: what PromQL''s range query of min_over_time(metric{labels}[range]) gives at range_start, range_start + step, up to range_end. The range is the step unless given. labels may be NULL; a value may be an array of several; metric may have matchers of PromQL behind it: up{job=~"node.*"}.';

CREATE OR REPLACE FUNCTION prom_api.max_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('max', NULL, metric, max_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.max_over(text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'The greatest value in the range up to each point of a grid: what PromQL''s range query of max_over_time(metric{labels}[range]) gives at range_start, range_start + step, up to range_end. The range is the step unless given. labels may be NULL; a value may be an array of several; metric may have matchers of PromQL behind it: up{job=~"node.*"}.';

CREATE OR REPLACE FUNCTION prom_api.last_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('last', NULL, metric, last_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.last_over(text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'The last value in the range up to each point of a grid: what PromQL''s range query of last_over_time(metric{labels}[range]) gives at range_start, range_start + step, up to range_end. The range is the step unless given. labels may be NULL; a value may be an array of several; metric may have matchers of PromQL behind it: up{job=~"node.*"}.';

CREATE OR REPLACE FUNCTION prom_api.sum_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('sum', NULL, metric, sum_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.sum_over(text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'The sum in the range up to each point of a grid: sum_over_time() of PromQL. Arguments as of rate_over().';

CREATE OR REPLACE FUNCTION prom_api.count_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('count', NULL, metric, count_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.count_over(text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'How many samples are in the range up to each point of a grid: count_over_time() of PromQL. Arguments as of rate_over().';

CREATE OR REPLACE FUNCTION prom_api.value_over(
    OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT '5m', OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('value', NULL, metric, value_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.value_over(text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'The value at each point of a grid: what PromQL''s range query of metric{labels} gives. It is that of the newest sample, which is no older than the range and has not ended its series. Arguments as of rate_over(), but the range is 5 minutes unless given.';

CREATE OR REPLACE FUNCTION prom_api.quantile_over(
    quantile double precision, OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, o.series_id, o.labels, o.value
    FROM _prom_catalog.over('quantile', quantile, metric, quantile_over.labels, range_start, range_end, step, range) o
$$;
COMMENT ON FUNCTION prom_api.quantile_over(double precision, text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'A quantile, from 0 to 1, of the values in the range up to each point of a grid: quantile_over_time() of PromQL. Arguments as of rate_over().';

CREATE OR REPLACE FUNCTION prom_api.histogram_quantile_over(
    quantile double precision, OUT "time" timestamptz, OUT series_id bigint, metric text, INOUT labels jsonb, range_start timestamptz, range_end timestamptz,
    step interval, range interval DEFAULT NULL, OUT value double precision)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.time, max(o.series_id) FILTER (WHERE o.labels OPERATOR(pg_catalog.->>) 'le' OPERATOR(pg_catalog.=) '+Inf'), o.labels OPERATOR(pg_catalog.-) 'le'::text,
           prom_api.histogram_quantile(quantile, o.labels OPERATOR(pg_catalog.->>) 'le', o.value)
    FROM _prom_catalog.over('rate', NULL, metric, histogram_quantile_over.labels, range_start, range_end, step, range) o
    GROUP BY o.time, o.labels OPERATOR(pg_catalog.-) 'le'::text
$$;
COMMENT ON FUNCTION prom_api.histogram_quantile_over(double precision, text, jsonb, timestamptz, timestamptz, interval, interval) IS
    'A quantile of what a classic histogram observed in the range up to each point of a grid: histogram_quantile(quantile, rate(metric[range])) of PromQL, where the metric has the buckets (x_bucket). series_id is that of the bucket +Inf. Arguments as of rate_over().';

CREATE OR REPLACE FUNCTION prom_api.quotient(dividend double precision, divisor double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN divisor OPERATOR(pg_catalog.<>) 0 THEN dividend OPERATOR(pg_catalog./) divisor
                WHEN dividend OPERATOR(pg_catalog.=) 0 OR dividend OPERATOR(pg_catalog.=) 'NaN' THEN 'NaN'
                WHEN dividend OPERATOR(pg_catalog.>) 0 THEN 'Infinity' ELSE '-Infinity' END
$$;
COMMENT ON FUNCTION prom_api.quotient IS 'A division as in PromQL: by 0 it is infinite, or NaN, and no error.';
