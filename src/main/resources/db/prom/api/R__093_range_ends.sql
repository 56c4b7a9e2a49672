-- The first and the last sample of each range of a grid, from the arrays of both tiers: the times of an array are looked at once
-- for all series that share it, and of a series only the values at these ends, and where values fall.
--
-- This is for series that are even: each array of theirs has a number at each of its times in the window, and no two arrays
-- overlap in time. All others are "uneven", and counted sample by sample.

CREATE OR REPLACE FUNCTION _prom_catalog.number_at(idx text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('CASE b.kind WHEN 4 THEN %s WHEN 0 THEN %s WHEN 1 THEN %s WHEN 2 THEN %s ELSE %s END',
                  VARIADIC array_agg(_prom_catalog.packed_element(k.kind, idx || ' - b.first + 1', idx, idx) ORDER BY k.turn))
    FROM unnest(ARRAY[4, 0, 1, 2, 3]) WITH ORDINALITY k(kind, turn)
$$;
COMMENT ON FUNCTION _prom_catalog.number_at IS 'SQL for the value of a run b without holes at an index of its time vector.';

CREATE OR REPLACE FUNCTION _prom_catalog.points_of(at text, step float8, range float8, points bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('generate_series(greatest(ceil(%1$s / %2$s), 0)::bigint, least(ceil((%3$s + %4$s) / %2$s) - 1, %5$s)::bigint)',
                  split_part(at, ' ', 1), step, split_part(at, ' ', -1), range, points)
$$;
COMMENT ON FUNCTION _prom_catalog.points_of IS
    'SQL of the numbers of the points whose ranges have a sample at a time, or two at times divided by a blank, the later one first.';

CREATE OR REPLACE FUNCTION _prom_catalog.packed_ends(
    m _prom_catalog.metric, range_start timestamptz, since timestamptz, until timestamptz, step float8, range float8, points bigint)
    RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($sql$
        vector AS MATERIALIZED (
            SELECT DISTINCT b.vector_id AS id FROM prom_data.packed b JOIN series s ON s.id = b.series_id WHERE %2$s),
        tick AS MATERIALIZED (
            SELECT t.vector_id, t.idx, x.at, lag(x.at) OVER (PARTITION BY t.vector_id ORDER BY t.idx) AS at_before
            FROM vector v JOIN prom_data.tick t ON t.vector_id = v.id,
                 LATERAL (SELECT round(date_part('epoch', t.time) * 1e6) - %3$s AS at OFFSET 0) x
            WHERE t.time > %4$L AND t.time <= %5$L),
        stretch AS MATERIALIZED (
            SELECT t.vector_id, min(t.idx) AS lower, max(t.idx) AS upper, min(t.at) AS first_at, max(t.at) AS last_at FROM tick t GROUP BY 1),
        packed_point AS MATERIALIZED (
            SELECT t.vector_id, k, count(*) AS points, min(t.idx) AS first_idx, max(t.idx) AS last_idx, min(t.at) AS first_at, max(t.at) AS last_at
            FROM tick t, %6$s k GROUP BY 1, 2),
        packed_source AS MATERIALIZED (
            SELECT b.series_id AS id, h.vector_id, h.first_at, h.last_at,
                   b.kind > 7 OR b.first > h.lower OR b.last < h.upper OR b.kind = 0 AND b.base = 'NaN' AS uneven
            FROM prom_data.packed b JOIN series s ON s.id = b.series_id JOIN stretch h ON h.vector_id = b.vector_id
            WHERE %2$s AND b.first <= h.upper AND b.last >= h.lower),
        packed_turn AS MATERIALIZED (
            SELECT b.series_id AS id, t.at, t.at_before, %8$s AS before, %7$s AS value
            FROM prom_data.packed b JOIN series s ON s.id = b.series_id JOIN stretch h ON h.vector_id = b.vector_id
            CROSS JOIN LATERAL (SELECT j FROM generate_series(greatest(h.lower, b.first)::int, least(h.upper, b.last)::int) j
                                WHERE CASE b.kind WHEN 1 THEN b.i2[j - b.first + 1] < b.i2[j - b.first] WHEN 2 THEN b.i4[j - b.first + 1] < b.i4[j - b.first]
                                      WHEN 4 THEN j > b.first AND %9$s < %10$s
                                      ELSE b.f8[j - b.first + 1] < b.f8[j - b.first] OR b.f8[j - b.first + 1] = 'NaN' END OFFSET 0) j(idx)
            JOIN tick t ON t.vector_id = h.vector_id AND t.idx = j.idx
            WHERE %2$s AND b.kind BETWEEN 1 AND 4 AND b.rising IS NOT TRUE)$sql$,
        m.id,
        format('b.metric_id = %s AND b.vector_id BETWEEN %s AND %s', m.id, coalesce(p.first_vector, 0), coalesce(p.last_vector, 0)),
        date_part('epoch', range_start) * 1e6, since, until,
        _prom_catalog.points_of('t.at', step, range, points), _prom_catalog.number_at('j.idx'), _prom_catalog.number_at('(j.idx - 1)'),
        _prom_catalog.packed_element(4, NULL, 'j', 'j'), _prom_catalog.packed_element(4, NULL, '(j - 1)', '(j - 1)'))
    FROM (SELECT min(k.first_vector) AS first_vector, max(k.last_vector) AS last_vector
          FROM _prom_catalog.packed_block k WHERE k.metric_id = m.id AND k.upper > since AND k.block <= until) p
$$;
COMMENT ON FUNCTION _prom_catalog.packed_ends IS
    'SQL of the ends of ranges in each time vector of a window, of the arrays that series have there, and of where values fall or are no numbers.';

CREATE OR REPLACE FUNCTION _prom_catalog.landed_ends(
    range_start timestamptz, since timestamptz, until timestamptz, step float8, range float8, points bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($sql$
        row AS MATERIALIZED (
            SELECT d.group_id, round(date_part('epoch', d.time) * 1e6) - %1$s AS at, d.values, cardinality(d.values) AS width,
                   array_positions(d.values, NULL) AS missing
            FROM prom_data.landing d WHERE d.time > %2$L AND d.time <= %3$L AND d.group_id IN (SELECT s.group_id FROM series s) OFFSET 0),
        numbered AS MATERIALIZED (
            SELECT r.*, -dense_rank() OVER (ORDER BY r.group_id) AS whole, dense_rank() OVER (ORDER BY r.group_id, r.width, r.missing) AS part
            FROM row r),
        holder AS (
            SELECT s.id, s.slot, p.whole, p.part, p.parts, count(*) OVER (PARTITION BY s.id) AS held
            FROM (SELECT n.*, count(*) OVER (PARTITION BY n.whole) AS parts
                  FROM (SELECT DISTINCT n.group_id, n.width, n.missing, n.whole, n.part FROM numbered n) n) p
            JOIN series s ON s.group_id = p.group_id AND s.slot <= p.width AND s.slot <> ALL (p.missing)),
        -- A series that every row of its group has stands in all of them, any other one in rows that have the same slots.
        member AS MATERIALIZED (
            SELECT DISTINCT h.id, h.slot, CASE WHEN h.held = h.parts THEN h.whole ELSE h.part END AS place FROM holder h),
        delivery AS MATERIALIZED (
            SELECT n.place, n.at, n.values, lag(n.at) OVER o AS at_before, lag(n.values) OVER o AS values_before
            FROM (SELECT n.whole AS place, n.at, n.values FROM numbered n UNION ALL SELECT n.part, n.at, n.values FROM numbered n) n
            WHERE n.place IN (SELECT m.place FROM member m)
            WINDOW o AS (PARTITION BY n.place ORDER BY n.at)),
        landed_source AS MATERIALIZED (
            SELECT m.id, d.first_at, d.last_at, d.uneven
            FROM member m
            JOIN (SELECT d.place, min(d.at) AS first_at, max(d.at) AS last_at, bool_or(d.at = d.at_before) AS uneven FROM delivery d GROUP BY 1) d
                ON d.place = m.place),
        landed_point AS MATERIALIZED (
            SELECT p.place, p.k, p.points, p.first_at, p.last_at, f.values AS first_values, l.values AS last_values
            FROM (SELECT d.place, k, count(*) AS points, min(d.at) AS first_at, max(d.at) AS last_at FROM delivery d, %4$s k GROUP BY 1, 2) p
            JOIN delivery f ON f.place = p.place AND f.at = p.first_at
            JOIN delivery l ON l.place = p.place AND l.at = p.last_at),
        landed_turn AS MATERIALIZED (
            SELECT m.id, d.at, d.at_before, v.before, v.value
            FROM member m JOIN delivery d ON d.place = m.place
            CROSS JOIN LATERAL (SELECT d.values[m.slot], d.values_before[m.slot] OFFSET 0) v(value, before)
            WHERE v.value < v.before OR v.value = 'NaN')$sql$,
        date_part('epoch', range_start) * 1e6, since, until, _prom_catalog.points_of('d.at', step, range, points))
$$;
COMMENT ON FUNCTION _prom_catalog.landed_ends IS 'The same of the landing table. Rows of a group that have values in the same slots stand for a time vector.';

CREATE OR REPLACE FUNCTION _prom_catalog.even_ends(m _prom_catalog.metric, step float8, range float8, points bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Ranges in which a series has two arrays or more are put together from their ends in each.
    SELECT format($sql$
        source AS MATERIALIZED (
            SELECT a.*, max(a.last_at) OVER (PARTITION BY a.id ORDER BY a.first_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until
            FROM (SELECT p.id, p.first_at, p.last_at, p.uneven FROM packed_source p
                  UNION ALL SELECT l.id, l.first_at, l.last_at, l.uneven FROM landed_source l) a),
        turn AS MATERIALIZED (SELECT * FROM packed_turn UNION ALL SELECT * FROM landed_turn),
        uneven AS MATERIALIZED (
            SELECT s.id FROM source s WHERE s.uneven OR s.first_at <= s.until
            UNION SELECT t.id FROM turn t WHERE t.value = 'NaN'),
        even AS MATERIALIZED (SELECT s.id FROM series s WHERE s.id NOT IN (SELECT u.id FROM uneven u)),
        shared AS MATERIALIZED (
            SELECT DISTINCT %1$s AS k FROM (SELECT DISTINCT s.first_at, s.until FROM source s WHERE s.first_at > s.until) s),
        fall AS MATERIALIZED (
            SELECT t.id, k, sum(t.before) AS lost FROM turn t, %2$s k WHERE t.value < t.before AND t.at_before IS NOT NULL GROUP BY 1, 2),
        piece AS NOT MATERIALIZED (
            SELECT b.series_id AS id, p.k, p.points::float8, p.first_at, p.last_at, %3$s AS first_value, %4$s AS last_value
            FROM packed_point p JOIN prom_data.packed b ON b.metric_id = %5$s AND b.vector_id = p.vector_id AND b.first <= p.first_idx AND b.last >= p.last_idx
            JOIN even s ON s.id = b.series_id
            UNION ALL
            SELECT s.id, p.k, p.points::float8, p.first_at, p.last_at, p.first_values[m.slot], p.last_values[m.slot]
            FROM landed_point p JOIN member m ON m.place = p.place JOIN even s ON s.id = m.id),
        joined AS (
            SELECT p.id, p.k, sum(p.points) AS points, min(p.first_at) AS first_at, max(p.last_at) AS last_at,
                   sum(p.first_value) FILTER (WHERE p.before IS NULL) AS first_value,
                   sum(p.last_value) FILTER (WHERE p.next_at IS NULL) AS last_value,
                   coalesce(sum(p.before) FILTER (WHERE p.first_value < p.before), 0) AS lost
            FROM (SELECT p.*, lag(p.last_value) OVER o AS before, lead(p.first_at) OVER o AS next_at
                  FROM piece p WHERE p.k = ANY (ARRAY(SELECT h.k FROM shared h)) WINDOW o AS (PARTITION BY p.id, p.k ORDER BY p.first_at)) p
            GROUP BY 1, 2),
        even_end AS (
            SELECT e.id, e.k, e.points, e.first_at, e.last_at, e.first_value, e.last_value, e.lost + coalesce(f.lost, 0) AS lost
            FROM (SELECT p.*, 0::float8 AS lost FROM piece p WHERE p.k <> ALL (ARRAY(SELECT h.k FROM shared h)) UNION ALL SELECT * FROM joined) e
            LEFT JOIN fall f ON f.id = e.id AND f.k = e.k)$sql$,
        _prom_catalog.points_of('s.first_at s.until', step, range, points),
        _prom_catalog.points_of('t.at t.at_before', step, range, points),
        _prom_catalog.number_at('p.first_idx'), _prom_catalog.number_at('p.last_idx'), m.id)
$$;
COMMENT ON FUNCTION _prom_catalog.even_ends IS
    'SQL of the ends of the ranges of even series, and of what was lost at restarts between them; and which series are uneven.';

CREATE OR REPLACE FUNCTION _prom_catalog.is_wide(metric_id int, condition text, length interval) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted int := ceil(least(12 * 3600 / extract(epoch FROM length), 1000000));
    found int;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT 1 FROM _prom_catalog.series WHERE metric_id = %s AND %s LIMIT %s) s',
                   metric_id, condition, wanted) INTO found;
    RETURN found >= wanted;
END
$$;
COMMENT ON FUNCTION _prom_catalog.is_wide IS
    'Whether the series of a condition have twelve hours together in a time of this length: reading arrays takes less than reading samples then, though it takes longer to plan.';

CREATE OR REPLACE FUNCTION _prom_catalog.sample_ends(samples text, step_us float8, range_us float8, points bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN range_us <= step_us THEN _prom_catalog.separate_ranges(samples, step_us, range_us)
                ELSE _prom_catalog.overlapping_ranges(samples, step_us, range_us, points) END
$$;
COMMENT ON FUNCTION _prom_catalog.sample_ends IS 'SQL of the ends of ranges, sample by sample.';

CREATE OR REPLACE FUNCTION _prom_catalog.range_ends(
    m _prom_catalog.metric, condition text, range_start timestamptz, range_end timestamptz, range interval,
    step_us float8, range_us float8, points bigint)
    RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    since timestamptz := range_start - range;
    uneven text := _prom_catalog.range_samples(m, '(SELECT count(*) > 0 FROM uneven u) AND v.series_id IN (SELECT u.id FROM uneven u)',
                                               range_start, range_end, range);
BEGIN
    IF NOT _prom_catalog.is_wide(m.id, condition, range_end - since) THEN
        RETURN _prom_catalog.sample_ends(_prom_catalog.range_samples(m, condition, range_start, range_end, range), step_us, range_us, points);
    END IF;
    RETURN concat_ws(E',\n',
        _prom_catalog.packed_ends(m, range_start, since, range_end, step_us, range_us, points),
        _prom_catalog.landed_ends(range_start, since, range_end, step_us, range_us, points),
        _prom_catalog.even_ends(m, step_us, range_us, points),
        format('uneven_end AS (WITH %s'
               ' SELECT e.id, e.k::bigint, e.points::float8, e.first_at, e.last_at, e.first_value, e.last_value, e.lost FROM range_end e),'
               ' range_end AS (SELECT * FROM even_end UNION ALL SELECT * FROM uneven_end)',
               _prom_catalog.sample_ends(uneven, step_us, range_us, points)));
END
$$;
COMMENT ON FUNCTION _prom_catalog.range_ends IS
    'SQL of the first and the last sample of each range of a grid, and of what was lost at restarts between them. k is the number of the point, times are in microseconds since point 0.';
