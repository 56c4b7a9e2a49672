-- What the joiner of the daemon calls: runs of blocks that are old enough become runs of longer blocks.

CREATE OR REPLACE FUNCTION _prom_catalog.share_join_lock() RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_advisory_xact_lock_shared(1886547826, 6)
$$;
COMMENT ON FUNCTION _prom_catalog.share_join_lock IS
    'For whatever changes packed runs: no run is joined until the end of this transaction. The last lock that a transaction waits for.';

CREATE OR REPLACE FUNCTION _prom_catalog.take_join_lock() RETURNS boolean
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_try_advisory_xact_lock(1886547826, 6)
$$;
COMMENT ON FUNCTION _prom_catalog.take_join_lock IS
    'For a transaction that joins runs: whether nothing else changes packed runs until its end. It does not wait, and nothing waits behind it.';

CREATE OR REPLACE FUNCTION _prom_catalog.periods_to_join(level int, length interval, rest interval)
    RETURNS TABLE (period timestamptz, newest bigint)
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/ STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN RETURN QUERY*/
    SELECT p.period, p.newest
    FROM (SELECT date_bin(length, v.block, 'epoch') AS period, max(v.id) AS newest
          FROM prom_data.vector v WHERE v.joined < level GROUP BY 1) p
    WHERE p.period + length + rest <= now() AND coalesce(_prom_catalog.get_setting('joining')::boolean, true)
      AND NOT EXISTS (SELECT FROM _prom_catalog.landing_partition l WHERE l.lower < p.period + length AND l.upper > p.period)
    ORDER BY p.period
    /*citus ; END*/
$$;
COMMENT ON FUNCTION _prom_catalog.periods_to_join IS
    'None if joining is switched off, else periods that ended longer ago than rest and have nothing in the landing table, with their newest vector that has been joined less often than level.';

CREATE OR REPLACE FUNCTION _prom_catalog.metrics_to_join(period timestamptz, length interval)
    RETURNS TABLE (metric_id int, first_vector bigint, last_vector bigint)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.id, min(p.first_vector), max(p.last_vector)
    FROM _prom_catalog.packed_block p JOIN _prom_catalog.metric m ON m.id = p.metric_id
    WHERE p.block >= period AND p.block < period + length
      AND m.chunk_interval IS NULL AND _prom_catalog.metric_retention(m.id) >= 8 * length
    GROUP BY m.id
$$;
COMMENT ON FUNCTION _prom_catalog.metrics_to_join IS
    'Metrics whose blocks of a period may be joined: they have no chunk interval of their own, and a retention of eight such periods, since a block is deleted as a whole.';

CREATE OR REPLACE FUNCTION _prom_catalog.list_vectors_to_join(level int, period timestamptz, length interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE promgres_join_vector AS
    SELECT v.id, v.block, v.upper, v.joined < level AS fresh,
           (SELECT t.idx FROM prom_data.tick t WHERE t.vector_id = v.id AND t.time = v.upper) AS ticks
    FROM prom_data.vector v WHERE v.block >= period AND v.block < period + length;
    ANALYZE pg_temp.promgres_join_vector;
    CREATE TEMP TABLE promgres_join (
        series_id bigint, metric_id int, job int, instance int, samples bigint, runs bigint, ticks float8, fresh boolean);
END
$$;
COMMENT ON FUNCTION _prom_catalog.list_vectors_to_join IS
    'Makes the temporary tables promgres_join_vector, with the vectors of a period and the number of their ticks, and promgres_join.';

CREATE OR REPLACE FUNCTION _prom_catalog.list_series_to_join(
    metric_id int, first_vector bigint, last_vector bigint, length interval, block interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO pg_temp.promgres_join
    SELECT r.series_id, list_series_to_join.metric_id, coalesce(s.labels[k.job], 0), coalesce(s.labels[k.instance], 0), r.samples, r.runs,
           r.ticks * extract(epoch FROM length) / extract(epoch FROM greatest(r.lived, block)), r.fresh
    FROM (SELECT o.series_id, sum(o.samples) AS samples, sum(o.runs) AS runs, sum(v.ticks) AS ticks,
                 max(v.upper) - min(v.block) AS lived, bool_or(v.fresh) AS fresh
          FROM (SELECT b.series_id, b.vector_id, sum(b.last - b.first + 1) AS samples, count(*) AS runs
                FROM prom_data.packed b WHERE b.metric_id = list_series_to_join.metric_id AND b.vector_id BETWEEN first_vector AND last_vector GROUP BY b.series_id, b.vector_id) o
          JOIN pg_temp.promgres_join_vector v ON v.id = o.vector_id GROUP BY o.series_id) r
    JOIN _prom_catalog.series s ON s.id = r.series_id,
         (SELECT max(p.pos) FILTER (WHERE k.key = 'job'), max(p.pos) FILTER (WHERE k.key = 'instance')
          FROM _prom_catalog.label_key_position p JOIN _prom_catalog.label_key k ON k.id = p.label_key_id
          WHERE p.metric_id = list_series_to_join.metric_id) k(job, instance);
END
$$;
COMMENT ON FUNCTION _prom_catalog.list_series_to_join IS
    'Adds the series of a metric that have runs on vectors of promgres_join_vector to promgres_join, with their targets, how many ticks their vectors have in such a period while they live, and whether one of these vectors is to be joined.';

CREATE OR REPLACE FUNCTION _prom_catalog.bound_joined_blocks(metric_id int, period timestamptz, length interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT _prom_catalog.take_join_lock() THEN
        RETURN;
    END IF;
    UPDATE _prom_catalog.packed_block p SET first_vector = r.first, last_vector = r.last, upper = r.upper
    FROM (SELECT v.block, min(v.id) AS first, max(v.id) AS last, max(v.upper) AS upper
          FROM prom_data.packed b JOIN prom_data.vector v ON v.id = b.vector_id
          WHERE b.metric_id = bound_joined_blocks.metric_id AND b.vector_id BETWEEN (SELECT min(k.first_vector) FROM _prom_catalog.packed_block k
                                     WHERE k.metric_id = bound_joined_blocks.metric_id AND k.block >= period AND k.block < period + length)
                                AND (SELECT max(k.last_vector) FROM _prom_catalog.packed_block k
                                     WHERE k.metric_id = bound_joined_blocks.metric_id AND k.block >= period AND k.block < period + length)
            AND v.block >= period AND v.block < period + length
          GROUP BY v.block) r
    WHERE p.metric_id = bound_joined_blocks.metric_id AND p.block = r.block
      AND (p.first_vector, p.last_vector, p.upper) IS DISTINCT FROM (r.first, r.last, r.upper);
END
$$;
COMMENT ON FUNCTION _prom_catalog.bound_joined_blocks IS
    'Says anew between which ids the vectors of a metric''s blocks are, where their runs have been joined.';
