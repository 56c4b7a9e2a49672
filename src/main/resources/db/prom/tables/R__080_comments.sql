-- Comments on schemas, and on columns of tables that users may read. A migration of a table runs once; what is said here is
-- brought up to date in every database.

COMMENT ON COLUMN prom_data.landing.time IS 'When the values were taken, by the clock of the sender.';
COMMENT ON COLUMN prom_data.landing.group_id IS 'The series group; prom_data_series.* has the group and slot of each series.';

COMMENT ON COLUMN prom_data.vector.id IS 'The time vector''s id, in tick and in the metrics'' tables.';
COMMENT ON COLUMN prom_data.tick.vector_id IS 'The time vector.';
COMMENT ON COLUMN prom_data.tick.idx IS 'Where the value of this time is in the arrays, from 1.';
COMMENT ON COLUMN prom_data.tick.time IS 'When the values were taken, by the clock of the sender.';

COMMENT ON SCHEMA prom_metric IS
    'A view for each metric with its samples: time, value, series_id, labels, and for each label name a column <name>_id with the id of the label. prom_info.metric has the names of the views.';
COMMENT ON SCHEMA prom_series IS
    'A view for each metric with its series: series_id, labels, and for each label name a column with the value.';
COMMENT ON SCHEMA prom_data_series IS
    'A view for each metric with its series: id, labels, and the group and slot in prom_data.landing where its samples land.';
