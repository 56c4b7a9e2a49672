ALTER TABLE _prom_catalog.metric ADD COLUMN expired_before timestamptz, ADD COLUMN expired_vector bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN _prom_catalog.metric.expired_before IS 'Retention has deleted what is older, of vectors up to expired_vector.';
COMMENT ON COLUMN _prom_catalog.metric.expired_vector IS 'The last vector that retention has looked at; later ones may be older, by backfill.';
