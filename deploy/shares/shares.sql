-- Samples of several promgres databases with a share of the targets each, in one view for each metric: for a database
-- of any PostgreSQL, as a superuser, with the extensions postgres_fdw and dblink, which come with it. See src/docs/scale-out.md.
--
--   psql -d reader -f shares.sql
--   psql -d reader -c "SELECT prom_share.add('share_0', 'db0.example.org', 5432, 'metrics', 'grafana', 'secret')"
--   psql -d reader -c "SELECT prom_share.refresh()"

CREATE EXTENSION IF NOT EXISTS postgres_fdw;
CREATE EXTENSION IF NOT EXISTS dblink SCHEMA public;
CREATE SCHEMA IF NOT EXISTS prom_share;
COMMENT ON SCHEMA prom_share IS 'The functions that read the shares of promgres.';
CREATE SCHEMA IF NOT EXISTS prom_text;
COMMENT ON SCHEMA prom_text IS 'A view for each metric with its samples of all shares: time, value, series_id, and the text of each label by its name.';

CREATE OR REPLACE FUNCTION prom_share.add(share name, host text, port int, database text, reader text, password text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The shares are asked at the same time, and answer in batches.
    EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L, async_capable %L, fetch_size %L)',
                   share, host, port, database, 'true', '10000');
    EXECUTE format('CREATE USER MAPPING FOR CURRENT_USER SERVER %I OPTIONS (user %L, password %L)', share, reader, password);
    EXECUTE format('CREATE SCHEMA %I', share);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', share, 'promgres: a foreign table for each view in prom_text of a share.');
    EXECUTE format($table$
        CREATE FOREIGN TABLE %I."~columns" (
            table_schema text COLLATE "C", table_name text COLLATE "C", column_name text COLLATE "C", ordinal_position int)
        SERVER %I OPTIONS (schema_name 'information_schema', table_name 'columns')$table$, share, share);
END
$$;
COMMENT ON FUNCTION prom_share.add(name, text, int, text, text, text) IS
    'Adds a share: its name, where its database is, and a role there that is in prom_reader. refresh() makes the views.';

CREATE OR REPLACE FUNCTION prom_share.names() RETURNS SETOF name
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.srvname FROM pg_foreign_server s WHERE to_regclass(format('%I."~columns"', s.srvname)) IS NOT NULL ORDER BY s.srvname
$$;
COMMENT ON FUNCTION prom_share.names() IS 'The shares that have been added.';

CREATE OR REPLACE FUNCTION prom_share.each(query text) RETURNS SETOF jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET extra_float_digits = 1
AS $$
DECLARE
    shares name[] := ARRAY(SELECT prom_share.names());
    opened name[] := '{}';
    share name;
BEGIN
    FOREACH share IN ARRAY shares LOOP
        PERFORM public.dblink_connect('prom_share ' || share, share);
        opened := opened || share;
        PERFORM public.dblink_send_query('prom_share ' || share, format('SELECT to_jsonb(q) FROM (%s) q', query));
    END LOOP;
    FOREACH share IN ARRAY shares LOOP
        RETURN QUERY SELECT r.row FROM public.dblink_get_result('prom_share ' || share) r(row jsonb);
        PERFORM public.dblink_disconnect('prom_share ' || share);
        opened := array_remove(opened, share);
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    FOREACH share IN ARRAY opened LOOP
        PERFORM public.dblink_disconnect('prom_share ' || share);
    END LOOP;
    RAISE;
END
$$;
COMMENT ON FUNCTION prom_share.each(text) IS
    'Runs a query in all shares at the same time, by the rights of the role that add() was given, and gives the rows of all, each as an object with the columns: aggregates are computed where the samples are.';
REVOKE EXECUTE ON FUNCTION prom_share.each(text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION prom_share.refresh_table(share name, metric text, columns text[]) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known text[] := ARRAY(SELECT a.attname FROM pg_attribute a
                          WHERE a.attrelid = to_regclass(format('%I.%I', share, metric)) AND a.attnum > 0 ORDER BY a.attnum);
    label text;
BEGIN
    IF known = columns THEN
        RETURN false;
    END IF;
    IF cardinality(known) = 0 THEN
        EXECUTE format('CREATE FOREIGN TABLE %I.%I (time timestamptz, value double precision, series_id bigint)'
                       ' SERVER %I OPTIONS (schema_name %L, table_name %L)', share, metric, share, 'prom_text', metric);
    END IF;
    -- Of labels that are new: a view of promgres never loses a column, and gets new ones at its end.
    FOREACH label IN ARRAY columns[greatest(cardinality(known), 3) + 1:] LOOP
        EXECUTE format('ALTER FOREIGN TABLE %I.%I ADD %I text COLLATE "C"', share, metric, label);
    END LOOP;
    RETURN true;
END
$$;
COMMENT ON FUNCTION prom_share.refresh_table(name, text, text[]) IS 'Makes the foreign table of a metric in a share, or appends columns; false if it has them all.';

CREATE OR REPLACE FUNCTION prom_share.refresh_view(metric text, shares name[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text[];
    body text;
BEGIN
    -- What the view has, in its order, then what is new: CREATE OR REPLACE VIEW appends columns only.
    SELECT array_agg(c.name ORDER BY c.first) INTO columns
    FROM (SELECT a.attname::text AS name, min(CASE WHEN n.nspname = 'prom_text' THEN a.attnum ELSE 10000 + a.attnum END) AS first
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relname = metric AND a.attnum > 0 AND (n.nspname = 'prom_text' OR n.nspname = ANY (shares))
          GROUP BY a.attname) c;
    SELECT string_agg(format('SELECT %s FROM %I.%I', b.list, s.share, metric), ' UNION ALL ' ORDER BY s.share) INTO body
    FROM unnest(shares) s(share),
         LATERAL (SELECT string_agg(CASE WHEN a.attname IS NULL THEN format('NULL::text COLLATE "C" AS %I', u.name)
                                         ELSE format('%I', u.name) END, ', ' ORDER BY u.n) AS list
                  FROM unnest(columns) WITH ORDINALITY u(name, n)
                  LEFT JOIN pg_attribute a ON a.attrelid = to_regclass(format('%I.%I', s.share, metric)) AND a.attname = u.name) b;
    EXECUTE format('CREATE OR REPLACE VIEW prom_text.%I AS %s', metric, body);
END
$$;
COMMENT ON FUNCTION prom_share.refresh_view(text, name[]) IS 'Makes the view of a metric over these shares, or appends columns.';

CREATE OR REPLACE FUNCTION prom_share.remove(gone_share name, metric text, remaining name[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF cardinality(remaining) = 0 THEN
        EXECUTE format('DROP VIEW IF EXISTS prom_text.%I', metric);
    ELSE
        PERFORM prom_share.refresh_view(metric, remaining);
    END IF;
    EXECUTE format('DROP FOREIGN TABLE %I.%I', gone_share, metric);
END
$$;
COMMENT ON FUNCTION prom_share.remove(name, text, name[]) IS 'Takes a metric that a share no longer has out of its view; the view goes with the last share.';

CREATE OR REPLACE FUNCTION prom_share.refresh() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
DECLARE
    server name;
    changed text[];
    one text;
    gone record;
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS promgres_remote (share name, metric text COLLATE "C", columns text[]);
    DELETE FROM pg_temp.promgres_remote;
    FOR server IN SELECT prom_share.names() LOOP
        EXECUTE format($list$
            INSERT INTO pg_temp.promgres_remote
            SELECT %L, c.table_name, array_agg(c.column_name ORDER BY c.ordinal_position)
            FROM %I."~columns" c WHERE c.table_schema = 'prom_text' GROUP BY c.table_name$list$, server, server);
    END LOOP;
    SELECT coalesce(array_agg(DISTINCT r.metric), '{}') INTO changed
    FROM pg_temp.promgres_remote r WHERE prom_share.refresh_table(r.share, r.metric, r.columns);
    FOREACH one IN ARRAY changed LOOP
        PERFORM prom_share.refresh_view(one, ARRAY(SELECT r.share FROM pg_temp.promgres_remote r WHERE r.metric = one));
    END LOOP;
    FOR gone IN
        SELECT s.srvname AS share, c.relname AS metric,
               ARRAY(SELECT r.share FROM pg_temp.promgres_remote r WHERE r.metric = c.relname) AS remaining
        FROM pg_foreign_server s
        JOIN pg_foreign_table f ON f.ftserver = s.oid
        JOIN pg_class c ON c.oid = f.ftrelid AND c.relnamespace = to_regnamespace(quote_ident(s.srvname)) AND c.relname <> '~columns'
        WHERE NOT EXISTS (SELECT FROM pg_temp.promgres_remote r WHERE r.share = s.srvname AND r.metric = c.relname)
    LOOP
        PERFORM prom_share.remove(gone.share, gone.metric, gone.remaining);
    END LOOP;
    RETURN cardinality(changed);
END
$$;
COMMENT ON FUNCTION prom_share.refresh() IS
    'Makes views of metrics that are new in a share, appends columns for new labels, and removes what no share has any more. The number of views that are new or have new columns.';
