-- Finding metrics by a part of their name or their help text.

CREATE OR REPLACE FUNCTION prom_api.find(words text)
    RETURNS TABLE (metric_name text, view_name text, text_view_name text, type text, unit text, label_names text[], help text)
    LANGUAGE sql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.metric_name::text COLLATE "default",
           quote_ident(m.table_name),
           CASE WHEN t.positions > 0 THEN format('prom_text.%I', m.table_name) END,
           a.type, a.unit, k.names, a.help
    FROM _prom_catalog.metric m
    LEFT JOIN _prom_catalog.text_view t ON t.metric_id = m.id
    LEFT JOIN LATERAL _prom_catalog.current_metadata(m.metric_name) a ON true,
         LATERAL (SELECT ARRAY(SELECT k.key::text FROM _prom_catalog.label_key_position p
                               JOIN _prom_catalog.label_key k ON k.id = p.label_key_id
                               WHERE p.metric_id = m.id AND p.pos > 1 ORDER BY k.key)) k(names),
         LATERAL (SELECT bool_and(strpos(lower(m.metric_name), w.word) > 0) AS by_name,
                         bool_and(strpos(lower(m.metric_name || ' ' || coalesce(a.help, '')), w.word) > 0) AS found
                  FROM regexp_split_to_table(lower(trim(words)), '\s+') w(word)) f
    WHERE m.views_positions > 0 AND f.found
    ORDER BY NOT f.by_name, m.metric_name
$$;
COMMENT ON FUNCTION prom_api.find(text) IS
    'The metrics whose name or help text has all of some words, which may be parts of words, in capitals or not; first those whose name has them all. view_name is written as a query needs it, in double quotes where the name has capitals or colons; text_view_name is NULL while the metric has no view in prom_text: see make_text_view().';
