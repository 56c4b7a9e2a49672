CREATE TABLE prom_data.exemplar (
    series_id bigint NOT NULL,
    time timestamptz NOT NULL,
    labels jsonb NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (series_id, time, labels, value)
);
CREATE INDEX ON prom_data.exemplar USING brin (time);
COMMENT ON TABLE prom_data.exemplar IS 'Exemplars: single observations of a series, with labels of their own such as a trace id.';
CREATE SCHEMA prom_exemplar;
COMMENT ON SCHEMA prom_exemplar IS 'A view for each metric that has exemplars.';

ALTER TABLE _prom_catalog.metric ADD COLUMN has_exemplars boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN _prom_catalog.metric.has_exemplars IS 'Whether it has a view in prom_exemplar.';
COMMENT ON COLUMN prom_data.exemplar.series_id IS 'The series that was observed.';
COMMENT ON COLUMN prom_data.exemplar.time IS 'When.';
COMMENT ON COLUMN prom_data.exemplar.labels IS 'The exemplar''s own labels, at most 128 characters together.';
COMMENT ON COLUMN prom_data.exemplar.value IS 'What was observed, in the unit of the metric.';
