-- The operators that make label matchers, and those that apply them. An operator cannot be replaced: it is made where it is missing.

CREATE OR REPLACE FUNCTION _prom_catalog.json_constant(value anyelement) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(value)
$$;
COMMENT ON FUNCTION _prom_catalog.json_constant IS
    'A value as JSON. Not quite IMMUTABLE where times are (they depend on the time zone), but no label is written like that.';

CREATE OR REPLACE FUNCTION ps_tag.tag_equals(tag_key text, value text) RETURNS ps_tag.tag_op_equals
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, pg_catalog.to_jsonb(value))::ps_tag.tag_op_equals
$$;
COMMENT ON FUNCTION ps_tag.tag_equals(text, text) IS 'A matcher: that a label has this value.';

CREATE OR REPLACE FUNCTION ps_tag.tag_equals(tag_key text, value anyelement) RETURNS ps_tag.tag_op_equals
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, _prom_catalog.json_constant(value))::ps_tag.tag_op_equals
$$;
COMMENT ON FUNCTION ps_tag.tag_equals(text, anyelement) IS 'A matcher: that a label has this value.';

CREATE OR REPLACE FUNCTION ps_tag.tag_not_equals(tag_key text, value text) RETURNS ps_tag.tag_op_not_equals
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, pg_catalog.to_jsonb(value))::ps_tag.tag_op_not_equals
$$;
COMMENT ON FUNCTION ps_tag.tag_not_equals(text, text) IS 'A matcher: that a label is absent or has another value.';

CREATE OR REPLACE FUNCTION ps_tag.tag_not_equals(tag_key text, value anyelement) RETURNS ps_tag.tag_op_not_equals
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, _prom_catalog.json_constant(value))::ps_tag.tag_op_not_equals
$$;
COMMENT ON FUNCTION ps_tag.tag_not_equals(text, anyelement) IS 'A matcher: that a label is absent or has another value.';

CREATE OR REPLACE FUNCTION ps_tag.tag_less_than(tag_key text, value text) RETURNS ps_tag.tag_op_less_than
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, pg_catalog.to_jsonb(value))::ps_tag.tag_op_less_than
$$;
COMMENT ON FUNCTION ps_tag.tag_less_than(text, text) IS 'A matcher: that a tag is less. For tags of traces; label arrays have no such operator.';

CREATE OR REPLACE FUNCTION ps_tag.tag_less_than(tag_key text, value anyelement) RETURNS ps_tag.tag_op_less_than
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, _prom_catalog.json_constant(value))::ps_tag.tag_op_less_than
$$;
COMMENT ON FUNCTION ps_tag.tag_less_than(text, anyelement) IS 'A matcher: that a tag is less. For tags of traces; label arrays have no such operator.';

CREATE OR REPLACE FUNCTION ps_tag.tag_less_than_or_equal(tag_key text, value text) RETURNS ps_tag.tag_op_less_than_or_equal
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, pg_catalog.to_jsonb(value))::ps_tag.tag_op_less_than_or_equal
$$;
COMMENT ON FUNCTION ps_tag.tag_less_than_or_equal(text, text) IS 'A matcher: that a tag is less or the same. For tags of traces; label arrays have no such operator.';

CREATE OR REPLACE FUNCTION ps_tag.tag_less_than_or_equal(tag_key text, value anyelement) RETURNS ps_tag.tag_op_less_than_or_equal
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, _prom_catalog.json_constant(value))::ps_tag.tag_op_less_than_or_equal
$$;
COMMENT ON FUNCTION ps_tag.tag_less_than_or_equal(text, anyelement) IS 'A matcher: that a tag is less or the same. For tags of traces; label arrays have no such operator.';

CREATE OR REPLACE FUNCTION ps_tag.tag_greater_than(tag_key text, value text) RETURNS ps_tag.tag_op_greater_than
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, pg_catalog.to_jsonb(value))::ps_tag.tag_op_greater_than
$$;
COMMENT ON FUNCTION ps_tag.tag_greater_than(text, text) IS 'A matcher: that a tag is greater. For tags of traces; label arrays have no such operator.';

CREATE OR REPLACE FUNCTION ps_tag.tag_greater_than(tag_key text, value anyelement) RETURNS ps_tag.tag_op_greater_than
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, _prom_catalog.json_constant(value))::ps_tag.tag_op_greater_than
$$;
COMMENT ON FUNCTION ps_tag.tag_greater_than(text, anyelement) IS 'A matcher: that a tag is greater. For tags of traces; label arrays have no such operator.';

CREATE OR REPLACE FUNCTION ps_tag.tag_greater_than_or_equal(tag_key text, value text) RETURNS ps_tag.tag_op_greater_than_or_equal
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, pg_catalog.to_jsonb(value))::ps_tag.tag_op_greater_than_or_equal
$$;
COMMENT ON FUNCTION ps_tag.tag_greater_than_or_equal(text, text) IS 'A matcher: that a tag is greater or the same. For tags of traces; label arrays have no such operator.';

CREATE OR REPLACE FUNCTION ps_tag.tag_greater_than_or_equal(tag_key text, value anyelement) RETURNS ps_tag.tag_op_greater_than_or_equal
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, _prom_catalog.json_constant(value))::ps_tag.tag_op_greater_than_or_equal
$$;
COMMENT ON FUNCTION ps_tag.tag_greater_than_or_equal(text, anyelement) IS 'A matcher: that a tag is greater or the same. For tags of traces; label arrays have no such operator.';

CREATE OR REPLACE FUNCTION ps_tag.tag_regexp_matches(tag_key text, value text) RETURNS ps_tag.tag_op_regexp_matches
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, value)::ps_tag.tag_op_regexp_matches
$$;
COMMENT ON FUNCTION ps_tag.tag_regexp_matches(text, text) IS 'A matcher: that a label''s value matches this regular expression.';

CREATE OR REPLACE FUNCTION ps_tag.tag_regexp_not_matches(tag_key text, value text) RETURNS ps_tag.tag_op_regexp_not_matches
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, value)::ps_tag.tag_op_regexp_not_matches
$$;
COMMENT ON FUNCTION ps_tag.tag_regexp_not_matches(text, text) IS 'A matcher: that a label is absent or its value does not match this regular expression.';

CREATE OR REPLACE FUNCTION ps_tag.tag_jsonb_path_exists(tag_key text, value jsonpath) RETURNS ps_tag.tag_op_jsonb_path_exists
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ROW(tag_key, value)::ps_tag.tag_op_jsonb_path_exists
$$;
COMMENT ON FUNCTION ps_tag.tag_jsonb_path_exists(text, jsonpath) IS
    'A matcher: that a tag has this JSON path. For tags of traces; label arrays have no such operator.';

DO $$
DECLARE
    o record;
BEGIN
    FOR o IN
        SELECT * FROM (VALUES
            ('ps_tag.==', 'text', 'text', 'ps_tag.tag_equals'),
            ('ps_tag.==', 'text', 'anyelement', 'ps_tag.tag_equals'),
            ('ps_tag.!==', 'text', 'text', 'ps_tag.tag_not_equals'),
            ('ps_tag.!==', 'text', 'anyelement', 'ps_tag.tag_not_equals'),
            ('ps_tag.#<', 'text', 'text', 'ps_tag.tag_less_than'),
            ('ps_tag.#<', 'text', 'anyelement', 'ps_tag.tag_less_than'),
            ('ps_tag.#<=', 'text', 'text', 'ps_tag.tag_less_than_or_equal'),
            ('ps_tag.#<=', 'text', 'anyelement', 'ps_tag.tag_less_than_or_equal'),
            ('ps_tag.#>', 'text', 'text', 'ps_tag.tag_greater_than'),
            ('ps_tag.#>', 'text', 'anyelement', 'ps_tag.tag_greater_than'),
            ('ps_tag.#>=', 'text', 'text', 'ps_tag.tag_greater_than_or_equal'),
            ('ps_tag.#>=', 'text', 'anyelement', 'ps_tag.tag_greater_than_or_equal'),
            ('ps_tag.==~', 'text', 'text', 'ps_tag.tag_regexp_matches'),
            ('ps_tag.!=~', 'text', 'text', 'ps_tag.tag_regexp_not_matches'),
            ('ps_tag.@?', 'text', 'jsonpath', 'ps_tag.tag_jsonb_path_exists'),
            ('prom_api.?', 'prom_api.label_array', 'ps_tag.tag_op_equals', 'prom_api.label_matches'),
            ('prom_api.?', 'prom_api.label_array', 'ps_tag.tag_op_not_equals', 'prom_api.label_matches'),
            ('prom_api.?', 'prom_api.label_array', 'ps_tag.tag_op_regexp_matches', 'prom_api.label_matches'),
            ('prom_api.?', 'prom_api.label_array', 'ps_tag.tag_op_regexp_not_matches', 'prom_api.label_matches'),
            ('prom_api.?', 'prom_api.label_array', 'prom_api.matcher_positive', 'prom_api.label_matches'),
            ('prom_api.?', 'prom_api.label_array', 'prom_api.matcher_negative', 'prom_api.label_matches'),
            ('prom_api.@>', 'prom_api.label_array', 'jsonb', 'prom_api.label_contains'),
            ('prom_api.@>', 'prom_api.label_value_array', 'text', 'prom_api.label_value_contains')
        ) v(operator, left_type, right_type, function)
        WHERE to_regoperator(format('%s(%s, %s)', operator, left_type, right_type)) IS NULL
    LOOP
        EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %s)',
                       o.operator, o.left_type, o.right_type, o.function);
    END LOOP;
END
$$;

COMMENT ON OPERATOR ps_tag.== (text, text) IS 'Makes a matcher: that a label has this value.';
COMMENT ON OPERATOR ps_tag.== (text, anyelement) IS 'Makes a matcher: that a label has this value.';
COMMENT ON OPERATOR ps_tag.!== (text, text) IS 'Makes a matcher: that a label is absent or has another value.';
COMMENT ON OPERATOR ps_tag.!== (text, anyelement) IS 'Makes a matcher: that a label is absent or has another value.';
COMMENT ON OPERATOR ps_tag.#< (text, text) IS 'Makes a matcher: that a tag is less. For tags of traces; label arrays have no such operator.';
COMMENT ON OPERATOR ps_tag.#< (text, anyelement) IS 'Makes a matcher: that a tag is less. For tags of traces; label arrays have no such operator.';
COMMENT ON OPERATOR ps_tag.#<= (text, text) IS 'Makes a matcher: that a tag is less or the same. For tags of traces; label arrays have no such operator.';
COMMENT ON OPERATOR ps_tag.#<= (text, anyelement) IS 'Makes a matcher: that a tag is less or the same. For tags of traces; label arrays have no such operator.';
COMMENT ON OPERATOR ps_tag.#> (text, text) IS 'Makes a matcher: that a tag is greater. For tags of traces; label arrays have no such operator.';
COMMENT ON OPERATOR ps_tag.#> (text, anyelement) IS 'Makes a matcher: that a tag is greater. For tags of traces; label arrays have no such operator.';
COMMENT ON OPERATOR ps_tag.#>= (text, text) IS 'Makes a matcher: that a tag is greater or the same. For tags of traces; label arrays have no such operator.';
COMMENT ON OPERATOR ps_tag.#>= (text, anyelement) IS 'Makes a matcher: that a tag is greater or the same. For tags of traces; label arrays have no such operator.';
COMMENT ON OPERATOR ps_tag.==~ (text, text) IS 'Makes a matcher: that a label''s value matches this regular expression.';
COMMENT ON OPERATOR ps_tag.!=~ (text, text) IS 'Makes a matcher: that a label is absent or its value does not match this regular expression.';
COMMENT ON OPERATOR ps_tag.@? (text, jsonpath) IS 'Makes a matcher: that a tag has this JSON path. For tags of traces; label arrays have no such operator.';
COMMENT ON OPERATOR prom_api.? (prom_api.label_array, ps_tag.tag_op_equals) IS 'Whether the labels match.';
COMMENT ON OPERATOR prom_api.? (prom_api.label_array, ps_tag.tag_op_not_equals) IS 'Whether the labels match.';
COMMENT ON OPERATOR prom_api.? (prom_api.label_array, ps_tag.tag_op_regexp_matches) IS 'Whether the labels match.';
COMMENT ON OPERATOR prom_api.? (prom_api.label_array, ps_tag.tag_op_regexp_not_matches) IS 'Whether the labels match.';
COMMENT ON OPERATOR prom_api.? (prom_api.label_array, prom_api.matcher_positive) IS 'Whether the labels have any of the matcher.';
COMMENT ON OPERATOR prom_api.? (prom_api.label_array, prom_api.matcher_negative) IS 'Whether the labels have none of the matcher.';
COMMENT ON OPERATOR prom_api.@> (prom_api.label_array, jsonb) IS 'Whether the labels have all labels of a JSON object. __name__ is not looked at.';
COMMENT ON OPERATOR prom_api.@> (prom_api.label_value_array, text) IS 'Whether a value is among label values.';
