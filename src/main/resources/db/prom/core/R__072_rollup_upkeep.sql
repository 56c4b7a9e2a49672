-- Rollups while samples are packed, deleted and expire.

CREATE OR REPLACE FUNCTION _prom_catalog.rollup_lock() RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(1886547826, 72)
$$;
COMMENT ON FUNCTION _prom_catalog.rollup_lock IS
    'One transaction at a time changes rows of rollups: a row holds what several units are packed to. After partitions and interning are held.';

CREATE OR REPLACE FUNCTION _prom_catalog.note_rollup_span(seconds int, span int) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    k _prom_catalog.rollup;
BEGIN
    SELECT * INTO k FROM _prom_catalog.rollup r WHERE r.seconds = note_rollup_span.seconds;
    INSERT INTO _prom_catalog.rollup_span AS s (seconds, span) VALUES (k.seconds, note_rollup_span.span)
    ON CONFLICT ON CONSTRAINT rollup_span_pkey DO UPDATE SET merged = false, written_at = now();
    EXECUTE format('INSERT INTO _prom_rollup.%I (time, span, idx)'
                   ' SELECT to_timestamp(($1::bigint * $2 + i - 1) * $3), $1, i FROM generate_series(1, $2) i ON CONFLICT DO NOTHING',
                   k.name || '_bucket')
    USING note_rollup_span.span, k.buckets, k.seconds;
END
$$;
COMMENT ON FUNCTION _prom_catalog.note_rollup_span IS 'Notes that rollups are written to a span of time, and makes its buckets.';

CREATE OR REPLACE FUNCTION _prom_catalog.unpacked_from(since timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    until timestamptz := _prom_catalog.sealed_until();
    l _prom_catalog.landing_partition;
    empty boolean;
BEGIN
    FOR l IN SELECT p.* FROM _prom_catalog.landing_partition p WHERE p.upper > since AND p.lower < until ORDER BY p.lower LOOP
        EXECUTE format('SELECT NOT EXISTS (SELECT 1 FROM _prom_landing.%I)', l.name) INTO empty;
        IF NOT (l.sealed AND empty) THEN
            RETURN l.lower;
        END IF;
    END LOOP;
    RETURN until;
END
$$;
COMMENT ON FUNCTION _prom_catalog.unpacked_from IS
    'The time before which everything is packed, as far as it is later than a time; NULL while nothing has been packed.';

CREATE OR REPLACE FUNCTION _prom_catalog.advance_rollups() RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE _prom_catalog.rollup k SET until = u.until
    FROM (SELECT r.seconds, date_bin(make_interval(secs => r.seconds), _prom_catalog.unpacked_from(r.until), 'epoch') AS until
          FROM _prom_catalog.rollup r) u
    WHERE u.seconds = k.seconds AND u.until > k.until
$$;
COMMENT ON FUNCTION _prom_catalog.advance_rollups IS 'Shows as rollups what has been packed, up to the first block that is not.';

CREATE OR REPLACE FUNCTION _prom_catalog.expire_rollups() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    k record;
BEGIN
    FOR k IN
        SELECT r.name, s.seconds, s.span FROM _prom_catalog.rollup r JOIN _prom_catalog.rollup_span s ON s.seconds = r.seconds
        WHERE to_timestamp((s.span + 1)::bigint * r.buckets * r.seconds) <= _prom_catalog.retention_now() - r.retention_period
    LOOP
        PERFORM _prom_catalog.rollup_lock();
        EXECUTE format('DELETE FROM _prom_rollup.%I r USING _prom_catalog.metric m WHERE r.metric_id = m.id AND r.span = $1', k.name) USING k.span;
        EXECUTE format('DELETE FROM _prom_rollup.%I WHERE span = $1', k.name || '_bucket') USING k.span;
        DELETE FROM _prom_catalog.rollup_span s WHERE s.seconds = k.seconds AND s.span = k.span;
    END LOOP;
END
$$;
COMMENT ON FUNCTION _prom_catalog.expire_rollups IS 'Deletes rollups that are older than the retention period of their resolution.';

CREATE OR REPLACE FUNCTION _prom_catalog.remove_rollups(series_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rollup name;
BEGIN
    PERFORM _prom_catalog.rollup_lock();
    FOR rollup IN SELECT k.name FROM _prom_catalog.rollup k LOOP
        EXECUTE format('DELETE FROM _prom_rollup.%I r WHERE r.series_id = ANY ($1)', rollup) USING series_ids;
    END LOOP;
END
$$;
COMMENT ON FUNCTION _prom_catalog.remove_rollups IS 'Removes all rollups of series.';

CREATE OR REPLACE FUNCTION _prom_catalog.without_rollups(series_ids bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rollup name;
BEGIN
    FOR rollup IN SELECT k.name FROM _prom_catalog.rollup k LOOP
        EXECUTE format('SELECT array_agg(u.id) FROM unnest($1) u(id) WHERE NOT EXISTS (SELECT FROM _prom_rollup.%I r WHERE r.series_id = u.id)',
                       rollup)
        INTO series_ids USING series_ids;
    END LOOP;
    RETURN series_ids;
END
$$;
COMMENT ON FUNCTION _prom_catalog.without_rollups IS 'Those of the series that have no rollups; NULL if there are none.';

CREATE OR REPLACE FUNCTION _prom_catalog.recount_rollup(
    rollup _prom_catalog.rollup, metric_id int, series_ids bigint[], start_time timestamptz, end_time timestamptz) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    step interval := make_interval(secs => rollup.seconds);
    lower timestamptz := CASE WHEN isfinite(start_time) THEN date_bin(step, start_time, 'epoch') ELSE start_time END;
    upper timestamptz := CASE WHEN isfinite(end_time) THEN date_bin(step, end_time, 'epoch') ELSE end_time END;
    packed name := (SELECT m.table_name FROM _prom_catalog.metric m WHERE m.id = metric_id);
BEGIN
    -- Only the first and the last bucket can have samples yet. What a row has beside these buckets comes back as it was: its
    -- samples may have expired.
    EXECUTE format($recount$
        WITH hit AS MATERIALIZED (
            SELECT r.series_id, r.span, r.first FROM _prom_rollup.%1$I r
            WHERE r.series_id = ANY ($1)
              AND EXISTS (SELECT FROM _prom_rollup.%2$I t
                          WHERE t.span = r.span AND t.idx BETWEEN r.first AND r.last AND t.time BETWEEN $2 AND $3)
        ), old AS MATERIALIZED (
            SELECT c.* FROM hit h JOIN _prom_rollup.%3$I c ON c.series_id = h.series_id AND c.span = h.span AND c.row_first = h.first
        ), edge AS MATERIALIZED (
            SELECT o.series_id, o.span, o.idx, e.*
            FROM old o, LATERAL (%4$s) e
            WHERE o.time IN ($2, $3)
        ), bucket AS MATERIALIZED (
            SELECT o.series_id, o.span, o.idx, o.count, o.sum, o.min, o.max, o.first, o.last, o.lost FROM old o WHERE o.time < $2 OR o.time > $3
            UNION ALL
            SELECT e.series_id, e.span, e.idx, e.count, e.sum, e.min, e.max, e.first, e.last, e.lost FROM edge e
        ), gone AS (
            DELETE FROM _prom_rollup.%1$I r USING hit h WHERE r.series_id = h.series_id AND r.span = h.span AND r.first = h.first
            RETURNING 1
        ), made AS (
            SELECT b.series_id, b.span, min(b.idx) AS first, max(b.idx) AS last, count(*) AS n, array_agg(b.idx ORDER BY b.idx) AS idxs,
                   array_agg(b.count ORDER BY b.idx) AS counts, array_agg(b.sum ORDER BY b.idx) AS sums, array_agg(b.lost ORDER BY b.idx) AS lost,
                   array_agg(b.first ORDER BY b.idx) || array_agg(b.last ORDER BY b.idx) || array_agg(b.min ORDER BY b.idx)
                   || array_agg(b.max ORDER BY b.idx) AS samples
            FROM bucket b WHERE (SELECT count(*) FROM gone) IS NOT NULL
            GROUP BY b.series_id, b.span
        )
        INSERT INTO _prom_rollup.%1$I (series_id, metric_id, span, first, last, n, form, present, c4, v8, s8, l8)
        SELECT m.series_id, $4, m.span, m.first, m.last, m.n, 7,
               CASE WHEN m.n < m.last - m.first + 1
                    THEN (SELECT string_agg(CASE WHEN i = ANY (m.idxs) THEN '1' ELSE '0' END, '' ORDER BY i)::bit varying
                          FROM generate_series(m.first::int, m.last::int) i) END,
               m.counts, m.samples, m.sums, m.lost
        FROM made m
        $recount$, rollup.name, rollup.name || '_bucket', rollup.name || '_decoded',
        _prom_catalog.rollup_of_samples(
            format('SELECT v.time, v.value FROM prom_metric.%I v WHERE v.series_id = o.series_id AND v.time >= o.time AND v.time < o.time + interval ''%s seconds''',
                   packed, rollup.seconds), rollup.seconds))
    USING series_ids, lower, upper, metric_id;
END
$$;
COMMENT ON FUNCTION _prom_catalog.recount_rollup IS
    'Brings the rollups of a resolution up to date after samples of series were deleted, from a time to a time.';

CREATE OR REPLACE FUNCTION _prom_catalog.recount_rollups(metric_id int, series_ids bigint[], start_time timestamptz, end_time timestamptz)
    RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM _prom_catalog.rollup_lock();
    PERFORM _prom_catalog.recount_rollup(k, metric_id, series_ids, start_time, end_time) FROM _prom_catalog.rollup k;
END
$$;
COMMENT ON FUNCTION _prom_catalog.recount_rollups IS
    'Brings rollups up to date after samples of series were deleted, from a time to a time, both included.';

-- What a resolution needs is made for each there is, whenever one of these files has changed.
SELECT _prom_catalog.make_rollup(k) FROM _prom_catalog.rollup k;
