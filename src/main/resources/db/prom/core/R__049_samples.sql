-- All samples, of all metrics and from both tiers: what the views of metrics are made of. Each of those is a condition on this
-- view and has the labels as columns, so that a metric costs the catalog little. The planner sees through both.

DO $make$
DECLARE
    body text := $view$
        SELECT s.metric_id, d.time, v.value, s.id AS series_id, s.labels/*citus , s.bucket*/
        FROM _prom_catalog.series s
        JOIN prom_data.landing d ON d.group_id = s.group_id/*citus  AND d.bucket = s.bucket*/,
             LATERAL (SELECT d.values[s.slot] OFFSET 0) v(value)
        WHERE v.value IS NOT NULL
        UNION ALL
        SELECT b.metric_id, t.time, %1$s, s.id, s.labels/*citus , s.bucket*/
        FROM prom_data.packed b
        JOIN prom_data.tick t ON t.vector_id = b.vector_id AND t.idx BETWEEN b.first AND b.last%2$s/*citus  AND t.bucket = b.bucket*/
        JOIN _prom_catalog.series s ON s.id = b.series_id%3$s/*citus  AND s.bucket = b.bucket*/
        $view$;
BEGIN
    -- A run is of a series of its own metric. To say so would make the planner expect as small a part of the runs as the metric
    -- has of the catalog, and look up ticks for each run. Where there are holes, it does so anyway.
    EXECUTE 'CREATE OR REPLACE VIEW _prom_catalog.sample WITH (security_invoker = true) AS'
        || format(body, _prom_catalog.packed_value(), '', '');
    EXECUTE 'CREATE OR REPLACE VIEW _prom_catalog.sample_with_holes WITH (security_invoker = true) AS'
        || format(body, _prom_catalog.packed_value(), ' AND ' || _prom_catalog.packed_condition(), ' AND s.metric_id = b.metric_id');
END
$make$;
COMMENT ON VIEW _prom_catalog.sample IS 'The samples of metrics whose runs have no holes.';
COMMENT ON COLUMN _prom_catalog.sample.metric_id IS 'The metric: a query without a condition on it reads everything.';
COMMENT ON COLUMN _prom_catalog.sample.time IS 'The sample''s time.';
COMMENT ON COLUMN _prom_catalog.sample.value IS 'The sample''s value.';
COMMENT ON COLUMN _prom_catalog.sample.series_id IS 'The series.';
COMMENT ON COLUMN _prom_catalog.sample.labels IS 'The series'' labels.';

COMMENT ON VIEW _prom_catalog.sample_with_holes IS 'The same of metrics whose runs may have holes: each tick of a run is looked at.';
COMMENT ON COLUMN _prom_catalog.sample_with_holes.metric_id IS 'The metric.';
COMMENT ON COLUMN _prom_catalog.sample_with_holes.time IS 'The sample''s time.';
COMMENT ON COLUMN _prom_catalog.sample_with_holes.value IS 'The sample''s value.';
COMMENT ON COLUMN _prom_catalog.sample_with_holes.series_id IS 'The series.';
COMMENT ON COLUMN _prom_catalog.sample_with_holes.labels IS 'The series'' labels.';

-- What the daemon reads runs by.

CREATE OR REPLACE VIEW _prom_catalog.run AS
SELECT b.series_id, b.vector_id, b.first, b.last, b.kind, b.base, b.scale, b.width, b.slope, b.i2, b.i4, b.f8, b.bits, b.present,
       v.block, v.upper, v.xmin AS made_by, b.metric_id, b.rising
FROM prom_data.packed b JOIN prom_data.vector v ON v.id = b.vector_id/*citus  AND v.bucket = b.bucket*/;
COMMENT ON VIEW _prom_catalog.run IS 'The runs with the times that their vectors span, and the transaction that has made the vector.';

CREATE OR REPLACE VIEW _prom_catalog.vector_tick AS
SELECT v.id AS vector_id, t.idx, t.time
FROM prom_data.vector v
JOIN prom_data.tick t ON t.vector_id = v.id/*citus  AND t.bucket = v.bucket*/ AND t.time BETWEEN v.block AND v.upper;
COMMENT ON VIEW _prom_catalog.vector_tick IS 'The ticks of the vectors, looked for among those of their times.';
