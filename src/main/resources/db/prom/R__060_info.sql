CREATE OR REPLACE VIEW prom_info.metric AS
SELECT m.id,
       m.metric_name,
       m.table_name,
       ARRAY(SELECT k.key FROM _prom_catalog.label_key_position p
             JOIN _prom_catalog.label_key k ON k.id = p.label_key_id
             WHERE p.metric_id = m.id ORDER BY k.key) AS label_keys
FROM _prom_catalog.metric m;
COMMENT ON VIEW prom_info.metric IS 'The metrics.';
COMMENT ON COLUMN prom_info.metric.id IS 'The metric''s id.';
COMMENT ON COLUMN prom_info.metric.metric_name IS 'The metric''s name, the label __name__.';
COMMENT ON COLUMN prom_info.metric.table_name IS 'The name of its views in prom_metric and prom_series.';
COMMENT ON COLUMN prom_info.metric.label_keys IS 'The names of the labels of its series, in order.';

CREATE OR REPLACE VIEW prom_info.label AS
SELECT k.key, k.value_column_name, k.id_column_name, v.values, cardinality(v.values) AS num_values
FROM _prom_catalog.label_key k,
     LATERAL (SELECT ARRAY(SELECT l.value FROM _prom_catalog.label l WHERE l.key = k.key ORDER BY l.value)) v("values")
ORDER BY num_values DESC;
COMMENT ON VIEW prom_info.label IS 'The label names, with their values.';
COMMENT ON COLUMN prom_info.label.key IS 'The label''s name.';
COMMENT ON COLUMN prom_info.label.value_column_name IS 'Its column in the views of prom_series, which holds the value.';
COMMENT ON COLUMN prom_info.label.id_column_name IS 'Its column in the views of prom_metric, which holds the id of the value: see val().';
COMMENT ON COLUMN prom_info.label.values IS 'Its values.';
COMMENT ON COLUMN prom_info.label.num_values IS 'The number of its values.';
