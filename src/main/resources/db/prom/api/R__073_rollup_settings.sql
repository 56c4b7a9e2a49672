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

CREATE OR REPLACE FUNCTION _prom_catalog.checked_rollups(resolutions text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    names text[] := array_remove(regexp_split_to_array(resolutions, '\s*,\s*'), 'none');
    known text[] := ARRAY(SELECT k.name FROM _prom_catalog.rollup k ORDER BY k.seconds);
BEGIN
    IF resolutions IS NULL OR NOT names <@ known THEN
        RAISE EXCEPTION 'there are no rollups of %', coalesce(resolutions, 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = format('There are none, or, separated by commas: %s.', array_to_string(known, ', '));
    END IF;
    RETURN coalesce((SELECT string_agg(k, ',' ORDER BY o) FROM unnest(known) WITH ORDINALITY u(k, o) WHERE k = ANY (names)), 'none');
END
$$;
COMMENT ON FUNCTION _prom_catalog.checked_rollups IS 'Resolutions as they are kept: none, or names separated by commas. Fails if there is no such.';

CREATE OR REPLACE FUNCTION prom_api.get_default_rollups() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(_prom_catalog.get_setting('rollups'), _prom_catalog.get_setting('configured_rollups'), 'none')
$$;
COMMENT ON FUNCTION prom_api.get_default_rollups() IS
    'The resolutions in which metrics without a choice of their own are rolled up, or none: as set, else as the daemon is configured.';

CREATE OR REPLACE FUNCTION prom_api.set_default_rollups(resolutions text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.set_setting('rollups', _prom_catalog.checked_rollups(resolutions));
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.set_default_rollups(text) IS
    'Sets in which resolutions all metrics, present and future, are rolled up that have no choice of their own: none, 1h, or 5m,1h. At its next packing, the daemon rolls up what was packed before, or deletes rollups.';

CREATE OR REPLACE FUNCTION prom_api.get_metric_rollups(metric_name text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT c.resolutions FROM _prom_catalog.metric m JOIN _prom_catalog.rollup_choice c ON c.metric_id = m.id
                     WHERE m.metric_name = get_metric_rollups.metric_name), prom_api.get_default_rollups())
$$;
COMMENT ON FUNCTION prom_api.get_metric_rollups(text) IS 'The resolutions in which a metric is rolled up, or none; the default if there is no such metric.';

CREATE OR REPLACE FUNCTION prom_api.set_metric_rollups(metric_name text, resolutions text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO _prom_catalog.rollup_choice AS c (metric_id, resolutions)
    VALUES (_prom_catalog.ensure_metric(set_metric_rollups.metric_name), _prom_catalog.checked_rollups(set_metric_rollups.resolutions))
    ON CONFLICT (metric_id) DO UPDATE SET resolutions = excluded.resolutions;
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.set_metric_rollups(text, text) IS
    'Sets in which resolutions a metric is rolled up: none, 1h, or 5m,1h. At its next packing, the daemon rolls up what was packed before, or deletes rollups. Makes the metric if there is none of this name.';

CREATE OR REPLACE FUNCTION prom_api.reset_metric_rollups(metric_name text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM _prom_catalog.rollup_choice c USING _prom_catalog.metric m
    WHERE m.id = c.metric_id AND m.metric_name = reset_metric_rollups.metric_name;
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.reset_metric_rollups(text) IS 'Lets a metric follow the default of rollups again.';
