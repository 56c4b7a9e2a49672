-- What metrics are about.

CREATE OR REPLACE FUNCTION _prom_catalog.store_metadata(families text[], types text[], units text[], helps text[])
    RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO _prom_catalog.metadata AS m (metric_family, type, unit, help, first_seen, last_seen)
    SELECT DISTINCT u.family, u.type, u.unit, u.help, now(), now()
    FROM unnest(families, types, units, helps) u(family, type, unit, help)
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (metric_family, type, unit, md5(help)) DO UPDATE SET last_seen = greatest(m.last_seen, excluded.last_seen)
$$;
COMMENT ON FUNCTION _prom_catalog.store_metadata IS 'Stores metadata that has been seen now; parallel arrays.';

CREATE OR REPLACE VIEW prom_info.metadata WITH (security_invoker = true) AS
SELECT m.metric_family,
       m.type,
       m.unit,
       m.help,
       m.first_seen,
       m.last_seen,
       row_number() OVER (PARTITION BY m.metric_family ORDER BY m.last_seen DESC, m.first_seen DESC, m.type, m.unit, m.help) = 1
           AS is_current
FROM _prom_catalog.metadata m;
COMMENT ON VIEW prom_info.metadata IS 'What the senders say, and have said, about their metrics.';
COMMENT ON COLUMN prom_info.metadata.metric_family IS
    'The name of the metric. Senders of remote write 1.0 leave out the suffixes _bucket, _count and _sum.';
COMMENT ON COLUMN prom_info.metadata.type IS
    'unknown, counter, gauge, histogram, gaugehistogram, summary, info or stateset.';
COMMENT ON COLUMN prom_info.metadata.unit IS 'The unit, empty if none was sent.';
COMMENT ON COLUMN prom_info.metadata.help IS 'The help text.';
COMMENT ON COLUMN prom_info.metadata.first_seen IS 'When it was sent for the first time.';
COMMENT ON COLUMN prom_info.metadata.last_seen IS 'When it was sent for the last time, to the hour.';
COMMENT ON COLUMN prom_info.metadata.is_current IS 'Whether nothing else has been sent for the metric since.';

CREATE OR REPLACE FUNCTION _prom_catalog.current_metadata(metric_name text) RETURNS SETOF _prom_catalog.metadata
    LANGUAGE sql STABLE STRICT ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.*
    FROM _prom_catalog.metadata m
    -- By the index: it is asked for each metric, and each has metadata.
    WHERE m.metric_family = ANY (ARRAY[metric_name, regexp_replace(metric_name, '_(bucket|g?count|g?sum|total|info|created)$', '')])
      AND (m.metric_family = metric_name
           OR m.type IN ('histogram', 'gaugehistogram') AND metric_name ~ '_(bucket|g?count|g?sum)$'
           OR m.type = 'summary' AND metric_name ~ '_(count|sum)$'
           OR m.type IN ('counter', 'info') AND metric_name ~ '_(total|info|created)$')
    ORDER BY m.metric_family <> metric_name, m.last_seen DESC, m.first_seen DESC, m.type, m.unit, m.help
    LIMIT 1
$$;
COMMENT ON FUNCTION _prom_catalog.current_metadata IS
    'What senders say now about a metric, or about the family that it belongs to; no row if there is nothing.';

CREATE OR REPLACE FUNCTION _prom_catalog.metric_help(metric_name text) RETURNS text
    LANGUAGE sql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.help FROM _prom_catalog.current_metadata(metric_name) m
$$;
COMMENT ON FUNCTION _prom_catalog.metric_help IS
    'The current help text of a metric, or of the family that it belongs to; NULL if there is none.';

CREATE OR REPLACE FUNCTION prom_api.get_metric_metadata(metric_family_name text)
    RETURNS TABLE (metric_family text, type text, unit text, help text)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
    SELECT m.metric_family, m.type, m.unit, m.help
    FROM _prom_catalog.metadata m
    WHERE m.metric_family = metric_family_name
    ORDER BY m.last_seen DESC, m.first_seen DESC, m.type, m.unit, m.help
$$;
COMMENT ON FUNCTION prom_api.get_metric_metadata IS
    'What senders say about a metric: every version of it, the current one first.';

CREATE OR REPLACE FUNCTION prom_api.get_multiple_metric_metadata(metric_families text[])
    RETURNS TABLE (metric_family text, type text, unit text, help text)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
    SELECT m.metric_family, m.type, m.unit, m.help
    FROM unnest(metric_families) WITH ORDINALITY f(family, n)
    CROSS JOIN LATERAL (
        SELECT * FROM _prom_catalog.metadata m
        WHERE m.metric_family = f.family
        ORDER BY m.last_seen DESC, m.first_seen DESC, m.type, m.unit, m.help
        LIMIT 1) m
    ORDER BY f.n
$$;
COMMENT ON FUNCTION prom_api.get_multiple_metric_metadata IS
    'What senders say now about metrics: a row for each metric that has metadata, in the order of the array.';
