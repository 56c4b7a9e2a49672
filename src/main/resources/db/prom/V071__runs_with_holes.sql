-- Series that miss most ticks of the others: a run may have holes.
ALTER TABLE _prom_catalog.metric ADD COLUMN IF NOT EXISTS has_holes boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN _prom_catalog.metric.has_holes IS 'Whether its view in prom_metric looks at the holes of runs; only then it may have such.';

DO $$
DECLARE
    packed name;
BEGIN
    FOR packed IN
        SELECT c.relname FROM _prom_catalog.metric m
        JOIN pg_class c ON c.relname = m.table_name AND c.relnamespace = 'prom_data'::regnamespace AND c.relkind = 'r'
    LOOP
        -- In one statement, so that no TOAST table is made.
        EXECUTE format('ALTER TABLE prom_data.%I ADD COLUMN present bit varying, ALTER present SET STORAGE PLAIN', packed);
    END LOOP;
END
$$;

-- The views are made anew. Until then the packer makes no runs that they would not understand: there are more kinds now.
UPDATE _prom_catalog.metric SET views_positions = 0;
