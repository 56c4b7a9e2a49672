-- Interning: label text to ids. A daemon calls these in one transaction, in this order, under intern_lock(): one at a time
-- in the whole database, so that they need no retries and cannot deadlock. All arguments are parallel arrays, and so are
-- the answers.

CREATE OR REPLACE FUNCTION _prom_catalog.intern_lock() RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_advisory_xact_lock(1886547826, 1)
$$;
COMMENT ON FUNCTION _prom_catalog.intern_lock IS 'Waits until no other transaction interns or removes series; holds until the end of this one.';

CREATE OR REPLACE FUNCTION _prom_catalog.intern_labels(keys text[], label_values text[]) RETURNS int[]
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO _prom_catalog.label (key, value)
    SELECT DISTINCT u.k, u.v FROM unnest(keys, label_values) u(k, v)
    LEFT JOIN _prom_catalog.label l ON l.key = u.k AND l.value = u.v
    WHERE l.id IS NULL;
    RETURN ARRAY(
        SELECT l.id FROM unnest(keys, label_values) WITH ORDINALITY u(k, v, n)
        JOIN _prom_catalog.label l ON l.key = u.k AND l.value = u.v
        ORDER BY u.n);
END
$$;
COMMENT ON FUNCTION _prom_catalog.intern_labels IS 'Ids of label pairs, made where they are new.';

CREATE OR REPLACE FUNCTION _prom_catalog.intern_label_keys(keys text[]) RETURNS int[]
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_key text;
BEGIN
    FOR new_key IN
        SELECT u.k FROM unnest(keys) WITH ORDINALITY u(k, n)
        WHERE NOT EXISTS (SELECT FROM _prom_catalog.label_key l WHERE l.key = u.k)
        GROUP BY u.k ORDER BY min(u.n)
    LOOP
        INSERT INTO _prom_catalog.label_key (id, key, value_column_name, id_column_name)
            OVERRIDING SYSTEM VALUE
        SELECT i.id, new_key, c.value_column_name, c.id_column_name
        FROM nextval('_prom_catalog.label_key_id_seq') s(id), CAST(s.id AS int) i(id),
             _prom_catalog.new_label_columns(new_key, i.id) c;
    END LOOP;
    RETURN ARRAY(
        SELECT l.id FROM unnest(keys) WITH ORDINALITY u(k, n)
        JOIN _prom_catalog.label_key l ON l.key = u.k
        ORDER BY u.n);
END
$$;
COMMENT ON FUNCTION _prom_catalog.intern_label_keys IS 'Ids of label names, made where they are new.';

CREATE OR REPLACE FUNCTION _prom_catalog.intern_metrics(metric_names text[]) RETURNS int[]
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_metric text;
BEGIN
    FOR new_metric IN
        SELECT u.m FROM unnest(metric_names) WITH ORDINALITY u(m, n)
        WHERE NOT EXISTS (SELECT FROM _prom_catalog.metric m WHERE m.metric_name = u.m)
        GROUP BY u.m ORDER BY min(u.n)
    LOOP
        INSERT INTO _prom_catalog.metric (id, metric_name, table_name) OVERRIDING SYSTEM VALUE
        SELECT i.id, new_metric, _prom_catalog.new_table_name(new_metric, i.id)
        FROM nextval('_prom_catalog.metric_id_seq') s(id), CAST(s.id AS int) i(id);
    END LOOP;
    RETURN ARRAY(
        SELECT m.id FROM unnest(metric_names) WITH ORDINALITY u(m, n)
        JOIN _prom_catalog.metric m ON m.metric_name = u.m
        ORDER BY u.n);
END
$$;
COMMENT ON FUNCTION _prom_catalog.intern_metrics IS 'Ids of metrics, made where they are new. The daemon makes their views afterwards.';

CREATE OR REPLACE FUNCTION _prom_catalog.intern_positions(metric_ids int[], key_ids int[], most int) RETURNS int[]
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO _prom_catalog.label_key_position (metric_id, label_key_id, pos)
    SELECT p.m, p.k, p.pos
    FROM (SELECT u.m, u.k,
                 coalesce((SELECT max(p.pos) FROM _prom_catalog.label_key_position p WHERE p.metric_id = u.m), 0)
                 + row_number() OVER (PARTITION BY u.m ORDER BY min(u.n)) AS pos
          FROM unnest(metric_ids, key_ids) WITH ORDINALITY u(m, k, n)
          WHERE NOT EXISTS (
              SELECT FROM _prom_catalog.label_key_position p WHERE p.metric_id = u.m AND p.label_key_id = u.k)
          GROUP BY u.m, u.k) p
    WHERE p.pos <= most;
    RETURN ARRAY(
        SELECT p.pos FROM unnest(metric_ids, key_ids) WITH ORDINALITY u(m, k, n)
        LEFT JOIN _prom_catalog.label_key_position p ON p.metric_id = u.m AND p.label_key_id = u.k
        ORDER BY u.n);
END
$$;
COMMENT ON FUNCTION _prom_catalog.intern_positions IS
    'Positions of label names in the label arrays of metrics, given in order of arrival where they are new; NULL for those beyond the most that a metric may have. __name__ has to come first.';

DROP FUNCTION IF EXISTS _prom_catalog.allocate_slots(int[], int[]);
CREATE OR REPLACE FUNCTION _prom_catalog.allocate_slots(
    job_ids int[], instance_ids int[], metric_ids int[],/*citus  buckets int[],*/ OUT group_ids bigint[], OUT slots smallint[])
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    w record;
    job int;
    instance int;
    metric int;
    -- How many groups that target has, those with free slots, and which of them is being filled.
    groups int;
    ids bigint[];
    homes int[];
    taken bigint[];
    made bigint;
    at int;
    bit int;
BEGIN
    group_ids := array_fill(NULL::bigint, ARRAY[cardinality(job_ids)]);
    slots := array_fill(NULL::smallint, ARRAY[cardinality(job_ids)]);
    FOR w IN
        SELECT u.job, u.instance, u.metric, u.n, u.is_scrape/*citus , u.bucket*/
        FROM (SELECT u.job, u.instance, u.metric, u.n,/*citus  u.bucket,*/ count(*) OVER (PARTITION BY u.job, u.instance) >= 64 AS is_scrape
              FROM unnest(job_ids, instance_ids, metric_ids/*citus , buckets*/) WITH ORDINALITY u(job, instance, metric/*citus , bucket*/, n)) u
        ORDER BY u.job, u.instance, CASE WHEN NOT u.is_scrape THEN u.metric END, u.n
    LOOP
        IF job IS NULL OR job <> w.job OR instance <> w.instance THEN
            PERFORM _prom_catalog.take_slots(ids, taken);
            SELECT count(*),
                   coalesce(array_agg(g.id ORDER BY g.id) FILTER (WHERE g.taken <> -1), '{}'),
                   coalesce(array_agg(g.metric_id ORDER BY g.id) FILTER (WHERE g.taken <> -1), '{}'),
                   coalesce(array_agg(g.taken ORDER BY g.id) FILTER (WHERE g.taken <> -1), '{}')
            INTO groups, ids, homes, taken
            FROM _prom_catalog.series_group g WHERE g.job_id = w.job AND g.instance_id = w.instance;
            job := w.job;
            instance := w.instance;
            at := NULL;
        END IF;
        IF at IS NULL OR taken[at] = -1 OR NOT w.is_scrape AND metric <> w.metric THEN
            IF w.is_scrape THEN
                at := coalesce(at, 1);
                WHILE taken[at] = -1 LOOP
                    at := at + 1;
                END LOOP;
            ELSE
                at := coalesce(_prom_catalog.nearest_group(w.metric, groups, homes, taken), cardinality(ids) + 1);
            END IF;
            IF at > cardinality(ids) THEN
                INSERT INTO _prom_catalog.series_group (/*citus id, */job_id, instance_id, metric_id, taken)
                /*citus OVERRIDING SYSTEM VALUE*/
                VALUES (/*citus nextval('_prom_catalog.series_group_id_seq') << 10 | w.bucket, */w.job, w.instance, w.metric, 0)
                RETURNING id INTO made;
                ids[at] := made;
                groups := groups + 1;
                homes[at] := w.metric;
                taken[at] := 0;
            END IF;
            bit := 0;
        END IF;
        WHILE taken[at] & (1::bigint << bit) <> 0 LOOP
            bit := bit + 1;
        END LOOP;
        taken[at] := taken[at] | (1::bigint << bit);
        group_ids[w.n] := ids[at];
        slots[w.n] := bit + 1;
        metric := w.metric;
    END LOOP;
    PERFORM _prom_catalog.take_slots(ids, taken);
END
$$;
COMMENT ON FUNCTION _prom_catalog.allocate_slots IS
    'Gives series of targets a group and a slot each: free slots of the target''s groups first, then slots of new groups. Where fewer than 64 of a target come, those of a metric go to a group that is near it.';

CREATE OR REPLACE FUNCTION _prom_catalog.nearest_group(metric_id int, groups int, homes int[], taken bigint[]) RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN min(abs(g.home - metric_id)) = 0 OR count(*) * 8 >= groups
                THEN (array_agg(g.n ORDER BY abs(g.home - metric_id), g.n))[1] END
    FROM unnest(homes, nearest_group.taken) WITH ORDINALITY g(home, taken, n) WHERE g.taken <> -1
$$;
COMMENT ON FUNCTION _prom_catalog.nearest_group IS
    'Which group with free slots has the nearest metric. NULL if there is none, or if the nearest is another metric while those with free slots are fewer than an eighth of the target''s groups: one more costs rows little then.';

CREATE OR REPLACE FUNCTION _prom_catalog.take_slots(ids bigint[], taken bigint[]) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE _prom_catalog.series_group g SET taken = u.taken
    FROM unnest(ids, take_slots.taken) u(id, taken) WHERE g.id = u.id AND g.taken <> u.taken
$$;
COMMENT ON FUNCTION _prom_catalog.take_slots IS 'Notes which slots of groups are taken now.';

/*plain*/
DROP FUNCTION IF EXISTS _prom_catalog.intern_series(bigint[], int[], text[], int[], int[]);
CREATE FUNCTION _prom_catalog.intern_series(
    ids bigint[], metric_ids int[], label_arrays text[], job_ids int[], instance_ids int[],
    OUT series_ids bigint[], OUT group_ids bigint[], OUT slots smallint[], OUT fresh int[])
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    homeless int[];
    jobs int[];
    instances int[];
    metrics int[];
    place record;
    todo int;
    made int;
BEGIN
    SELECT array_agg(s.id ORDER BY u.n), array_agg(s.group_id ORDER BY u.n), array_agg(s.slot ORDER BY u.n)
    INTO series_ids, group_ids, slots
    FROM unnest(metric_ids, label_arrays) WITH ORDINALITY u(metric_id, labels, n)
    LEFT JOIN _prom_catalog.series s ON s.metric_id = u.metric_id AND s.labels = u.labels::int[];

    SELECT array_agg(u.n), array_agg(u.job), array_agg(u.instance), array_agg(u.metric),
           coalesce(array_agg(u.n) FILTER (WHERE u.id IS NULL), '{}')
    INTO homeless, jobs, instances, metrics, fresh
    FROM unnest(series_ids, group_ids, job_ids, instance_ids, metric_ids)
        WITH ORDINALITY u(id, g, job, instance, metric, n)
    WHERE u.g IS NULL;
    -- Who returns does not retire.
    DELETE FROM _prom_catalog.removed_series r WHERE r.series_id = ANY (series_ids) AND NOT r.freed;
    IF homeless IS NULL THEN
        RETURN;
    END IF;
    PERFORM _prom_catalog.next_place_epoch();
    SELECT p.* INTO place FROM _prom_catalog.allocate_slots(jobs, instances, metrics) p;
    UPDATE _prom_catalog.series s SET group_id = u.g, slot = u.slot, placed_at = now()
    FROM unnest(homeless, place.group_ids, place.slots) u(n, g, slot)
    WHERE s.id = series_ids[u.n];
    SELECT array_agg(coalesce(u.g, h.g) ORDER BY u.n), array_agg(coalesce(u.slot, h.slot) ORDER BY u.n)
    INTO group_ids, slots
    FROM unnest(group_ids, slots) WITH ORDINALITY u(g, slot, n)
    FULL JOIN unnest(homeless, place.group_ids, place.slots) h(n, g, slot) ON h.n = u.n;

    todo := cardinality(fresh);
    LOOP
        INSERT INTO _prom_catalog.series (id, metric_id, labels, group_id, slot)
        SELECT u.id, u.metric_id, u.labels::int[], u.g, u.slot
        FROM unnest(ids, metric_ids, label_arrays, group_ids, slots, series_ids) u(id, metric_id, labels, g, slot, known)
        WHERE u.known IS NULL
        ON CONFLICT (id) DO NOTHING;
        GET DIAGNOSTICS made = ROW_COUNT;
        EXIT WHEN made = todo;
        -- Two label sets with one fingerprint are next to impossible; the later one takes the next free number.
        todo := todo - made;
        SELECT array_agg(coalesce(u.known, s.id) ORDER BY u.n), array_agg(u.id + 1 ORDER BY u.n) INTO series_ids, ids
        FROM unnest(series_ids, ids, group_ids, slots) WITH ORDINALITY u(known, id, g, slot, n)
        LEFT JOIN _prom_catalog.series s ON s.id = u.id AND s.group_id = u.g AND s.slot = u.slot;
    END LOOP;
    SELECT array_agg(coalesce(u.known, u.id) ORDER BY u.n) INTO series_ids
    FROM unnest(series_ids, ids) WITH ORDINALITY u(known, id, n);
END
$$;
/*end plain*/
COMMENT ON FUNCTION _prom_catalog.intern_series IS
    'Places of series, made where they are new or have lost their place. ids: the fingerprints of their labels; fresh: which are new, by their number from 1.';

CREATE OR REPLACE FUNCTION _prom_catalog.store_series_json(label_arrays text[], jsons text[]) RETURNS void
    LANGUAGE /*plain*/sql/*end plain*//*citus plpgsql*/
    SET search_path = pg_catalog, pg_temp
AS $$
    /*citus BEGIN*/
    INSERT INTO _prom_catalog.series_json (labels, json)
    SELECT u.labels::int[], u.json::jsonb FROM unnest(label_arrays, jsons) u(labels, json)
    /*citus ; END*/
$$;
COMMENT ON FUNCTION _prom_catalog.store_series_json IS 'Keeps the labels of new series as JSON, which the daemon has at hand.';
