-- What a group delivers at one time may arrive in parts: each is a row, and no two of them have a value of the same series.
ALTER TABLE prom_data.landing ADD COLUMN part smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN prom_data.landing.part IS
    'Which part of the delivery, from 0. Who adds a part knows all before it: of two who add at once, the key lets one through.';
COMMENT ON TABLE prom_data.landing IS 'Samples as they arrive: a row for what a series group delivered at one time, or for each part of it.';

DROP INDEX prom_data.landing_key;
CREATE UNIQUE INDEX landing_key ON prom_data.landing (group_id, time, part);

DROP FUNCTION IF EXISTS _prom_catalog.merged(double precision[], double precision[]);
DROP FUNCTION IF EXISTS _prom_catalog.adds(double precision[], double precision[]);

-- The views of metrics join what is packed by the series alone now.
UPDATE _prom_catalog.metric SET views_positions = 0;
