CREATE OR REPLACE FUNCTION _prom_catalog.count_packed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO _prom_catalog.packed_block AS p (metric_id, block, upper, runs, samples, bytes, first_vector, last_vector)
        SELECT r.metric_id, v.block, max(v.upper), count(*), sum(coalesce(bit_count(r.present), r.last - r.first + 1)),
               sum(pg_column_size(r)), min(v.id), max(v.id)
        FROM changed r JOIN prom_data.vector v ON v.id = r.vector_id
        GROUP BY r.metric_id, v.block
        ON CONFLICT (metric_id, block) DO UPDATE
            SET upper = greatest(p.upper, excluded.upper), runs = p.runs + excluded.runs, samples = p.samples + excluded.samples,
                bytes = p.bytes + excluded.bytes, first_vector = least(p.first_vector, excluded.first_vector),
                last_vector = greatest(p.last_vector, excluded.last_vector);
    ELSE
        UPDATE _prom_catalog.packed_block p SET runs = p.runs - c.runs, samples = p.samples - c.samples, bytes = p.bytes - c.bytes
        FROM (SELECT r.metric_id, v.block, count(*) AS runs, sum(coalesce(bit_count(r.present), r.last - r.first + 1)) AS samples,
                     sum(pg_column_size(r)) AS bytes
              FROM changed r JOIN prom_data.vector v ON v.id = r.vector_id GROUP BY r.metric_id, v.block) c
        WHERE p.metric_id = c.metric_id AND p.block = c.block;
        DELETE FROM _prom_catalog.packed_block p WHERE p.runs <= 0 AND p.metric_id IN (SELECT c.metric_id FROM changed c);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _prom_catalog.count_packed IS 'Trigger of prom_data.packed: keeps packed_block.';

/*plain*/
CREATE OR REPLACE TRIGGER count_inserted AFTER INSERT ON prom_data.packed REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION _prom_catalog.count_packed();
CREATE OR REPLACE TRIGGER count_deleted AFTER DELETE ON prom_data.packed REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION _prom_catalog.count_packed();
/*end plain*/
