-- Comments on schemas, and on columns of tables that users may read. A migration of a table runs once; what is said here is
-- brought up to date in every database.

COMMENT ON COLUMN prom_data.landing.time IS 'When the values were taken, by the clock of the sender.';
COMMENT ON COLUMN prom_data.landing.group_id IS 'The series group; _prom_catalog.series has the group and slot of each series.';

COMMENT ON COLUMN prom_data.vector.id IS 'The time vector''s id, in tick and in packed.';
COMMENT ON COLUMN prom_data.packed.metric_id IS 'The metric.';
COMMENT ON COLUMN prom_data.packed.series_id IS 'The series.';
COMMENT ON COLUMN prom_data.packed.vector_id IS 'The time vector.';
COMMENT ON COLUMN prom_data.packed.first IS 'The first tick that it has a value at.';
COMMENT ON COLUMN prom_data.packed.last IS 'The last tick that it has a value at.';
COMMENT ON COLUMN prom_data.packed.present IS 'A bit for each tick from the first to the last: whether it has a value there. NULL where it has one at each.';
COMMENT ON COLUMN prom_data.packed.kind IS 'The form of the values: see _prom_catalog.run_value().';
COMMENT ON COLUMN prom_data.packed.base IS 'What is added to each number before it is divided by scale; of kind 0 the value.';
COMMENT ON COLUMN prom_data.packed.scale IS 'What numbers are divided by.';
COMMENT ON COLUMN prom_data.packed.rising IS 'True if no value is less than the one before it.';
COMMENT ON COLUMN prom_data.packed.width IS 'The bits of a number in bits.';
COMMENT ON COLUMN prom_data.packed.slope IS 'What numbers in bits grow by in a tick, in 4096ths.';
COMMENT ON COLUMN prom_data.packed.i2 IS 'Numbers of 16 bits.';
COMMENT ON COLUMN prom_data.packed.i4 IS 'Numbers of 32 bits.';
COMMENT ON COLUMN prom_data.packed.f8 IS 'Floats; with another kind than 3 and 11, a last value that is not like the others.';
COMMENT ON COLUMN prom_data.packed.bits IS 'Numbers of width bits each.';
COMMENT ON COLUMN prom_data.tick.vector_id IS 'The time vector.';
COMMENT ON COLUMN prom_data.tick.idx IS 'Where the value of this time is in the arrays, from 1.';
COMMENT ON COLUMN prom_data.tick.time IS 'When the values were taken, by the clock of the sender.';

COMMENT ON SCHEMA prom_metric IS
    'A view for each metric with its samples: time, value, series_id, labels, and for each label name a column <name>_id with the id of the label. prom_info.metric has the names of the views.';
COMMENT ON SCHEMA prom_series IS
    'A view for each metric with its series: series_id, labels, and for each label name a column with the value.';
