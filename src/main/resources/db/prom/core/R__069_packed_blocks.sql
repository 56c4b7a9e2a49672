CREATE OR REPLACE FUNCTION _prom_catalog.count_packed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO _prom_catalog.packed_block AS p (metric_id, block, upper, runs, samples, first_vector, last_vector)
        SELECT TG_ARGV[0]::int, v.block, max(v.upper), count(*), sum(coalesce(bit_count(r.present), r.last - r.first + 1)), min(v.id),
               max(v.id)
        FROM changed r JOIN prom_data.vector v ON v.id = r.vector_id
        GROUP BY v.block
        ON CONFLICT (metric_id, block) DO UPDATE
            SET upper = greatest(p.upper, excluded.upper), runs = p.runs + excluded.runs, samples = p.samples + excluded.samples,
                first_vector = least(p.first_vector, excluded.first_vector),
                last_vector = greatest(p.last_vector, excluded.last_vector);
    ELSE
        UPDATE _prom_catalog.packed_block p SET runs = p.runs - c.runs, samples = p.samples - c.samples
        FROM (SELECT v.block, count(*) AS runs, sum(coalesce(bit_count(r.present), r.last - r.first + 1)) AS samples
              FROM changed r JOIN prom_data.vector v ON v.id = r.vector_id GROUP BY v.block) c
        WHERE p.metric_id = TG_ARGV[0]::int AND p.block = c.block;
        DELETE FROM _prom_catalog.packed_block p WHERE p.metric_id = TG_ARGV[0]::int AND p.runs <= 0;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _prom_catalog.count_packed IS 'Trigger of the metrics'' tables: keeps packed_block. Its argument is the metric.';
