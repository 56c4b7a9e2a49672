CREATE TABLE prom_data.histogram (
    series_id bigint NOT NULL,
    time timestamptz NOT NULL,
    count double precision NOT NULL,
    sum double precision NOT NULL,
    body bytea NOT NULL,
/*citus     bucket int NOT NULL, */
    PRIMARY KEY (series_id, time/*citus , bucket*/)
);
COMMENT ON TABLE prom_data.histogram IS 'Native histograms, each once for a series and time.';
COMMENT ON COLUMN prom_data.histogram.series_id IS 'The series that it belongs to.';
COMMENT ON COLUMN prom_data.histogram.time IS 'When.';
COMMENT ON COLUMN prom_data.histogram.count IS 'The number of observations.';
COMMENT ON COLUMN prom_data.histogram.sum IS 'The sum of the observations, in the unit of the metric.';
COMMENT ON COLUMN prom_data.histogram.body IS 'The histogram without its time, to the bit; count and sum are in it too. See _prom_catalog.histogram_numbers().';

CREATE TYPE prom_api.histogram_bucket AS (lower double precision, upper double precision, count double precision);
COMMENT ON TYPE prom_api.histogram_bucket IS
    'How many observations lie between two bounds. A bound belongs to the bucket that lies closer to zero; of custom bounds, the upper one does.';
COMMENT ON COLUMN prom_api.histogram_bucket.lower IS 'In the unit of the metric.';
COMMENT ON COLUMN prom_api.histogram_bucket.upper IS 'In the unit of the metric.';
COMMENT ON COLUMN prom_api.histogram_bucket.count IS 'The number of observations.';

CREATE TYPE prom_api.native_histogram AS (
    count double precision,
    sum double precision,
    schema smallint,
    zero_threshold double precision,
    zero_count double precision,
    bounds double precision[],
    buckets prom_api.histogram_bucket[]
);
COMMENT ON TYPE prom_api.native_histogram IS
    'A native histogram: what prom_histogram''s views have in the column histogram, and what the histogram_ functions take.';
COMMENT ON COLUMN prom_api.native_histogram.count IS 'The number of observations.';
COMMENT ON COLUMN prom_api.native_histogram.sum IS 'The sum of the observations, in the unit of the metric.';
COMMENT ON COLUMN prom_api.native_histogram.schema IS
    '-4 to 8: a bucket is 2^(2^-schema) times as wide as the one before. -53: the bounds are custom ones.';
COMMENT ON COLUMN prom_api.native_histogram.zero_threshold IS 'Observations up to this far from zero are in zero_count.';
COMMENT ON COLUMN prom_api.native_histogram.zero_count IS 'The number of observations within zero_threshold.';
COMMENT ON COLUMN prom_api.native_histogram.bounds IS 'The custom bounds; empty where buckets are exponential.';
COMMENT ON COLUMN prom_api.native_histogram.buckets IS 'Buckets in the order of their bounds, without the one around zero. What is not among them has a count of 0.';

CREATE TABLE _prom_catalog.series_start (
    series_id bigint NOT NULL,
    start_time timestamptz NOT NULL,
    first_time timestamptz NOT NULL,
/*citus     bucket int NOT NULL, */
    PRIMARY KEY (series_id, start_time/*citus , bucket*/)
);
COMMENT ON TABLE _prom_catalog.series_start IS
    'When series began to count, as their senders say: a row for each start, not for each sample.';
COMMENT ON COLUMN _prom_catalog.series_start.start_time IS 'When the series began, or began anew: its value was 0 then.';
COMMENT ON COLUMN _prom_catalog.series_start.first_time IS 'The time of the first sample that came with this start.';
