-- Removal of series and places where series are distributed, and what they are compared with is not.

CREATE OR REPLACE FUNCTION _prom_catalog.landed_groups(group_ids bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT d.group_id FROM prom_data.landing d WHERE d.group_id = ANY (group_ids));
END
$$;
COMMENT ON FUNCTION _prom_catalog.landed_groups IS 'Those of the groups that have rows in the landing table.';

CREATE OR REPLACE FUNCTION _prom_catalog.remove_empty_groups() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    empty bigint[] := ARRAY(SELECT g.id FROM _prom_catalog.series_group g WHERE g.taken = 0);
BEGIN
    DELETE FROM _prom_catalog.series_group g WHERE g.id = ANY (empty) AND g.id <> ALL (_prom_catalog.landed_groups(empty));
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.remove_unused_labels(label_ids int[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    used int[] := ARRAY(SELECT DISTINCT u.id FROM _prom_catalog.series s, unnest(s.labels) u(id)
                        WHERE s.labels::int[] && label_ids AND u.id = ANY (label_ids));
    gone int[];
BEGIN
    gone := ARRAY(SELECT l.id FROM unnest(label_ids) l(id)
                  WHERE l.id <> ALL (used) AND NOT EXISTS (SELECT 1 FROM _prom_catalog.series_group g WHERE l.id IN (g.job_id, g.instance_id)));
    DELETE FROM _prom_catalog.label l WHERE l.id = ANY (gone);
    DELETE FROM _prom_catalog.label_key k
    WHERE NOT EXISTS (SELECT 1 FROM _prom_catalog.label_key_position p WHERE p.label_key_id = k.id)
      AND NOT EXISTS (SELECT 1 FROM _prom_catalog.label l WHERE l.key = k.key);
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.forget_rows(series_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    arrays text;
BEGIN
    -- What writes starts and histograms holds the lock together; it has looked at the series before it writes.
    PERFORM pg_advisory_xact_lock(1886547826, 8);
    arrays := (SELECT string_agg(quote_literal(l.labels) || '::int[]', ',')
               FROM (SELECT s.labels::int[]::text FROM _prom_catalog.series s WHERE s.id = ANY (series_ids)) l(labels));
    IF arrays IS NOT NULL THEN
        EXECUTE format('DELETE FROM _prom_catalog.series_json j WHERE j.labels IN (%s)', arrays);
    END IF;
    DELETE FROM _prom_catalog.series s WHERE s.id = ANY (series_ids);
    DELETE FROM _prom_catalog.series_start t WHERE t.series_id = ANY (series_ids);
END
$$;
COMMENT ON FUNCTION _prom_catalog.forget_rows IS 'Deletes series from the catalog, with their starts and their labels as JSON.';

CREATE OR REPLACE FUNCTION _prom_catalog.forget_series(series_ids bigint[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    samples bigint;
    epoch bigint;
    place record;
BEGIN
    -- Epochs become visible in their order: this lock is held until the end of the transaction.
    PERFORM _prom_catalog.intern_lock();
    epoch := _prom_catalog.next_place_epoch();
    samples := _prom_catalog.delete_landed(series_ids, '-infinity', 'infinity');
    SELECT array_agg(s.group_id) AS groups, array_agg(s.slot) AS slots INTO place FROM _prom_catalog.series s
    WHERE s.id = ANY (series_ids) AND s.group_id IS NOT NULL;
    IF place.groups IS NOT NULL THEN
        INSERT INTO _prom_catalog.removed_series (epoch, group_id, slot)
        SELECT u.epoch, u.g, u.slot
        FROM unnest(array_fill(epoch, ARRAY[cardinality(place.groups)]), place.groups, place.slots) u(epoch, g, slot);
    END IF;
    PERFORM _prom_catalog.forget_rows(series_ids);
    RETURN samples + _prom_catalog.delete_histograms(series_ids, '-infinity', 'infinity');
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.retire_silent_series(group_ids bigint[], patience interval) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    landed record;
    silent record;
    epoch bigint;
BEGIN
    PERFORM _prom_catalog.intern_lock();
    SELECT array_agg(l.group_id) AS ids, array_agg(l.mask) AS masks INTO landed
    FROM (SELECT d.bucket, d.group_id, bit_or((SELECT bit_or(1::bigint << (u.n - 1)::int) FROM unnest(d.values) WITH ORDINALITY u(v, n) WHERE u.v IS NOT NULL)) AS mask
          FROM prom_data.landing d WHERE d.group_id = ANY (group_ids) GROUP BY d.bucket, d.group_id) l;
    SELECT array_agg(s.id) AS ids, array_agg(s.group_id) AS groups, array_agg(s.slot) AS slots INTO silent
    FROM (SELECT s.id, s.group_id, s.slot FROM _prom_catalog.series s
          WHERE s.group_id = ANY (group_ids) AND s.placed_at <= now() - patience OFFSET 0) s
    LEFT JOIN unnest(landed.ids, landed.masks) l(id, mask) ON l.id = s.group_id
    WHERE coalesce(l.mask, 0) & (1::bigint << (s.slot - 1)) = 0;
    IF silent.ids IS NULL THEN
        RETURN 0;
    END IF;
    SELECT array_agg(u.id) AS ids, array_agg(u.g) AS groups, array_agg(u.slot) AS slots INTO silent
    FROM unnest(silent.ids, silent.groups, silent.slots) u(id, g, slot)
    WHERE u.id <> ALL (ARRAY(SELECT r.series_id FROM _prom_catalog.removed_series r WHERE r.series_id = ANY (silent.ids) AND NOT r.freed));
    IF silent.ids IS NULL THEN
        RETURN 0;
    END IF;
    epoch := _prom_catalog.next_place_epoch();
    INSERT INTO _prom_catalog.removed_series (epoch, group_id, slot, series_id)
    SELECT u.epoch, u.g, u.slot, u.id
    FROM unnest(array_fill(epoch, ARRAY[cardinality(silent.ids)]), silent.ids, silent.groups, silent.slots) u(epoch, id, g, slot);
    RETURN cardinality(silent.ids);
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.retire_abandoned_groups(patience interval) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    groups bigint[] := ARRAY(SELECT g.id FROM _prom_catalog.series_group g WHERE g.taken <> 0 ORDER BY g.id);
    abandoned bigint[];
BEGIN
    groups := ARRAY(SELECT g FROM unnest(groups) g WHERE g <> ALL (_prom_catalog.landed_groups(groups)) LIMIT 1000);
    abandoned := ARRAY(SELECT DISTINCT s.group_id FROM _prom_catalog.series s WHERE s.group_id = ANY (groups) AND s.placed_at <= now() - patience);
    RETURN CASE WHEN abandoned = '{}' THEN 0 ELSE _prom_catalog.retire_silent_series(abandoned, patience) END;
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.free_places(quarantine interval) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    due record;
    used text[];
    oldest bigint;
BEGIN
    PERFORM _prom_catalog.intern_lock();
    -- Nothing is removed while the lock above is held: what begins to write from now on sees all that has been. What began
    -- before, and may not have seen it, is waited for; however long it was stopped, whatever the clock says.
    SELECT array_agg(f.group_id) AS groups, array_agg(f.slot) AS slots INTO due
    FROM (SELECT r.group_id, r.slot FROM _prom_catalog.removed_series r
          WHERE NOT r.freed AND r.removed_at < now() - quarantine LIMIT 10000) f;
    IF due.groups IS NOT NULL THEN
        IF NOT _prom_catalog.await_place_writers() THEN
            RETURN 0;
        END IF;
        used := ARRAY(SELECT DISTINCT d.group_id || ' ' || u.n FROM prom_data.landing d, unnest(d.values) WITH ORDINALITY u(v, n)
                      WHERE d.group_id = ANY (due.groups) AND u.v IS NOT NULL);
        SELECT array_agg(f.g) AS groups, array_agg(f.slot) AS slots INTO due
        FROM unnest(due.groups, due.slots) f(g, slot) WHERE f.g || ' ' || f.slot <> ALL (used);
    END IF;
    IF due.groups IS NOT NULL THEN
        UPDATE _prom_catalog.series s SET group_id = NULL, slot = NULL
        FROM unnest(due.groups, due.slots) f(g, slot) WHERE s.group_id = f.g AND s.slot = f.slot;
        UPDATE _prom_catalog.series_group g SET taken = g.taken & ~b.bits
        FROM (SELECT f.g, bit_or(1::bigint << (f.slot - 1)) AS bits FROM unnest(due.groups, due.slots) f(g, slot) GROUP BY f.g) b
        WHERE g.id = b.g;
        UPDATE _prom_catalog.removed_series r SET freed = true
        FROM unnest(due.groups, due.slots) f(g, slot) WHERE r.group_id = f.g AND r.slot = f.slot AND NOT r.freed;
    END IF;
    PERFORM _prom_catalog.remove_empty_groups();
    DELETE FROM _prom_catalog.place_epoch e
    WHERE e.epoch < (SELECT max(l.epoch) FROM _prom_catalog.place_epoch l WHERE l.made_at < now() - interval '7 days');
    -- A daemon that remembers an epoch which is not there any more forgets everything.
    oldest := (SELECT min(e.epoch) FROM _prom_catalog.place_epoch e);
    DELETE FROM _prom_catalog.removed_series r WHERE r.freed AND r.epoch <= oldest;
    RETURN coalesce(cardinality(due.groups), 0);
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.remove_expired_series(metric_id int) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    expired bigint[] := ARRAY(SELECT s.id FROM _prom_catalog.series s WHERE s.metric_id = remove_expired_series.metric_id AND s.group_id IS NULL);
    used int[];
BEGIN
    IF expired = '{}' THEN
        RETURN 0;
    END IF;
    PERFORM _prom_catalog.intern_lock();
    expired := ARRAY(SELECT s.id FROM _prom_catalog.series s WHERE s.id = ANY (expired) AND s.group_id IS NULL);
    expired := ARRAY(SELECT e FROM unnest(expired) e
                     WHERE e <> ALL (ARRAY(SELECT DISTINCT b.series_id FROM prom_data.packed b WHERE b.series_id = ANY (expired))));
    expired := ARRAY(SELECT e FROM unnest(expired) e
                     WHERE e <> ALL (ARRAY(SELECT DISTINCT h.series_id FROM prom_data.histogram h WHERE h.series_id = ANY (expired))));
    IF expired = '{}' THEN
        RETURN 0;
    END IF;
    used := ARRAY(SELECT DISTINCT u.id FROM _prom_catalog.series s, unnest(s.labels) u(id) WHERE s.id = ANY (expired) AND u.id <> 0);
    PERFORM _prom_catalog.forget_rows(expired);
    PERFORM _prom_catalog.remove_unused_labels(used);
    RETURN cardinality(expired);
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.expire_histograms() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kept record;
    deleted bigint;
    expired bigint := 0;
BEGIN
    FOR kept IN
        SELECT m.id, _prom_catalog.retention_now() - _prom_catalog.metric_retention(m.id) AS since FROM _prom_catalog.metric m WHERE m.has_histograms
    LOOP
        DELETE FROM prom_data.histogram h USING _prom_catalog.series s
        WHERE s.metric_id = kept.id AND h.series_id = s.id AND h.bucket = s.bucket AND h.time < kept.since;
        GET DIAGNOSTICS deleted = ROW_COUNT;
        expired := expired + deleted;
    END LOOP;
    RETURN expired;
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.store_starts(series_ids bigint[], start_millis bigint[], first_millis bigint[])
    RETURNS bigint[]
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known bigint[];
BEGIN
    -- What removes series waits until these starts are visible to it.
    PERFORM pg_advisory_xact_lock_shared(1886547826, 8);
    known := ARRAY(SELECT s.id FROM _prom_catalog.series s WHERE s.id = ANY (series_ids));
    INSERT INTO _prom_catalog.series_start (series_id, start_time, first_time, bucket)
    SELECT u.id, _prom_catalog.millis_to_time(u.start), _prom_catalog.millis_to_time(min(u.first)), _prom_catalog.bucket_of(u.id)
    FROM unnest(series_ids, start_millis, first_millis) u(id, start, first)
    WHERE u.id = ANY (known)
    GROUP BY u.id, u.start
    ORDER BY u.id, u.start
    ON CONFLICT DO NOTHING;
    RETURN ARRAY(SELECT DISTINCT u.id FROM unnest(series_ids) u(id) WHERE u.id <> ALL (known));
END
$$;

CREATE OR REPLACE FUNCTION _prom_catalog.remove_metadata(dropped_metric text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    suffixes text[] := ARRAY['', '_bucket', '_count', '_sum', '_gcount', '_gsum', '_total', '_info', '_created'];
    families text[];
    present text[];
BEGIN
    families := ARRAY(SELECT left(dropped_metric, length(dropped_metric) - length(s)) FROM unnest(suffixes) s WHERE right(dropped_metric, length(s)) = s);
    present := ARRAY(SELECT m.metric_name FROM _prom_catalog.metric m
                     WHERE m.metric_name = ANY (ARRAY(SELECT f || s FROM unnest(families) f, unnest(suffixes) s)));
    families := ARRAY(SELECT f FROM unnest(families) f WHERE NOT EXISTS (SELECT 1 FROM unnest(suffixes) s WHERE f || s = ANY (present)));
    DELETE FROM _prom_catalog.metadata d WHERE d.metric_family = ANY (families);
END
$$;
