-- Histograms. The state is the quantile, the upper bounds, and the counts up to them.

DO $$
BEGIN
    IF to_regtype('_prom_catalog.bucket_state') IS NULL THEN
        CREATE TYPE _prom_catalog.bucket_state AS (quantile double precision, bounds double precision[], counts double precision[]);
    END IF;
END
$$;
COMMENT ON TYPE _prom_catalog.bucket_state IS 'The buckets of a histogram, each bound once, in order of arrival.';

CREATE OR REPLACE FUNCTION _prom_catalog.bucket_add(
    state _prom_catalog.bucket_state, quantile double precision, le text, observations double precision)
    RETURNS _prom_catalog.bucket_state
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    place int;
BEGIN
    IF state.quantile IS NULL THEN
        state.quantile := quantile;
    END IF;
    IF le IS NULL OR observations IS NULL OR le !~* '^[+-]?(inf|[0-9.]+(e[+-]?[0-9]+)?)$' THEN
        RETURN state;
    END IF;
    place := pg_catalog.array_position(state.bounds, le::double precision);
    IF place IS NULL THEN
        state.bounds := state.bounds || le::double precision;
        state.counts := state.counts || observations;
    ELSE
        state.counts[place] := state.counts[place] + observations;
    END IF;
    RETURN state;
END
$$;
COMMENT ON FUNCTION _prom_catalog.bucket_add IS 'Adds a bucket of a histogram; what is no bound is left out.';

CREATE OR REPLACE FUNCTION _prom_catalog.bucket_quantile(state _prom_catalog.bucket_state) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    quantile double precision := state.quantile;
    bounds double precision[];
    counts double precision[];
    wanted double precision;
    i int := 1;
    lower double precision := 0;
    below double precision := 0;
BEGIN
    IF state.bounds IS NULL THEN
        RETURN NULL;
    ELSIF quantile = 'NaN' THEN
        RETURN 'NaN';
    ELSIF quantile < 0 THEN
        RETURN '-Infinity';
    ELSIF quantile > 1 THEN
        RETURN 'Infinity';
    END IF;
    SELECT array_agg(b.bound ORDER BY b.bound), array_agg(b.count ORDER BY b.bound) INTO bounds, counts
    FROM unnest(state.bounds, state.counts) b(bound, count);
    -- Counts of buckets that were scraped while they changed may go down, and sums of rates differ in their last digits.
    FOR n IN 2 .. cardinality(bounds) LOOP
        IF counts[n] < counts[n - 1] OR counts[n] - counts[n - 1] < 1e-12 * (abs(counts[n]) + abs(counts[n - 1])) THEN
            counts[n] := counts[n - 1];
        END IF;
    END LOOP;
    IF cardinality(bounds) < 2 OR bounds[cardinality(bounds)] <> 'Infinity' OR counts[cardinality(counts)] = 0 THEN
        RETURN 'NaN';
    END IF;
    wanted := quantile * counts[cardinality(counts)];
    WHILE i < cardinality(bounds) AND (counts[i] < wanted OR wanted = 'NaN') LOOP
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
    SFUNC = _prom_catalog.bucket_add, STYPE = _prom_catalog.bucket_state,
    FINALFUNC = _prom_catalog.bucket_quantile, PARALLEL = SAFE);
COMMENT ON AGGREGATE prom_api.histogram_quantile(double precision, text, double precision) IS
    'What PromQL''s histogram_quantile() gives for the buckets of a histogram: their label le, and their counts or rates. Buckets of one bound are added.';
