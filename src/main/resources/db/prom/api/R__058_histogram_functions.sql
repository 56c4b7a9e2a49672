-- What PromQL computes of native histograms.

CREATE OR REPLACE FUNCTION _prom_catalog.all_buckets(histogram prom_api.native_histogram) RETURNS prom_api.histogram_bucket[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    threshold double precision := histogram.zero_threshold;
    negative prom_api.histogram_bucket[];
    positive prom_api.histogram_bucket[];
    zero prom_api.histogram_bucket[] := '{}';
BEGIN
    IF histogram.schema = -53 THEN
        RETURN histogram.buckets;
    END IF;
    -- What reaches into the zero bucket ends, or begins, where that one does.
    negative := ARRAY(SELECT ROW(b.lower, least(b.upper, -threshold), b.count)::prom_api.histogram_bucket
                      FROM unnest(histogram.buckets) b WHERE b.upper <= 0 AND b.lower < 0 ORDER BY b.lower);
    positive := ARRAY(SELECT ROW(greatest(b.lower, threshold), b.upper, b.count)::prom_api.histogram_bucket
                      FROM unnest(histogram.buckets) b WHERE b.lower >= 0 ORDER BY b.upper);
    IF histogram.zero_count > 0 THEN
        -- A histogram of positive observations only has no negative ones around zero either, and the reverse.
        zero := ARRAY[ROW(CASE WHEN negative = '{}' AND positive <> '{}' THEN 0 ELSE -threshold END,
                          CASE WHEN positive = '{}' AND negative <> '{}' THEN 0 ELSE threshold END,
                          histogram.zero_count)::prom_api.histogram_bucket];
    END IF;
    RETURN negative || zero || positive;
END
$$;
COMMENT ON FUNCTION _prom_catalog.all_buckets IS 'The buckets of a histogram in the order of their bounds, with the one around zero.';

CREATE OR REPLACE FUNCTION _prom_catalog.is_exponential(histogram prom_api.native_histogram, bucket prom_api.histogram_bucket, interpolation text)
    RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF interpolation IS NULL OR interpolation NOT IN ('exponential', 'linear') THEN
        RAISE EXCEPTION 'there is no interpolation %, only exponential and linear', coalesce(interpolation, 'NULL')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN interpolation = 'exponential' AND histogram.schema <> -53 AND NOT (bucket.lower <= 0 AND bucket.upper >= 0);
END
$$;
COMMENT ON FUNCTION _prom_catalog.is_exponential IS
    'Whether observations in a bucket are taken to lie evenly on a logarithmic scale: not around zero, and not between custom bounds.';

CREATE OR REPLACE FUNCTION _prom_catalog.value_within(
    histogram prom_api.native_histogram, bucket prom_api.histogram_bucket, part double precision, interpolation text) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN NOT _prom_catalog.is_exponential(histogram, bucket, interpolation)
            THEN bucket.lower + (bucket.upper - bucket.lower) * part
        WHEN bucket.lower > 0
            THEN _prom_catalog.power_of_2(l.lower + (l.upper - l.lower) * part)
        ELSE -_prom_catalog.power_of_2(l.upper + (l.lower - l.upper) * (1 - part))
    END
    FROM (SELECT _prom_catalog.log2(bucket.lower), _prom_catalog.log2(bucket.upper)) l(lower, upper)
$$;
COMMENT ON FUNCTION _prom_catalog.value_within IS 'The value below which this part (0 to 1) of a bucket''s observations lie.';

CREATE OR REPLACE FUNCTION _prom_catalog.part_below(
    histogram prom_api.native_histogram, bucket prom_api.histogram_bucket, value double precision, interpolation text) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN bucket.lower = '-Infinity'
            THEN 1
        WHEN NOT _prom_catalog.is_exponential(histogram, bucket, interpolation)
            THEN (value - bucket.lower) / (bucket.upper - bucket.lower)
        WHEN value > 0
            THEN (l.logarithm - l.lower) / (l.upper - l.lower)
        ELSE 1 - (l.logarithm - l.upper) / (l.lower - l.upper)
    END
    FROM (SELECT _prom_catalog.log2(bucket.lower), _prom_catalog.log2(bucket.upper), _prom_catalog.log2(value)) l(lower, upper, logarithm)
$$;
COMMENT ON FUNCTION _prom_catalog.part_below IS
    'Which part (0 to 1) of a bucket''s observations lie below a value that is within it: all of them, if the bucket has no lower end.';

CREATE OR REPLACE FUNCTION prom_api.histogram_quantile(
    quantile double precision, histogram prom_api.native_histogram, interpolation text DEFAULT 'exponential') RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- NaNs are counted, and in no bucket: what is not found from below is not there.
    from_below boolean := histogram.sum = 'NaN' OR quantile < 0.5;
    rank double precision := CASE WHEN histogram.sum = 'NaN' OR quantile < 0.5 THEN quantile ELSE 1 - quantile END * histogram.count;
    buckets prom_api.histogram_bucket[];
    bucket prom_api.histogram_bucket;
    count double precision := 0;
BEGIN
    IF quantile IS NULL OR histogram.count IS NULL THEN
        RETURN NULL;
    ELSIF quantile = 'NaN' THEN
        RETURN 'NaN';
    ELSIF quantile < 0 THEN
        RETURN '-Infinity';
    ELSIF quantile > 1 THEN
        RETURN 'Infinity';
    ELSIF histogram.count = 0 THEN
        RETURN 'NaN';
    END IF;
    buckets := _prom_catalog.all_buckets(histogram);
    FOR i IN 1 .. cardinality(buckets) LOOP
        bucket := buckets[CASE WHEN from_below THEN i ELSE cardinality(buckets) + 1 - i END];
        CONTINUE WHEN bucket.count = 0;
        count := count + bucket.count;
        EXIT WHEN count >= rank;
    END LOOP;
    IF bucket IS NULL THEN
        RETURN 'NaN';
    ELSIF histogram.schema = -53 AND bucket.lower = '-Infinity' THEN
        IF bucket.upper <= 0 THEN
            RETURN bucket.upper;
        END IF;
        bucket.lower := 0;
    ELSIF histogram.schema = -53 AND bucket.upper = 'Infinity' THEN
        RETURN bucket.lower;
    END IF;
    count := least(count, histogram.count);
    IF count < rank THEN
        RETURN bucket.upper;
    END IF;
    rank := CASE WHEN from_below THEN rank - (count - bucket.count) ELSE count - rank END;
    RETURN _prom_catalog.value_within(histogram, bucket, rank / bucket.count, interpolation);
END
$$;
COMMENT ON FUNCTION prom_api.histogram_quantile(double precision, prom_api.native_histogram, text) IS
    'The value below which this part (0 to 1) of a native histogram''s observations lie, as PromQL''s histogram_quantile() estimates it: within a bucket evenly on a logarithmic scale (exponential, what Prometheus does since 3.0) or evenly (linear, what it did before).';

CREATE OR REPLACE FUNCTION prom_api.histogram_fraction(
    lower double precision, upper double precision, histogram prom_api.native_histogram, interpolation text DEFAULT 'exponential')
    RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bucket prom_api.histogram_bucket;
    rank double precision := 0;
    lower_rank double precision;
    upper_rank double precision;
BEGIN
    IF lower IS NULL OR upper IS NULL OR histogram.count IS NULL THEN
        RETURN NULL;
    ELSIF histogram.count = 0 OR lower = 'NaN' OR upper = 'NaN' THEN
        RETURN 'NaN';
    ELSIF lower >= upper THEN
        RETURN 0;
    END IF;
    FOREACH bucket IN ARRAY _prom_catalog.all_buckets(histogram) LOOP
        IF bucket.lower = '-Infinity' AND bucket.upper > 0 THEN
            bucket.lower := 0;
        END IF;
        IF lower_rank IS NULL AND bucket.lower >= lower THEN
            lower_rank := rank;
        END IF;
        IF upper_rank IS NULL AND bucket.lower >= upper THEN
            upper_rank := rank;
        END IF;
        IF lower_rank IS NULL AND bucket.upper > lower THEN
            lower_rank := rank + bucket.count * _prom_catalog.part_below(histogram, bucket, lower, interpolation);
        END IF;
        IF upper_rank IS NULL AND bucket.upper > upper THEN
            upper_rank := rank + bucket.count * _prom_catalog.part_below(histogram, bucket, upper, interpolation);
        END IF;
        EXIT WHEN lower_rank IS NOT NULL AND upper_rank IS NOT NULL;
        rank := rank + bucket.count;
    END LOOP;
    RETURN (least(coalesce(upper_rank, histogram.count), histogram.count)
          - least(coalesce(lower_rank, histogram.count), histogram.count)) / histogram.count;
END
$$;
COMMENT ON FUNCTION prom_api.histogram_fraction(double precision, double precision, prom_api.native_histogram, text) IS
    'Which part (0 to 1) of a native histogram''s observations lie between two values, as PromQL''s histogram_fraction() estimates it; see histogram_quantile(). -Infinity and Infinity are values.';

CREATE OR REPLACE FUNCTION prom_api.histogram_avg(histogram prom_api.native_histogram) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN histogram.count = 0 THEN 'NaN' ELSE histogram.sum / histogram.count END
$$;
COMMENT ON FUNCTION prom_api.histogram_avg(prom_api.native_histogram) IS
    'The mean of a native histogram''s observations, as PromQL''s histogram_avg(): NaN if there are none.';
