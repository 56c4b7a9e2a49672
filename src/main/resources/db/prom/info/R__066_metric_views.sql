-- The views that are registered as metrics.

CREATE OR REPLACE VIEW prom_info.metric_view AS
SELECT v.schema_name,
       v.view_name,
       ARRAY(SELECT m.metric_name::text FROM _prom_catalog.metric m WHERE m.id = ANY (_prom_catalog.view_metrics(o.oid))
             ORDER BY 1) AS metric_names,
       _prom_catalog.view_values(o.oid) AS value_columns
FROM _prom_catalog.metric_view v
CROSS JOIN LATERAL _prom_catalog.view_oid(v.schema_name, v.view_name) o(oid)
WHERE o.oid IS NOT NULL;
COMMENT ON VIEW prom_info.metric_view IS
    'The views that register_metric_view() has made metrics: PromQL and remote read find them by their names.';
COMMENT ON COLUMN prom_info.metric_view.schema_name IS 'The view''s schema, the label __schema__.';
COMMENT ON COLUMN prom_info.metric_view.view_name IS 'The view''s name, the label __name__.';
COMMENT ON COLUMN prom_info.metric_view.metric_names IS 'The metrics that it is made of, whose series it has.';
COMMENT ON COLUMN prom_info.metric_view.value_columns IS
    'The columns that may be asked for by the label __column__; without it, value is.';
