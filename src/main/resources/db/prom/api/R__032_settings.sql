-- Retention, chunk interval and compression: defaults, and what a metric has of its own. Functions that set something act
-- with the owner's rights, for the role prom_admin.

CREATE OR REPLACE FUNCTION _prom_catalog.set_setting(setting_key text, setting_value text) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO _prom_catalog.setting (key, value) VALUES (setting_key, setting_value)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
$$;
COMMENT ON FUNCTION _prom_catalog.set_setting IS 'Keeps a default that has been changed by SQL.';

CREATE OR REPLACE FUNCTION _prom_catalog.get_setting(setting_key text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.value FROM _prom_catalog.setting s WHERE s.key = setting_key
$$;
COMMENT ON FUNCTION _prom_catalog.get_setting IS 'A default that has been changed by SQL; NULL if it has not.';

CREATE OR REPLACE FUNCTION _prom_catalog.ensure_metric(metric_name text) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric_id int := (SELECT m.id FROM _prom_catalog.metric m WHERE m.metric_name = ensure_metric.metric_name);
BEGIN
    IF metric_id IS NULL THEN
        IF coalesce(metric_name, '') = '' THEN
            RAISE EXCEPTION 'a metric has a name' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        PERFORM _prom_catalog.intern_lock();
        metric_id := (_prom_catalog.intern_metrics(ARRAY[metric_name]))[1];
        PERFORM _prom_catalog.intern_positions(ARRAY[metric_id], _prom_catalog.intern_label_keys(ARRAY['__name__']), 1);
        PERFORM _prom_catalog.make_views(metric_id);
    END IF;
    RETURN metric_id;
END
$$;
COMMENT ON FUNCTION _prom_catalog.ensure_metric IS 'The id of a metric, which is made if there is none of this name.';

CREATE OR REPLACE FUNCTION _prom_catalog.raw_metric(schema_name text, metric_name text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF schema_name IN ('prom_data', 'prom_metric') THEN
        RETURN metric_name;
    END IF;
    RAISE EXCEPTION '%.% is not a metric of promgres', schema_name, metric_name
        USING ERRCODE = 'undefined_table',
              HINT = 'A view keeps no samples: the retention of what it is made of applies. Metrics are in the schema prom_data.';
END
$$;
COMMENT ON FUNCTION _prom_catalog.raw_metric IS 'The name of a metric that is named with a schema; fails for other schemas than prom_data.';

-- Retention.

CREATE OR REPLACE FUNCTION _prom_catalog.checked_retention(period interval) RETURNS interval
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF period IS NULL OR period <= interval '0' THEN
        RAISE EXCEPTION 'a retention period is longer than 0, not %', period USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN period;
END
$$;
COMMENT ON FUNCTION _prom_catalog.checked_retention IS 'The period itself; fails if it is none.';

CREATE OR REPLACE FUNCTION prom_api.get_default_metric_retention_period() RETURNS interval
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(_prom_catalog.get_setting('retention_period')::interval,
                    _prom_catalog.get_setting('configured_retention_period')::interval, interval '90 days')
$$;
COMMENT ON FUNCTION prom_api.get_default_metric_retention_period() IS
    'How long samples are kept of metrics that have no retention period of their own: as set by SQL, else as the daemon is configured, which is 90 days unless it says otherwise.';

CREATE OR REPLACE FUNCTION _prom_catalog.metric_retention(metric_id int) RETURNS interval
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT m.retention_period FROM _prom_catalog.metric m WHERE m.id = metric_id),
                    prom_api.get_default_metric_retention_period())
$$;
COMMENT ON FUNCTION _prom_catalog.metric_retention IS 'How long samples of a metric are kept.';

CREATE OR REPLACE FUNCTION prom_api.get_metric_retention_period(metric_name text) RETURNS interval
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.metric_retention(
        (SELECT m.id FROM _prom_catalog.metric m WHERE m.metric_name = get_metric_retention_period.metric_name))
$$;
COMMENT ON FUNCTION prom_api.get_metric_retention_period(text) IS
    'How long samples of a metric are kept; the default if there is no such metric.';

CREATE OR REPLACE FUNCTION prom_api.get_metric_retention_period(metric_schema text, metric_name text) RETURNS interval
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT prom_api.get_metric_retention_period(_prom_catalog.raw_metric(metric_schema, metric_name))
$$;
COMMENT ON FUNCTION prom_api.get_metric_retention_period(text, text) IS
    'How long samples of a metric in schema prom_data are kept; the default if there is no such metric.';

CREATE OR REPLACE FUNCTION prom_api.set_default_retention_period(retention_period interval) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.set_setting('retention_period', _prom_catalog.checked_retention(retention_period)::text);
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.set_default_retention_period(interval) IS
    'Sets how long samples are kept of all metrics, present and future, that have no retention period of their own.';

CREATE OR REPLACE FUNCTION prom_api.set_metric_retention_period(metric_name text, new_retention_period interval) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.ensure_metric(set_metric_retention_period.metric_name);
    UPDATE _prom_catalog.metric m SET retention_period = _prom_catalog.checked_retention(new_retention_period)
    WHERE m.metric_name = set_metric_retention_period.metric_name;
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.set_metric_retention_period(text, interval) IS
    'Sets how long samples of a metric are kept. Makes the metric if there is none of this name.';

CREATE OR REPLACE FUNCTION prom_api.set_metric_retention_period(schema_name text, metric_name text, new_retention_period interval)
    RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT prom_api.set_metric_retention_period(_prom_catalog.raw_metric(schema_name, metric_name), new_retention_period)
$$;
COMMENT ON FUNCTION prom_api.set_metric_retention_period(text, text, interval) IS
    'Sets how long samples of a metric in schema prom_data are kept. Makes the metric if there is none of this name.';

CREATE OR REPLACE FUNCTION prom_api.reset_metric_retention_period(metric_name text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE _prom_catalog.metric m SET retention_period = NULL
    WHERE m.metric_name = reset_metric_retention_period.metric_name;
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.reset_metric_retention_period(text) IS 'Lets a metric follow the default retention period again.';

CREATE OR REPLACE FUNCTION prom_api.reset_metric_retention_period(schema_name text, metric_name text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT prom_api.reset_metric_retention_period(_prom_catalog.raw_metric(schema_name, metric_name))
$$;
COMMENT ON FUNCTION prom_api.reset_metric_retention_period(text, text) IS
    'Lets a metric in schema prom_data follow the default retention period again.';

-- Chunk interval: the length of a block, which is packed as one.

CREATE OR REPLACE FUNCTION _prom_catalog.checked_chunk_interval(chunk_interval interval) RETURNS interval
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF chunk_interval IS NULL OR chunk_interval < interval '1 minute' OR chunk_interval > interval '7 days'
       OR extract(year FROM chunk_interval) <> 0
       OR extract(month FROM chunk_interval) <> 0 THEN
        RAISE EXCEPTION 'a chunk interval is between a minute and 7 days, not %', chunk_interval
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN chunk_interval;
END
$$;
COMMENT ON FUNCTION _prom_catalog.checked_chunk_interval IS 'The interval itself; fails if blocks cannot have this length.';

CREATE OR REPLACE FUNCTION prom_api.get_default_chunk_interval() RETURNS interval
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.default_chunk_interval(
        coalesce(_prom_catalog.get_setting('configured_chunk_interval')::interval, interval '2 hours'))
$$;
COMMENT ON FUNCTION prom_api.get_default_chunk_interval() IS
    'The length of a block of metrics that have no chunk interval of their own: as set, else as configured, else 2 hours.';

CREATE OR REPLACE FUNCTION _prom_catalog.metric_chunk_interval(metric_id int) RETURNS interval
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT m.chunk_interval FROM _prom_catalog.metric m WHERE m.id = metric_id),
                    prom_api.get_default_chunk_interval())
$$;
COMMENT ON FUNCTION _prom_catalog.metric_chunk_interval IS 'The length of a metric''s blocks.';

CREATE OR REPLACE FUNCTION prom_api.get_metric_chunk_interval(metric_name text) RETURNS interval
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.metric_chunk_interval(
        (SELECT m.id FROM _prom_catalog.metric m WHERE m.metric_name = get_metric_chunk_interval.metric_name))
$$;
COMMENT ON FUNCTION prom_api.get_metric_chunk_interval(text) IS
    'The length of a metric''s blocks; the default if there is no such metric.';

CREATE OR REPLACE FUNCTION prom_api.set_default_chunk_interval(chunk_interval interval) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.set_setting('chunk_interval', _prom_catalog.checked_chunk_interval(chunk_interval)::text);
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.set_default_chunk_interval(interval) IS
    'Sets the length of new blocks of all metrics, present and future, that have no chunk interval of their own.';

CREATE OR REPLACE FUNCTION prom_api.set_metric_chunk_interval(metric_name text, chunk_interval interval) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.ensure_metric(set_metric_chunk_interval.metric_name);
    UPDATE _prom_catalog.metric m
    SET chunk_interval = _prom_catalog.checked_chunk_interval(set_metric_chunk_interval.chunk_interval)
    WHERE m.metric_name = set_metric_chunk_interval.metric_name;
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.set_metric_chunk_interval(text, interval) IS
    'Sets the length of a metric''s new blocks. Makes the metric if there is none of this name.';

CREATE OR REPLACE FUNCTION prom_api.reset_metric_chunk_interval(metric_name text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE _prom_catalog.metric m SET chunk_interval = NULL
    WHERE m.metric_name = reset_metric_chunk_interval.metric_name;
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.reset_metric_chunk_interval(text) IS 'Lets a metric follow the default chunk interval again.';

-- Compression: whether closed blocks are packed.

CREATE OR REPLACE FUNCTION _prom_catalog.default_compression() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(_prom_catalog.get_setting('compression')::boolean, true)
$$;
COMMENT ON FUNCTION _prom_catalog.default_compression IS 'Whether closed blocks of metrics without a setting of their own are packed: yes, unless set.';

CREATE OR REPLACE FUNCTION _prom_catalog.metric_compression(metric_id int) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT m.compression FROM _prom_catalog.metric m WHERE m.id = metric_id), _prom_catalog.default_compression())
$$;
COMMENT ON FUNCTION _prom_catalog.metric_compression IS 'Whether closed blocks of a metric are packed.';

CREATE OR REPLACE FUNCTION prom_api.set_default_compression_setting(compression_setting boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF compression_setting IS NULL THEN
        RAISE EXCEPTION 'compression is true or false' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM _prom_catalog.set_setting('compression', compression_setting::text);
    RETURN true;
END
$$;
COMMENT ON FUNCTION prom_api.set_default_compression_setting(boolean) IS
    'Sets whether closed blocks are packed of all metrics, present and future, that have no setting of their own.';

CREATE OR REPLACE FUNCTION prom_api.set_joining_setting(joining_setting boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF joining_setting IS NULL THEN
        RAISE EXCEPTION 'joining is true or false' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    /*citus IF joining_setting THEN
        PERFORM _prom_catalog.refuse_distributed('joined blocks');
    END IF;*/
    PERFORM _prom_catalog.set_setting('joining', joining_setting::text);
    RETURN true;
END
$$;
COMMENT ON FUNCTION prom_api.set_joining_setting(boolean) IS
    'Sets whether packed blocks are joined to longer ones when their day is over, which they are unless it is switched off. What has been joined stays so.';

CREATE OR REPLACE FUNCTION prom_api.set_metric_compression_setting(metric_name text, new_compression_setting boolean) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.ensure_metric(set_metric_compression_setting.metric_name);
    UPDATE _prom_catalog.metric m SET compression = new_compression_setting
    WHERE m.metric_name = set_metric_compression_setting.metric_name;
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.set_metric_compression_setting(text, boolean) IS
    'Sets whether closed blocks of a metric are packed. Makes the metric if there is none of this name.';

CREATE OR REPLACE FUNCTION prom_api.reset_metric_compression_setting(metric_name text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE _prom_catalog.metric m SET compression = NULL
    WHERE m.metric_name = reset_metric_compression_setting.metric_name;
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.reset_metric_compression_setting(text) IS 'Lets a metric follow the default compression setting again.';

CREATE OR REPLACE FUNCTION prom_api.set_compression_on_metric_table(metric_table_name text, compression_setting boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE _prom_catalog.metric m SET compression = compression_setting WHERE m.table_name = metric_table_name;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no metric has the table %', metric_table_name USING ERRCODE = 'undefined_table';
    END IF;
END
$$;
COMMENT ON FUNCTION prom_api.set_compression_on_metric_table(text, boolean) IS
    'Sets whether closed blocks of a metric are packed, by the name of its views.';

CREATE OR REPLACE FUNCTION _prom_catalog.retention_now() RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT least(now(), nullif(current_setting('promgres.now', true), '')::timestamptz)
$$;
COMMENT ON FUNCTION _prom_catalog.retention_now IS
    'From when retention counts back: now, but not later than the daemon that applies it believes in the setting promgres.now. So a clock that leaps forward in mid-run deletes nothing.';
