-- What promgres restore calls, in one transaction: a database without metrics gets the rows of a backup.

CREATE OR REPLACE FUNCTION _prom_catalog.begin_restore(tables text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM _prom_catalog.intern_lock();
    PERFORM pg_advisory_xact_lock(1886547826, 2);
    EXECUTE 'LOCK TABLE ' || array_to_string(tables, ', ') || ' IN ACCESS EXCLUSIVE MODE';
END
$$;
COMMENT ON FUNCTION _prom_catalog.begin_restore IS
    'Waits until no other transaction uses these tables, whose names are quoted; holds until the end of this one.';

CREATE OR REPLACE FUNCTION _prom_catalog.empty_for_restore(tables text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY(
        SELECT format('_prom_landing.%I', p.name)
        FROM (SELECT name FROM _prom_catalog.landing_partition UNION ALL SELECT name FROM _prom_catalog.tick_partition) p)
    LOOP
        EXECUTE 'DROP TABLE ' || relation;
    END LOOP;
    EXECUTE 'TRUNCATE ' || array_to_string(tables, ', ');
    -- The rows have been through them before.
    FOREACH relation IN ARRAY tables LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', relation);
    END LOOP;
END
$$;
COMMENT ON FUNCTION _prom_catalog.empty_for_restore IS
    'Takes from these tables what the migrations have put there, and their triggers until end_restore().';

CREATE OR REPLACE FUNCTION _prom_catalog.restore_partitions() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
AS $$
DECLARE
    p _prom_catalog.landing_partition;
    t _prom_catalog.tick_partition;
BEGIN
    FOR p IN SELECT * FROM _prom_catalog.landing_partition ORDER BY lower LOOP
        PERFORM _prom_catalog.make_landing_partition(p.name, p.lower, p.upper);
    END LOOP;
    FOR t IN SELECT * FROM _prom_catalog.tick_partition ORDER BY lower LOOP
        PERFORM _prom_catalog.make_tick_partition(t.name, t.lower, t.upper);
    END LOOP;
END
$$;
COMMENT ON FUNCTION _prom_catalog.restore_partitions IS 'Makes the partitions that landing_partition and tick_partition name, open to COPY.';

CREATE OR REPLACE FUNCTION _prom_catalog.end_restore(tables text[]) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation text;
    metric int;
BEGIN
    -- No query may be open on a table that is changed.
    FOREACH relation IN ARRAY tables LOOP
        EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', relation);
    END LOOP;
    PERFORM _prom_catalog.seal_partition(l.name) FROM (SELECT name FROM _prom_catalog.landing_partition WHERE sealed ORDER BY lower) l;
    UPDATE _prom_catalog.metric SET views_positions = 0, histogram_positions = 0, commented_positions = 0;
    UPDATE _prom_catalog.text_view SET positions = 0;
    RETURN QUERY
        WITH gone AS (
            DELETE FROM _prom_catalog.tenant_role r WHERE NOT EXISTS (SELECT FROM pg_roles p WHERE p.rolname = r.role_name)
            RETURNING r.role_name, r.tenant)
        SELECT format('role %I, which saw tenant %L, is not on this server: make it, and CALL prom_api.set_tenant_role(%L, %L)',
                      g.role_name, g.tenant, g.tenant, g.role_name)
        FROM gone g;
    RETURN QUERY
        WITH gone AS (
            DELETE FROM _prom_catalog.metric_view v WHERE to_regclass(format('%I.%I', v.schema_name, v.view_name)) IS NULL
            RETURNING v.schema_name, v.view_name)
        SELECT format('view %I.%I of a user is not in the backup: make it, and register it again by register_metric_view()',
                      g.schema_name, g.view_name)
        FROM gone g;
    IF EXISTS (SELECT FROM _prom_catalog.tenant_role) THEN
        PERFORM _prom_catalog.show_catalog_to_tenants();
    END IF;
    FOR metric IN SELECT m.id FROM _prom_catalog.metric m WHERE m.has_exemplars ORDER BY m.id LOOP
        PERFORM _prom_catalog.make_exemplar_view(metric);
    END LOOP;
    -- Here the history of the copy leaves that of the original.
    PERFORM _prom_catalog.next_place_epoch();
END
$$;
COMMENT ON FUNCTION _prom_catalog.end_restore IS
    'Seals partitions, has the views of all metrics made anew, and begins an epoch of places. The answer: what is not on this server, in words for the operator.';
