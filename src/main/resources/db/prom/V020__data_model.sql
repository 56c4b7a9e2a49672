CREATE SCHEMA ps_tag;
COMMENT ON SCHEMA ps_tag IS 'Operators that make label matchers, as in labels ? (''node'' == ''brain'').';

CREATE SCHEMA prom_latest;
COMMENT ON SCHEMA prom_latest IS 'A view for each metric with the last sample of each of its series.';

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

CREATE TABLE _prom_catalog.series_json (
    labels int[] NOT NULL,
    json jsonb NOT NULL
);
CREATE INDEX series_json_labels ON _prom_catalog.series_json USING hash (labels);
COMMENT ON TABLE _prom_catalog.series_json IS
    'The labels of series as JSON, so that jsonb(labels) is one look-up; it works out what is missing here.';
INSERT INTO _prom_catalog.series_json (labels, json)
SELECT s.labels, (SELECT jsonb_object_agg(l.key, l.value) FROM _prom_catalog.label l WHERE l.id = ANY (s.labels))
FROM _prom_catalog.series s;

ALTER TABLE _prom_catalog.metric ADD compression boolean;
COMMENT ON COLUMN _prom_catalog.metric.compression IS 'Whether closed blocks are packed. NULL follows the default.';

CREATE TABLE _prom_catalog.metric_view (
    schema_name name NOT NULL,
    view_name name NOT NULL,
    PRIMARY KEY (schema_name, view_name)
);
COMMENT ON TABLE _prom_catalog.metric_view IS 'Views of users that are registered as metrics.';

CREATE TABLE _prom_catalog.removed_series (
    epoch bigint NOT NULL,
    group_id bigint NOT NULL,
    slot smallint NOT NULL
);
CREATE INDEX ON _prom_catalog.removed_series (epoch);
CREATE SEQUENCE _prom_catalog.removal_epoch;
COMMENT ON TABLE _prom_catalog.removed_series IS 'Places that series have lost, by removal. A daemon that has seen a smaller epoch has to forget them.';
COMMENT ON SEQUENCE _prom_catalog.removal_epoch IS 'Counts removals of series.';

-- All views are made anew: they have more columns and kinds now.
UPDATE _prom_catalog.metric SET views_positions = 0;
