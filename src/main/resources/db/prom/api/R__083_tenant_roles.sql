-- Roles that see the series of their tenants only. Nothing of this is in force until the first role is set. Then the views
-- check the rights of whoever asks (security_invoker), and row-level security is on where series, their labels and their
-- samples are kept. Two policies are on each of these tables: one lets everybody see everything, and costs nothing, because
-- the planner knows it; one restricts the roles of tenants. The owner of the tables, promgres itself, is under neither.

CREATE OR REPLACE FUNCTION _prom_catalog.tenant_ids() RETURNS int[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(r.label_id), '{}') FROM _prom_catalog.tenant_role r
    WHERE EXISTS (SELECT FROM pg_roles p WHERE p.rolname = r.role_name AND pg_has_role(p.oid, 'USAGE'))
$$;
COMMENT ON FUNCTION _prom_catalog.tenant_ids IS 'The tenants whose series the current role may see, by the ids of their labels __tenant__.';

CREATE OR REPLACE FUNCTION _prom_catalog.remember_tenant_labels() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO _prom_catalog.tenant_label (label_id, tenant_id)
    SELECT DISTINCT u.id, r.label_id
    FROM (SELECT DISTINCT t.label_id FROM _prom_catalog.tenant_role t) r
    JOIN fresh s ON s.labels::int[] @> ARRAY[r.label_id], unnest(s.labels) u(id)
    WHERE u.id <> 0
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _prom_catalog.remember_tenant_labels IS 'Notes the labels of new series of tenants that have roles.';
/*plain*/
CREATE OR REPLACE TRIGGER tenant_labels AFTER INSERT ON _prom_catalog.series REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION _prom_catalog.remember_tenant_labels();
/*end plain*/

CREATE OR REPLACE FUNCTION _prom_catalog.tenant_condition(relation regclass) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE relation::oid::regclass::text
        WHEN '_prom_catalog.tenant_role' THEN
            'EXISTS (SELECT FROM pg_catalog.pg_roles p WHERE p.rolname = role_name AND pg_catalog.pg_has_role(p.oid, ''USAGE''))'
        WHEN '_prom_catalog.tenant_label' THEN 'tenant_id = ANY ((SELECT _prom_catalog.tenant_ids())::int[])'
        WHEN '_prom_catalog.series' THEN 'labels::int[] && (SELECT _prom_catalog.tenant_ids())'
        WHEN '_prom_catalog.series_group' THEN '-job_id = ANY ((SELECT _prom_catalog.tenant_ids())::int[])'
        WHEN '_prom_catalog.label' THEN 'EXISTS (SELECT FROM _prom_catalog.tenant_label t WHERE t.label_id = id)'
        WHEN '_prom_catalog.label_key' THEN 'EXISTS (SELECT FROM _prom_catalog.label l WHERE l.key = label_key.key)'
        WHEN '_prom_catalog.metric' THEN
            'EXISTS (SELECT FROM _prom_catalog.label l WHERE l.key = ''__name__'' AND l.value = metric_name)'
        WHEN '_prom_catalog.label_key_position' THEN
            'EXISTS (SELECT FROM _prom_catalog.metric m WHERE m.id = metric_id)'
            ' AND EXISTS (SELECT FROM _prom_catalog.label_key k WHERE k.id = label_key_id)'
        WHEN '_prom_catalog.packed_block' THEN 'EXISTS (SELECT FROM _prom_catalog.metric m WHERE m.id = metric_id)'
        WHEN '_prom_catalog.metadata' THEN
            'EXISTS (SELECT FROM _prom_catalog.metric m WHERE m.metric_name = ANY (ARRAY[metric_family, metric_family || ''_bucket'','
            ' metric_family || ''_count'', metric_family || ''_sum'', metric_family || ''_total'', metric_family || ''_info'']))'
        -- Found by an equality that may leak, so not by its index: jsonb() works out what is not here.
        WHEN '_prom_catalog.series_json' THEN 'false'
        WHEN 'prom_data.landing' THEN 'group_id IN (SELECT g.id FROM _prom_catalog.series_group g)'
        ELSE 'EXISTS (SELECT FROM _prom_catalog.series s WHERE s.id = series_id)'
    END
$$;
COMMENT ON FUNCTION _prom_catalog.tenant_condition IS
    'Which rows of a table the role of a tenant sees. Conditions build on one another: what is selected from is under its own.';

CREATE OR REPLACE FUNCTION _prom_catalog.tenant_roles() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(DISTINCT quote_ident(r.role_name), ', ')
    FROM _prom_catalog.tenant_role r WHERE EXISTS (SELECT FROM pg_roles p WHERE p.rolname = r.role_name)
$$;
COMMENT ON FUNCTION _prom_catalog.tenant_roles IS 'The roles of all tenants, as a list for GRANT; NULL if there are none.';

CREATE OR REPLACE FUNCTION _prom_catalog.restrict_tenants(relation regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
BEGIN
    EXECUTE format('GRANT SELECT ON %s TO %s', relation, _prom_catalog.tenant_roles());
    IF EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
               WHERE p.polrelid = relation AND p.polname = 'tenants' AND c.relrowsecurity
                 AND p.polroles::oid[] @> ARRAY(SELECT r.oid FROM pg_roles r JOIN _prom_catalog.tenant_role t ON t.role_name = r.rolname)) THEN
        RETURN;
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('DROP POLICY IF EXISTS everybody ON %s', relation);
    EXECUTE format('DROP POLICY IF EXISTS tenants ON %s', relation);
    EXECUTE format('CREATE POLICY everybody ON %s USING (true)', relation);
    EXECUTE format('CREATE POLICY tenants ON %s AS RESTRICTIVE TO %s USING (%s)',
                   relation, _prom_catalog.tenant_roles(), _prom_catalog.tenant_condition(relation));
END
$$;
COMMENT ON FUNCTION _prom_catalog.restrict_tenants IS
    'Puts a table under row-level security for the roles of tenants, and lets them read what is theirs.';

CREATE OR REPLACE FUNCTION _prom_catalog.tenant_lock(alone boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF alone THEN
        PERFORM pg_advisory_xact_lock(1886547826, 83);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(1886547826, 83);
    END IF;
END
$$;
COMMENT ON FUNCTION _prom_catalog.tenant_lock IS
    'Held while views are made, and alone while the first role of a tenant is noted: so no view is made without knowing of it.';

CREATE OR REPLACE FUNCTION _prom_catalog.grant_to_tenants(metric_table name) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    roles text;
    view regclass;
BEGIN
    PERFORM _prom_catalog.tenant_lock(false);
    roles := _prom_catalog.tenant_roles();
    IF roles IS NULL THEN
        RETURN;
    END IF;
    FOR view IN
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = metric_table AND c.relkind = 'v'
          AND n.nspname IN ('prom_metric', 'prom_series', 'prom_latest', 'prom_exemplar', 'prom_histogram', 'prom_text',
                            'prom_text_latest', 'prom_text_histogram')
    LOOP
        -- In this order: a view that is granted has the option.
        EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', view);
        EXECUTE format('GRANT SELECT ON %s TO %s', view, roles);
    END LOOP;
END
$$;
COMMENT ON FUNCTION _prom_catalog.grant_to_tenants IS
    'Lets the roles of tenants see what is theirs of a metric. Called whenever its views are made, in the same transaction.';

CREATE OR REPLACE FUNCTION _prom_catalog.show_catalog_to_tenants() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    roles text := _prom_catalog.tenant_roles();
    relation regclass;
BEGIN
    FOR relation IN
        SELECT t::regclass FROM unnest(ARRAY[
            '_prom_catalog.tenant_role', '_prom_catalog.tenant_label', '_prom_catalog.series', '_prom_catalog.series_group',
            '_prom_catalog.label', '_prom_catalog.label_key', '_prom_catalog.label_key_position', '_prom_catalog.metric',
            '_prom_catalog.metadata', '_prom_catalog.series_json', '_prom_catalog.packed_block', 'prom_data.landing', 'prom_data.packed', 'prom_data.exemplar',
            'prom_data.histogram']) t
    LOOP
        PERFORM _prom_catalog.restrict_tenants(relation);
    END LOOP;
    EXECUTE format('GRANT USAGE ON SCHEMA _prom_catalog, prom_data, prom_metric, prom_series, prom_latest, prom_exemplar,'
                   ' prom_histogram, prom_text, prom_text_latest, prom_text_histogram, prom_info, prom_api, ps_tag TO %s', roles);
    -- Times only, without whose they are.
    EXECUTE format('GRANT SELECT ON prom_data.tick, prom_data.vector, _prom_catalog.latest_bounds, _prom_catalog.landing_partition TO %s', roles);
    -- Views that read with the rights of the role.
    EXECUTE format('GRANT SELECT ON _prom_catalog.sample, _prom_catalog.sample_with_holes, _prom_catalog.latest_sample TO %s', roles);
    EXECUTE format('GRANT SELECT ON prom_info.label, prom_info.system_stats, prom_info.metadata TO %s', roles);
END
$$;
COMMENT ON FUNCTION _prom_catalog.show_catalog_to_tenants IS
    'Lets the roles of tenants see what is theirs of the tables that metrics share.';

CREATE OR REPLACE FUNCTION _prom_catalog.add_tenant_role(tenant text, role_name name) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    own_label int;
BEGIN
    IF coalesce(tenant, '') = '' THEN
        RAISE EXCEPTION 'a tenant has a name' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = add_tenant_role.role_name) THEN
        RAISE EXCEPTION 'there is no role %', role_name USING ERRCODE = 'undefined_object';
    END IF;
    IF pg_has_role(role_name, (SELECT c.relowner FROM pg_class c WHERE c.oid = '_prom_catalog.series'::regclass), 'MEMBER') THEN
        RAISE EXCEPTION 'role % is the owner of the tables of promgres, or may act for it: it sees everything', role_name
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = 'prom_reader' AND pg_has_role(add_tenant_role.role_name, r.oid, 'MEMBER')) THEN
        RAISE EXCEPTION 'role % is in prom_reader, which reads everything', role_name USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM _prom_catalog.intern_lock();
    PERFORM _prom_catalog.tenant_lock(true);
    own_label := (_prom_catalog.intern_labels(ARRAY['__tenant__'], ARRAY[tenant]))[1];
    INSERT INTO _prom_catalog.tenant_role (role_name, tenant, label_id) VALUES (role_name, tenant, own_label)
    ON CONFLICT DO NOTHING;
    INSERT INTO _prom_catalog.tenant_label (label_id, tenant_id)
    SELECT DISTINCT u.id, own_label
    FROM _prom_catalog.series s, unnest(s.labels) u(id)
    WHERE s.labels::int[] @> ARRAY[own_label] AND u.id <> 0
    ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION _prom_catalog.add_tenant_role IS 'Notes that a role belongs to a tenant, and the labels that this one has.';

CREATE OR REPLACE PROCEDURE prom_api.set_tenant_role(tenant text, role_name name)
    LANGUAGE plpgsql
AS $$
DECLARE
    metric_table name;
BEGIN
    /*citus PERFORM _prom_catalog.refuse_distributed('roles of tenants');*/
    PERFORM _prom_catalog.add_tenant_role(tenant, role_name);
    COMMIT;
    PERFORM _prom_catalog.show_catalog_to_tenants();
    COMMIT;
    FOR metric_table IN SELECT m.table_name FROM _prom_catalog.metric m WHERE m.views_positions OPERATOR(pg_catalog.>) 0 LOOP
        PERFORM _prom_catalog.grant_to_tenants(metric_table);
        COMMIT;
    END LOOP;
END
$$;
COMMENT ON PROCEDURE prom_api.set_tenant_role(text, name) IS
    'Lets a role see the series of a tenant, and no others: in prom_metric, prom_series, prom_latest, prom_exemplar, prom_histogram, prom_text, prom_info and by the functions. A role may see several tenants; it must not be in prom_reader. For the owner of the database; to be called outside of a transaction.';

CREATE OR REPLACE PROCEDURE prom_api.reset_tenant_role(role_name name)
    LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM _prom_catalog.tenant_role r WHERE r.role_name OPERATOR(pg_catalog.=) reset_tenant_role.role_name;
END
$$;
COMMENT ON PROCEDURE prom_api.reset_tenant_role(name) IS
    'Takes its tenants from a role: it sees no series any more. DROP OWNED BY takes its rights, before the role is dropped.';
