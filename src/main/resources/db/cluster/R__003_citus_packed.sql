-- The packed tier where it is distributed. The table packed_block is on each node, so that no trigger of a shard can keep it: what
-- writes or deletes runs counts them, in the same transaction.

CREATE OR REPLACE FUNCTION _prom_catalog.count_new_runs(first_vector bigint, last_vector bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO _prom_catalog.packed_block AS p (metric_id, block, upper, runs, samples, bytes, first_vector, last_vector)
    SELECT b.metric_id, v.block, max(v.upper), count(*), sum(coalesce(bit_count(b.present), b.last - b.first + 1)),
           sum(pg_column_size(b.*)), min(v.id), max(v.id)
    FROM prom_data.packed b JOIN prom_data.vector v ON v.id = b.vector_id AND v.bucket = b.bucket
    WHERE b.vector_id BETWEEN first_vector AND last_vector
    GROUP BY b.metric_id, v.block
    ON CONFLICT (metric_id, block) DO UPDATE
        SET upper = greatest(p.upper, excluded.upper), runs = p.runs + excluded.runs, samples = p.samples + excluded.samples,
            bytes = p.bytes + excluded.bytes, first_vector = least(p.first_vector, excluded.first_vector),
            last_vector = greatest(p.last_vector, excluded.last_vector);
END
$$;
COMMENT ON FUNCTION _prom_catalog.count_new_runs IS 'Adds the runs on vectors that this transaction has made to packed_block.';

CREATE OR REPLACE FUNCTION _prom_catalog.count_deleted_runs(
    metric_ids int[], blocks timestamptz[], runs bigint[], samples bigint[], bytes bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE _prom_catalog.packed_block p SET runs = p.runs - c.runs, samples = p.samples - c.samples, bytes = p.bytes - c.bytes
    FROM unnest(metric_ids, blocks, count_deleted_runs.runs, count_deleted_runs.samples, count_deleted_runs.bytes) c(metric_id, block, runs, samples, bytes)
    WHERE p.metric_id = c.metric_id AND p.block = c.block;
    DELETE FROM _prom_catalog.packed_block p WHERE p.runs <= 0 AND p.metric_id = ANY (metric_ids);
END
$$;
COMMENT ON FUNCTION _prom_catalog.count_deleted_runs IS 'Takes runs of metrics and blocks, parallel arrays, out of packed_block.';

CREATE OR REPLACE FUNCTION _prom_catalog.delete_runs(condition text) RETURNS bigint[]
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gone record;
    vectors bigint[];
BEGIN
    EXECUTE format('SELECT array_agg(c.metric_id) AS metric_ids, array_agg(c.block) AS blocks, array_agg(c.runs) AS runs,'
                   ' array_agg(c.samples) AS samples, array_agg(c.bytes) AS bytes'
                   ' FROM (SELECT b.metric_id, v.block, count(*) AS runs, sum(coalesce(bit_count(b.present), b.last - b.first + 1))::bigint AS samples,'
                   ' sum(pg_column_size(b.*))::bigint AS bytes'
                   ' FROM prom_data.packed b JOIN prom_data.vector v ON v.id = b.vector_id AND v.bucket = b.bucket WHERE %s GROUP BY 1, 2) c', condition)
    INTO gone;
    IF gone.metric_ids IS NULL THEN
        RETURN '{}';
    END IF;
    EXECUTE format('SELECT array_agg(b.vector_id) FROM prom_data.packed b JOIN prom_data.vector v ON v.id = b.vector_id AND v.bucket = b.bucket WHERE %s', condition)
    INTO vectors;
    EXECUTE format('DELETE FROM prom_data.packed b USING prom_data.vector v WHERE v.id = b.vector_id AND v.bucket = b.bucket AND %s', condition);
    PERFORM _prom_catalog.count_deleted_runs(gone.metric_ids, gone.blocks, gone.runs, gone.samples, gone.bytes);
    RETURN vectors;
END
$$;
COMMENT ON FUNCTION _prom_catalog.delete_runs IS
    'Deletes the runs b on vectors v for which a condition holds. The vector of each of them: their references are the caller''s.';

CREATE OR REPLACE FUNCTION _prom_catalog.delete_packed(
    metric_id int, series_ids bigint[], start_time timestamptz, end_time timestamptz) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted bigint;
    vectors bigint[];
    counts bigint[];
    hit record;
BEGIN
    PERFORM _prom_catalog.share_join_lock();
    -- A run of which only a part is to go is deleted, and what is left of it before and behind comes back. Both begin and end
    -- at a tick that has a value; bit_count says which element it is. What is left is worked out here and stored anew.
    CREATE TEMP TABLE promgres_hit ON COMMIT DROP AS
    SELECT b.*, v.block, r.lo, r.hi, pg_column_size(b.*) AS bytes
    FROM prom_data.packed b
    JOIN prom_data.vector v ON v.id = b.vector_id AND v.bucket = b.bucket
    JOIN (SELECT b.bucket, b.vector_id, b.series_id, b.first, min(t.idx) AS lo, max(t.idx) AS hi
          FROM prom_data.packed b
          JOIN prom_data.vector v ON v.id = b.vector_id AND v.bucket = b.bucket
          JOIN prom_data.tick t ON t.vector_id = b.vector_id AND t.bucket = b.bucket AND t.idx BETWEEN b.first AND b.last
           AND (b.kind < 8 OR b.present IS NULL OR get_bit(b.present, t.idx - b.first) = 1) AND t.time BETWEEN v.block AND v.upper
           AND t.time BETWEEN start_time AND end_time
          WHERE b.series_id = ANY (series_ids) AND b.metric_id = delete_packed.metric_id AND v.block <= end_time AND v.upper >= start_time
          GROUP BY 1, 2, 3, 4) r
        ON r.bucket = b.bucket AND r.vector_id = b.vector_id AND r.series_id = b.series_id AND r.first = b.first;
    CREATE TEMP TABLE promgres_rest ON COMMIT DROP AS
    SELECT b.vector_id, b.series_id, b.base, b.scale, p.f AS first, p.l AS last, b.metric_id, b.kind, b.rising, b.width, b.slope, b.bucket, b.block,
           b.i2[n.f:n.l] AS i2, b.i4[n.f:n.l] AS i4,
           CASE WHEN b.kind IN (3, 11) THEN b.f8[n.f:n.l] WHEN p.l = b.last THEN b.f8 END AS f8,
           substring(b.present FROM p.f - b.first + 1 FOR p.l - p.f + 1) AS present,
           substring(b.bits FROM x.skipped * b.width + 1 FOR greatest((x.upto - x.skipped + 1) * b.width - 1, 0)) AS bits
    FROM pg_temp.promgres_hit b,
         LATERAL (VALUES (b.first::int, b.lo - 1), (b.hi + 1, b.last::int)) side(f, l),
         LATERAL (SELECT min(t.idx), max(t.idx) FROM generate_series(side.f, side.l) t(idx)
                  WHERE b.kind < 8 OR b.present IS NULL OR get_bit(b.present, t.idx - b.first) = 1) p(f, l),
         LATERAL (SELECT coalesce(bit_count(substring(b.present FROM 1 FOR p.f - b.first + 1))::int, p.f - b.first + 1),
                         coalesce(bit_count(substring(b.present FROM 1 FOR p.l - b.first + 1))::int, p.l - b.first + 1)) n(f, l),
         LATERAL (SELECT CASE WHEN b.present IS NULL THEN 0 ELSE n.f - 1 END,
                         CASE WHEN b.present IS NULL THEN p.l ELSE n.l END) x(skipped, upto)
    WHERE p.f IS NOT NULL;
    SELECT coalesce(sum(coalesce(bit_count(substring(h.present FROM h.lo - h.first + 1 FOR h.hi - h.lo + 1)), h.hi - h.lo + 1)), 0) INTO deleted
    FROM pg_temp.promgres_hit h;
    SELECT array_agg(h.vector_id) AS vectors, array_agg(h.series_id) AS series, array_agg(h.first) AS firsts INTO hit FROM pg_temp.promgres_hit h;
    DELETE FROM prom_data.packed b USING unnest(hit.vectors, hit.series, hit.firsts) g(vector_id, series_id, first)
    WHERE b.vector_id = g.vector_id AND b.series_id = g.series_id AND b.first = g.first;
    INSERT INTO prom_data.packed (vector_id, series_id, base, scale, first, last, metric_id, kind, rising, width, slope, i2, i4, f8, present, bits, bucket)
    SELECT r.vector_id, r.series_id, r.base, r.scale, r.first, r.last, r.metric_id, r.kind, r.rising, r.width, r.slope, r.i2, r.i4, r.f8, r.present, r.bits, r.bucket
    FROM pg_temp.promgres_rest r;
    PERFORM _prom_catalog.count_deleted_runs(array_agg(c.metric_id), array_agg(c.block), array_agg(c.runs), array_agg(c.samples), array_agg(c.bytes))
    FROM (SELECT u.metric_id, u.block, sum(u.sign) AS runs, sum(u.sign * u.samples)::bigint AS samples, sum(u.sign * u.bytes)::bigint AS bytes
          FROM (SELECT h.metric_id, h.block, 1 AS sign, coalesce(bit_count(h.present), h.last - h.first + 1) AS samples, h.bytes FROM pg_temp.promgres_hit h
                UNION ALL
                SELECT r.metric_id, r.block, -1, coalesce(bit_count(r.present), r.last - r.first + 1), pg_column_size(r.*) - 16 FROM pg_temp.promgres_rest r) u
          GROUP BY 1, 2) c
    HAVING count(*) > 0;
    SELECT array_agg(l.vector_id), array_agg(l.n) INTO vectors, counts
    FROM (SELECT u.vector_id, sum(u.n) AS n
          FROM (SELECT vector_id, 1 FROM pg_temp.promgres_hit UNION ALL SELECT vector_id, -1 FROM pg_temp.promgres_rest) u(vector_id, n)
          GROUP BY u.vector_id) l;
    PERFORM _prom_catalog.unrefer_vectors(vectors, counts);
    DROP TABLE pg_temp.promgres_hit, pg_temp.promgres_rest;
    RETURN deleted;
END
$$;
