-- What PromQL has and SQL has not: aggregates over samples.

-- Aggregates of numbers only. Stale markers are NaN too, and NaN makes a NaN of every sum.

CREATE OR REPLACE FUNCTION _prom_catalog.number_add(state double precision[], value double precision) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
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
