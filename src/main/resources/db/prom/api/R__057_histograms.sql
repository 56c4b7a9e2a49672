-- Native histograms: storing, and reading what is stored. The bytes are those of the class HistogramBody.

-- It has got one more parameter.
DROP FUNCTION IF EXISTS _prom_catalog.store_histograms(bigint[], bigint[], double precision[], double precision[], bytea[]);

CREATE OR REPLACE FUNCTION _prom_catalog.store_histograms(
    series_ids bigint[], millis bigint[], counts double precision[], sums double precision[], bodies bytea[],
    start_millis bigint[] DEFAULT '{}',
    OUT gone bigint[], OUT stale_views int[])
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known bigint[];
BEGIN
    -- Who removes series waits until these histograms are visible to it.
    /*citus PERFORM pg_advisory_xact_lock_shared(1886547826, 8);*/
    SELECT array_agg(l.id) INTO known FROM (
        SELECT s.id FROM _prom_catalog.series s WHERE s.id = ANY (series_ids)/*plain*/ ORDER BY s.id FOR KEY SHARE/*end plain*/) l;
    INSERT INTO prom_data.histogram (series_id, time, count, sum, body/*citus , bucket*/)
    SELECT u.id, _prom_catalog.millis_to_time(u.millis), u.count, u.sum, u.body/*citus , _prom_catalog.bucket_of(u.id)*/
    FROM unnest(series_ids, millis, counts, sums, bodies) WITH ORDINALITY u(id, millis, count, sum, body, n)
    WHERE u.id = ANY (known)
    ORDER BY u.id, u.millis, u.n
    ON CONFLICT DO NOTHING;
    INSERT INTO _prom_catalog.series_start (series_id, start_time, first_time/*citus , bucket*/)
    SELECT u.id, _prom_catalog.millis_to_time(u.start), _prom_catalog.millis_to_time(min(u.millis))/*citus , _prom_catalog.bucket_of(u.id)*/
    FROM unnest(series_ids, millis, start_millis) u(id, millis, start)
    WHERE u.start <> 0 AND u.id = ANY (known)
    GROUP BY u.id, u.start
    ORDER BY u.id, u.start
    ON CONFLICT DO NOTHING;
    PERFORM FROM _prom_catalog.metric m
    WHERE NOT m.has_histograms AND m.id = ANY (ARRAY(SELECT s.metric_id FROM _prom_catalog.series s WHERE s.id = ANY (known)))
    ORDER BY m.id FOR NO KEY UPDATE;
    WITH first AS (
        UPDATE _prom_catalog.metric m SET has_histograms = true
        WHERE NOT m.has_histograms AND m.id = ANY (ARRAY(SELECT s.metric_id FROM _prom_catalog.series s WHERE s.id = ANY (known)))
        RETURNING m.id
    )
    SELECT array_agg(f.id) INTO stale_views FROM first f;
    SELECT array_agg(DISTINCT u.id) INTO gone FROM unnest(series_ids) u(id) WHERE u.id <> ALL (coalesce(known, '{}'));
    gone := coalesce(gone, '{}');
    stale_views := coalesce(stale_views, '{}');
END
$$;
COMMENT ON FUNCTION _prom_catalog.store_histograms IS
    'Stores native histograms, where there is none yet of the series and time, and when their series began, where that is not 0; parallel arrays. gone: series that are gone, whose histograms are not stored. stale_views: metrics that had none before, whose views have to be made.';

CREATE OR REPLACE FUNCTION _prom_catalog.delete_histograms(series_ids bigint[], start_time timestamptz, end_time timestamptz) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted bigint;
BEGIN
    DELETE FROM prom_data.histogram h WHERE h.series_id = ANY (series_ids) AND h.time >= start_time AND h.time <= end_time;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END
$$;
COMMENT ON FUNCTION _prom_catalog.delete_histograms IS
    'Deletes native histograms of series from a time to a time, both included. The number of them.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.expire_histograms() RETURNS bigint
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH kept AS MATERIALIZED (
        SELECT m.id, _prom_catalog.retention_now() - _prom_catalog.metric_retention(m.id) AS since FROM _prom_catalog.metric m WHERE m.has_histograms
    ), expired AS (
        DELETE FROM prom_data.histogram h
        USING kept k, _prom_catalog.series s
        WHERE s.metric_id = k.id AND h.series_id = s.id AND h.time < k.since
        RETURNING 1
    )
    SELECT count(*) FROM expired
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.expire_histograms IS 'Deletes native histograms that are older than their metric''s retention period; how many.';

CREATE OR REPLACE FUNCTION _prom_catalog.float8_at(body bytea, at int) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bits bigint := ('x' || encode(substr(body, at + 1, 8), 'hex'))::bit(64)::bigint;
    exponent int := (bits >> 52 & 2047)::int;
    fraction double precision := (bits & 4503599627370495)::double precision;
    sign double precision := CASE WHEN bits < 0 THEN -1 ELSE 1 END;
BEGIN
    RETURN CASE
        WHEN exponent = 2047 AND fraction <> 0 THEN 'NaN'
        WHEN exponent = 2047 THEN sign * 'Infinity'::double precision
        WHEN exponent = 0 AND fraction = 0 THEN sign * 0
        WHEN exponent = 0 THEN sign * fraction * power(2::double precision, -1074)
        ELSE sign * (1 + fraction / 4503599627370496) * power(2::double precision, exponent - 1023)
    END;
END
$$;
COMMENT ON FUNCTION _prom_catalog.float8_at IS 'The double precision whose bits stand behind so many bytes.';

CREATE OR REPLACE FUNCTION _prom_catalog.histogram_floats(body bytea) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN get_byte(body, 0) & 8 = 0 THEN '{}' ELSE
        ARRAY(SELECT _prom_catalog.float8_at(body, 22 + 8 * n)
              FROM generate_series(0, ('x' || encode(substr(body, 19, 4), 'hex'))::bit(32)::int - 1) n ORDER BY n) END
$$;
COMMENT ON FUNCTION _prom_catalog.histogram_floats IS
    'The floats of a stored histogram but for the sum and the zero threshold: of a float histogram the count, the zero count, the negative and the positive buckets; then the custom bounds.';

CREATE OR REPLACE FUNCTION _prom_catalog.histogram_numbers(body bytea, most int DEFAULT NULL) RETURNS bigint[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    start int := 18;
    numbers bigint[] := '{}';
    number bigint := 0;
    shift int := 0;
    byte int;
BEGIN
    IF get_byte(body, 0) & 8 <> 0 THEN
        start := 22 + 8 * ('x' || encode(substr(body, 19, 4), 'hex'))::bit(32)::int;
    END IF;
    FOR i IN start .. length(body) - 1 LOOP
        byte := get_byte(body, i);
        IF byte > 127 THEN
            number := number | ((byte & 127)::bigint << shift);
            shift := shift + 7;
        ELSE
            number := number | (byte::bigint << shift);
            numbers := array_append(numbers, (number >> 1 & 9223372036854775807) # -(number & 1));
            EXIT WHEN cardinality(numbers) = most;
            number := 0;
            shift := 0;
        END IF;
    END LOOP;
    RETURN numbers;
END
$$;
COMMENT ON FUNCTION _prom_catalog.histogram_numbers IS
    'The integers of a stored histogram, or so many of them: the start in milliseconds since the epoch; of an integer histogram the count and the zero count; the number of negative spans, their offsets and lengths; of positive spans the same; of an integer histogram the differences of the negative and of the positive buckets.';

CREATE OR REPLACE FUNCTION _prom_catalog.unsigned(number bigint) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN number < 0 THEN number + 18446744073709551616::double precision ELSE number END
$$;
COMMENT ON FUNCTION _prom_catalog.unsigned IS 'A number of 64 bits without a sign.';

CREATE OR REPLACE FUNCTION _prom_catalog.histogram_schema(body bytea) RETURNS smallint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (get_byte(body, 1) - 64)::smallint
$$;
COMMENT ON FUNCTION _prom_catalog.histogram_schema IS 'The schema of a stored histogram.';

CREATE OR REPLACE FUNCTION _prom_catalog.histogram_zero_count(body bytea) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN get_byte(body, 0) & 1 = 1 THEN _prom_catalog.float8_at(body, 30)
                ELSE _prom_catalog.unsigned((_prom_catalog.histogram_numbers(body, 3))[3]) END
$$;
COMMENT ON FUNCTION _prom_catalog.histogram_zero_count IS 'The number of observations within the zero threshold of a stored histogram.';

CREATE OR REPLACE FUNCTION _prom_catalog.histogram_start(body bytea) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN n.start BETWEEN -62135596800000 AND 253402300799999 THEN _prom_catalog.millis_to_time(nullif(n.start, 0)) END
    FROM (SELECT (_prom_catalog.histogram_numbers(body, 1))[1]) n(start)
$$;
COMMENT ON FUNCTION _prom_catalog.histogram_start IS 'When a stored histogram began to count; NULL if that is not known.';

CREATE OR REPLACE FUNCTION _prom_catalog.histogram_bounds(body bytea) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    floats double precision[];
    numbers bigint[];
    buckets bigint := 0;
BEGIN
    IF _prom_catalog.histogram_schema(body) <> -53 THEN
        RETURN '{}';
    END IF;
    floats := _prom_catalog.histogram_floats(body);
    IF get_byte(body, 0) & 1 = 0 THEN
        RETURN floats;
    END IF;
    -- There are no negative ones: the start, 0, the number of positive spans, their offsets and lengths.
    numbers := _prom_catalog.histogram_numbers(body);
    FOR i IN 1 .. numbers[3] LOOP
        buckets := buckets + numbers[3 + 2 * i];
    END LOOP;
    RETURN floats[3 + buckets:];
END
$$;
COMMENT ON FUNCTION _prom_catalog.histogram_bounds IS 'The custom bounds of a stored histogram; empty if it has none.';

CREATE OR REPLACE FUNCTION _prom_catalog.power_of_2(exponent double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN exponent = 'NaN' THEN 'NaN'
                WHEN exponent >= 1024 THEN 'Infinity'
                WHEN exponent < -1074 THEN 0
                ELSE power(2::double precision, exponent) END
$$;
COMMENT ON FUNCTION _prom_catalog.power_of_2 IS '2 to the power of a number; infinite or 0 where a double precision ends, without an error.';

CREATE OR REPLACE FUNCTION _prom_catalog.log2(number double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN number = 0 THEN '-Infinity' ELSE ln(abs(number)) / ln(2::double precision) END
$$;
COMMENT ON FUNCTION _prom_catalog.log2 IS 'The binary logarithm of a number''s distance from 0.';

CREATE OR REPLACE FUNCTION _prom_catalog.histogram_bound(index bigint, schema int, bounds double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN schema = -53 THEN CASE WHEN index < 0 THEN '-Infinity' ELSE coalesce(bounds[index + 1], 'Infinity') END
        -- The bucket of the largest numbers ends with them.
        WHEN e.exponent = 1024 THEN 1.7976931348623157e308
        ELSE _prom_catalog.power_of_2(e.exponent)
    END
    FROM (SELECT index / power(2::double precision, schema)) e(exponent)
$$;
COMMENT ON FUNCTION _prom_catalog.histogram_bound IS 'The upper bound of a bucket on the positive side; 1 is that of the exponential bucket 0.';

CREATE OR REPLACE FUNCTION _prom_catalog.histogram_buckets(body bytea) RETURNS prom_api.histogram_bucket[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    is_float boolean := get_byte(body, 0) & 1 = 1;
    schema int := _prom_catalog.histogram_schema(body);
    bounds double precision[] := _prom_catalog.histogram_bounds(body);
    floats double precision[];
    numbers bigint[] := _prom_catalog.histogram_numbers(body);
    -- Where the number of a side's spans stands, and the count of the next bucket.
    spans int := CASE WHEN is_float THEN 2 ELSE 4 END;
    next int;
    count double precision;
    index bigint;
    negative prom_api.histogram_bucket[] := '{}';
    positive prom_api.histogram_bucket[] := '{}';
BEGIN
    IF is_float THEN
        floats := _prom_catalog.histogram_floats(body);
        next := 3;
    ELSE
        next := spans + 1 + 2 * numbers[spans];
        next := next + 1 + 2 * numbers[next];
    END IF;
    FOR side IN 1 .. 2 LOOP
        count := 0;
        index := 0;
        FOR span IN 1 .. numbers[spans] LOOP
            index := index + numbers[spans + 2 * span - 1];
            FOR i IN 1 .. numbers[spans + 2 * span] LOOP
                count := CASE WHEN is_float THEN floats[next] ELSE count + numbers[next] END;
                IF side = 1 THEN
                    negative := array_append(negative, ROW(-_prom_catalog.histogram_bound(index, schema, bounds),
                        -_prom_catalog.histogram_bound(index - 1, schema, bounds), count)::prom_api.histogram_bucket);
                ELSE
                    positive := array_append(positive, ROW(_prom_catalog.histogram_bound(index - 1, schema, bounds),
                        _prom_catalog.histogram_bound(index, schema, bounds), count)::prom_api.histogram_bucket);
                END IF;
                index := index + 1;
                next := next + 1;
            END LOOP;
        END LOOP;
        spans := spans + 1 + 2 * numbers[spans]::int;
    END LOOP;
    RETURN ARRAY(SELECT b FROM unnest(negative) WITH ORDINALITY u(lower, upper, count, n),
                               LATERAL (SELECT ROW(u.lower, u.upper, u.count)::prom_api.histogram_bucket) r(b)
                 ORDER BY u.n DESC) || positive;
END
$$;
COMMENT ON FUNCTION _prom_catalog.histogram_buckets IS 'The buckets of a stored histogram in the order of their bounds, without the one around zero.';

CREATE OR REPLACE FUNCTION _prom_catalog.histogram_of(count double precision, sum double precision, body bytea) RETURNS prom_api.native_histogram
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ROW(count, sum, _prom_catalog.histogram_schema(body), _prom_catalog.float8_at(body, 10),
               _prom_catalog.histogram_zero_count(body), _prom_catalog.histogram_bounds(body),
               _prom_catalog.histogram_buckets(body))::prom_api.native_histogram
$$;
COMMENT ON FUNCTION _prom_catalog.histogram_of IS 'A stored histogram as functions take it.';

CREATE OR REPLACE FUNCTION _prom_catalog.replace_histogram_view(schema name, table_name name, columns text, series text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format($view$
        CREATE OR REPLACE VIEW %1$I.%2$I AS
        SELECT h.time, h.count, h.sum,
               _prom_catalog.histogram_schema(h.body) AS schema,
               _prom_catalog.float8_at(h.body, 10) AS zero_threshold,
               _prom_catalog.histogram_zero_count(h.body) AS zero_count,
               _prom_catalog.histogram_buckets(h.body) AS buckets,
               _prom_catalog.histogram_of(h.count, h.sum, h.body) AS histogram,
               _prom_catalog.histogram_start(h.body) AS start_time,
               (ARRAY['unknown', 'reset', 'no reset', 'gauge'])[1 + (get_byte(h.body, 0) >> 1 & 3)] AS reset_hint,
               substr(h.body, 3, 8) = '\x7ff0000000000002' AS is_stale,
               %3$s
        FROM %4$s s
        JOIN (SELECT h.series_id, h.time, h.count, h.sum, h.body/*citus , h.bucket*/ FROM prom_data.histogram h
              UNION ALL
              -- A sender may end a series of histograms by a marker that is a sample.
              SELECT f.series_id, f.time, 0, f.value, '\x00407ff000000000000200000000000000000000000000'::bytea/*citus , f.bucket*/
              FROM prom_metric.%2$I f
              WHERE f.value = 'NaN' AND prom_api.is_stale_marker(f.value)
                AND EXISTS (SELECT FROM prom_data.histogram h WHERE h.series_id = f.series_id/*citus  AND h.bucket = f.bucket*/ AND h.time < f.time)) h
            ON h.series_id = s.id/*citus  AND h.bucket = s.bucket*/
        $view$, schema, table_name, columns, series);
END
$$;
COMMENT ON FUNCTION _prom_catalog.replace_histogram_view IS
    'Makes the view of a metric''s native histograms, or appends columns for label names that have come since. series is SQL of what is read as s.';
