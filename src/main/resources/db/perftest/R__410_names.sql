-- Ids made of names, so that a metric has the same id in every database.

CREATE OR REPLACE FUNCTION metric_data.uuid_v8(namespace uuid, name text) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT encode(set_byte(set_byte(h, 6, get_byte(h, 6) & 15 | 128), 8, get_byte(h, 8) & 63 | 128), 'hex')::uuid
    FROM substring(sha256(uuid_send(namespace) || convert_to(name, 'UTF8')) FROM 1 FOR 16) h
$$;
COMMENT ON FUNCTION metric_data.uuid_v8(uuid, text) IS
    'The name-based UUID of a name in a namespace, by SHA-256 (RFC 9562, version 8, appendix B.2).';

CREATE OR REPLACE FUNCTION metric_data.name_id(name text) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT metric_data.uuid_v8('680be15f-f252-46b5-ab35-f4419a9714c1', name)
$$;
COMMENT ON FUNCTION metric_data.name_id(text) IS
    'The id of a metric or a parameter that comes from labels: the UUID of version 8 of its name in the namespace 680be15f-f252-46b5-ab35-f4419a9714c1.';

CREATE OR REPLACE FUNCTION _metric_data.add_names(names text[]) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO _metric_data.name (name, id)
    SELECT DISTINCT u.name, metric_data.name_id(u.name) FROM unnest(names) u(name)
    WHERE NOT EXISTS (SELECT FROM _metric_data.name n WHERE n.name = u.name)
$$;
COMMENT ON FUNCTION _metric_data.add_names IS 'Sees to it that _metric_data.name has the ids of these names.';

CREATE OR REPLACE FUNCTION _metric_data.described(metric_name text, OUT title text, OUT units text)
    LANGUAGE sql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT left(coalesce(nullif(m.help, ''), metric_name), 128), left(nullif(m.unit, ''), 16)
    FROM (SELECT) one
    LEFT JOIN LATERAL (
        SELECT d.help, d.unit FROM prom_info.metadata d
        WHERE d.is_current
          AND d.metric_family IN (metric_name, regexp_replace(metric_name, '_(total|bucket|count|sum)$', ''))
        ORDER BY d.metric_family <> metric_name
        LIMIT 1) m ON true
$$;
COMMENT ON FUNCTION _metric_data.described IS
    'Title and units of a metric, of its metadata where that is known: else its name and NULL.';
