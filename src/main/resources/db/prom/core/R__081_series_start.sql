-- When series began to count.

/*plain*/
-- A function that returns something else cannot be replaced: it used to return nothing.
DROP FUNCTION IF EXISTS _prom_catalog.store_starts(bigint[], bigint[], bigint[]);
CREATE FUNCTION _prom_catalog.store_starts(series_ids bigint[], start_millis bigint[], first_millis bigint[])
    RETURNS bigint[]
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Who removes series waits until these starts are visible to it.
    WITH known AS MATERIALIZED (
        SELECT s.id FROM _prom_catalog.series s WHERE s.id = ANY (series_ids) ORDER BY s.id FOR KEY SHARE
    ), stored AS (
        INSERT INTO _prom_catalog.series_start (series_id, start_time, first_time)
        SELECT u.id, _prom_catalog.millis_to_time(u.start), _prom_catalog.millis_to_time(min(u.first))
        FROM unnest(series_ids, start_millis, first_millis) u(id, start, first)
        WHERE u.id IN (SELECT k.id FROM known k)
        GROUP BY u.id, u.start
        ORDER BY u.id, u.start
        ON CONFLICT DO NOTHING
    )
    SELECT ARRAY(SELECT DISTINCT u.id FROM unnest(series_ids) u(id) WHERE u.id NOT IN (SELECT k.id FROM known k))
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.store_starts IS
    'Stores starts of series that are not there yet; parallel arrays. The answer: series that are gone, whose starts are not stored.';

CREATE OR REPLACE VIEW prom_info.series_start AS
SELECT m.metric_name::text COLLATE "default" AS metric_name,
       t.series_id,
       s.labels,
       t.start_time,
       t.first_time
FROM _prom_catalog.series_start t
JOIN _prom_catalog.series s ON s.id = t.series_id/*citus  AND s.bucket = t.bucket*/
JOIN _prom_catalog.metric m ON m.id = s.metric_id;
COMMENT ON VIEW prom_info.series_start IS
    'When series began to count, for those whose sender says so (remote write 2.0): a row for each start, so each row but a series'' first one is a restart.';
COMMENT ON COLUMN prom_info.series_start.metric_name IS 'The metric''s name.';
COMMENT ON COLUMN prom_info.series_start.series_id IS 'The series.';
COMMENT ON COLUMN prom_info.series_start.labels IS 'The labels of the series.';
COMMENT ON COLUMN prom_info.series_start.start_time IS 'When the series began, or began anew: its value was 0 then.';
COMMENT ON COLUMN prom_info.series_start.first_time IS 'The time of the first sample that came with this start.';
