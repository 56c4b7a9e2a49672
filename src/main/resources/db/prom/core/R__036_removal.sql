-- Removal of metrics, series and samples, while daemons ingest.

CREATE OR REPLACE FUNCTION _prom_catalog.known_metric(metric_name text) RETURNS _prom_catalog.metric
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found _prom_catalog.metric;
BEGIN
    SELECT * INTO found FROM _prom_catalog.metric m WHERE m.metric_name = known_metric.metric_name;
    IF found.id IS NULL THEN
        RAISE EXCEPTION 'there is no metric %', coalesce(metric_name, 'NULL')
            USING ERRCODE = 'undefined_object', HINT = 'prom_api.find(''part of a name'') lists metrics.';
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION _prom_catalog.known_metric IS 'A metric, by its name; fails if there is none.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.remove_unused_labels(label_ids int[]) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM _prom_catalog.label l
    WHERE l.id = ANY (label_ids)
      AND NOT EXISTS (SELECT FROM _prom_catalog.tenant_role r WHERE r.label_id = l.id)
      AND NOT EXISTS (SELECT FROM _prom_catalog.series s WHERE s.labels::int[] @> ARRAY[l.id])
      AND NOT EXISTS (SELECT FROM _prom_catalog.series_group g WHERE l.id IN (g.job_id, g.instance_id));
    DELETE FROM _prom_catalog.label_key k
    WHERE NOT EXISTS (SELECT FROM _prom_catalog.label_key_position p WHERE p.label_key_id = k.id)
      AND NOT EXISTS (SELECT FROM _prom_catalog.label l WHERE l.key = k.key)
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.remove_unused_labels IS
    'Removes those of the labels that no series has any more, and label names without labels. Under intern_lock().';

CREATE OR REPLACE FUNCTION _prom_catalog.remove_series(metric_id int, series_ids bigint[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    mine bigint[];
    used int[];
    samples bigint;
BEGIN
    PERFORM _prom_catalog.hold_partitions('-infinity', 'infinity');
    PERFORM _prom_catalog.intern_lock();
    SELECT array_agg(s.id) INTO mine FROM _prom_catalog.series s
    WHERE s.id = ANY (series_ids) AND s.metric_id = remove_series.metric_id;
    IF mine IS NULL THEN
        RETURN 0;
    END IF;
    used := ARRAY(SELECT DISTINCT u.id FROM _prom_catalog.series s, unnest(s.labels) u(id) WHERE s.id = ANY (mine));
    DELETE FROM prom_data.exemplar e WHERE e.series_id = ANY (mine);
    samples := _prom_catalog.delete_packed(metric_id, mine, '-infinity', 'infinity') + _prom_catalog.forget_series(mine);
    PERFORM _prom_catalog.remove_rollups(mine);
    PERFORM _prom_catalog.remove_empty_groups();
    PERFORM _prom_catalog.remove_unused_labels(used);
    RETURN samples;
END
$$;
COMMENT ON FUNCTION _prom_catalog.remove_series IS 'Removes series of a metric with their samples, and labels that nothing else has. The number of samples.';

CREATE OR REPLACE FUNCTION prom_api.delete_series_from_metric(name text, series_ids bigint[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.remove_series((_prom_catalog.known_metric(name)).id, series_ids)
$$;
COMMENT ON FUNCTION prom_api.delete_series_from_metric(text, bigint[]) IS
    'Deletes series of a metric with all their samples; the number of samples, native histograms included. A series that is ingested again returns, with the same id.';

CREATE OR REPLACE FUNCTION _prom_catalog.delete_series_from_metric(name text, series_ids bigint[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT prom_api.delete_series_from_metric(name, series_ids)
$$;
COMMENT ON FUNCTION _prom_catalog.delete_series_from_metric(text, bigint[]) IS 'prom_api.delete_series_from_metric(), where Promscale had it.';

CREATE OR REPLACE FUNCTION prom_api.delete_series_from_metric(
    name text, matcher prom_api.matcher_positive, start_time timestamptz, end_time timestamptz)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    removed_from int := (_prom_catalog.known_metric(name)).id;
    samples bigint;
    matching bigint[] := ARRAY(SELECT s.id FROM _prom_catalog.series s
                               WHERE s.metric_id = removed_from AND s.labels::int[] @> matcher::int[]);
BEGIN
    IF start_time = '-infinity' AND end_time = 'infinity' THEN
        RETURN _prom_catalog.remove_series(removed_from, matching);
    END IF;
    PERFORM _prom_catalog.hold_partitions(start_time, end_time);
    DELETE FROM prom_data.exemplar e WHERE e.series_id = ANY (matching) AND e.time >= start_time AND e.time <= end_time;
    samples := _prom_catalog.delete_packed(removed_from, matching, start_time, end_time)
               + _prom_catalog.delete_landed(matching, start_time, end_time)
               + _prom_catalog.delete_histograms(matching, start_time, end_time);
    PERFORM _prom_catalog.recount_rollups(removed_from, matching, start_time, end_time);
    RETURN samples;
END
$$;
COMMENT ON FUNCTION prom_api.delete_series_from_metric(text, prom_api.matcher_positive, timestamptz, timestamptz) IS
    'Deletes samples, native histograms and exemplars from a time to a time, both included, of the series of a metric that have all labels of a matcher: see matcher(). The number of samples and histograms. From -infinity to infinity, the series are deleted too.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.remove_metadata(dropped_metric text) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH suffix(text) AS (
        SELECT unnest(ARRAY['', '_bucket', '_count', '_sum', '_gcount', '_gsum', '_total', '_info', '_created'])
    )
    DELETE FROM _prom_catalog.metadata d
    WHERE d.metric_family IN (SELECT left(dropped_metric, -length(s.text)) FROM suffix s WHERE right(dropped_metric, length(s.text)) = s.text AND s.text <> ''
                              UNION SELECT dropped_metric)
      AND NOT EXISTS (SELECT FROM _prom_catalog.metric m, suffix s WHERE m.metric_name = d.metric_family || s.text)
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.remove_metadata IS 'Removes what is known about the family of a metric that is gone, unless other metrics belong to it.';

CREATE OR REPLACE FUNCTION prom_api.drop_metric(metric_name_to_be_dropped text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dropped _prom_catalog.metric := _prom_catalog.known_metric(metric_name_to_be_dropped);
    series_ids bigint[];
BEGIN
    -- Views first: what waits for readers holds up nobody who ingests.
    EXECUTE format('DROP VIEW IF EXISTS prom_text.%1$I, prom_text_latest.%1$I, prom_text_histogram.%1$I, prom_exemplar.%1$I, prom_histogram.%1$I, prom_latest.%1$I, prom_metric.%1$I, prom_series.%1$I', dropped.table_name);
    PERFORM _prom_catalog.drop_rollup_views(dropped.table_name);
    PERFORM _prom_catalog.hold_partitions('-infinity', 'infinity');
    PERFORM _prom_catalog.intern_lock();
    series_ids := ARRAY(SELECT s.id FROM _prom_catalog.series s WHERE s.metric_id = dropped.id);
    PERFORM _prom_catalog.remove_series(dropped.id, series_ids);
    DELETE FROM _prom_catalog.metric m WHERE m.id = dropped.id;
    /*citus DELETE FROM _prom_catalog.label_key_position p WHERE p.metric_id = dropped.id;
    DELETE FROM _prom_catalog.packed_block p WHERE p.metric_id = dropped.id;
    DELETE FROM _prom_catalog.text_view v WHERE v.metric_id = dropped.id;
    DELETE FROM _prom_catalog.rollup_choice c WHERE c.metric_id = dropped.id;*/
    PERFORM _prom_catalog.remove_metadata(dropped.metric_name);
    PERFORM _prom_catalog.remove_unused_labels('{}');
END
$$;
COMMENT ON FUNCTION prom_api.drop_metric(text) IS
    'Removes a metric with its series, samples and views, while daemons ingest. A metric that is ingested again returns.';
