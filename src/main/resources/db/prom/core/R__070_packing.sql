-- What the packer of the daemon calls. The arrays themselves are made and read by it.

CREATE OR REPLACE FUNCTION _prom_catalog.refuse_sealed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('promgres.late', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'partition % is sealed', TG_TABLE_NAME USING ERRCODE = 'PR001';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _prom_catalog.refuse_sealed IS 'Trigger of a sealed partition: only sessions that look into the packed tier first may write.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.seal_partition(partition name) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- First the row, then the table: the order of the late path.
    PERFORM FROM _prom_catalog.landing_partition l WHERE l.name = partition FOR NO KEY UPDATE;
    -- Waits for the writers that are at it, not for readers.
    EXECUTE format('CREATE TRIGGER sealed BEFORE INSERT ON _prom_landing.%I EXECUTE FUNCTION _prom_catalog.refuse_sealed()',
                   partition);
    UPDATE _prom_catalog.landing_partition SET sealed = true WHERE name = partition;
    INSERT INTO _prom_catalog.setting AS s (key, value)
    SELECT 'sealed_until', l.upper::text FROM _prom_catalog.landing_partition l WHERE l.name = partition
    ON CONFLICT (key) DO UPDATE SET value = greatest(s.value::timestamptz, excluded.value::timestamptz)::text;
END
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.seal_partition IS 'Closes a partition to the fast path, for good.';

CREATE OR REPLACE FUNCTION _prom_catalog.seal_closed_partitions(grace interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
AS $$
DECLARE
    partition name;
BEGIN
    FOR partition IN
        SELECT l.name FROM _prom_catalog.landing_partition l WHERE NOT l.sealed AND l.upper <= now() - grace ORDER BY l.lower
    LOOP
        PERFORM _prom_catalog.seal_partition(partition);
    END LOOP;
END
$$;
COMMENT ON FUNCTION _prom_catalog.seal_closed_partitions IS 'Seals the partitions whose time is over for longer than the grace.';

CREATE OR REPLACE FUNCTION _prom_catalog.partition_bytes(partition name) RETURNS bigint
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(/*plain*/pg_relation_size/*end plain*//*citus citus_relation_size*/(to_regclass(format('_prom_landing.%I', partition))), 0)
$$;
COMMENT ON FUNCTION _prom_catalog.partition_bytes IS
    'The bytes of the rows of a partition of prom_data.landing, wherever they are; 0 if there is no such partition.';

CREATE OR REPLACE FUNCTION _prom_catalog.drop_empty_partition(partition name) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM _prom_catalog.landing_partition l WHERE l.name = partition AND l.sealed FOR UPDATE;
    -- Without rows is not enough: an older snapshot may have them yet, but not what they were packed to.
    IF NOT FOUND OR _prom_catalog.partition_bytes(partition) > 0 THEN
        RETURN false;
    END IF;
    /*citus PERFORM set_config('citus.enable_ddl_propagation', 'on', true);*/
    EXECUTE format('DROP TABLE _prom_landing.%I', partition);
    DELETE FROM _prom_catalog.landing_partition WHERE name = partition;
    RETURN true;
END
$$;
COMMENT ON FUNCTION _prom_catalog.drop_empty_partition IS
    'Drops a sealed partition that VACUUM has cut to no pages, because no snapshot sees a row of it. Needs a moment without readers of prom_data.landing: set lock_timeout.';

CREATE OR REPLACE FUNCTION _prom_catalog.tick_grid(at timestamptz, OUT lower timestamptz, OUT upper timestamptz)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
AS $$
    SELECT date_trunc(unit, at), date_trunc(unit, at) + ('1 ' || unit)::interval
    FROM (SELECT CASE WHEN at > now() - interval '2 years' THEN 'month'
                      WHEN at > now() - interval '30 years' THEN 'year'
                      ELSE 'century' END) u(unit)
$$;
COMMENT ON FUNCTION _prom_catalog.tick_grid IS
    'The partition of prom_data.tick that a time wants: a month of the last two years, a year of the last 30, a century before that. A query without a time looks into each.';

CREATE OR REPLACE FUNCTION _prom_catalog.make_tick_partition(name name, lower timestamptz, upper timestamptz) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
AS $$
BEGIN
    /*citus PERFORM set_config('citus.enable_ddl_propagation', 'on', true);*/
    EXECUTE format('CREATE TABLE _prom_landing.%I (LIKE prom_data.tick)', name);
    EXECUTE format('CREATE UNIQUE INDEX %I ON _prom_landing.%I (vector_id, time/*citus , bucket*/) INCLUDE (idx)', name || '_key', name);
    EXECUTE format('ALTER TABLE _prom_landing.%I REPLICA IDENTITY USING INDEX %I', name, name || '_key');
    EXECUTE format('CREATE INDEX ON _prom_landing.%I (time) INCLUDE (vector_id, idx)', name);
    EXECUTE format('ALTER TABLE prom_data.tick ATTACH PARTITION _prom_landing.%I FOR VALUES FROM (%L) TO (%L)', name, lower, upper);
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_tick_partition IS 'Makes a partition of prom_data.tick; upper is exclusive. The list of them is the caller''s.';

CREATE OR REPLACE FUNCTION _prom_catalog.ensure_tick_partition(at timestamptz) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
AS $$
DECLARE
    p _prom_catalog.tick_partition;
BEGIN
    IF EXISTS (SELECT FROM _prom_catalog.tick_partition t WHERE t.lower <= at AND t.upper > at) THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(1886547826, 2);
    IF EXISTS (SELECT FROM _prom_catalog.tick_partition t WHERE t.lower <= at AND t.upper > at) THEN
        RETURN;
    END IF;
    SELECT greatest(g.lower, (SELECT max(t.upper) FROM _prom_catalog.tick_partition t WHERE t.upper <= at)),
           least(g.upper, (SELECT min(t.lower) FROM _prom_catalog.tick_partition t WHERE t.lower > at))
    INTO p.lower, p.upper
    FROM _prom_catalog.tick_grid(at) g;
    p.name := to_char(p.lower, '"tick_"FMYYYY_MM');
    PERFORM _prom_catalog.make_tick_partition(p.name, p.lower, p.upper);
    INSERT INTO _prom_catalog.tick_partition VALUES (p.*);
END
$$;
COMMENT ON FUNCTION _prom_catalog.ensure_tick_partition IS 'Makes the partition of prom_data.tick for a time. Call it in a transaction of its own.';
