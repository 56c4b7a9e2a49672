-- When a series came, for what asks which metrics grow. No index: who asks reads all series anyway.

ALTER TABLE _prom_catalog.series ADD COLUMN created_at timestamptz;
ALTER TABLE _prom_catalog.series ALTER COLUMN created_at SET DEFAULT now();
COMMENT ON COLUMN _prom_catalog.series.created_at IS
    'When it was stored for the first time, or again after its removal; NULL if that was before this column.';
