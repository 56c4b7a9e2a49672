-- The late path: samples for times that have been packed.

CREATE OR REPLACE FUNCTION _prom_catalog.sealed_until() RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.value::timestamptz FROM _prom_catalog.setting s WHERE s.key = 'sealed_until'
$$;
COMMENT ON FUNCTION _prom_catalog.sealed_until IS 'Samples before this time take the late path; NULL while nothing has been packed.';

CREATE OR REPLACE FUNCTION _prom_catalog.hold_partition(partition name) RETURNS boolean
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM _prom_catalog.landing_partition l WHERE l.name = partition FOR SHARE)
$$;
COMMENT ON FUNCTION _prom_catalog.hold_partition IS 'Keeps the packer away from a partition until the end of this transaction; false if it is gone.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.drop_packed_samples() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dropped bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM (SELECT min(time) AS first, max(time) AS last FROM pg_temp.promgres_staging) r
        JOIN prom_data.vector v ON v.block <= r.last AND v.upper >= r.first)
    THEN
        RETURN 0;
    END IF;
    CREATE TEMP TABLE IF NOT EXISTS promgres_late (group_id bigint, slot smallint, time timestamptz, series_id bigint)
        ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS promgres_packed (group_id bigint, time timestamptz, slot smallint) ON COMMIT DELETE ROWS;
    INSERT INTO pg_temp.promgres_late
    SELECT st.group_id, s.slot, st.time, s.id
    FROM pg_temp.promgres_staging st JOIN _prom_catalog.series s ON s.group_id = st.group_id
    WHERE st.values[s.slot] IS NOT NULL
      AND EXISTS (SELECT FROM prom_data.tick t WHERE t.time = st.time);
    INSERT INTO pg_temp.promgres_packed
    SELECT l.group_id, l.time, l.slot
    FROM pg_temp.promgres_late l
    JOIN prom_data.tick t ON t.time = l.time
    JOIN prom_data.packed b ON b.series_id = l.series_id AND b.vector_id = t.vector_id AND t.idx BETWEEN b.first AND b.last
     AND (b.kind < 8 OR b.present IS NULL OR get_bit(b.present, t.idx - b.first) = 1);
    UPDATE pg_temp.promgres_staging st
    SET values = ARRAY(SELECT CASE WHEN u.n = ANY (p.slots) THEN NULL ELSE u.v END
                       FROM unnest(st.values) WITH ORDINALITY u(v, n) ORDER BY u.n)
    FROM (SELECT k.group_id, k.time, array_agg(k.slot) AS slots FROM pg_temp.promgres_packed k GROUP BY k.group_id, k.time) p
    WHERE st.group_id = p.group_id AND st.time = p.time;
    SELECT count(*) INTO dropped FROM pg_temp.promgres_packed;
    DELETE FROM pg_temp.promgres_staging st WHERE NOT EXISTS (SELECT FROM unnest(st.values) v WHERE v IS NOT NULL);
    DELETE FROM pg_temp.promgres_late;
    DELETE FROM pg_temp.promgres_packed;
    RETURN dropped;
END
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.drop_packed_samples IS
    'Takes out of the staging table what the packed tier has already. The partition has to be held.';
