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

COMMENT ON TABLE _prom_catalog.series_group IS
    'Up to 64 series of one target, which share rows of prom_data.landing. job_id and instance_id are label ids, 0 if absent; below 0, job_id is that of the label __tenant__: a tenant has groups of its own.';
