-- The second layout of the store, on Citus: what belongs to a target is distributed by its bucket, what every shard's part of a
-- query reads is on each node, and the rest is at the coordinator. Only promgres migrate --cluster citus runs the files here.

SELECT set_config('client_min_messages', 'warning', true);

SELECT create_reference_table(t::regclass)
FROM unnest('{_prom_catalog.label,_prom_catalog.label_key,_prom_catalog.metric,_prom_catalog.label_key_position,_prom_catalog.setting,_prom_catalog.series_json,_prom_catalog.packed_block,_prom_catalog.removed_series}'::text[]) t;

SELECT create_distributed_table('_prom_catalog.series', 'bucket');
SELECT create_distributed_table(t::regclass, 'bucket', colocate_with => '_prom_catalog.series')
FROM unnest('{prom_data.landing,prom_data.vector,prom_data.tick,prom_data.packed,prom_data.exemplar,prom_data.histogram,_prom_catalog.series_start}'::text[]) t;

INSERT INTO _prom_catalog.setting (key, value) VALUES ('cluster', 'citus');
-- Blocks are not joined to longer ones yet.
INSERT INTO _prom_catalog.setting (key, value) VALUES ('joining', 'false');
