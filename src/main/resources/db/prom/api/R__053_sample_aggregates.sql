-- What needs one or two samples, or sums of all, in any order: states of fixed size.

CREATE OR REPLACE FUNCTION _prom_catalog.first_add(state double precision[], at timestamptz, value double precision)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN CASE WHEN value IS NULL OR at IS NULL OR pg_catalog.date_part('epoch', at) >= state[1]
                     OR value = 'NaN' AND prom_api.is_stale_marker(value) THEN state
                ELSE ARRAY[pg_catalog.date_part('epoch', at), value] END;
END
$$;
COMMENT ON FUNCTION _prom_catalog.first_add IS 'Keeps the sample with the earliest time; stale markers are none.';

CREATE OR REPLACE FUNCTION _prom_catalog.last_add(state double precision[], at timestamptz, value double precision)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN CASE WHEN value IS NULL OR at IS NULL OR pg_catalog.date_part('epoch', at) <= state[3]
                     OR value = 'NaN' AND prom_api.is_stale_marker(value) THEN state
                WHEN pg_catalog.date_part('epoch', at) > state[1]
                THEN ARRAY[pg_catalog.date_part('epoch', at), value, state[1], state[2]]
                WHEN pg_catalog.date_part('epoch', at) < state[1]
                THEN ARRAY[state[1], state[2], pg_catalog.date_part('epoch', at), value]
                WHEN state[1] IS NULL THEN ARRAY[pg_catalog.date_part('epoch', at), value, NULL, NULL]
                ELSE state END;
END
$$;
COMMENT ON FUNCTION _prom_catalog.last_add IS 'Keeps the last two samples, the last one first; stale markers are none.';

CREATE OR REPLACE FUNCTION _prom_catalog.first_combine(a double precision[], b double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN a[1] <= b[1] OR b[1] IS NULL THEN a ELSE b END
$$;
COMMENT ON FUNCTION _prom_catalog.first_combine IS 'The earlier one of two samples.';

CREATE OR REPLACE FUNCTION _prom_catalog.last_combine(a double precision[], b double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN b[1] IS NULL THEN a
                WHEN a[1] IS NULL THEN b
                WHEN a[1] > b[1] THEN ARRAY[a[1], a[2]] || CASE WHEN a[3] >= b[1] THEN a[3:4] ELSE b[1:2] END
                ELSE ARRAY[b[1], b[2]] || CASE WHEN b[3] >= a[1] THEN b[3:4] ELSE a[1:2] END END
$$;
COMMENT ON FUNCTION _prom_catalog.last_combine IS 'The last two samples of two pairs.';

CREATE OR REPLACE FUNCTION _prom_catalog.pair_value(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT state[2]
$$;
COMMENT ON FUNCTION _prom_catalog.pair_value IS 'End of prom_api.first_value() and last_value().';

CREATE OR REPLACE FUNCTION _prom_catalog.pair_rate(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT (state[2] - CASE WHEN state[2] < state[4] AND state[4] < 'NaN' THEN 0 ELSE state[4] END)
           * 1e6 / pg_catalog.round(1e6 * (state[1] - state[3]))
$$;
COMMENT ON FUNCTION _prom_catalog.pair_rate IS 'End of prom_api.irate().';

CREATE OR REPLACE AGGREGATE prom_api.first_value(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.first_add, STYPE = double precision[], INITCOND = '{}', COMBINEFUNC = _prom_catalog.first_combine,
    FINALFUNC = _prom_catalog.pair_value, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.first_value(timestamptz, double precision) IS 'The value at the earliest time. Stale markers are none.';

CREATE OR REPLACE AGGREGATE prom_api.last_value(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.last_add, STYPE = double precision[], INITCOND = '{}', COMBINEFUNC = _prom_catalog.last_combine,
    FINALFUNC = _prom_catalog.pair_value, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.last_value(timestamptz, double precision) IS 'The value at the latest time. Stale markers are none.';

CREATE OR REPLACE AGGREGATE prom_api.irate(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.last_add, STYPE = double precision[], INITCOND = '{}', COMBINEFUNC = _prom_catalog.last_combine,
    FINALFUNC = _prom_catalog.pair_rate, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.irate(timestamptz, double precision) IS
    'What a counter rose by per second between its last two samples: irate() of PromQL. Group by series_id. NULL with fewer than two.';

CREATE OR REPLACE FUNCTION _prom_catalog.line_add(state double precision[], at timestamptz, value double precision)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    -- A time in seconds has an error of a tenth of a microsecond, and no more digits than that.
    x double precision := pg_catalog.round(1e6 * (pg_catalog.date_part('epoch', at)
                                                  - coalesce(state[1], pg_catalog.date_part('epoch', at)))) / 1e6;
    -- No line goes through what is infinite.
    y double precision := CASE WHEN pg_catalog.abs(value) = 'Infinity' THEN 'NaN' ELSE value - coalesce(state[2], 0) END;
BEGIN
    IF x IS NULL OR y IS NULL OR value = 'NaN' AND prom_api.is_stale_marker(value) THEN
        RETURN state;
    ELSIF state[1] IS NULL THEN
        RETURN ARRAY[pg_catalog.date_part('epoch', at), value, 1, 0, y - y, 0, y - y, 0];
    END IF;
    RETURN ARRAY[state[1], state[2], state[3] + 1, state[4] + x, state[5] + y, state[6] + x * x, state[7] + x * y,
                 CASE WHEN value = state[2] THEN state[8] ELSE 1 END];
END
$$;
COMMENT ON FUNCTION _prom_catalog.line_add(double precision[], timestamptz, double precision) IS
    'Sums for a line: the sample that came first, then the count, and sums of x, y, xx and xy from it, and whether another value came.';

CREATE OR REPLACE FUNCTION _prom_catalog.line_add(
    state double precision[], at timestamptz, value double precision, range_end timestamptz, seconds double precision)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    state := _prom_catalog.line_add(state, at, value);
    RETURN CASE WHEN state[1] IS NULL THEN state ELSE state[1:8] || (pg_catalog.date_part('epoch', range_end) + seconds) END;
END
$$;
COMMENT ON FUNCTION _prom_catalog.line_add(double precision[], timestamptz, double precision, timestamptz, double precision) IS
    'The same, and the time at which the line is asked for.';

CREATE OR REPLACE FUNCTION _prom_catalog.line_slope(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    -- Equal values have no slope; infinite ones none that is a number.
    SELECT CASE WHEN state[3] >= 2 AND state[8] = 0 THEN state[5]
                WHEN state[3] >= 2
                THEN (state[7] - state[4] * state[5] / state[3]) / nullif(state[6] - state[4] * state[4] / state[3], 0) END
$$;
COMMENT ON FUNCTION _prom_catalog.line_slope IS 'End of prom_api.deriv().';

CREATE OR REPLACE FUNCTION _prom_catalog.line_at(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT state[2] + (state[5] - m.slope * state[4]) / state[3] + m.slope * pg_catalog.round(1e6 * (state[9] - state[1])) / 1e6
    FROM (SELECT _prom_catalog.line_slope(state) AS slope) m
$$;
COMMENT ON FUNCTION _prom_catalog.line_at IS 'End of prom_api.predict_linear().';

CREATE OR REPLACE AGGREGATE prom_api.deriv(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.line_add, STYPE = double precision[], INITCOND = '{}',
    FINALFUNC = _prom_catalog.line_slope, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.deriv(timestamptz, double precision) IS
    'What a gauge changes by per second, by the line of least squares: deriv() of PromQL. Group by series_id. NULL with fewer than two samples.';

CREATE OR REPLACE AGGREGATE prom_api.predict_linear(
    at timestamptz, value double precision, range_end timestamptz, seconds double precision) (
    SFUNC = _prom_catalog.line_add, STYPE = double precision[], INITCOND = '{}',
    FINALFUNC = _prom_catalog.line_at, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.predict_linear(timestamptz, double precision, timestamptz, double precision) IS
    'What a gauge will be a number of seconds after range_end, by the line of least squares: predict_linear() of PromQL. Group by series_id.';
