-- Label matchers. What they are made of is inlined into the query (no SET, no subquery at the top), so that the planner sees
-- labels && ... and labels @> ..., and uses the index series_labels. The functions behind are evaluated once for an index
-- scan; their cost says that they had better not be evaluated for each row.

CREATE OR REPLACE FUNCTION _prom_catalog.label_ids(label_key text, label_value text) RETURNS int[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT l.id FROM _prom_catalog.label l WHERE l.key = label_key AND l.value = label_value)
$$;
COMMENT ON FUNCTION _prom_catalog.label_ids(text, text) IS 'The id of a label; nothing if there is none.';

CREATE OR REPLACE FUNCTION _prom_catalog.label_ids_like(label_key text, label_pattern text) RETURNS int[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT l.id FROM _prom_catalog.label l WHERE l.key = label_key AND l.value COLLATE "default" ~ label_pattern)
$$;
COMMENT ON FUNCTION _prom_catalog.label_ids_like(text, text) IS
    'The ids of the labels of a name whose value matches a regular expression.';

CREATE OR REPLACE FUNCTION _prom_catalog.label_ids(labels jsonb) RETURNS int[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT coalesce((SELECT l.id FROM _prom_catalog.label l WHERE l.key = j.key AND l.value = j.value), -1)
                 FROM jsonb_each_text(labels) j WHERE j.key <> '__name__')
$$;
COMMENT ON FUNCTION _prom_catalog.label_ids(jsonb) IS
    'The ids of the labels of a JSON object without __name__; -1 for one that is not there, which no series has.';

-- A matcher that no index helps with is a filter, and a constant one must not be worked out for each row. So what is known
-- of labels when the query is planned becomes a constant, and only series with a label that came later are looked at again.
-- Labels come under intern_lock() and never change, and no id comes twice: what was known of the ids up to the newest stays true.

CREATE OR REPLACE FUNCTION _prom_catalog.newest_label_planned() RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Under row-level security an older label can come into sight: then nothing is known for good.
    SELECT CASE WHEN row_security_active('_prom_catalog.label') THEN 0
                ELSE coalesce((SELECT max(l.id) FROM _prom_catalog.label l), 0) END
$$;
COMMENT ON FUNCTION _prom_catalog.newest_label_planned IS
    'The newest label when the query was planned. Called IMMUTABLE to that end, and correct only where later labels are looked at too.';

CREATE OR REPLACE FUNCTION _prom_catalog.label_ids_planned(label_key text, label_value text) RETURNS int[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.label_ids(label_key, label_value)
$$;
COMMENT ON FUNCTION _prom_catalog.label_ids_planned IS 'The id of a label as it was when the query was planned: see newest_label_planned().';

CREATE OR REPLACE FUNCTION _prom_catalog.label_ids_like_planned(label_key text, label_pattern text) RETURNS int[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.label_ids_like(label_key, label_pattern)
$$;
COMMENT ON FUNCTION _prom_catalog.label_ids_like_planned IS
    'The ids of labels as they were when the query was planned: see newest_label_planned().';

CREATE OR REPLACE FUNCTION prom_api.label_matches(labels prom_api.label_array, op ps_tag.tag_op_equals) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT labels::int[] OPERATOR(pg_catalog.&&)
           _prom_catalog.label_ids((op).tag_key, (op).value OPERATOR(pg_catalog.#>>) '{}')
$$;
COMMENT ON FUNCTION prom_api.label_matches(prom_api.label_array, ps_tag.tag_op_equals) IS
    'Whether labels have a label with this name and value.';

CREATE OR REPLACE FUNCTION prom_api.label_matches(labels prom_api.label_array, op ps_tag.tag_op_not_equals) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT NOT labels::int[] OPERATOR(pg_catalog.&&)
               _prom_catalog.label_ids_planned((op).tag_key, (op).value OPERATOR(pg_catalog.#>>) '{}')
           AND (_prom_catalog.newest_label_planned() OPERATOR(pg_catalog.>=) ALL (labels::int[])
                OR NOT labels::int[] OPERATOR(pg_catalog.&&)
                       _prom_catalog.label_ids((op).tag_key, (op).value OPERATOR(pg_catalog.#>>) '{}'))
$$;
COMMENT ON FUNCTION prom_api.label_matches(prom_api.label_array, ps_tag.tag_op_not_equals) IS
    'Whether labels have no label with this name and value.';

CREATE OR REPLACE FUNCTION prom_api.label_matches(labels prom_api.label_array, op ps_tag.tag_op_regexp_matches) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT labels::int[] OPERATOR(pg_catalog.&&) _prom_catalog.label_ids_like((op).tag_key, (op).value)
$$;
COMMENT ON FUNCTION prom_api.label_matches(prom_api.label_array, ps_tag.tag_op_regexp_matches) IS
    'Whether labels have a label with this name, and a value that matches the regular expression. It is not anchored.';

CREATE OR REPLACE FUNCTION prom_api.label_matches(labels prom_api.label_array, op ps_tag.tag_op_regexp_not_matches) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT NOT labels::int[] OPERATOR(pg_catalog.&&) _prom_catalog.label_ids_like_planned((op).tag_key, (op).value)
           AND (_prom_catalog.newest_label_planned() OPERATOR(pg_catalog.>=) ALL (labels::int[])
                OR NOT labels::int[] OPERATOR(pg_catalog.&&) _prom_catalog.label_ids_like((op).tag_key, (op).value))
$$;
COMMENT ON FUNCTION prom_api.label_matches(prom_api.label_array, ps_tag.tag_op_regexp_not_matches) IS
    'Whether labels have no label with this name, or one whose value does not match the regular expression.';

CREATE OR REPLACE FUNCTION prom_api.label_matches(labels prom_api.label_array, matcher prom_api.matcher_positive) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT labels::int[] OPERATOR(pg_catalog.&&) matcher::int[]
$$;
COMMENT ON FUNCTION prom_api.label_matches(prom_api.label_array, prom_api.matcher_positive) IS 'Whether labels have any label of a matcher.';

CREATE OR REPLACE FUNCTION prom_api.label_matches(labels prom_api.label_array, matcher prom_api.matcher_negative) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT NOT labels::int[] OPERATOR(pg_catalog.&&) matcher::int[]
$$;
COMMENT ON FUNCTION prom_api.label_matches(prom_api.label_array, prom_api.matcher_negative) IS 'Whether labels have no label of a matcher.';

CREATE OR REPLACE FUNCTION prom_api.label_contains(labels prom_api.label_array, wanted jsonb) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT labels::int[] OPERATOR(pg_catalog.@>) _prom_catalog.label_ids(wanted)
$$;
COMMENT ON FUNCTION prom_api.label_contains(prom_api.label_array, jsonb) IS
    'Whether labels have all labels of a JSON object. __name__ is not looked at.';

CREATE OR REPLACE FUNCTION prom_api.label_value_contains(vals prom_api.label_value_array, wanted text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT vals::text[] OPERATOR(pg_catalog.@>) ARRAY[wanted]
$$;
COMMENT ON FUNCTION prom_api.label_value_contains(prom_api.label_value_array, text) IS 'Whether a value is among label values.';

CREATE OR REPLACE FUNCTION prom_api.matcher(labels jsonb) RETURNS prom_api.matcher_positive
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.label_ids(labels)
$$;
COMMENT ON FUNCTION prom_api.matcher(jsonb) IS
    'A matcher of the labels of a JSON object, for labels @> (all of them) and labels ? (any of them). __name__ is not looked at.';

CREATE OR REPLACE FUNCTION _prom_catalog.label_set(labels int[]) RETURNS int[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT u.id FROM unnest(labels[2:]) u(id) WHERE u.id <> 0 ORDER BY u.id)
$$;
COMMENT ON FUNCTION _prom_catalog.label_set IS 'The label ids of a label array without __name__, whatever the positions: equal for equal labels.';

CREATE OR REPLACE FUNCTION _prom_catalog.label_count(labels jsonb) RETURNS int
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*)::int FROM jsonb_object_keys(labels) k WHERE k <> '__name__'
$$;
COMMENT ON FUNCTION _prom_catalog.label_count IS 'The number of labels of a JSON object without __name__.';

CREATE OR REPLACE FUNCTION prom_api.eq(labels1 prom_api.label_array, labels2 prom_api.label_array) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT _prom_catalog.label_set(labels1::int[]) OPERATOR(pg_catalog.=) _prom_catalog.label_set(labels2::int[])
$$;
COMMENT ON FUNCTION prom_api.eq(prom_api.label_array, prom_api.label_array) IS
    'Whether two series have the same labels. __name__ is not looked at.';

CREATE OR REPLACE FUNCTION prom_api.eq(labels1 prom_api.label_array, matchers prom_api.matcher_positive) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT labels1::int[] OPERATOR(pg_catalog.@>) matchers::int[]
           AND pg_catalog.cardinality(pg_catalog.array_remove(labels1[2:], 0)) OPERATOR(pg_catalog.=) pg_catalog.cardinality(matchers::int[])
$$;
COMMENT ON FUNCTION prom_api.eq(prom_api.label_array, prom_api.matcher_positive) IS
    'Whether a series has the labels of a matcher and no others. __name__ is not looked at.';

CREATE OR REPLACE FUNCTION prom_api.eq(labels prom_api.label_array, json_labels jsonb) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT labels::int[] OPERATOR(pg_catalog.@>) _prom_catalog.label_ids(json_labels)
           AND pg_catalog.cardinality(pg_catalog.array_remove(labels[2:], 0)) OPERATOR(pg_catalog.=) _prom_catalog.label_count(json_labels)
$$;
COMMENT ON FUNCTION prom_api.eq(prom_api.label_array, jsonb) IS
    'Whether a series has the labels of a JSON object and no others. __name__ is not looked at.';
