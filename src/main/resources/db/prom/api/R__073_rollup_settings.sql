-- How rollups are kept, as users set it.

CREATE OR REPLACE FUNCTION _prom_catalog.known_rollup(resolution interval) RETURNS _prom_catalog.rollup
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found _prom_catalog.rollup;
BEGIN
    SELECT * INTO found FROM _prom_catalog.rollup r WHERE make_interval(secs => r.seconds) = resolution;
    IF found.seconds IS NULL THEN
        RAISE EXCEPTION 'there are no rollups of %', coalesce(resolution::text, 'NULL') USING ERRCODE = 'undefined_object',
            HINT = 'prom_info.rollup has the resolutions.';
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION _prom_catalog.known_rollup IS 'A resolution, by the length of its buckets; fails if there is none.';

CREATE OR REPLACE FUNCTION prom_api.set_rollup_retention_period(resolution interval, retention_period interval) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE _prom_catalog.rollup r SET retention_period = _prom_catalog.checked_retention(set_rollup_retention_period.retention_period)
    WHERE r.seconds = (_prom_catalog.known_rollup(resolution)).seconds;
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.set_rollup_retention_period(interval, interval) IS
    'Sets how long the rollups of a resolution are kept, of all metrics. They stay when the samples go.';

CREATE OR REPLACE FUNCTION prom_api.get_rollup_retention_period(resolution interval) RETURNS interval
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (_prom_catalog.known_rollup(resolution)).retention_period
$$;
COMMENT ON FUNCTION prom_api.get_rollup_retention_period(interval) IS
    'How long the rollups of a resolution are kept: by default those of 5 minutes a year, those of an hour five years.';
