CREATE SCHEMA prom_text;
COMMENT ON SCHEMA prom_text IS
    'A view with the samples of a metric and a column of text for each of its labels, for the metrics that were asked for by make_text_view() or set_text_views(): time, value, series_id, labels by their names.';

CREATE SCHEMA prom_text_latest;
COMMENT ON SCHEMA prom_text_latest IS
    'The same with the last sample of each series, as prom_latest has it: time, value, series_id, labels by their names.';

CREATE SCHEMA prom_text_histogram;
COMMENT ON SCHEMA prom_text_histogram IS
    'The same with native histograms, for those of these metrics that have any: the columns of prom_histogram, with text for labels.';

CREATE TABLE _prom_catalog.text_view (
    metric_id int PRIMARY KEY/*plain*/ REFERENCES _prom_catalog.metric ON DELETE CASCADE/*end plain*/,
    positions int NOT NULL DEFAULT 0
);
COMMENT ON TABLE _prom_catalog.text_view IS 'The metrics that have views in prom_text, or are about to.';
COMMENT ON COLUMN _prom_catalog.text_view.positions IS
    'How many label positions the views show; 0 while they are not made. Behind the label_key_position rows: views to be made.';
