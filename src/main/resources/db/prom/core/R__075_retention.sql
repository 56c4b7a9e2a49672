CREATE OR REPLACE FUNCTION _prom_catalog.expire_vectors(vector_ids bigint[]) RETURNS void
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN*/
    UPDATE prom_data.vector v SET runs = v.runs - u.n
    FROM (SELECT id, count(*) AS n FROM unnest(vector_ids) id GROUP BY id) u
    WHERE v.id = u.id;
    DELETE FROM prom_data.vector v WHERE v.id = ANY (vector_ids) AND v.runs <= 0
    /*citus ; END*/
$$;
COMMENT ON FUNCTION _prom_catalog.expire_vectors IS
    'Counts down the references to vectors, an id for each, and deletes those that have none left. Their ticks stay until their partition goes.';

CREATE OR REPLACE FUNCTION _prom_catalog.expire_metric(metric_id int) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m _prom_catalog.metric;
    cutoff timestamptz := _prom_catalog.retention_now() - _prom_catalog.metric_retention(metric_id);
    newest bigint := (SELECT coalesce(max(v.id), 0) FROM prom_data.vector v);
    lower_id bigint;
    upper_id bigint;
    vector_ids bigint[];
BEGIN
    SELECT * INTO m FROM _prom_catalog.metric WHERE metric.id = metric_id;
    PERFORM _prom_catalog.share_join_lock();
    SELECT min(p.first_vector), max(p.last_vector) INTO lower_id, upper_id
    FROM _prom_catalog.packed_block p WHERE p.metric_id = m.id AND p.block < cutoff;
    IF lower_id IS NULL THEN
        RETURN 0;
    END IF;
    /*plain*/
    WITH gone AS (
        DELETE FROM prom_data.packed b USING prom_data.vector v
        WHERE v.id = b.vector_id AND b.metric_id = m.id AND b.vector_id BETWEEN lower_id AND upper_id AND v.block < cutoff AND v.upper < cutoff
          AND (v.upper >= coalesce(m.expired_before, '-infinity') OR v.id > m.expired_vector)
        RETURNING b.vector_id)
    SELECT array_agg(g.vector_id) INTO vector_ids FROM gone g;
    /*end plain*/
    /*citus vector_ids := _prom_catalog.delete_runs(
        format('b.metric_id = %s AND b.vector_id BETWEEN %s AND %s AND v.block < %L AND v.upper < %L', m.id, lower_id, upper_id, cutoff, cutoff));*/
    PERFORM _prom_catalog.expire_vectors(vector_ids);
    UPDATE _prom_catalog.metric SET expired_before = cutoff, expired_vector = newest WHERE metric.id = m.id;
    RETURN coalesce(cardinality(vector_ids), 0);
END
$$;
COMMENT ON FUNCTION _prom_catalog.expire_metric IS 'Deletes the packed blocks of a metric that are older than its retention; returns the number of rows.';

CREATE OR REPLACE FUNCTION _prom_catalog.metrics_to_expire() RETURNS SETOF int
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN RETURN QUERY*/
    WITH fallback AS MATERIALIZED (
        SELECT _prom_catalog.retention_now() AS now, prom_api.get_default_metric_retention_period() AS period
    )
    SELECT m.id FROM _prom_catalog.metric m, fallback f
    WHERE EXISTS (SELECT 1 FROM _prom_catalog.packed_block p
                  WHERE p.metric_id = m.id AND p.block < f.now - coalesce(m.retention_period, f.period)
                    AND p.upper < f.now - coalesce(m.retention_period, f.period))
    UNION
    SELECT s.metric_id FROM _prom_catalog.series s WHERE s.group_id IS NULL
    /*citus ; END*/
$$;
COMMENT ON FUNCTION _prom_catalog.metrics_to_expire IS
    'Metrics with a packed block that is older than their retention, or with series that have no place: retention leaves the others alone.';

CREATE OR REPLACE FUNCTION _prom_catalog.drop_unused_tick_partitions() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    p _prom_catalog.tick_partition;
BEGIN
    FOR p IN
        SELECT t.* FROM _prom_catalog.tick_partition t
        WHERE t.upper < _prom_catalog.retention_now() - interval '1 day'
    LOOP
        CONTINUE WHEN EXISTS (SELECT 1 FROM prom_data.vector v WHERE v.block < p.upper AND v.upper >= p.lower);
        /*citus PERFORM set_config('citus.enable_ddl_propagation', 'on', true);*/
        EXECUTE format('DROP TABLE _prom_landing.%I', p.name);
        DELETE FROM _prom_catalog.tick_partition WHERE name = p.name;
    END LOOP;
END
$$;
COMMENT ON FUNCTION _prom_catalog.drop_unused_tick_partitions IS
    'Drops partitions of prom_data.tick whose vectors have all gone. Needs a moment without readers of it: set lock_timeout.';
