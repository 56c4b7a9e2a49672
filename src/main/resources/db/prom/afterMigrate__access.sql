-- After each migration: roles, grants and search_path, as far as the connected role may set them. Everything works without.

-- The roles, and which includes which. Roles belong to the whole server: another database may have made them.
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN
        SELECT * FROM (VALUES (1, 'prom_reader', NULL), (2, 'prom_writer', 'prom_reader'), (3, 'prom_modifier', 'prom_writer'),
                              (4, 'prom_maintenance', 'prom_reader'), (5, 'prom_admin', 'prom_modifier'),
                              (6, 'prom_admin', 'prom_maintenance')) v(n, name, included)
        ORDER BY n
    LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r.name) THEN
                EXECUTE format('CREATE ROLE %I', r.name);
            END IF;
            IF NOT pg_has_role(r.name, r.included, 'MEMBER') THEN
                EXECUTE format('GRANT %I TO %I', r.included, r.name);
            END IF;
        EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation OR undefined_object
                    OR invalid_grant_operation OR internal_error THEN
            RAISE NOTICE 'role % is not as it should be, and % may not change that: %', r.name, current_user, sqlerrm;
        END;
    END LOOP;
END
$$;

-- What the roles may do with tables and views, those that will be made included.
DO $$
DECLARE
    g record;
    relation regclass;
BEGIN
    FOR g IN
        SELECT * FROM (VALUES
            ('prom_reader', 'SELECT', 'TABLES',
             '_prom_catalog, prom_data, prom_metric, prom_series, prom_latest, prom_exemplar, prom_histogram, prom_text, prom_text_latest, prom_text_histogram, prom_info, _prom_rollup, prom_rollup_5m, prom_rollup_1h'),
            ('prom_writer', 'INSERT, UPDATE', 'TABLES', '_prom_catalog, _prom_landing, prom_data'),
            ('prom_writer', 'SELECT', 'TABLES', '_prom_landing'),
            ('prom_writer', 'USAGE', 'SEQUENCES', '_prom_catalog'),
            ('prom_modifier', 'DELETE', 'TABLES', '_prom_landing, prom_data')) v(role, privileges, kind, schemas)
        WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = v.role)
    LOOP
        -- Only where it lacks: a grant writes the relation's row anew, and a database may have some hundred thousand.
        FOR relation IN
            SELECT c.oid::regclass FROM pg_class c
            WHERE c.relnamespace = ANY (string_to_array(g.schemas, ', ')::regnamespace[])
              AND CASE WHEN c.relkind = 'S'
                       THEN g.kind = 'SEQUENCES' AND NOT has_sequence_privilege(g.role, c.oid, g.privileges)
                       WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f')
                       THEN g.kind = 'TABLES' AND EXISTS (SELECT FROM unnest(string_to_array(g.privileges, ', ')) p(privilege)
                                                          WHERE NOT has_table_privilege(g.role, c.oid, p.privilege)) END
        LOOP
            EXECUTE format('GRANT %s ON %s %s TO %I', g.privileges, left(g.kind, -1), relation, g.role);
        END LOOP;
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT %s ON %s TO %I', g.schemas, g.privileges, g.kind, g.role);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'prom_reader') THEN
        GRANT USAGE ON SCHEMA _prom_catalog, prom_data, prom_metric, prom_series, prom_latest, prom_exemplar, prom_histogram, prom_text,
                              prom_text_latest, prom_text_histogram, prom_info, _prom_rollup, prom_rollup_5m, prom_rollup_1h,
                              prom_api, ps_tag TO prom_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'prom_maintenance') THEN
        GRANT INSERT, DELETE ON _prom_catalog.maintenance_request TO prom_maintenance;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'prom_writer') THEN
        GRANT USAGE ON SCHEMA _prom_landing TO prom_writer;
        GRANT DELETE ON _prom_catalog.ha_past_lease TO prom_writer;
        GRANT DELETE ON _prom_catalog.removed_series, _prom_catalog.place_epoch TO prom_writer;
        -- PUBLIC has it unless that was revoked. A resend is looked at in a temporary table.
        BEGIN
            EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO prom_writer', current_database());
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'temporary tables in database % may not be granted by %', current_database(), current_user;
        END;
    END IF;
END
$$;

-- Functions that act with the owner's rights are for the roles here, and for nobody else.
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN
        SELECT p.oid::regprocedure AS signature, r.rolname AS role
        FROM pg_proc p
        LEFT JOIN (VALUES ('make_views', 'prom_writer'),
                          ('ensure_landing_partitions', 'prom_writer'),
                          ('make_exemplar_view', 'prom_writer'),
                          ('comment_views', 'prom_writer'),
                          ('delete_series_from_metric', 'prom_modifier'),
                          ('drop_metric', 'prom_admin'),
                          ('set_default_retention_period', 'prom_admin'),
                          ('set_metric_retention_period', 'prom_admin'),
                          ('reset_metric_retention_period', 'prom_admin'),
                          ('set_default_chunk_interval', 'prom_admin'),
                          ('set_metric_chunk_interval', 'prom_admin'),
                          ('reset_metric_chunk_interval', 'prom_admin'),
                          ('set_default_compression_setting', 'prom_admin'),
                          ('set_joining_setting', 'prom_admin'),
                          ('set_metric_compression_setting', 'prom_admin'),
                          ('reset_metric_compression_setting', 'prom_admin'),
                          ('set_compression_on_metric_table', 'prom_admin'),
                          ('make_text_view', 'prom_writer'),
                          ('drop_text_view', 'prom_admin'),
                          ('set_text_views', 'prom_admin'),
                          ('set_latest_lookback', 'prom_admin'),
                          ('set_rollup_retention_period', 'prom_admin'),
                          ('set_default_rollups', 'prom_admin'),
                          ('set_metric_rollups', 'prom_admin'),
                          ('reset_metric_rollups', 'prom_admin'),
                          ('register_metric_view', 'prom_admin'),
                          ('unregister_metric_view', 'prom_admin'),
                          ('config_maintenance_jobs', 'prom_admin')) v(name, role) ON v.name = p.proname
        LEFT JOIN pg_roles r ON r.rolname = v.role
        WHERE p.pronamespace IN ('prom_api'::regnamespace, '_prom_catalog'::regnamespace) AND p.prosecdef
          AND pg_has_role(p.proowner, 'USAGE')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', f.signature);
        IF f.role IS NOT NULL THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', f.signature, f.role);
        END IF;
    END LOOP;
END
$$;

-- Operators are found through search_path only.
DO $$
DECLARE
    wanted text;
    path text;
BEGIN
    SELECT coalesce(
        (SELECT substr(c, length('search_path=') + 1)
         FROM pg_db_role_setting s, unnest(s.setconfig) c
         WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND s.setrole = 0 AND c LIKE 'search\_path=%'),
        '"$user", public') INTO path;
    FOREACH wanted IN ARRAY ARRAY['ps_tag', 'prom_api', 'prom_metric'] LOOP
        IF wanted <> ALL (regexp_split_to_array(path, '\s*,\s*')) THEN
            path := path || ', ' || wanted;
        END IF;
    END LOOP;
    BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = %s', current_database(), path);
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE NOTICE 'the search_path of database % may not be set by %', current_database(), current_user;
    END;
END
$$;
