CREATE OR REPLACE FUNCTION _prom_catalog.newest_time(metric_id int) RETURNS timestamptz
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN RETURN (*/
    SELECT greatest(
        (SELECT max(p.upper) FROM _prom_catalog.packed_block p WHERE p.metric_id = newest_time.metric_id),
        (SELECT max(l.time)
         FROM (SELECT DISTINCT s.group_id/*citus , s.bucket*/ FROM _prom_catalog.series s WHERE s.metric_id = newest_time.metric_id) g,
              LATERAL (SELECT d.time FROM prom_data.landing d WHERE d.group_id = g.group_id/*citus  AND d.bucket = g.bucket*/ ORDER BY d.time DESC LIMIT 1) l))
    /*citus ); END*/
$$;
COMMENT ON FUNCTION _prom_catalog.newest_time IS 'No sample of a metric is later. NULL if it has none.';

CREATE OR REPLACE FUNCTION _prom_catalog.oldest_time(metric_id int) RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT least((SELECT min(p.block) FROM _prom_catalog.packed_block p WHERE p.metric_id = oldest_time.metric_id),
                 (SELECT min(l.lower) FROM _prom_catalog.landing_partition l))
$$;
COMMENT ON FUNCTION _prom_catalog.oldest_time IS 'No sample of a metric is older.';

CREATE OR REPLACE FUNCTION prom_api.newest_samples(metric_name text, count int DEFAULT 10)
    RETURNS TABLE ("time" timestamptz, value double precision, series_id bigint, labels prom_api.label_array)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    m _prom_catalog.metric := _prom_catalog.known_metric(metric_name);
    newest timestamptz := _prom_catalog.newest_time(m.id);
    oldest timestamptz := _prom_catalog.oldest_time(m.id);
    reach interval := interval '1 minute';
    found bigint;
BEGIN
    IF coalesce(newest_samples.count, 0) <= 0 THEN
        RAISE EXCEPTION 'a number of samples is above 0, not %', newest_samples.count USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- A condition on time is what both tiers have an index for: it reaches back further until enough is there.
    LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT 1 FROM prom_metric.%I v WHERE v.time >= $1 LIMIT $2) x', m.table_name)
        INTO found USING newest - reach, newest_samples.count;
        EXIT WHEN newest IS NULL OR found >= newest_samples.count OR newest - reach < oldest;
        reach := reach * 8;
    END LOOP;
    RETURN QUERY EXECUTE format(
        'SELECT v.time, v.value, v.series_id, v.labels FROM prom_metric.%I v WHERE v.time >= $1 ORDER BY v.time DESC LIMIT $2',
        m.table_name)
    USING newest - reach, newest_samples.count;
END
$$;
COMMENT ON FUNCTION prom_api.newest_samples(text, int) IS
    'The newest samples of a metric, the newest first: what ORDER BY time DESC LIMIT n gives, without reading the whole metric.';
