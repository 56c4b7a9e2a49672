-- Places in the landing table: who has not sent anything for a block of time loses its place, so that the groups stay dense
-- however many series come and go.

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.retire_silent_series(group_ids bigint[], patience interval) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    retired int;
BEGIN
    PERFORM _prom_catalog.intern_lock();
    WITH landed AS MATERIALIZED (
        SELECT d.group_id, bit_or(m.mask) AS mask
        FROM prom_data.landing d,
             LATERAL (SELECT bit_or(1::bigint << (u.n - 1)::int) FROM unnest(d.values) WITH ORDINALITY u(v, n) WHERE u.v IS NOT NULL) m(mask)
        WHERE d.group_id = ANY (group_ids)
        GROUP BY d.group_id
    ), silent AS (
        SELECT s.id, s.group_id, s.slot FROM _prom_catalog.series s
        LEFT JOIN landed l ON l.group_id = s.group_id
        WHERE s.group_id = ANY (group_ids) AND s.placed_at <= now() - patience AND coalesce(l.mask, 0) & (1::bigint << (s.slot - 1)) = 0
          AND NOT EXISTS (SELECT 1 FROM _prom_catalog.removed_series r WHERE r.series_id = s.id AND NOT r.freed)
    ), epoch AS MATERIALIZED (
        SELECT _prom_catalog.next_place_epoch() AS number WHERE EXISTS (SELECT 1 FROM silent)
    )
    INSERT INTO _prom_catalog.removed_series (epoch, group_id, slot, series_id)
    SELECT e.number, s.group_id, s.slot, s.id FROM silent s, epoch e;
    GET DIAGNOSTICS retired = ROW_COUNT;
    RETURN retired;
END
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.retire_silent_series IS
    'Tells the daemons to forget the places of those series in these groups that have nothing in the landing table, although they got their places long enough ago. The number of them.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.retire_abandoned_groups(patience interval) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    abandoned bigint[];
BEGIN
    SELECT array_agg(a.id) INTO abandoned FROM (
        SELECT g.id FROM _prom_catalog.series_group g
        WHERE NOT EXISTS (SELECT 1 FROM prom_data.landing d WHERE d.group_id = g.id)
          AND EXISTS (SELECT 1 FROM _prom_catalog.series s WHERE s.group_id = g.id AND s.placed_at <= now() - patience
                      AND NOT EXISTS (SELECT 1 FROM _prom_catalog.removed_series r WHERE r.series_id = s.id AND NOT r.freed))
        LIMIT 1000) a;
    RETURN CASE WHEN abandoned IS NULL THEN 0 ELSE _prom_catalog.retire_silent_series(abandoned, patience) END;
END
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.retire_abandoned_groups IS 'The same for groups without a row in the landing table.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.remove_empty_groups() RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM _prom_catalog.series_group g
    WHERE g.taken = 0 AND NOT EXISTS (SELECT FROM prom_data.landing d WHERE d.group_id = g.id)
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.remove_empty_groups IS 'Removes groups without series and without rows in the landing table.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.free_places(quarantine interval) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    freed_places int;
BEGIN
    PERFORM _prom_catalog.intern_lock();
    -- Nothing is removed while the lock above is held: who begins to write from now on sees all that has been. Who began
    -- before, and may not have seen it, is waited for; however long it was stopped, whatever the clock says.
    IF EXISTS (SELECT 1 FROM _prom_catalog.removed_series r WHERE NOT r.freed AND r.removed_at < now() - quarantine)
       AND NOT _prom_catalog.await_place_writers() THEN
        RETURN 0;
    END IF;
    WITH free AS MATERIALIZED (
        SELECT r.ctid AS row, r.group_id, r.slot FROM _prom_catalog.removed_series r
        WHERE NOT r.freed AND r.removed_at < now() - quarantine
          AND NOT EXISTS (SELECT 1 FROM prom_data.landing d WHERE d.group_id = r.group_id AND d.values[r.slot] IS NOT NULL)
        LIMIT 10000
    ), homeless AS (
        UPDATE _prom_catalog.series s SET group_id = NULL, slot = NULL
        FROM free f WHERE s.group_id = f.group_id AND s.slot = f.slot
    ), cleared AS (
        UPDATE _prom_catalog.series_group g SET taken = g.taken & ~b.bits
        FROM (SELECT f.group_id, bit_or(1::bigint << (f.slot - 1)) AS bits FROM free f GROUP BY f.group_id) b
        WHERE g.id = b.group_id
    )
    UPDATE _prom_catalog.removed_series r SET freed = true FROM free f WHERE r.ctid = f.row;
    GET DIAGNOSTICS freed_places = ROW_COUNT;
    PERFORM _prom_catalog.remove_empty_groups();
    DELETE FROM _prom_catalog.place_epoch e
    WHERE e.epoch < (SELECT max(l.epoch) FROM _prom_catalog.place_epoch l WHERE l.made_at < now() - interval '7 days');
    -- A daemon that remembers an epoch which is not there any more forgets everything.
    DELETE FROM _prom_catalog.removed_series r
    WHERE r.freed AND r.epoch <= (SELECT min(e.epoch) FROM _prom_catalog.place_epoch e);
    RETURN freed_places;
END
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.free_places IS
    'Frees places that were taken from their series, that no daemon can be writing to and that have nothing in the landing table. Returns their number.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.remove_expired_series(metric_id int) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    expired bigint[];
    used int[];
BEGIN
    IF NOT EXISTS (SELECT 1 FROM _prom_catalog.series s WHERE s.metric_id = remove_expired_series.metric_id AND s.group_id IS NULL) THEN
        RETURN 0;
    END IF;
    PERFORM _prom_catalog.intern_lock();
    SELECT array_agg(s.id) INTO expired FROM _prom_catalog.series s
    WHERE s.metric_id = remove_expired_series.metric_id AND s.group_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM prom_data.packed b WHERE b.series_id = s.id);
    -- Who writes a histogram holds on to its series: when this statement is through, the next one sees what was written.
    PERFORM FROM _prom_catalog.series s WHERE s.id = ANY (expired) ORDER BY s.id FOR UPDATE;
    SELECT array_agg(e.id) INTO expired FROM unnest(expired) e(id)
    WHERE NOT EXISTS (SELECT 1 FROM prom_data.histogram h WHERE h.series_id = e.id);
    expired := _prom_catalog.without_rollups(expired);
    IF expired IS NULL THEN
        RETURN 0;
    END IF;
    used := ARRAY(SELECT DISTINCT u.id FROM _prom_catalog.series s, unnest(s.labels) u(id) WHERE s.id = ANY (expired) AND u.id <> 0);
    DELETE FROM _prom_catalog.series_json j USING _prom_catalog.series s
    WHERE s.id = ANY (expired) AND j.labels = s.labels::int[];
    DELETE FROM _prom_catalog.series s WHERE s.id = ANY (expired);
    DELETE FROM _prom_catalog.series_start t WHERE t.series_id = ANY (expired);
    PERFORM _prom_catalog.remove_unused_labels(used);
    RETURN cardinality(expired);
END
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.remove_expired_series IS
    'Removes the series of a metric that have neither a place nor packed samples nor rollups nor native histograms, and labels that nothing else has. The number of them.';
