CREATE OR REPLACE FUNCTION _prom_catalog.without_slots(stored double precision[], slots int[]) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(CASE WHEN u.n = ANY (slots) THEN NULL ELSE u.v END ORDER BY u.n) FROM unnest(stored) WITH ORDINALITY u(v, n)
$$;
COMMENT ON FUNCTION _prom_catalog.without_slots IS 'The values of a landing row, NULL at these slots.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.delete_landed(series_ids bigint[], start_time timestamptz, end_time timestamptz) RETURNS bigint
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH places AS MATERIALIZED (
        SELECT s.group_id, array_agg(s.slot::int) AS slots
        FROM _prom_catalog.series s WHERE s.id = ANY (series_ids) AND s.group_id IS NOT NULL
        GROUP BY s.group_id
    ), hit AS MATERIALIZED (
        SELECT d.group_id, d.time, d.part, p.slots, n.samples
        FROM places p JOIN prom_data.landing d ON d.group_id = p.group_id AND d.time >= start_time AND d.time <= end_time,
             LATERAL (SELECT count(d.values[slot]) FROM unnest(p.slots) slot) n(samples)
        WHERE n.samples > 0
    ), deletion AS (
        UPDATE prom_data.landing d SET values = _prom_catalog.without_slots(d.values, h.slots)
        FROM hit h WHERE d.group_id = h.group_id AND d.time = h.time AND d.part = h.part
        RETURNING h.samples
    )
    SELECT coalesce(sum(samples), 0)::bigint FROM deletion
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.delete_landed IS
    'Deletes samples of series from the landing table, from a time to a time, both included. The number of them.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.forget_series(series_ids bigint[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    samples bigint;
    epoch bigint;
BEGIN
    -- Epochs become visible in their order: this lock is held until the end of the transaction.
    PERFORM _prom_catalog.intern_lock();
    epoch := _prom_catalog.next_place_epoch();
    samples := _prom_catalog.delete_landed(series_ids, '-infinity', 'infinity');
    INSERT INTO _prom_catalog.removed_series (epoch, group_id, slot)
    SELECT epoch, s.group_id, s.slot FROM _prom_catalog.series s
    WHERE s.id = ANY (series_ids) AND s.group_id IS NOT NULL;
    DELETE FROM _prom_catalog.series_json j USING _prom_catalog.series s
    WHERE s.id = ANY (series_ids) AND j.labels = s.labels::int[];
    DELETE FROM _prom_catalog.series s WHERE s.id = ANY (series_ids);
    -- Last, because who stores starts holds on to their series.
    DELETE FROM _prom_catalog.series_start t WHERE t.series_id = ANY (series_ids);
    RETURN samples + _prom_catalog.delete_histograms(series_ids, '-infinity', 'infinity');
END
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.forget_series IS
    'Removes series with their native histograms and what they have in the landing table. The number of samples and histograms. Daemons learn of it by the epoch; the places are free when free_places() has found that all of them have.';
