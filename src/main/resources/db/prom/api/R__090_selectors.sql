-- Selectors as in PromQL, made into conditions on the labels of series.

CREATE OR REPLACE FUNCTION _prom_catalog.label_condition(label_key text, matches text, negated boolean, matches_empty boolean)
    RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ids int[];
    -- A series without the label has an empty one. Where that is wanted, so are all series without a label that is not.
    complement boolean := matches_empty <> negated;
BEGIN
    EXECUTE format('SELECT coalesce(array_agg(l.id), ''{}'') FROM _prom_catalog.label l WHERE l.key = $1 AND (%s) = $2', matches)
    INTO ids USING label_key, complement = negated;
    RETURN format('%s labels::int[] OPERATOR(pg_catalog.&&) %L::int[]', CASE WHEN complement THEN 'NOT' END, ids);
END
$$;
COMMENT ON FUNCTION _prom_catalog.label_condition IS
    'SQL of a condition on a column labels. matches is SQL of what is asked of l.value, matches_empty whether the empty value has it.';

CREATE OR REPLACE FUNCTION _prom_catalog.matcher_condition(label_key text, op text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    pattern text := '^(?:' || wanted || ')$';
BEGIN
    IF op IN ('=', '!=') THEN
        RETURN _prom_catalog.label_condition(label_key, format('l.value = %L', wanted), op = '!=', wanted = '');
    END IF;
    RETURN _prom_catalog.label_condition(label_key, format('l.value COLLATE "default" ~ %L', pattern), op = '!~', '' ~ pattern);
END
$$;
COMMENT ON FUNCTION _prom_catalog.matcher_condition IS
    'SQL of a matcher of PromQL: =, !=, =~ or !~, regular expressions anchored at both ends.';

CREATE OR REPLACE FUNCTION _prom_catalog.json_condition(labels jsonb) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(_prom_catalog.label_condition(j.key, format('l.value = ANY (%L::text[])', w.values), false, '' = ANY (w.values)),
                      ' AND ')
    FROM jsonb_each(json_condition.labels) j,
         LATERAL (SELECT coalesce(array_agg(coalesce(e.value, '')), '{}') AS values
                  FROM jsonb_array_elements_text(CASE jsonb_typeof(j.value) WHEN 'array' THEN j.value
                                                 ELSE jsonb_build_array(j.value) END) e) w
    WHERE j.key <> '__name__'
$$;
COMMENT ON FUNCTION _prom_catalog.json_condition IS
    'SQL of a condition on labels: each has the value of the JSON object, or one of an array of values; null is no such label.';

CREATE OR REPLACE FUNCTION _prom_catalog.unquoted(literal text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE left(literal, 1)
               WHEN '"' THEN literal::jsonb #>> '{}'
               WHEN '''' THEN ('"' || replace(replace(substr(literal, 2, length(literal) - 2), E'\\''', ''''), '"', E'\\"') || '"')::jsonb #>> '{}'
               WHEN '`' THEN substr(literal, 2, length(literal) - 2)
               ELSE literal
           END
$$;
COMMENT ON FUNCTION _prom_catalog.unquoted IS 'What a string of PromQL means; a name is itself.';

CREATE OR REPLACE FUNCTION _prom_catalog.selector_condition(matchers text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one text[];
    condition text := 'true';
    rest text := matchers;
BEGIN
    WHILE rest !~ '^[[:space:]]*$' LOOP
        one := regexp_match(rest, E'^\\s*([a-zA-Z_][a-zA-Z0-9_]*|"(?:[^"\\\\]|\\\\.)*")\\s*(=~|!~|!=|=)\\s*'
                                  '("(?:[^"\\\\]|\\\\.)*"|''(?:[^''\\\\]|\\\\.)*''|`[^`]*`)\\s*(?:,|$)(.*)$');
        IF one IS NULL THEN
            RAISE EXCEPTION 'not a list of label matchers: {%}', matchers USING ERRCODE = 'syntax_error',
                HINT = 'It is written as in PromQL: {mode!="idle", instance=~"web.*"}';
        END IF;
        condition := condition || ' AND '
                     || _prom_catalog.matcher_condition(_prom_catalog.unquoted(one[1]), one[2], _prom_catalog.unquoted(one[3]));
        rest := one[4];
    END LOOP;
    RETURN condition;
END
$$;
COMMENT ON FUNCTION _prom_catalog.selector_condition IS 'SQL of what stands between the braces of a selector of PromQL.';

CREATE OR REPLACE FUNCTION _prom_catalog.resolve_selector(
    selector text, labels jsonb, OUT metric _prom_catalog.metric, OUT condition text)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    parts text[] := coalesce(regexp_match(selector, E'^\\s*([^{}\\s]+)\\s*\\{(.*)\\}\\s*$'), ARRAY[selector, '']);
BEGIN
    SELECT * INTO metric FROM _prom_catalog.metric m WHERE m.metric_name = parts[1] AND m.views_positions > 0;
    IF metric.id IS NOT NULL THEN
        condition := concat_ws(' AND ', _prom_catalog.selector_condition(parts[2]), _prom_catalog.json_condition(labels));
    END IF;
END
$$;
COMMENT ON FUNCTION _prom_catalog.resolve_selector IS
    'The metric of a selector such as up{job="node"}, and SQL of a condition on labels. No metric, where there is none of that name.';

CREATE OR REPLACE FUNCTION prom_api.label(labels prom_api.label_array, key text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT l.value FROM _prom_catalog.label l WHERE l.id OPERATOR(pg_catalog.=) ANY (labels::int[]) AND l.key OPERATOR(pg_catalog.=) label.key
$$;
COMMENT ON FUNCTION prom_api.label(prom_api.label_array, text) IS
    'The value of a label of a series, by the label''s name. NULL if the series has no such label.';

CREATE OR REPLACE FUNCTION prom_api.has_label(labels prom_api.label_array, key text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT EXISTS (SELECT FROM _prom_catalog.label l
                   WHERE l.id OPERATOR(pg_catalog.=) ANY (labels::int[]) AND l.key OPERATOR(pg_catalog.=) has_label.key)
$$;
COMMENT ON FUNCTION prom_api.has_label(prom_api.label_array, text) IS 'Whether a series has a label of this name.';

-- What works on labels as a JSON object works on those of a view. An operator cannot be replaced.
DO $$
BEGIN
    IF to_regoperator('prom_api.->>(prom_api.label_array, text)') IS NULL THEN
        CREATE OPERATOR prom_api.->> (LEFTARG = prom_api.label_array, RIGHTARG = text, FUNCTION = prom_api.label);
        CREATE OPERATOR prom_api.? (LEFTARG = prom_api.label_array, RIGHTARG = text, FUNCTION = prom_api.has_label);
    END IF;
END
$$;
COMMENT ON OPERATOR prom_api.->> (prom_api.label_array, text) IS
    'The value of a label, by its name: labels ->> ''instance''. NULL if the series has no such label.';
COMMENT ON OPERATOR prom_api.? (prom_api.label_array, text) IS 'Whether a series has a label of this name: labels ? ''instance''.';

CREATE OR REPLACE FUNCTION prom_api.label(labels jsonb, key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT labels OPERATOR(pg_catalog.->>) key
$$;
COMMENT ON FUNCTION prom_api.label(jsonb, text) IS
    'The same of labels as a JSON object, such as those of rate_over().';
