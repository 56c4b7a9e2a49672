-- Deletion from the packed tier.

CREATE OR REPLACE FUNCTION _prom_catalog.hold_partitions(start_time timestamptz, end_time timestamptz) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT FROM _prom_catalog.landing_partition l WHERE l.lower <= end_time AND l.upper > start_time ORDER BY l.lower FOR SHARE
$$;
COMMENT ON FUNCTION _prom_catalog.hold_partitions IS 'Keeps the packer away from a time until the end of this transaction.';

CREATE OR REPLACE FUNCTION _prom_catalog.unrefer_vectors(vector_ids bigint[], counts bigint[]) RETURNS void
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN*/
    UPDATE prom_data.vector v SET runs = v.runs - u.n FROM unnest(vector_ids, counts) u(id, n) WHERE v.id = u.id;
    DELETE FROM prom_data.tick t USING prom_data.vector v
    WHERE v.id = ANY (vector_ids) AND v.runs = 0 AND t.vector_id = v.id/*citus  AND t.bucket = v.bucket*/ AND t.time BETWEEN v.block AND v.upper;
    DELETE FROM prom_data.vector v WHERE v.id = ANY (vector_ids) AND v.runs = 0
    /*citus ; END*/
$$;
COMMENT ON FUNCTION _prom_catalog.unrefer_vectors IS
    'Counts down how many runs refer to time vectors, and deletes those that have none left. Negative counts count up.';

/*plain*/
CREATE OR REPLACE FUNCTION _prom_catalog.delete_packed(
    metric_id int, series_ids bigint[], start_time timestamptz, end_time timestamptz) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted bigint;
    vectors bigint[];
    counts bigint[];
BEGIN
    PERFORM _prom_catalog.share_join_lock();
    -- A run of which only a part is to go is deleted, and what is left of it before and behind comes back. Both begin and end
    -- at a tick that has a value; bit_count says which element it is.
    EXECUTE format($delete$
        WITH hit AS MATERIALIZED (
            SELECT b.ctid AS place, b.*, r.lo, r.hi
            FROM prom_data.packed b
            JOIN prom_data.vector v ON v.id = b.vector_id,
                 LATERAL (SELECT min(t.idx) AS lo, max(t.idx) AS hi FROM prom_data.tick t
                          WHERE t.vector_id = b.vector_id AND t.idx BETWEEN b.first AND b.last AND %1$s
                            AND t.time BETWEEN v.block AND v.upper AND t.time BETWEEN $2 AND $3) r
            WHERE b.series_id = ANY ($1) AND b.metric_id = $4 AND v.block <= $3 AND v.upper >= $2 AND r.lo IS NOT NULL
        ), deletion AS (
            DELETE FROM prom_data.packed b USING hit h WHERE b.ctid = h.place
            RETURNING h.vector_id, h.series_id, h.base, h.scale, h.first, h.last, h.kind, h.rising, h.width, h.slope,
                      h.metric_id, h.i2, h.i4, h.f8, h.present, h.bits, h.lo, h.hi,
                      coalesce(bit_count(substring(h.present FROM h.lo - h.first + 1 FOR h.hi - h.lo + 1)), h.hi - h.lo + 1) AS samples
        ), rest AS (
            INSERT INTO prom_data.packed (vector_id, series_id, base, scale, first, last, metric_id, kind, rising, width, slope,
                                          i2, i4, f8, present, bits)
            SELECT b.vector_id, b.series_id, b.base, b.scale, p.f, p.l, b.metric_id, b.kind, b.rising, b.width, b.slope,
                   b.i2[n.f:n.l], b.i4[n.f:n.l],
                   CASE WHEN b.kind IN (3, 11) THEN b.f8[n.f:n.l] WHEN p.l = b.last THEN b.f8 END,
                   substring(b.present FROM p.f - b.first + 1 FOR p.l - p.f + 1),
                   -- An element stays at the place of its tick; where there are holes, places count from 1 anew.
                   substring(b.bits FROM x.skipped * b.width + 1 FOR greatest((x.upto - x.skipped + 1) * b.width - 1, 0))
            FROM deletion b,
                 LATERAL (VALUES (b.first::int, b.lo - 1), (b.hi + 1, b.last::int)) side(f, l),
                 LATERAL (SELECT min(t.idx), max(t.idx) FROM generate_series(side.f, side.l) t(idx) WHERE %1$s) p(f, l),
                 LATERAL (SELECT coalesce(bit_count(substring(b.present FROM 1 FOR p.f - b.first + 1))::int, p.f - b.first + 1),
                                 coalesce(bit_count(substring(b.present FROM 1 FOR p.l - b.first + 1))::int, p.l - b.first + 1)) n(f, l),
                 LATERAL (SELECT CASE WHEN b.present IS NULL THEN 0 ELSE n.f - 1 END,
                                 CASE WHEN b.present IS NULL THEN p.l ELSE n.l END) x(skipped, upto)
            WHERE p.f IS NOT NULL
            RETURNING vector_id
        ), less AS (
            SELECT u.vector_id, sum(u.n) AS n
            FROM (SELECT vector_id, 1 FROM deletion UNION ALL SELECT vector_id, -1 FROM rest) u(vector_id, n)
            GROUP BY u.vector_id
        )
        SELECT coalesce((SELECT sum(d.samples) FROM deletion d), 0), array_agg(l.vector_id), array_agg(l.n) FROM less l
        $delete$, _prom_catalog.packed_condition()) INTO deleted, vectors, counts USING series_ids, start_time, end_time, metric_id;
    PERFORM _prom_catalog.unrefer_vectors(vectors, counts);
    RETURN deleted;
END
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.delete_packed IS
    'Deletes samples of series of a metric from the packed tier, from a time to a time, both included. The number of them.';
