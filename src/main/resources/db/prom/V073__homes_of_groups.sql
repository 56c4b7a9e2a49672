-- Series that join a large target go to a group of metrics near theirs: what a scrape has side by side arrives together.
ALTER TABLE _prom_catalog.series_group ADD COLUMN metric_id int NOT NULL DEFAULT 0;
COMMENT ON COLUMN _prom_catalog.series_group.metric_id IS
    'The metric of its first series, which says near what the group is: ids are given in order of arrival. 0 if it is not known.';
UPDATE _prom_catalog.series_group g SET metric_id = s.metric_id
FROM (SELECT s.group_id, min(s.metric_id) AS metric_id FROM _prom_catalog.series s GROUP BY s.group_id) s
WHERE s.group_id = g.id;

-- Of all groups and not of those with room: how many there are says how large a target is, and a slot that is taken or
-- freed does not change the index.
DROP INDEX _prom_catalog.series_group_job_id_instance_id_idx;
CREATE INDEX series_group_target ON _prom_catalog.series_group (job_id, instance_id);
