-- Interning where series are distributed: what is known is found by an inner join at the nodes, and the rest is worked out here.

CREATE OR REPLACE FUNCTION _prom_catalog.bucket_of(series_id bigint) RETURNS int
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT (series_id >> 43)::int
$$;
COMMENT ON FUNCTION _prom_catalog.bucket_of IS
    'The bucket of a series: the daemon makes the highest 10 of the 53 bits of its id from job, instance and tenant.';

CREATE OR REPLACE FUNCTION _prom_catalog.refuse_distributed(what text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'there are no % where samples are distributed over workers', what
        USING ERRCODE = 'feature_not_supported', HINT = 'src/docs/scale-out.md lists what a cluster has.';
END
$$;
COMMENT ON FUNCTION _prom_catalog.refuse_distributed IS 'Fails, since a distributed store has not got something.';

CREATE OR REPLACE FUNCTION _prom_catalog.intern_series(
    ids bigint[], metric_ids int[], label_arrays text[], job_ids int[], instance_ids int[],
    OUT series_ids bigint[], OUT group_ids bigint[], OUT slots smallint[], OUT fresh int[])
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known record;
    homeless record;
    place record;
    made bigint[];
    todo int;
BEGIN
    SELECT array_agg(u.n) AS n, array_agg(s.id) AS id, array_agg(s.group_id) AS group_id, array_agg(s.slot) AS slot INTO known
    FROM unnest(ids, metric_ids, label_arrays) WITH ORDINALITY u(id, metric_id, labels, n)
    JOIN _prom_catalog.series s ON s.metric_id = u.metric_id AND s.labels = u.labels::int[] AND s.bucket = _prom_catalog.bucket_of(u.id);
    SELECT array_agg(k.id ORDER BY u.n), array_agg(k.g ORDER BY u.n), array_agg(k.slot ORDER BY u.n)
    INTO series_ids, group_ids, slots
    FROM unnest(ids) WITH ORDINALITY u(id, n) LEFT JOIN unnest(known.n, known.id, known.group_id, known.slot) k(n, id, g, slot) ON k.n = u.n;
    SELECT array_agg(u.n) AS n, array_agg(u.job) AS job, array_agg(u.instance) AS instance, array_agg(u.metric) AS metric,
           array_agg(_prom_catalog.bucket_of(u.fingerprint)) AS bucket
    INTO homeless
    FROM unnest(ids, group_ids, job_ids, instance_ids, metric_ids) WITH ORDINALITY u(fingerprint, g, job, instance, metric, n)
    WHERE u.g IS NULL;
    fresh := ARRAY(SELECT u.n FROM unnest(series_ids) WITH ORDINALITY u(id, n) WHERE u.id IS NULL ORDER BY u.n);
    -- What returns does not retire.
    DELETE FROM _prom_catalog.removed_series r WHERE r.series_id = ANY (series_ids) AND NOT r.freed;
    IF homeless.n IS NULL THEN
        RETURN;
    END IF;
    PERFORM _prom_catalog.next_place_epoch();
    SELECT p.* INTO place FROM _prom_catalog.allocate_slots(homeless.job, homeless.instance, homeless.metric, homeless.bucket) p;
    UPDATE _prom_catalog.series s SET group_id = u.g, slot = u.slot, placed_at = now()
    FROM unnest(ARRAY(SELECT series_ids[n] FROM unnest(homeless.n) WITH ORDINALITY h(n, m) ORDER BY m), place.group_ids, place.slots) u(id, g, slot)
    WHERE s.id = u.id;
    SELECT array_agg(coalesce(u.g, h.g) ORDER BY u.n), array_agg(coalesce(u.slot, h.slot) ORDER BY u.n)
    INTO group_ids, slots
    FROM unnest(group_ids, slots) WITH ORDINALITY u(g, slot, n)
    FULL JOIN unnest(homeless.n, place.group_ids, place.slots) h(n, g, slot) ON h.n = u.n;
    LOOP
        todo := (SELECT count(*) FROM unnest(series_ids) id WHERE id IS NULL);
        EXIT WHEN todo = 0;
        made := '{}';
        FOR known IN
            INSERT INTO _prom_catalog.series (id, metric_id, labels, group_id, slot, bucket)
            SELECT u.id, u.metric_id, u.labels::int[], u.g, u.slot, _prom_catalog.bucket_of(u.id)
            FROM unnest(ids, metric_ids, label_arrays, group_ids, slots, series_ids) u(id, metric_id, labels, g, slot, known)
            WHERE u.known IS NULL
            ON CONFLICT (id, bucket) DO NOTHING
            RETURNING id
        LOOP
            made := made || known.id;
        END LOOP;
        -- Two label sets with one fingerprint are next to impossible; the later one takes the next free number.
        SELECT array_agg(coalesce(u.known, m.id) ORDER BY u.n), array_agg(u.id + CASE WHEN m.id IS NULL THEN 1 ELSE 0 END ORDER BY u.n)
        INTO series_ids, ids
        FROM unnest(series_ids, ids) WITH ORDINALITY u(known, id, n) LEFT JOIN unnest(made) m(id) ON m.id = u.id;
    END LOOP;
END
$$;
