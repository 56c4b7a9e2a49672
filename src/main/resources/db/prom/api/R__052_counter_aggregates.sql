-- Counters. Transition functions run for each sample: they have no SET, name their schemas, and most calls are one expression.
-- The state is range_start, range_end, longest, and samples behind them. While longest is 0 these are time, value, ... Once 64 of
-- them came in order of time, they become a stretch (its numbers are those of counter_stretch) which grows without growing the
-- state; longest is then the longest step that a stretch takes, since another sample may come to lie in a longer one. What does
-- not continue a stretch begins the next, in front of it. Where the first 64 have no order, longest is -1: all are kept.
-- So any order is counted, but for one: 64 samples in order, and later others from between them. That is an error, not a wrong number.

CREATE OR REPLACE FUNCTION _prom_catalog.counter_add(state double precision[], at timestamptz, value double precision)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    t double precision := pg_catalog.date_part('epoch', at);
BEGIN
    RETURN CASE
        WHEN state[3] = 0 AND t IS NOT NULL AND value < 'NaN' AND pg_catalog.cardinality(state) < 129 THEN state || ARRAY[t, value]
        WHEN t > state[6] AND state[3] > 0 AND t - state[6] <= state[3] AND value < 'NaN' AND pg_catalog.cardinality(state) = 11 THEN
            ARRAY[state[1], state[2], state[3], state[4], state[5], t, value,
                  CASE WHEN value < state[7] AND state[7] < 'NaN' THEN state[8] + state[7] ELSE state[8] END,
                  CASE WHEN value < state[7] AND state[7] < 'NaN' THEN state[9] + 1 ELSE state[9] END,
                  CASE WHEN value <> state[7] THEN state[10] + 1 ELSE state[10] END, state[11] + 1]
        WHEN t IS NULL OR value IS NULL OR value = 'NaN' AND prom_api.is_stale_marker(value) THEN state
        WHEN state[3] > 0 THEN _prom_catalog.counter_place(state, t, value)
        WHEN state[3] < 0 OR pg_catalog.cardinality(state) < 129 THEN state || ARRAY[t, value]
        ELSE _prom_catalog.counter_absorb(state || ARRAY[t, value])
    END;
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_add(double precision[], timestamptz, double precision) IS
    'Adds a sample of a counter to the state of increase() and its like; stale markers are none.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_add(
    state double precision[], at timestamptz, value double precision, range_start timestamptz, range_end timestamptz)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    IF state[1] IS NULL THEN
        state[1] := pg_catalog.date_part('epoch', range_start);
        state[2] := pg_catalog.date_part('epoch', range_end);
    END IF;
    RETURN CASE WHEN at > range_start AND at <= range_end THEN _prom_catalog.counter_add(state, at, value) ELSE state END;
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_add(double precision[], timestamptz, double precision, timestamptz, timestamptz) IS
    'Adds a sample of a counter if it is in the range.';

DO $$
BEGIN
    IF to_regtype('_prom_catalog.counter_stretch') IS NULL THEN
        CREATE TYPE _prom_catalog.counter_stretch AS (
            first_time double precision, first_value double precision, last_time double precision, last_value double precision,
            lost double precision, resets double precision, changes double precision, points double precision);
    END IF;
END
$$;
COMMENT ON TYPE _prom_catalog.counter_stretch IS
    'What is known of consecutive samples: times in seconds of the epoch, what was lost at restarts, how many values were lower than, and not like, the one before.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_join(a double precision[], b double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ARRAY[a[1], a[2], b[3], b[4],
                 a[5] + b[5] + CASE WHEN b[2] < a[4] AND a[4] < 'NaN' THEN a[4] ELSE 0 END,
                 a[6] + b[6] + CASE WHEN b[2] < a[4] AND a[4] < 'NaN' THEN 1 ELSE 0 END,
                 a[7] + b[7] + CASE WHEN b[2] <> a[4] THEN 1 ELSE 0 END,
                 a[8] + b[8]]
$$;
COMMENT ON FUNCTION _prom_catalog.counter_join IS 'One stretch of two, where the second follows the first.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_place(state double precision[], t double precision, value double precision)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    sample double precision[] := ARRAY[t, value, t, value, 0, 0, 0, 1];
BEGIN
    IF t > state[6] AND t - state[6] <= state[3] THEN
        RETURN state[1:3] || _prom_catalog.counter_join(state[4:11], sample) || state[12:];
    ELSIF t < state[4] AND state[4] - t <= state[3] THEN
        RETURN state[1:3] || _prom_catalog.counter_join(sample, state[4:11]) || state[12:];
    ELSIF pg_catalog.cardinality(state) < 3 + 8 * 256 THEN
        RETURN state[1:3] || sample || state[4:];
    END IF;
    -- Many stretches are of times that are not even. Longer steps make fewer of them.
    state[3] := state[3] * 4;
    RETURN _prom_catalog.counter_place(state[1:3] || _prom_catalog.counter_joined(state[4:], state[3]), t, value);
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_place IS 'Puts a sample before, behind or beside the current stretch.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_joined(stretches double precision[], longest double precision)
    RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    joined double precision[] := '{}';
    current double precision[];
    next double precision[];
BEGIN
    FOR next IN
        SELECT stretches[i + 1:i + 8] FROM generate_series(0, cardinality(stretches) - 8, 8) i ORDER BY stretches[i + 1], stretches[i + 3]
    LOOP
        IF current IS NULL THEN
            current := next;
        ELSIF next[1] < current[3] THEN
            RAISE EXCEPTION 'samples of a group came in an order in which they cannot be counted'
                USING ERRCODE = 'data_exception', HINT = 'Write increase(time, value ORDER BY time), and group by series_id.';
        ELSIF next[1] - current[3] <= longest THEN
            current := _prom_catalog.counter_join(current, next);
        ELSE
            joined := joined || current;
            current := next;
        END IF;
    END LOOP;
    -- The newest in front: what comes next most often continues it.
    RETURN current || joined;
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_joined IS
    'Stretches; those no further apart than the longest step are joined. Fails where two overlap.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_absorb(state double precision[]) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    least double precision;
    most double precision;
BEGIN
    SELECT min(state[i + 2] - state[i]), max(state[i + 2] - state[i]) INTO least, most
    FROM generate_series(4, cardinality(state) - 3, 2) i;
    IF least > 0 OR most < 0 THEN
        state[3] := 1.5 * least(abs(least), abs(most));
        RETURN state[1:3] || _prom_catalog.counter_joined(ARRAY(
            SELECT u.x FROM generate_series(4, cardinality(state) - 1, 2) i,
                   LATERAL unnest(ARRAY[state[i], state[i + 1], state[i], state[i + 1], 0, 0, 0, 1]) WITH ORDINALITY u(x, n)
            ORDER BY i, u.n), state[3]);
    END IF;
    state[3] := -1;
    RETURN state;
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_absorb IS 'Makes stretches of the first samples if they came in order of time, ascending or descending. A stretch has no step in it into which another sample may fall.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_fold(state double precision[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY[(array_agg(s.t ORDER BY s.n))[1], (array_agg(s.v ORDER BY s.n))[1],
                 (array_agg(s.t ORDER BY s.n DESC))[1], (array_agg(s.v ORDER BY s.n DESC))[1],
                 coalesce(sum(s.before) FILTER (WHERE s.v < s.before AND s.before < 'NaN'), 0),
                 count(*) FILTER (WHERE s.v < s.before AND s.before < 'NaN'),
                 count(*) FILTER (WHERE s.v <> s.before), count(*)]
    FROM (SELECT p.t, p.v, row_number() OVER o AS n, lag(p.v) OVER o AS before
          FROM (SELECT state[i] AS t, state[i + 1] AS v FROM generate_series(4, cardinality(state) - 1, 2) i) p
          WINDOW o AS (ORDER BY p.t)) s
    HAVING count(*) > 0
$$;
COMMENT ON FUNCTION _prom_catalog.counter_fold IS 'The stretch of samples that are kept, in any order.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_sorted(state double precision[]) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    t double precision;
    value double precision;
    place int;
BEGIN
    -- By insertion: there are few, and to start a query for each group takes longer.
    FOR i IN 6 .. pg_catalog.cardinality(state) BY 2 LOOP
        IF state[i] < state[i - 2] THEN
            t := state[i];
            value := state[i + 1];
            place := i;
            WHILE place > 4 AND state[place - 2] > t LOOP
                state[place] := state[place - 2];
                state[place + 1] := state[place - 1];
                place := place - 2;
            END LOOP;
            state[place] := t;
            state[place + 1] := value;
        END IF;
    END LOOP;
    RETURN state;
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_sorted IS 'The same with the samples that are kept in order of time.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_few(state double precision[]) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    last_time double precision := state[4];
    last_value double precision := state[5];
    lost double precision := 0;
    resets double precision := 0;
    changes double precision := 0;
BEGIN
    FOR i IN 6 .. pg_catalog.cardinality(state) BY 2 LOOP
        IF state[i] < last_time THEN
            RETURN _prom_catalog.counter_few(_prom_catalog.counter_sorted(state));
        ELSIF state[i + 1] <> last_value THEN
            changes := changes + 1;
            IF state[i + 1] < last_value AND last_value < 'NaN' THEN
                lost := lost + last_value;
                resets := resets + 1;
            END IF;
        END IF;
        last_time := state[i];
        last_value := state[i + 1];
    END LOOP;
    RETURN ARRAY[state[4], state[5], last_time, last_value, lost, resets, changes, (pg_catalog.cardinality(state) - 3) / 2];
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_few IS 'The stretch of few samples that are kept, in any order.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_numbers(state double precision[]) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    IF state[3] = 0 THEN
        RETURN _prom_catalog.counter_few(state);
    ELSIF state[3] < 0 THEN
        RETURN _prom_catalog.counter_fold(state);
    ELSIF pg_catalog.cardinality(state) = 11 THEN
        RETURN state[4:];
    END IF;
    RETURN _prom_catalog.counter_joined(state[4:], 'Infinity');
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_numbers IS 'All samples of a state as the numbers of one stretch.';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_end(state double precision[]) RETURNS _prom_catalog.counter_stretch
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    s double precision[] := _prom_catalog.counter_numbers(state);
BEGIN
    RETURN ROW(s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]);
END
$$;
COMMENT ON FUNCTION _prom_catalog.counter_end IS 'All samples of a state as one stretch.';

CREATE OR REPLACE FUNCTION _prom_catalog.plain_increase(state double precision[]) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    -- An array, since to make a row for each group takes as long as all else.
    s double precision[] := CASE WHEN state[3] = 0 THEN _prom_catalog.counter_few(state) ELSE _prom_catalog.counter_numbers(state) END;
BEGIN
    RETURN CASE WHEN s[8] >= 2 THEN s[4] - s[2] + s[5] END;
END
$$;
COMMENT ON FUNCTION _prom_catalog.plain_increase IS 'End of prom_api.increase(time, value).';

CREATE OR REPLACE FUNCTION _prom_catalog.plain_rate(state double precision[]) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    s double precision[] := CASE WHEN state[3] = 0 THEN _prom_catalog.counter_few(state) ELSE _prom_catalog.counter_numbers(state) END;
BEGIN
    -- Samples of one time have no rate: most often several series are in one group.
    RETURN CASE WHEN s[3] > s[1] THEN (s[4] - s[2] + s[5]) * 1e6 / pg_catalog.round(1e6 * (s[3] - s[1])) END;
END
$$;
COMMENT ON FUNCTION _prom_catalog.plain_rate IS 'End of prom_api.rate(time, value).';

CREATE OR REPLACE FUNCTION _prom_catalog.plain_delta(state double precision[]) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    s double precision[] := CASE WHEN state[3] = 0 THEN _prom_catalog.counter_few(state) ELSE _prom_catalog.counter_numbers(state) END;
BEGIN
    RETURN CASE WHEN s[8] >= 2 THEN s[4] - s[2] END;
END
$$;
COMMENT ON FUNCTION _prom_catalog.plain_delta IS 'End of prom_api.delta(time, value).';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_resets(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT s.resets FROM _prom_catalog.counter_end(state) s WHERE s.points > 0
$$;
COMMENT ON FUNCTION _prom_catalog.counter_resets IS 'End of prom_api.resets(time, value).';

CREATE OR REPLACE FUNCTION _prom_catalog.counter_changes(state double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT s.changes FROM _prom_catalog.counter_end(state) s WHERE s.points > 0
$$;
COMMENT ON FUNCTION _prom_catalog.counter_changes IS 'End of prom_api.changes(time, value).';

CREATE OR REPLACE FUNCTION _prom_catalog.extrapolated(
    s _prom_catalog.counter_stretch, range_start double precision, range_end double precision, of_counter boolean)
    RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    rise double precision := s.last_value - s.first_value + CASE WHEN of_counter THEN s.lost ELSE 0 END;
    covered double precision := pg_catalog.round(1e6 * (s.last_time - s.first_time));
    pace double precision;
    before_first double precision := pg_catalog.round(1e6 * (s.first_time - range_start));
    after_last double precision := pg_catalog.round(1e6 * (range_end - s.last_time));
BEGIN
    IF covered > 0 THEN
        pace := covered / (s.points - 1);
        before_first := CASE WHEN before_first >= pace * 1.1 THEN pace / 2 ELSE before_first END;
        after_last := CASE WHEN after_last >= pace * 1.1 THEN pace / 2 ELSE after_last END;
        -- A counter is not below 0: it is not taken back further than to where it would have been 0.
        IF of_counter AND rise > 0 AND rise < 'NaN' AND s.first_value >= 0 THEN
            before_first := least(before_first, covered * (s.first_value / rise));
        END IF;
        RETURN rise * ((covered + before_first + after_last) / covered);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _prom_catalog.extrapolated IS 'What a range grew by, extrapolated to its ends: extrapolatedRate() of Prometheus 3.';

CREATE OR REPLACE FUNCTION _prom_catalog.extrapolated_increase(state double precision[]) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN _prom_catalog.extrapolated(_prom_catalog.counter_end(state), state[1], state[2], true);
END
$$;
COMMENT ON FUNCTION _prom_catalog.extrapolated_increase IS 'End of prom_api.increase(time, value, range_start, range_end).';

CREATE OR REPLACE FUNCTION _prom_catalog.extrapolated_rate(state double precision[]) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN _prom_catalog.extrapolated(_prom_catalog.counter_end(state), state[1], state[2], true)
           * 1e6 / pg_catalog.round(1e6 * (state[2] - state[1]));
END
$$;
COMMENT ON FUNCTION _prom_catalog.extrapolated_rate IS 'End of prom_api.rate(time, value, range_start, range_end).';

CREATE OR REPLACE FUNCTION _prom_catalog.extrapolated_delta(state double precision[]) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN _prom_catalog.extrapolated(_prom_catalog.counter_end(state), state[1], state[2], false);
END
$$;
COMMENT ON FUNCTION _prom_catalog.extrapolated_delta IS 'End of prom_api.delta(time, value, range_start, range_end).';

CREATE OR REPLACE AGGREGATE prom_api.increase(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{NULL,NULL,0}',
    FINALFUNC = _prom_catalog.plain_increase, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.increase(timestamptz, double precision) IS
    'What a counter rose by between its first and its last sample, restarts from 0 included. Group by series_id. NULL with fewer than two samples.';

CREATE OR REPLACE AGGREGATE prom_api.rate(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{NULL,NULL,0}',
    FINALFUNC = _prom_catalog.plain_rate, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.rate(timestamptz, double precision) IS
    'The same per second of the time between these samples. NULL where all are of one time.';

CREATE OR REPLACE AGGREGATE prom_api.delta(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{NULL,NULL,0}',
    FINALFUNC = _prom_catalog.plain_delta, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.delta(timestamptz, double precision) IS
    'The last value less the first one, of a gauge. Group by series_id. NULL with fewer than two samples.';

CREATE OR REPLACE AGGREGATE prom_api.resets(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{NULL,NULL,0}',
    FINALFUNC = _prom_catalog.counter_resets, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.resets(timestamptz, double precision) IS
    'How often a counter began again: values that are lower than the one before. As resets() of PromQL. Group by series_id.';

CREATE OR REPLACE AGGREGATE prom_api.changes(at timestamptz, value double precision) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{NULL,NULL,0}',
    FINALFUNC = _prom_catalog.counter_changes, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.changes(timestamptz, double precision) IS
    'How often a value is another one than the one before. As changes() of PromQL. Group by series_id.';

CREATE OR REPLACE AGGREGATE prom_api.increase(at timestamptz, value double precision, range_start timestamptz, range_end timestamptz) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{NULL,NULL,0}',
    FINALFUNC = _prom_catalog.extrapolated_increase, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.increase(timestamptz, double precision, timestamptz, timestamptz) IS
    'What PromQL''s increase() of Prometheus 3 gives for a range, extrapolated to its ends: samples after range_start, up to range_end. Group by series_id.';

CREATE OR REPLACE AGGREGATE prom_api.rate(at timestamptz, value double precision, range_start timestamptz, range_end timestamptz) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{NULL,NULL,0}',
    FINALFUNC = _prom_catalog.extrapolated_rate, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.rate(timestamptz, double precision, timestamptz, timestamptz) IS
    'What PromQL''s rate() of Prometheus 3 gives for a range, per second: samples after range_start, up to range_end. Group by series_id.';

CREATE OR REPLACE AGGREGATE prom_api.delta(at timestamptz, value double precision, range_start timestamptz, range_end timestamptz) (
    SFUNC = _prom_catalog.counter_add, STYPE = double precision[], INITCOND = '{NULL,NULL,0}',
    FINALFUNC = _prom_catalog.extrapolated_delta, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.delta(timestamptz, double precision, timestamptz, timestamptz) IS
    'What PromQL''s delta() gives for a range, extrapolated to its ends: samples after range_start, up to range_end. Group by series_id.';
