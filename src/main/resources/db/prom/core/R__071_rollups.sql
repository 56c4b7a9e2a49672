-- The tables of rollups, and how a number is found in a row.

CREATE OR REPLACE FUNCTION _prom_catalog.rollup_sample(r text, section int, element text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('CASE %1$s.form & 3 WHEN 0 THEN %1$s.base WHEN 1 THEN (%1$s.base + %1$s.v2[%2$s]) / %1$s.scale'
                  ' WHEN 2 THEN (%1$s.base + %1$s.v4[%2$s]) / %1$s.scale ELSE %1$s.v8[%2$s] END',
                  r, CASE section WHEN 0 THEN element ELSE format('%s.n * %s + %s', r, section, element) END)
$$;
COMMENT ON FUNCTION _prom_catalog.rollup_sample IS
    'SQL for a value of a rollup row r. Sections are the first values of its buckets, the last ones, the least, the greatest.';

CREATE OR REPLACE FUNCTION _prom_catalog.rollup_element(r text, idx text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('coalesce(bit_count(substring(%1$s.present FROM 1 FOR %2$s - %1$s.first + 1))::int, %2$s - %1$s.first + 1)', r, idx)
$$;
COMMENT ON FUNCTION _prom_catalog.rollup_element IS 'SQL for how many buckets a rollup row r has up to the bucket idx of its span.';

CREATE OR REPLACE FUNCTION _prom_catalog.grown_beyond(
    prior double precision, first double precision, last double precision, lost double precision) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN _prom_catalog.total(0, last::numeric - CASE WHEN first < prior THEN 0 ELSE coalesce(prior, first) END::numeric + lost::numeric);
END
$$;
COMMENT ON FUNCTION _prom_catalog.grown_beyond IS 'grown() of numbers that a double precision may not hold the sum of.';

CREATE OR REPLACE FUNCTION _prom_catalog.grown(
    prior double precision, first double precision, last double precision, lost double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN pg_catalog.abs(first) OPERATOR(pg_catalog.<) 1e300 AND pg_catalog.abs(last) OPERATOR(pg_catalog.<) 1e300
                     AND pg_catalog.abs(coalesce(prior, 0)) OPERATOR(pg_catalog.<) 1e300
                     AND pg_catalog.abs(lost) OPERATOR(pg_catalog.<) 1e300
                THEN last OPERATOR(pg_catalog.-) CASE WHEN first OPERATOR(pg_catalog.<) prior THEN 0 ELSE coalesce(prior, first) END
                     OPERATOR(pg_catalog.+) lost
                ELSE _prom_catalog.grown_beyond(prior, first, last, lost) END
$$;
COMMENT ON FUNCTION _prom_catalog.grown IS
    'What a counter grew by from the last value before a bucket to the last one in it. lost is what it had at restarts within.';

CREATE OR REPLACE FUNCTION _prom_catalog.total(ordinary double precision, huge numeric) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN huge IS NULL THEN ordinary
                WHEN huge = 'NaN' THEN 'NaN'
                WHEN abs(huge + s.small) > 1.7976931348623157e308::numeric THEN sign(huge) * float8 'Infinity'
                ELSE (huge + s.small)::float8 END
    FROM (SELECT coalesce(ordinary, 0)::numeric) s(small)
$$;
COMMENT ON FUNCTION _prom_catalog.total IS 'The sum of a number and of one that a double precision may not hold: infinite then, where sum() fails.';

CREATE OR REPLACE FUNCTION _prom_catalog.make_rollup_tables(rollup _prom_catalog.rollup) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
BEGIN
    EXECUTE format($table$
        CREATE TABLE IF NOT EXISTS _prom_rollup.%1$I (
            series_id bigint NOT NULL, metric_id int NOT NULL, span int NOT NULL,
            first smallint NOT NULL, last smallint NOT NULL, n smallint NOT NULL, form smallint NOT NULL,
            count int, base double precision, scale double precision, sum double precision,
            PRIMARY KEY (series_id, span, first));
        ALTER TABLE _prom_rollup.%1$I
            ADD COLUMN IF NOT EXISTS present bit varying, ALTER present SET STORAGE PLAIN,
            ADD COLUMN IF NOT EXISTS c2 smallint[], ALTER c2 SET STORAGE PLAIN,
            ADD COLUMN IF NOT EXISTS c4 int[], ALTER c4 SET STORAGE PLAIN,
            ADD COLUMN IF NOT EXISTS v2 smallint[], ALTER v2 SET STORAGE PLAIN,
            ADD COLUMN IF NOT EXISTS v4 int[], ALTER v4 SET STORAGE PLAIN,
            ADD COLUMN IF NOT EXISTS v8 double precision[], ALTER v8 SET STORAGE PLAIN,
            ADD COLUMN IF NOT EXISTS s4 int[], ALTER s4 SET STORAGE PLAIN,
            ADD COLUMN IF NOT EXISTS s8 double precision[], ALTER s8 SET STORAGE PLAIN,
            ADD COLUMN IF NOT EXISTS l4 int[], ALTER l4 SET STORAGE PLAIN,
            ADD COLUMN IF NOT EXISTS l8 double precision[], ALTER l8 SET STORAGE PLAIN;
        CREATE INDEX IF NOT EXISTS %2$I ON _prom_rollup.%1$I (metric_id, span);
        COMMENT ON TABLE _prom_rollup.%1$I IS
            'A row is n buckets of a series in one span of time, from the bucket first to the bucket last.';
        CREATE TABLE IF NOT EXISTS _prom_rollup.%3$I (time timestamptz PRIMARY KEY, span int NOT NULL, idx smallint NOT NULL);
        CREATE INDEX IF NOT EXISTS %4$I ON _prom_rollup.%3$I (span) INCLUDE (idx, time);
        COMMENT ON TABLE _prom_rollup.%3$I IS 'The buckets of the spans that have rollups; idx counts from 1.'
        $table$, rollup.name, rollup.name || '_metric', rollup.name || '_bucket', rollup.name || '_bucket_span');
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_rollup_tables IS 'Makes the tables of a resolution.';

CREATE OR REPLACE FUNCTION _prom_catalog.make_rollup_decoders(rollup _prom_catalog.rollup) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    element text := _prom_catalog.rollup_element('r', 't.idx');
BEGIN
    EXECUTE format($view$
        CREATE OR REPLACE VIEW _prom_rollup.%1$I AS
        SELECT r.metric_id, r.series_id, t.time, d.count, d.sum, d.min, d.max, d.first, d.last,
               _prom_catalog.grown(d.prior, d.first, d.last, d.lost) AS increase, d.lost, r.span, t.idx, r.first AS row_first
        FROM _prom_rollup.%2$I r JOIN _prom_rollup.%3$I t ON t.span = r.span AND t.idx BETWEEN r.first AND r.last,
             LATERAL (SELECT coalesce(r.count, r.c2[%4$s], r.c4[%4$s])::bigint AS count,
                             CASE WHEN r.s4 IS NOT NULL THEN r.sum + r.s4[%4$s] WHEN r.s8 IS NOT NULL THEN r.s8[%4$s] ELSE r.sum END AS sum,
                             CASE WHEN r.form < 4 THEN %5$s ELSE %7$s END AS min,
                             CASE WHEN r.form < 4 THEN %6$s ELSE %8$s END AS max,
                             %5$s AS first, %6$s AS last, coalesce(r.l8[%4$s], r.l4[%4$s], 0) AS lost,
                             CASE WHEN t.idx > r.first THEN %9$s
                                  ELSE (SELECT %10$s FROM _prom_rollup.%2$I p
                                        WHERE p.series_id = r.series_id AND (p.span, p.first) < (r.span, r.first)
                                        ORDER BY p.span DESC, p.first DESC LIMIT 1) END AS prior
                      OFFSET 0) d
        WHERE r.present IS NULL OR get_bit(r.present, t.idx - r.first) = 1
        $view$, rollup.name || '_decoded', rollup.name, rollup.name || '_bucket', element,
        _prom_catalog.rollup_sample('r', 0, element), _prom_catalog.rollup_sample('r', 1, element),
        _prom_catalog.rollup_sample('r', 2, element), _prom_catalog.rollup_sample('r', 3, element),
        _prom_catalog.rollup_sample('r', 1, format('(%s - 1)', element)), _prom_catalog.rollup_sample('p', 1, 'p.n'));
    EXECUTE format('COMMENT ON VIEW _prom_rollup.%I IS %L', rollup.name || '_decoded',
                   'A row for each bucket of each series. increase has the step from the bucket before, wherever that is.');
    EXECUTE format($view$
        CREATE OR REPLACE VIEW _prom_rollup.%1$I AS
        SELECT s.id AS series_id, k.until,
               (SELECT %4$s
                FROM _prom_rollup.%2$I r, LATERAL (SELECT least(r.last, extract(epoch FROM k.until) / %3$s - r.span::bigint * k.buckets)::int OFFSET 0) u(idx)
                WHERE r.series_id = s.id AND (r.span::bigint * k.buckets + r.first - 1) * %3$s < extract(epoch FROM k.until)
                ORDER BY r.span DESC, r.first DESC LIMIT 1) AS prior
        FROM _prom_catalog.series s JOIN _prom_catalog.rollup k ON k.seconds = %3$s
        $view$, rollup.name || '_border', rollup.name, rollup.seconds,
        _prom_catalog.rollup_sample('r', 1, _prom_catalog.rollup_element('r', 'u.idx')));
    EXECUTE format('COMMENT ON VIEW _prom_rollup.%I IS %L', rollup.name || '_border',
                   'The last value of each series before the time from which on rollups are made of samples.');
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_rollup_decoders IS 'Makes the views that the views of metrics read rollups by.';

CREATE OR REPLACE FUNCTION _prom_catalog.rollup_of_samples(samples text, seconds int) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($sql$
        SELECT n.bucket, count(*) AS count,
               _prom_catalog.total(sum(n.value) FILTER (WHERE abs(n.value) < 1e290),
                                   sum(n.value::numeric) FILTER (WHERE abs(n.value) >= 1e290)) AS sum,
               min(n.value) AS min, max(n.value) AS max,
               sum(n.value) FILTER (WHERE n.bucket_before IS DISTINCT FROM n.bucket) AS first,
               sum(n.value) FILTER (WHERE n.bucket_next IS DISTINCT FROM n.bucket) AS last,
               coalesce(_prom_catalog.total(sum(n.before) FILTER (WHERE n.lost AND abs(n.before) < 1e290),
                                            sum(n.before::numeric) FILTER (WHERE n.lost AND abs(n.before) >= 1e290)), 0) AS lost,
               sum(n.before) FILTER (WHERE n.bucket_before <> n.bucket) AS prior
        FROM (SELECT b.*, b.value < b.before AND b.bucket_before = b.bucket AS lost
              FROM (SELECT v.value, v.bucket, lag(v.value) OVER w AS before, lag(v.bucket) OVER w AS bucket_before,
                           lead(v.bucket) OVER w AS bucket_next
                    FROM (SELECT a.time, a.value, date_bin(interval '%2$s seconds', a.time, timestamptz '1970-01-01 00:00:00+00') AS bucket
                          FROM (%1$s) a WHERE a.value <> 'NaN') v
                    WINDOW w AS (ORDER BY v.bucket, v.time)) b) n
        GROUP BY n.bucket$sql$, samples, seconds)
$$;
COMMENT ON FUNCTION _prom_catalog.rollup_of_samples IS
    'SQL of the rollups of one series. samples is SQL of its samples: time, value. prior is the last value before the bucket.';

CREATE OR REPLACE FUNCTION _prom_catalog.make_rollup_view(rollup _prom_catalog.rollup, metric_id int, table_name name, id_columns text)
    RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    until text := format('(SELECT k.until FROM _prom_catalog.rollup k WHERE k.seconds = %s)', rollup.seconds);
BEGIN
    -- The one fact that says where rollups end and samples begin is read once for a query, in its snapshot. Samples are read a
    -- series at a time, so that labels and series_id choose before anything is read.
    EXECUTE format($view$
        CREATE OR REPLACE VIEW %1$I.%2$I AS
        SELECT s.time, s.count, s.sum, s.min, s.max, s.first, s.last, s.increase, s.series_id, s.labels%3$s
        FROM (SELECT c.time, c.count, c.sum, c.min, c.max, c.first, c.last, c.increase, c.series_id, x.labels
              FROM _prom_rollup.%4$I c JOIN _prom_catalog.series x ON x.id = c.series_id
              WHERE c.metric_id = %5$s AND c.time < %6$s
              UNION ALL
              SELECT o.bucket, o.count, o.sum, o.min, o.max, o.first, o.last,
                     _prom_catalog.grown(CASE WHEN o.prior IS NULL THEN (SELECT b.prior FROM _prom_rollup.%7$I b WHERE b.series_id = x.id)
                                              ELSE o.prior END, o.first, o.last, o.lost),
                     x.id, x.labels
              FROM _prom_catalog.series x, LATERAL (%8$s) o
              WHERE x.metric_id = %5$s) s
        $view$, 'prom_rollup_' || rollup.name, table_name, id_columns, rollup.name || '_decoded', metric_id, until,
        rollup.name || '_border',
        _prom_catalog.rollup_of_samples(format($sql$
            SELECT d.time, d.values[x.slot] AS value FROM prom_data.landing d WHERE d.group_id = x.group_id/*citus  AND d.bucket = x.bucket*/ AND d.time >= %1$s
            UNION ALL
            SELECT t.time, %4$s
            FROM prom_data.packed b JOIN prom_data.tick t ON t.vector_id = b.vector_id AND t.idx BETWEEN b.first AND b.last AND %5$s/*citus  AND t.bucket = b.bucket*/
            WHERE b.series_id = x.id/*citus  AND b.bucket = x.bucket*/ AND t.time >= %1$s
              AND b.vector_id >= (SELECT min(p.first_vector) FROM _prom_catalog.packed_block p
                                  WHERE p.metric_id = %3$s AND p.upper >= %1$s AND p.block > %1$s - interval '7 days')$sql$,
            until, table_name, metric_id, _prom_catalog.packed_value(), _prom_catalog.packed_condition()), rollup.seconds));
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_rollup_view IS 'Makes the view of a metric''s rollups of a resolution.';

CREATE OR REPLACE FUNCTION _prom_catalog.make_rollup_views(metric_id int) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rollups _prom_catalog.rollup[] := ARRAY(
        SELECT k FROM _prom_catalog.rollup k JOIN _prom_catalog.metric_rollup x ON x.seconds = k.seconds
        WHERE x.metric_id = make_rollup_views.metric_id AND x.complete);
    id_columns text;
BEGIN
    IF rollups = '{}' THEN
        RETURN;
    END IF;
    SELECT coalesce(string_agg(format(', nullif(s.labels[%s], 0) AS %I', p.pos, k.id_column_name), '' ORDER BY p.pos), '')
    INTO id_columns
    FROM _prom_catalog.label_key_position p JOIN _prom_catalog.label_key k ON k.id = p.label_key_id
    WHERE p.metric_id = make_rollup_views.metric_id AND p.pos > 1;
    PERFORM _prom_catalog.make_rollup_view(k, m.id, m.table_name, id_columns)
    FROM _prom_catalog.metric m, unnest(rollups) k WHERE m.id = make_rollup_views.metric_id;
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_rollup_views IS 'Makes the views of the rollups that a metric has.';

CREATE OR REPLACE FUNCTION _prom_catalog.drop_rollup_views(table_name name) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
DECLARE
    rollup name;
BEGIN
    FOR rollup IN SELECT 'prom_rollup_' || k.name FROM _prom_catalog.rollup k LOOP
        EXECUTE format('DROP VIEW IF EXISTS %I.%I', rollup, table_name);
    END LOOP;
END
$$;
COMMENT ON FUNCTION _prom_catalog.drop_rollup_views IS 'Drops the views of a metric''s rollups.';

CREATE OR REPLACE FUNCTION _prom_catalog.make_rollup(rollup _prom_catalog.rollup) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET client_min_messages = warning
AS $$
BEGIN
    PERFORM _prom_catalog.make_rollup_tables(rollup);
    PERFORM _prom_catalog.make_rollup_decoders(rollup);
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', 'prom_rollup_' || rollup.name);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', 'prom_rollup_' || rollup.name,
                   'A view for each metric with a row for each series and bucket of ' || rollup.name || '.');
END
$$;
COMMENT ON FUNCTION _prom_catalog.make_rollup IS 'Makes what a resolution of rollups needs, or brings it up to date.';
