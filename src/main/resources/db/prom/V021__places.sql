-- A place that a series has lost is given to another one only when no daemon can write to it any more.
ALTER TABLE _prom_catalog.removed_series
    ADD COLUMN removed_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN series_id bigint,
    ADD COLUMN freed boolean NOT NULL DEFAULT false;
CREATE INDEX ON _prom_catalog.removed_series (series_id) WHERE series_id IS NOT NULL;
COMMENT ON COLUMN _prom_catalog.removed_series.series_id IS
    'The series, if it is there and only retires: its place is taken because nothing comes from it. It stays if the series returns.';
COMMENT ON COLUMN _prom_catalog.removed_series.freed IS 'Whether the place may be given to another series.';

ALTER TABLE _prom_catalog.series ADD COLUMN placed_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN _prom_catalog.series.placed_at IS 'When it got its place: its first sample lands after that.';
