-- What the database takes of the disk, and of what it is made up.

CREATE OR REPLACE FUNCTION _prom_catalog.wal_bytes() RETURNS numeric
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT sum(size) FROM pg_ls_waldir());
EXCEPTION WHEN insufficient_privilege THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _prom_catalog.wal_bytes IS
    'The bytes of the files of the server''s write-ahead log. NULL for a role that may not see them: pg_monitor may.';

CREATE OR REPLACE VIEW prom_info.disk_usage WITH (security_invoker = true) AS
    WITH part AS (
        SELECT CASE
                   WHEN n.nspname = 'prom_data' THEN 'samples, packed'
                   WHEN n.nspname = '_prom_landing' THEN 'samples, not packed yet'
                   WHEN n.nspname = '_prom_rollup' THEN 'rollups'
                   WHEN n.nspname = '_prom_catalog' THEN 'series and labels'
                   WHEN n.nspname IN ('energy', '_energy') THEN 'energy'
                   WHEN n.nspname IN ('metric_data', '_metric_data') THEN 'results of performance tests'
                   WHEN n.nspname IN ('pg_catalog', 'information_schema') THEN 'catalog of PostgreSQL'
                   ELSE 'other tables'
               END AS part,
               sum(pg_total_relation_size(c.oid)) AS bytes
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm', 'S') AND NOT c.relisshared AND n.nspname <> 'pg_toast'
        GROUP BY 1
    )
    SELECT part, bytes FROM part
    UNION ALL
    SELECT 'other files of the database', pg_database_size(current_database()) - coalesce(sum(bytes), 0) FROM part
    UNION ALL
    SELECT 'write-ahead log of the server', _prom_catalog.wal_bytes();
COMMENT ON VIEW prom_info.disk_usage IS
    'What the database takes of the disk, by part. All rows but the last are pg_database_size(). Reads the size of each file.';
COMMENT ON COLUMN prom_info.disk_usage.part IS
    'What is stored: samples (with histograms and exemplars) packed or not, series and labels, the catalog of PostgreSQL, where the views of each metric are, and so on.';
COMMENT ON COLUMN prom_info.disk_usage.bytes IS
    'Bytes, indexes included. NULL for the write-ahead log where the role is not in pg_monitor.';
