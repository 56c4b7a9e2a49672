-- Deletion from the packed tier.

CREATE OR REPLACE FUNCTION _prom_catalog.hold_partitions(start_time timestamptz, end_time timestamptz) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT FROM _prom_catalog.landing_partition l WHERE l.lower <= end_time AND l.upper > start_time ORDER BY l.lower FOR SHARE
$$;
COMMENT ON FUNCTION _prom_catalog.hold_partitions IS 'Keeps the packer away from a time until the end of this transaction.';

CREATE OR REPLACE FUNCTION _prom_catalog.unrefer_vectors(vector_ids bigint[], counts bigint[]) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE prom_data.vector v SET runs = v.runs - u.n FROM unnest(vector_ids, counts) u(id, n) WHERE v.id = u.id;
    DELETE FROM prom_data.tick t USING prom_data.vector v
    WHERE v.id = ANY (vector_ids) AND v.runs = 0 AND t.vector_id = v.id AND t.time BETWEEN v.block AND v.upper;
    DELETE FROM prom_data.vector v WHERE v.id = ANY (vector_ids) AND v.runs = 0
$$;
COMMENT ON FUNCTION _prom_catalog.unrefer_vectors IS
    'Counts down how many runs refer to time vectors, and deletes those that have none left. Negative counts count up.';

CREATE OR REPLACE FUNCTION _prom_catalog.delete_packed(
    metric_id int, series_ids bigint[], start_time timestamptz, end_time timestamptz) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    packed name := (SELECT m.table_name FROM _prom_catalog.metric m WHERE m.id = metric_id);
    deleted bigint;
    vectors bigint[];
    counts bigint[];
BEGIN
    IF to_regclass(format('prom_data.%I', packed)) IS NULL THEN
        RETURN 0;
    END IF;
    -- A run of which only a part is to go is deleted, and what is left of it before and behind comes back.
    EXECUTE format($delete$
        WITH hit AS MATERIALIZED (
            SELECT b.ctid AS place, b.*, r.lo, r.hi
            FROM prom_data.%1$I b
            JOIN prom_data.vector v ON v.id = b.vector_id,
                 LATERAL (SELECT min(t.idx) AS lo, max(t.idx) AS hi FROM prom_data.tick t
                          WHERE t.vector_id = b.vector_id AND t.idx BETWEEN b.first AND b.last
                            AND t.time BETWEEN v.block AND v.upper AND t.time BETWEEN $2 AND $3) r
            WHERE b.series_id = ANY ($1) AND v.block <= $3 AND v.upper >= $2 AND r.lo IS NOT NULL
        ), deletion AS (
            DELETE FROM prom_data.%1$I b USING hit h WHERE b.ctid = h.place
            RETURNING h.vector_id, h.series_id, h.base, h.scale, h.first, h.last, h.kind, h.i2, h.i4, h.f8, h.lo, h.hi
        ), rest AS (
            INSERT INTO prom_data.%1$I (vector_id, series_id, base, scale, first, last, kind, i2, i4, f8)
            SELECT d.vector_id, d.series_id, d.base, d.scale, p.f, p.l, d.kind,
                   d.i2[p.f - d.first + 1:p.l - d.first + 1],
                   d.i4[p.f - d.first + 1:p.l - d.first + 1],
                   d.f8[p.f - d.first + 1:p.l - d.first + 1]
            FROM deletion d, LATERAL (VALUES (d.first, d.lo - 1), (d.hi + 1, d.last)) p(f, l)
            WHERE p.f <= p.l
            RETURNING vector_id
        ), less AS (
            SELECT u.vector_id, sum(u.n) AS n
            FROM (SELECT vector_id, 1 FROM deletion UNION ALL SELECT vector_id, -1 FROM rest) u(vector_id, n)
            GROUP BY u.vector_id
        )
        SELECT coalesce((SELECT sum(hi - lo + 1) FROM deletion), 0), array_agg(l.vector_id), array_agg(l.n) FROM less l
        $delete$, packed) INTO deleted, vectors, counts USING series_ids, start_time, end_time;
    PERFORM _prom_catalog.unrefer_vectors(vectors, counts);
    RETURN deleted;
END
$$;
COMMENT ON FUNCTION _prom_catalog.delete_packed IS
    'Deletes samples of series of a metric from the packed tier, from a time to a time, both included. The number of them.';
