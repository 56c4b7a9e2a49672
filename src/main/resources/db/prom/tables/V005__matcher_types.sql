-- Types of the label matchers.

CREATE DOMAIN prom_api.label_value_array AS text[];
COMMENT ON DOMAIN prom_api.label_value_array IS 'Label values.';
CREATE DOMAIN prom_api.label_key AS text NOT NULL;
COMMENT ON DOMAIN prom_api.label_key IS 'The name of a label.';
CREATE DOMAIN prom_api.pattern AS text NOT NULL;
COMMENT ON DOMAIN prom_api.pattern IS 'A regular expression of PostgreSQL, not anchored.';
CREATE DOMAIN prom_api.matcher_positive AS int[] NOT NULL;
COMMENT ON DOMAIN prom_api.matcher_positive IS 'Label ids: labels @> it means all of them, labels ? it means any of them.';
CREATE DOMAIN prom_api.matcher_negative AS int[] NOT NULL;
COMMENT ON DOMAIN prom_api.matcher_negative IS 'Label ids: labels ? it means none of them.';

CREATE TYPE ps_tag.tag_op_equals AS (tag_key text, value jsonb);
COMMENT ON TYPE ps_tag.tag_op_equals IS 'What == makes.';
CREATE TYPE ps_tag.tag_op_not_equals AS (tag_key text, value jsonb);
COMMENT ON TYPE ps_tag.tag_op_not_equals IS 'What !== makes.';
CREATE TYPE ps_tag.tag_op_regexp_matches AS (tag_key text, value text);
COMMENT ON TYPE ps_tag.tag_op_regexp_matches IS 'What ==~ makes.';
CREATE TYPE ps_tag.tag_op_regexp_not_matches AS (tag_key text, value text);
COMMENT ON TYPE ps_tag.tag_op_regexp_not_matches IS 'What !=~ makes.';
CREATE TYPE ps_tag.tag_op_less_than AS (tag_key text, value jsonb);
COMMENT ON TYPE ps_tag.tag_op_less_than IS 'What #< makes.';
CREATE TYPE ps_tag.tag_op_less_than_or_equal AS (tag_key text, value jsonb);
COMMENT ON TYPE ps_tag.tag_op_less_than_or_equal IS 'What #<= makes.';
CREATE TYPE ps_tag.tag_op_greater_than AS (tag_key text, value jsonb);
COMMENT ON TYPE ps_tag.tag_op_greater_than IS 'What #> makes.';
CREATE TYPE ps_tag.tag_op_greater_than_or_equal AS (tag_key text, value jsonb);
COMMENT ON TYPE ps_tag.tag_op_greater_than_or_equal IS 'What #>= makes.';
CREATE TYPE ps_tag.tag_op_jsonb_path_exists AS (tag_key text, value jsonpath);
COMMENT ON TYPE ps_tag.tag_op_jsonb_path_exists IS 'What @? makes.';
