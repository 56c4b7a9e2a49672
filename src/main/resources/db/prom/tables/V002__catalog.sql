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
    commented_positions int NOT NULL DEFAULT 0,
    retention_period interval,
    chunk_interval interval,
    expired_before timestamptz,
    expired_vector bigint NOT NULL DEFAULT 0,
    compression boolean,
    has_exemplars boolean NOT NULL DEFAULT false,
    has_histograms boolean NOT NULL DEFAULT false,
    histogram_positions int NOT NULL DEFAULT 0,
    has_holes boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE _prom_catalog.metric IS 'Each metric. table_name is the name of its views.';
COMMENT ON COLUMN _prom_catalog.metric.views_positions IS
    'How many label positions its views show; 0 while it has no views. Behind the label_key_position rows: views to be made.';
COMMENT ON COLUMN _prom_catalog.metric.commented_positions IS 'How many of these have comments on their columns.';
COMMENT ON COLUMN _prom_catalog.metric.retention_period IS 'NULL follows the default.';
COMMENT ON COLUMN _prom_catalog.metric.chunk_interval IS 'NULL follows the default.';
COMMENT ON COLUMN _prom_catalog.metric.expired_before IS 'Retention has deleted what is older, of vectors up to expired_vector.';
COMMENT ON COLUMN _prom_catalog.metric.expired_vector IS 'The last vector that retention has looked at; later ones may be older, by backfill.';
COMMENT ON COLUMN _prom_catalog.metric.compression IS 'Whether closed blocks are packed. NULL follows the default.';
COMMENT ON COLUMN _prom_catalog.metric.has_exemplars IS 'Whether it has a view in prom_exemplar.';
COMMENT ON COLUMN _prom_catalog.metric.has_histograms IS 'Whether it has a view in prom_histogram, or is about to.';
COMMENT ON COLUMN _prom_catalog.metric.histogram_positions IS 'How many label positions the view in prom_histogram shows; 0 while there is none.';
COMMENT ON COLUMN _prom_catalog.metric.has_holes IS 'Whether its view in prom_metric looks at the holes of runs; only then it may have such.';

CREATE TABLE _prom_catalog.label_key_position (
    metric_id int NOT NULL/*plain*/ REFERENCES _prom_catalog.metric ON DELETE CASCADE/*end plain*/,
    label_key_id int NOT NULL/*plain*/ REFERENCES _prom_catalog.label_key/*end plain*/,
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
    taken bigint NOT NULL,
    metric_id int NOT NULL DEFAULT 0
);
-- All groups, not only those with room: their number says how large a target is, and a slot that is taken or freed does not
-- change the index.
CREATE INDEX series_group_target ON _prom_catalog.series_group (job_id, instance_id);
COMMENT ON TABLE _prom_catalog.series_group IS
    'Up to 64 series of one target, which share rows of prom_data.landing. job_id and instance_id are label ids, 0 if absent; below 0, job_id is that of the label __tenant__: a tenant has groups of its own.';
COMMENT ON COLUMN _prom_catalog.series_group.metric_id IS
    'The metric of its first series, which says near what the group is: ids are given in order of arrival. 0 if it is not known.';
COMMENT ON COLUMN _prom_catalog.series_group.taken IS 'A bit for each slot that a series has, slot 1 lowest.';

-- No foreign keys here: interning writes tens of thousands of rows a second under one lock, and checks what it refers to.
CREATE TABLE _prom_catalog.series (
    id bigint /*plain*/PRIMARY KEY/*end plain*/,
    metric_id int NOT NULL,
    labels prom_api.label_array NOT NULL,
    group_id bigint,
    slot smallint CHECK (slot BETWEEN 1 AND 64),
    placed_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz DEFAULT now(),
/*citus    bucket int NOT NULL, PRIMARY KEY (id, bucket), */
    UNIQUE (metric_id, labels/*citus , bucket*/),
    UNIQUE (group_id, slot/*citus , bucket*/)
);
CREATE INDEX series_labels ON _prom_catalog.series USING gin (labels);
COMMENT ON TABLE _prom_catalog.series IS 'Each series, with its labels and the group and slot where its samples land.';
COMMENT ON COLUMN _prom_catalog.series.group_id IS 'NULL while the series has no place: nothing of it is in the landing table.';
COMMENT ON COLUMN _prom_catalog.series.id IS
    'Made of the labels'' text (53 bits of a SHA-256, so that JSON keeps it), hence the same again for a series that returns.';
COMMENT ON COLUMN _prom_catalog.series.placed_at IS 'When it got its place: its first sample lands after that.';
-- No index on created_at: queries that count new series read all series anyway.
COMMENT ON COLUMN _prom_catalog.series.created_at IS 'When it was stored for the first time, or again after its removal.';

CREATE TABLE _prom_catalog.series_json (
    labels int[] NOT NULL,
    json jsonb NOT NULL
);
ALTER TABLE _prom_catalog.series_json REPLICA IDENTITY FULL;
CREATE INDEX series_json_labels ON _prom_catalog.series_json USING hash (labels);
COMMENT ON TABLE _prom_catalog.series_json IS
    'The labels of series as JSON, so that jsonb(labels) is one look-up; it works out what is missing here.';

CREATE TABLE _prom_catalog.metric_view (
    schema_name name NOT NULL,
    view_name name NOT NULL,
    PRIMARY KEY (schema_name, view_name)
);
COMMENT ON TABLE _prom_catalog.metric_view IS 'Views of users that are registered as metrics.';

-- A place that a series has lost is given to another one only when no daemon can write to it any more.
CREATE TABLE _prom_catalog.removed_series (
    epoch bigint NOT NULL,
    group_id bigint NOT NULL,
    slot smallint NOT NULL,
    removed_at timestamptz NOT NULL DEFAULT now(),
    series_id bigint,
    freed boolean NOT NULL DEFAULT false
);
ALTER TABLE _prom_catalog.removed_series REPLICA IDENTITY FULL;
CREATE INDEX ON _prom_catalog.removed_series (epoch);
CREATE INDEX ON _prom_catalog.removed_series (series_id) WHERE series_id IS NOT NULL;
COMMENT ON TABLE _prom_catalog.removed_series IS 'Places that series have lost, by removal. A daemon that has read an earlier place_epoch has to forget them.';
COMMENT ON COLUMN _prom_catalog.removed_series.series_id IS
    'The series, if it is there and only retires: its place is taken because nothing comes from it. It stays if the series returns.';
COMMENT ON COLUMN _prom_catalog.removed_series.freed IS 'Whether the place may be given to another series.';

CREATE TABLE _prom_catalog.place_epoch (
    epoch bigint PRIMARY KEY,
    token uuid NOT NULL DEFAULT gen_random_uuid(),
    made_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO _prom_catalog.place_epoch (epoch) VALUES (1);
COMMENT ON TABLE _prom_catalog.place_epoch IS
    'Each transaction that has given places to series or taken places from them, in their order. A database that has the epoch and the token that a daemon has read has given all places that the daemon knew then, and to the same series.';
COMMENT ON COLUMN _prom_catalog.place_epoch.token IS 'Random: no other database, and no other history of this one, has the same.';

CREATE TABLE _prom_catalog.setting (
    key text PRIMARY KEY,
    value text NOT NULL
);
COMMENT ON TABLE _prom_catalog.setting IS 'Defaults that have been changed by SQL.';
