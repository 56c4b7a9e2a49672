-- The columns of metric_data have no time zone: the driver writes the local time of the machine that it runs on.

CREATE OR REPLACE FUNCTION metric_data.time_zone() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT s.value FROM _prom_catalog.setting s WHERE s.key = 'perf_test_time_zone'), 'UTC')
$$;
COMMENT ON FUNCTION metric_data.time_zone() IS
    'The time zone of the timestamps in metric_data: UTC, unless set_time_zone() has said otherwise.';

CREATE OR REPLACE FUNCTION metric_data.set_time_zone(zone text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- An unknown zone is an error here, not at the first query.
    PERFORM now() AT TIME ZONE zone;
    INSERT INTO _prom_catalog.setting (key, value) VALUES ('perf_test_time_zone', zone)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value;
END
$$;
COMMENT ON FUNCTION metric_data.set_time_zone(text) IS
    'Says in which time zone the driver''s machine runs, such as Europe/Berlin. Set it before the first result: what is stored stays as it is.';
