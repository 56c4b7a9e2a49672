-- What daemons remember of places, and whether it is true of this database. An epoch is made under intern_lock(), so that epochs
-- are committed in their order: a database that has one has all before it, or has deleted them as too old.

CREATE OR REPLACE FUNCTION _prom_catalog.next_place_epoch() RETURNS bigint
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO _prom_catalog.place_epoch (epoch) SELECT max(e.epoch) + 1 FROM _prom_catalog.place_epoch e RETURNING epoch
$$;
COMMENT ON FUNCTION _prom_catalog.next_place_epoch IS
    'Begins an epoch for places that the transaction gives or takes. Under intern_lock() only.';

CREATE OR REPLACE FUNCTION _prom_catalog.check_places(known_epoch bigint, known_token uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The query below must have a snapshot of its own, taken with the lock.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'promgres writes in transactions of the level read committed only' USING ERRCODE = '25001';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(1886547826, 4);
    RETURN EXISTS (
        SELECT FROM _prom_catalog.place_epoch e
        WHERE e.epoch = known_epoch AND e.token = known_token
          AND NOT EXISTS (
              SELECT FROM _prom_catalog.place_epoch l WHERE l.epoch > known_epoch AND l.made_at < now() - interval '1 day')
          AND NOT EXISTS (SELECT FROM _prom_catalog.removed_series r WHERE r.epoch > known_epoch));
END
$$;
COMMENT ON FUNCTION _prom_catalog.check_places IS
    'Whether the places that were known at an epoch belong to the same series here and now; not if a later epoch is more than a day old, so that the known one is replaced before it is deleted. Until the end of the transaction free_places() gives none of them to another series.';

CREATE OR REPLACE FUNCTION _prom_catalog.await_place_writers() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    patience text := current_setting('lock_timeout');
BEGIN
    PERFORM set_config('lock_timeout', '250ms', true);
    PERFORM pg_advisory_lock(1886547826, 4);
    PERFORM pg_advisory_unlock(1886547826, 4);
    PERFORM set_config('lock_timeout', patience, true);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION _prom_catalog.await_place_writers IS
    'Waits for the transactions that have called check_places() before; new ones wait with it, for a quarter of a second at most. Whether all of them have ended.';
