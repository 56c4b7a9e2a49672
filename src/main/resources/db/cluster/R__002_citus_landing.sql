-- The landing table where it is distributed. The coordinator routes all writes, and seals a partition by a row of its own: Citus
-- does not copy a trigger of a shard that moves.

CREATE OR REPLACE FUNCTION _prom_catalog.seal_partition(partition name) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    until text;
BEGIN
    PERFORM FROM _prom_catalog.landing_partition l WHERE l.name = partition FOR NO KEY UPDATE;
    -- Waits for the writers that are at it.
    PERFORM pg_advisory_xact_lock(1886547826, 7);
    UPDATE _prom_catalog.landing_partition SET sealed = true WHERE name = partition;
    until := (SELECT greatest(l.upper, _prom_catalog.sealed_until())::text FROM _prom_catalog.landing_partition l WHERE l.name = partition);
    INSERT INTO _prom_catalog.setting (key, value) VALUES ('sealed_until', until)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value;
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.require_open(partition name) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1886547826, 7);
    IF NOT EXISTS (SELECT 1 FROM _prom_catalog.landing_partition l WHERE l.name = partition AND NOT l.sealed) THEN
        RAISE EXCEPTION 'partition % is sealed', partition USING ERRCODE = 'PR001';
    END IF;
END
$$;
COMMENT ON FUNCTION _prom_catalog.require_open IS
    'For the fast path: the partition is not sealed, and will not be until the end of this transaction.';

CREATE OR REPLACE FUNCTION _prom_catalog.drop_packed_samples() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dropped bigint;
    earliest timestamptz;
    latest timestamptz;
BEGIN
    SELECT min(time), max(time) INTO earliest, latest FROM pg_temp.promgres_staging;
    IF NOT EXISTS (SELECT 1 FROM prom_data.vector v WHERE v.block <= latest AND v.upper >= earliest) THEN
        RETURN 0;
    END IF;
    CREATE TEMP TABLE IF NOT EXISTS promgres_late (group_id bigint, slot smallint, time timestamptz, series_id bigint)
        ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS promgres_packed (group_id bigint, time timestamptz, slot smallint) ON COMMIT DELETE ROWS;
    INSERT INTO pg_temp.promgres_late
    SELECT st.group_id, s.slot, st.time, s.id
    FROM pg_temp.promgres_staging st
    JOIN (SELECT s.group_id, s.slot, s.id FROM _prom_catalog.series s
          WHERE s.group_id = ANY (ARRAY(SELECT DISTINCT g.group_id FROM pg_temp.promgres_staging g)) OFFSET 0) s ON s.group_id = st.group_id
    WHERE st.values[s.slot] IS NOT NULL;
    INSERT INTO pg_temp.promgres_packed
    SELECT l.group_id, l.time, l.slot
    FROM pg_temp.promgres_late l
    JOIN (SELECT b.series_id, t.time
          FROM prom_data.tick t
          JOIN prom_data.packed b ON b.vector_id = t.vector_id AND b.bucket = t.bucket AND t.idx BETWEEN b.first AND b.last
           AND (b.kind < 8 OR b.present IS NULL OR get_bit(b.present, t.idx - b.first) = 1)
          WHERE t.time = ANY (ARRAY(SELECT DISTINCT x.time FROM pg_temp.promgres_late x))
            AND b.series_id = ANY (ARRAY(SELECT DISTINCT x.series_id FROM pg_temp.promgres_late x)) OFFSET 0) p
        ON p.series_id = l.series_id AND p.time = l.time;
    UPDATE pg_temp.promgres_staging st
    SET values = ARRAY(SELECT CASE WHEN u.n = ANY (p.slots) THEN NULL ELSE u.v END
                       FROM unnest(st.values) WITH ORDINALITY u(v, n) ORDER BY u.n)
    FROM (SELECT k.group_id, k.time, array_agg(k.slot) AS slots FROM pg_temp.promgres_packed k GROUP BY k.group_id, k.time) p
    WHERE st.group_id = p.group_id AND st.time = p.time;
    SELECT count(*) INTO dropped FROM pg_temp.promgres_packed;
    DELETE FROM pg_temp.promgres_staging st WHERE NOT EXISTS (SELECT 1 FROM unnest(st.values) v WHERE v IS NOT NULL);
    DELETE FROM pg_temp.promgres_late;
    DELETE FROM pg_temp.promgres_packed;
    RETURN dropped;
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.fetch_landed(partition name) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS promgres_landed (time timestamptz, group_id bigint, part smallint, values double precision[])
        ON COMMIT DELETE ROWS;
    DELETE FROM pg_temp.promgres_landed;
    EXECUTE format('INSERT INTO pg_temp.promgres_landed'
                   ' SELECT d.time, d.group_id, d.part, d.values FROM _prom_landing.%I d'
                   ' WHERE d.group_id = ANY (ARRAY(SELECT DISTINCT g.group_id FROM pg_temp.promgres_staging g))'
                   ' AND d.time = ANY (ARRAY(SELECT DISTINCT g.time FROM pg_temp.promgres_staging g))', partition);
END
$$;
COMMENT ON FUNCTION _prom_catalog.fetch_landed IS
    'Copies what a partition has of the groups and times of the staging table to the temporary table promgres_landed.';

CREATE OR REPLACE FUNCTION _prom_catalog.delete_landed(series_ids bigint[], start_time timestamptz, end_time timestamptz) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place record;
    samples bigint := 0;
    hit bigint;
BEGIN
    FOR place IN
        SELECT s.group_id, s.bucket, array_agg(s.slot::int) AS slots
        FROM _prom_catalog.series s WHERE s.id = ANY (series_ids) AND s.group_id IS NOT NULL
        GROUP BY s.bucket, s.group_id
    LOOP
        SELECT coalesce(sum((SELECT count(d.values[slot]) FROM unnest(place.slots) slot)), 0) INTO hit
        FROM prom_data.landing d
        WHERE d.bucket = place.bucket AND d.group_id = place.group_id AND d.time >= start_time AND d.time <= end_time;
        IF hit > 0 THEN
            UPDATE prom_data.landing d SET values = _prom_catalog.without_slots(d.values, place.slots)
            WHERE d.bucket = place.bucket AND d.group_id = place.group_id AND d.time >= start_time AND d.time <= end_time;
            samples := samples + hit;
        END IF;
    END LOOP;
    RETURN samples;
END
$$;
