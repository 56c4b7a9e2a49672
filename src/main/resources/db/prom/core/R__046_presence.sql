-- What has anything, without a look at samples. Where tables are distributed, the nodes are asked for all at once.

CREATE OR REPLACE FUNCTION _prom_catalog.metrics_with_series() RETURNS SETOF int
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    /*plain*/
    SELECT m.id FROM _prom_catalog.metric m WHERE EXISTS (SELECT FROM _prom_catalog.series s WHERE s.metric_id = m.id)
    /*end plain*/
    /*citus BEGIN RETURN QUERY SELECT DISTINCT s.metric_id FROM _prom_catalog.series s; END*/
$$;
COMMENT ON FUNCTION _prom_catalog.metrics_with_series IS 'The metrics that have series.';

CREATE OR REPLACE FUNCTION _prom_catalog.groups_with_rows(group_ids bigint[], since timestamptz, until timestamptz) RETURNS SETOF bigint
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    /*plain*/
    SELECT g FROM unnest(group_ids) g
    WHERE EXISTS (SELECT FROM prom_data.landing d WHERE d.group_id = g AND d.time BETWEEN since AND until)
    /*end plain*/
    /*citus BEGIN
    RETURN QUERY SELECT DISTINCT d.group_id FROM prom_data.landing d WHERE d.group_id = ANY (group_ids) AND d.time BETWEEN since AND until;
    END*/
$$;
COMMENT ON FUNCTION _prom_catalog.groups_with_rows IS
    'Those of the groups that have rows in the landing table from a time to a time, both included.';

CREATE OR REPLACE FUNCTION _prom_catalog.series_with_runs(series_ids bigint[], first_vector bigint, last_vector bigint) RETURNS SETOF bigint
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    /*plain*/
    SELECT s FROM unnest(series_ids) s
    WHERE EXISTS (SELECT FROM prom_data.packed b WHERE b.series_id = s AND b.vector_id BETWEEN first_vector AND last_vector)
    /*end plain*/
    /*citus BEGIN
    RETURN QUERY SELECT DISTINCT b.series_id FROM prom_data.packed b
                 WHERE b.series_id = ANY (series_ids) AND b.vector_id BETWEEN first_vector AND last_vector;
    END*/
$$;
COMMENT ON FUNCTION _prom_catalog.series_with_runs IS 'Those of the series that have runs on vectors from one to another.';

CREATE OR REPLACE FUNCTION _prom_catalog.last_histograms(series_ids bigint[], before timestamptz)
    RETURNS TABLE (series_id bigint, "time" timestamptz, body bytea)
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    /*plain*/
    SELECT h.series_id, h.time, h.body
    FROM unnest(series_ids) s(id),
         LATERAL (SELECT p.* FROM prom_data.histogram p WHERE p.series_id = s.id AND p.time < before ORDER BY p.time DESC LIMIT 1) h
    /*end plain*/
    /*citus BEGIN
    RETURN QUERY SELECT DISTINCT ON (h.bucket, h.series_id) h.series_id, h.time, h.body FROM prom_data.histogram h
                 WHERE h.series_id = ANY (series_ids) AND h.time < before ORDER BY h.bucket, h.series_id, h.time DESC;
    END*/
$$;
COMMENT ON FUNCTION _prom_catalog.last_histograms IS 'Of each of the series the last native histogram before a time.';
