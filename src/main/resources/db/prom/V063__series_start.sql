CREATE TABLE _prom_catalog.series_start (
    series_id bigint NOT NULL,
    start_time timestamptz NOT NULL,
    first_time timestamptz NOT NULL,
    PRIMARY KEY (series_id, start_time)
);
COMMENT ON TABLE _prom_catalog.series_start IS
    'When series began to count, as their senders say: a row for each start, not for each sample.';
COMMENT ON COLUMN _prom_catalog.series_start.start_time IS 'When the series began, or began anew: its value was 0 then.';
COMMENT ON COLUMN _prom_catalog.series_start.first_time IS 'The time of the first sample that came with this start.';
