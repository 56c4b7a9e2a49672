CREATE TABLE _prom_catalog.ha_lease (
    tenant text COLLATE "C" NOT NULL,
    cluster text COLLATE "C" NOT NULL,
    leader text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    last_heard timestamptz NOT NULL,
    PRIMARY KEY (tenant, cluster)
) WITH (fillfactor = 50);
COMMENT ON TABLE _prom_catalog.ha_lease IS
    'Which replica of each cluster is stored. Times are those of this server.';
COMMENT ON COLUMN _prom_catalog.ha_lease.tenant IS 'Whose cluster it is; empty without tenants.';
COMMENT ON COLUMN _prom_catalog.ha_lease.last_heard IS
    'When the leader last sent something, or up to a tenth of the time of silence earlier.';

CREATE TABLE _prom_catalog.ha_past_lease (
    tenant text COLLATE "C" NOT NULL,
    cluster text COLLATE "C" NOT NULL,
    leader text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (tenant, cluster, since)
);
COMMENT ON TABLE _prom_catalog.ha_past_lease IS
    'Who led before, for a week: what a replica could not deliver while it led, it may deliver later.';
