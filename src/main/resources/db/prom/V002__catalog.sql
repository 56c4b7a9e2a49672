-- Label text is compared by bytes: the order is Prometheus' own, and no upgrade of a locale library touches the indexes.

CREATE DOMAIN prom_api.label_array AS int[] NOT NULL;
COMMENT ON DOMAIN prom_api.label_array IS
    'Label ids of a series: __name__ first, each other label at its key''s position in the metric, 0 for an absent label.';

CREATE TABLE _prom_catalog.label (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    UNIQUE (key, value) INCLUDE (id)
);
COMMENT ON TABLE _prom_catalog.label IS 'Each pair of a label name and a value, once.';

CREATE TABLE _prom_catalog.label_key (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL UNIQUE,
    value_column_name name NOT NULL UNIQUE,
    id_column_name name NOT NULL UNIQUE
);
COMMENT ON TABLE _prom_catalog.label_key IS
    'Each label name, with the names of its columns in prom_series.* (value) and prom_metric.* (id).';

CREATE TABLE _prom_catalog.metric (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    metric_name text COLLATE "C" NOT NULL UNIQUE,
    table_name name NOT NULL UNIQUE,
    views_positions int NOT NULL DEFAULT 0,
    retention_period interval,
    chunk_interval interval
);
COMMENT ON TABLE _prom_catalog.metric IS 'Each metric. table_name is the name of its table and of its views.';
COMMENT ON COLUMN _prom_catalog.metric.views_positions IS
    'How many label positions its views show; 0 while it has no views. Behind the label_key_position rows: views to be made.';
COMMENT ON COLUMN _prom_catalog.metric.retention_period IS 'NULL follows the default.';
COMMENT ON COLUMN _prom_catalog.metric.chunk_interval IS 'NULL follows the default.';

CREATE TABLE _prom_catalog.label_key_position (
    metric_id int NOT NULL REFERENCES _prom_catalog.metric ON DELETE CASCADE,
    label_key_id int NOT NULL REFERENCES _prom_catalog.label_key,
    pos int NOT NULL,
    PRIMARY KEY (metric_id, label_key_id),
    UNIQUE (metric_id, pos)
);
CREATE INDEX ON _prom_catalog.label_key_position (label_key_id);
COMMENT ON TABLE _prom_catalog.label_key_position IS
    'Where a label name stands in the label arrays of a metric, in order of arrival; __name__ at 1.';

CREATE TABLE _prom_catalog.series_group (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id int NOT NULL,
    instance_id int NOT NULL,
    taken bigint NOT NULL
);
CREATE INDEX ON _prom_catalog.series_group (job_id, instance_id) WHERE taken <> -1;
COMMENT ON TABLE _prom_catalog.series_group IS
    'Up to 64 series of one target, which share rows of prom_data.landing. job_id and instance_id are label ids, 0 if absent.';
COMMENT ON COLUMN _prom_catalog.series_group.taken IS 'A bit for each slot that a series has, slot 1 lowest.';

-- No foreign keys here: interning writes tens of thousands of rows a second under one lock, and checks what it refers to.
CREATE TABLE _prom_catalog.series (
    id bigint PRIMARY KEY,
    metric_id int NOT NULL,
    labels prom_api.label_array NOT NULL,
    group_id bigint,
    slot smallint CHECK (slot BETWEEN 1 AND 64),
    UNIQUE (metric_id, labels),
    UNIQUE (group_id, slot)
);
CREATE INDEX series_labels ON _prom_catalog.series USING gin (labels);
COMMENT ON TABLE _prom_catalog.series IS 'Each series, with its labels and the group and slot where its samples land.';
COMMENT ON COLUMN _prom_catalog.series.group_id IS 'NULL while the series has no place: nothing of it is in the landing table.';
COMMENT ON COLUMN _prom_catalog.series.id IS
    'Made of the labels'' text (53 bits of a SHA-256, so that JSON keeps it), hence the same again for a series that returns.';
