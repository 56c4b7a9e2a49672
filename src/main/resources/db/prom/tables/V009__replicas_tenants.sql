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
    'Former leaders, for a week: a replica may deliver later what it could not deliver while it led.';

CREATE TABLE _prom_catalog.tenant_role (
    role_name name NOT NULL,
    tenant text COLLATE "C" NOT NULL,
    label_id int NOT NULL,
    PRIMARY KEY (role_name, tenant)
);
COMMENT ON TABLE _prom_catalog.tenant_role IS
    'Roles that see the series of their tenants only: see set_tenant_role().';
COMMENT ON COLUMN _prom_catalog.tenant_role.label_id IS 'The label __tenant__ of the tenant.';

CREATE TABLE _prom_catalog.tenant_label (
    label_id int NOT NULL,
    tenant_id int NOT NULL,
    PRIMARY KEY (label_id, tenant_id)
);
COMMENT ON TABLE _prom_catalog.tenant_label IS
    'Which labels the tenants that have roles have, or have had: a role sees no others. tenant_id is a label''s id, too.';
