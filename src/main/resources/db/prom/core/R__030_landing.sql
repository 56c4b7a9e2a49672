CREATE OR REPLACE FUNCTION _prom_catalog.default_chunk_interval(configured interval) RETURNS interval
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT s.value::interval FROM _prom_catalog.setting s WHERE s.key = 'chunk_interval'), configured)
$$;
COMMENT ON FUNCTION _prom_catalog.default_chunk_interval IS 'The length of a block: as set by SQL, else as the daemon is configured.';

CREATE OR REPLACE FUNCTION _prom_catalog.partition_grid(at timestamptz, block interval, OUT lower timestamptz, OUT upper timestamptz)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
AS $$
    SELECT l, CASE WHEN unit IS NULL THEN l + block ELSE l + ('1 ' || unit)::interval END
    FROM (SELECT CASE WHEN at > now() - interval '1 day' THEN NULL
                      WHEN at > now() - interval '1 year' THEN 'day'
                      WHEN at > now() - interval '30 years' THEN 'year'
                      ELSE 'century' END) u(unit),
         LATERAL (SELECT CASE WHEN unit IS NULL THEN date_bin(block, at, timestamptz '2000-01-01 00:00:00+00')
                              ELSE date_trunc(unit, at) END) b(l)
$$;
COMMENT ON FUNCTION _prom_catalog.partition_grid IS
    'The partition that a time wants: a block of the last day, a day of the last year, a year of the last 30, a century before that. Imports of history would make too many otherwise, and times of a broken clock thousands.';

CREATE OR REPLACE FUNCTION _prom_catalog.make_landing_partition(name name, lower timestamptz, upper timestamptz) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
AS $$
BEGIN
    /*citus PERFORM set_config('citus.enable_ddl_propagation', 'on', true);*/
    -- Made aside and attached: that waits for no reader and no reader waits for it.
    EXECUTE format('CREATE TABLE _prom_landing.%I (LIKE prom_data.landing INCLUDING DEFAULTS INCLUDING STORAGE)', name);
    EXECUTE format('CREATE UNIQUE INDEX %I ON _prom_landing.%I (group_id, time, part/*citus , bucket*/)', name || '_key', name);
    EXECUTE format('ALTER TABLE _prom_landing.%I REPLICA IDENTITY USING INDEX %I', name, name || '_key');
    EXECUTE format('ALTER TABLE prom_data.landing ATTACH PARTITION _prom_landing.%I FOR VALUES FROM (%L) TO (%L)', name, lower, upper);
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_landing_partition IS 'Makes a partition of prom_data.landing; upper is exclusive. The list of them is the caller''s.';

CREATE OR REPLACE FUNCTION _prom_catalog.ensure_landing_partitions(times timestamptz[], configured_block interval)
    RETURNS SETOF _prom_catalog.landing_partition
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
AS $$
DECLARE
    block interval := _prom_catalog.default_chunk_interval(configured_block);
    missing timestamptz;
    p _prom_catalog.landing_partition;
BEGIN
    FOR missing IN
        SELECT DISTINCT t FROM unnest(times) t
        WHERE NOT EXISTS (SELECT FROM _prom_catalog.landing_partition l WHERE l.lower <= t AND l.upper > t)
        ORDER BY t
    LOOP
        -- One maker at a time; whoever waited may find it made.
        PERFORM pg_advisory_xact_lock(1886547826, 2);
        CONTINUE WHEN EXISTS (SELECT FROM _prom_catalog.landing_partition l WHERE l.lower <= missing AND l.upper > missing);
        SELECT greatest(g.lower, (SELECT max(l.upper) FROM _prom_catalog.landing_partition l WHERE l.upper <= missing)),
               least(g.upper, (SELECT min(l.lower) FROM _prom_catalog.landing_partition l WHERE l.lower > missing))
        INTO p.lower, p.upper
        FROM _prom_catalog.partition_grid(missing, block) g;
        p.name := to_char(p.lower, 'FMYYYY_MM_DD_HH24MI') || to_char(p.lower, '_SSMS');
        PERFORM _prom_catalog.make_landing_partition(p.name, p.lower, p.upper);
        p.sealed := p.lower < (SELECT s.value::timestamptz FROM _prom_catalog.setting s WHERE s.key = 'sealed_until');
        INSERT INTO _prom_catalog.landing_partition (name, lower, upper) VALUES (p.name, p.lower, p.upper);
        IF p.sealed THEN
            PERFORM _prom_catalog.seal_partition(p.name);
        END IF;
    END LOOP;
    RETURN QUERY
        SELECT DISTINCT l.* FROM unnest(times) t JOIN _prom_catalog.landing_partition l ON l.lower <= t AND l.upper > t;
END
$$;
COMMENT ON FUNCTION _prom_catalog.ensure_landing_partitions IS
    'The partitions of prom_data.landing that hold these times, made where they are missing. Call it in a transaction of its own.';
