-- Sums and differences of native histograms.

CREATE OR REPLACE FUNCTION _prom_catalog.widen_zero(histogram prom_api.native_histogram, wanted double precision) RETURNS prom_api.native_histogram
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    threshold double precision := greatest(wanted, histogram.zero_threshold);
    wider double precision;
BEGIN
    IF threshold = histogram.zero_threshold THEN
        RETURN histogram;
    END IF;
    -- Nobody knows how a bucket divides: one that the threshold would cut belongs to the zero bucket as a whole.
    LOOP
        SELECT max(greatest(abs(b.lower), abs(b.upper))) INTO wider FROM unnest(histogram.buckets) b
        WHERE b.count <> 0 AND least(abs(b.lower), abs(b.upper)) < threshold AND greatest(abs(b.lower), abs(b.upper)) > threshold;
        EXIT WHEN wider IS NULL;
        threshold := wider;
    END LOOP;
    histogram.zero_count := histogram.zero_count + coalesce((
        SELECT sum(b.count) FROM unnest(histogram.buckets) b WHERE least(abs(b.lower), abs(b.upper)) < threshold), 0);
    histogram.buckets := ARRAY(
        SELECT b FROM (SELECT u.* FROM unnest(histogram.buckets) u) b WHERE least(abs(b.lower), abs(b.upper)) >= threshold);
    histogram.zero_threshold := threshold;
    RETURN histogram;
END
$$;
COMMENT ON FUNCTION _prom_catalog.widen_zero IS 'A histogram with a zero threshold that is at least so large.';

CREATE OR REPLACE FUNCTION _prom_catalog.bucket_index(bound double precision, schema int, wanted_schema int) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ceil(CASE WHEN bound = 'Infinity' THEN 1024 * (2::double precision ^ schema) + 1
                     ELSE round(greatest(_prom_catalog.log2(bound), -1075) * (2::double precision ^ schema)) END
                / (2::double precision ^ (schema - wanted_schema)))::bigint
$$;
COMMENT ON FUNCTION _prom_catalog.bucket_index IS
    'The number that the bucket with this bound, the one farther from zero, has in a schema that is as coarse as its own or coarser.';

CREATE OR REPLACE FUNCTION _prom_catalog.exponential_buckets(
    a prom_api.native_histogram, b prom_api.native_histogram, factor double precision) RETURNS prom_api.histogram_bucket[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(ROW(
               CASE WHEN m.positive THEN m.inner_bound ELSE -m.outer_bound END,
               CASE WHEN m.positive THEN m.outer_bound ELSE -m.inner_bound END,
               m.count)::prom_api.histogram_bucket ORDER BY CASE WHEN m.positive THEN m.outer_bound ELSE -m.inner_bound END), '{}')
    FROM (SELECT u.positive, sum(u.count) AS count,
                 _prom_catalog.histogram_bound(u.index - 1, least(a.schema, b.schema), NULL) AS inner_bound,
                 _prom_catalog.histogram_bound(u.index, least(a.schema, b.schema), NULL) AS outer_bound
          FROM (SELECT c.upper > 0 AS positive, c.count,
                       _prom_catalog.bucket_index(greatest(abs(c.lower), abs(c.upper)), a.schema, least(a.schema, b.schema)) AS index
                FROM unnest(a.buckets) c
                UNION ALL
                SELECT c.upper > 0, c.count * factor,
                       _prom_catalog.bucket_index(greatest(abs(c.lower), abs(c.upper)), b.schema, least(a.schema, b.schema))
                FROM unnest(b.buckets) c
                -- PromQL, too, passes over what the second one has within the zero bucket, but not over what the first one has there.
                WHERE _prom_catalog.histogram_bound(
                          _prom_catalog.bucket_index(greatest(abs(c.lower), abs(c.upper)), b.schema, least(a.schema, b.schema)),
                          least(a.schema, b.schema), NULL) > b.zero_threshold) u
          GROUP BY u.positive, u.index) m
$$;
COMMENT ON FUNCTION _prom_catalog.exponential_buckets IS
    'The buckets of one histogram and, times a factor, of another one with the same zero threshold, at the resolution of the coarser one.';

CREATE OR REPLACE FUNCTION _prom_catalog.custom_buckets(
    a prom_api.native_histogram, b prom_api.native_histogram, factor double precision) RETURNS prom_api.histogram_bucket[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(ROW(m.lower, m.upper, m.count)::prom_api.histogram_bucket ORDER BY m.upper), '{}')
    FROM (SELECT u.lower, u.upper, sum(u.count) AS count
          FROM (SELECT c.lower, c.upper, c.count FROM unnest(a.buckets) c
                UNION ALL
                SELECT c.lower, c.upper, c.count * factor FROM unnest(b.buckets) c) u
          GROUP BY u.lower, u.upper) m
$$;
COMMENT ON FUNCTION _prom_catalog.custom_buckets IS 'The buckets of one histogram and, times a factor, of another one with the same custom bounds.';

CREATE OR REPLACE FUNCTION _prom_catalog.add_histogram(
    a prom_api.native_histogram, b prom_api.native_histogram, factor double precision) RETURNS prom_api.native_histogram
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    result prom_api.native_histogram;
BEGIN
    IF (a.schema = -53) <> (b.schema = -53) OR a.bounds <> b.bounds THEN
        RAISE EXCEPTION 'histograms with different custom bounds, or with and without custom bounds, cannot be merged'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Group by (histogram).bounds.';
    END IF;
    -- Each may make the other one's zero bucket wider.
    WHILE a.zero_threshold <> b.zero_threshold LOOP
        a := _prom_catalog.widen_zero(a, b.zero_threshold);
        b := _prom_catalog.widen_zero(b, a.zero_threshold);
    END LOOP;
    result.count := a.count + b.count * factor;
    result.sum := a.sum + b.sum * factor;
    result.schema := least(a.schema, b.schema);
    result.zero_threshold := a.zero_threshold;
    result.zero_count := a.zero_count + b.zero_count * factor;
    result.bounds := a.bounds;
    result.buckets := CASE WHEN a.schema = -53 THEN _prom_catalog.custom_buckets(a, b, factor)
                           ELSE _prom_catalog.exponential_buckets(a, b, factor) END;
    RETURN result;
END
$$;
COMMENT ON FUNCTION _prom_catalog.add_histogram IS 'A histogram and, times a factor, another one.';

CREATE OR REPLACE FUNCTION prom_api.histogram_merge(a prom_api.native_histogram, b prom_api.native_histogram) RETURNS prom_api.native_histogram
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN (a).count IS NULL THEN b WHEN (b).count IS NULL THEN a ELSE _prom_catalog.add_histogram(a, b, 1) END
$$;
COMMENT ON FUNCTION prom_api.histogram_merge(prom_api.native_histogram, prom_api.native_histogram) IS
    'Both native histograms in one, as PromQL''s + gives it: at the resolution of the coarser one, with the wider zero bucket. NULL is no histogram. Fails where custom bounds differ.';

CREATE OR REPLACE FUNCTION prom_api.histogram_difference(a prom_api.native_histogram, b prom_api.native_histogram) RETURNS prom_api.native_histogram
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN (a).count IS NULL OR (b).count IS NULL THEN NULL ELSE _prom_catalog.add_histogram(a, b, -1) END
$$;
COMMENT ON FUNCTION prom_api.histogram_difference(prom_api.native_histogram, prom_api.native_histogram) IS
    'A native histogram less another one, as PromQL''s - gives it: what was observed between an earlier one, b, and a later one, a, of a series that was not reset in between.';

CREATE OR REPLACE AGGREGATE prom_api.histogram_merge(histogram prom_api.native_histogram) (
    SFUNC = prom_api.histogram_merge, STYPE = prom_api.native_histogram, COMBINEFUNC = prom_api.histogram_merge, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.histogram_merge(prom_api.native_histogram) IS
    'All native histograms in one, as PromQL''s sum() gives it; see histogram_merge(a, b).';
