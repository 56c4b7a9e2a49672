-- Replicas that send the same: one of a cluster leads, and what it sends is stored.

CREATE OR REPLACE FUNCTION _prom_catalog.succeed_replica(
    tenant text, cluster text, replica text, silence interval, at timestamptz) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO _prom_catalog.ha_past_lease (tenant, cluster, leader, since, until)
    SELECT l.tenant, l.cluster, l.leader, l.since, at
    FROM _prom_catalog.ha_lease l
    WHERE l.tenant = succeed_replica.tenant AND l.cluster = succeed_replica.cluster
      AND l.leader <> replica AND l.last_heard + silence < at
    ON CONFLICT DO NOTHING;
    UPDATE _prom_catalog.ha_lease l SET leader = replica, since = at, last_heard = at
    WHERE l.tenant = succeed_replica.tenant AND l.cluster = succeed_replica.cluster
      AND l.leader <> replica AND l.last_heard + silence < at;
    DELETE FROM _prom_catalog.ha_past_lease p
    WHERE p.tenant = succeed_replica.tenant AND p.cluster = succeed_replica.cluster AND p.until < at - interval '7 days';
END
$$;
COMMENT ON FUNCTION _prom_catalog.succeed_replica IS
    'Makes a replica the leader of its cluster, if another one has it that has been silent for too long.';

CREATE OR REPLACE FUNCTION _prom_catalog.set_back_leases(tenant text, cluster text, at timestamptz) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE _prom_catalog.ha_lease l SET last_heard = at, since = least(l.since, at)
    WHERE l.tenant = set_back_leases.tenant AND l.cluster = set_back_leases.cluster;
    UPDATE _prom_catalog.ha_past_lease p SET until = least(p.until, at)
    WHERE p.tenant = set_back_leases.tenant AND p.cluster = set_back_leases.cluster AND p.until > at AND p.since < at;
    DELETE FROM _prom_catalog.ha_past_lease p
    WHERE p.tenant = set_back_leases.tenant AND p.cluster = set_back_leases.cluster AND p.until > at
$$;
COMMENT ON FUNCTION _prom_catalog.set_back_leases IS
    'After the clock of the database has been set back: the leader of a cluster counts as heard now, and no replica as having led in the future.';

CREATE OR REPLACE FUNCTION _prom_catalog.renew_lease(
    tenant text, cluster text, replica text, silence interval,
    OUT leader text, OUT remaining_ms bigint, OUT terms bigint[])
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lease _prom_catalog.ha_lease;
    at timestamptz;
BEGIN
    INSERT INTO _prom_catalog.ha_lease (tenant, cluster, leader, since, last_heard)
    VALUES (tenant, cluster, replica, clock_timestamp(), clock_timestamp())
    ON CONFLICT DO NOTHING;
    SELECT * INTO lease FROM _prom_catalog.ha_lease l
    WHERE l.tenant = renew_lease.tenant AND l.cluster = renew_lease.cluster
    FOR NO KEY UPDATE;
    -- Read after the lock: who waited for another daemon must not take its news for silence.
    at := clock_timestamp();
    IF lease.last_heard > at THEN
        PERFORM _prom_catalog.set_back_leases(tenant, cluster, at);
        lease.last_heard := at;
    END IF;
    IF lease.leader = replica THEN
        UPDATE _prom_catalog.ha_lease l SET last_heard = greatest(l.last_heard, at)
        WHERE l.tenant = renew_lease.tenant AND l.cluster = renew_lease.cluster;
    ELSIF lease.last_heard + silence < at THEN
        PERFORM _prom_catalog.succeed_replica(tenant, cluster, replica, silence, at);
        lease.leader := replica;
    END IF;
    leader := lease.leader;
    remaining_ms := greatest(0, ceil(extract(epoch FROM lease.last_heard + silence - at) * 1000));
    terms := ARRAY(
        SELECT (extract(epoch FROM b.bound) * 1000)::bigint
        FROM _prom_catalog.ha_past_lease p, LATERAL (VALUES (p.since), (p.until)) b(bound)
        WHERE p.tenant = renew_lease.tenant AND p.cluster = renew_lease.cluster AND p.leader = replica
        ORDER BY b.bound);
END
$$;
COMMENT ON FUNCTION _prom_catalog.renew_lease IS
    'Tells that a replica has sent something; it takes the lead if no replica has it, or if the leader has been silent for too long. Returns the leader, for how many milliseconds no other replica can take the lead if the leader is not heard again, and when the replica led before: begin, end, begin, end in milliseconds since the epoch.';

CREATE OR REPLACE VIEW prom_info.ha_lease AS
SELECT l.cluster::text COLLATE "default" AS cluster,
       nullif(l.tenant, '')::text COLLATE "default" AS tenant,
       l.leader::text COLLATE "default" AS leader,
       l.since,
       NULL::timestamptz AS until,
       l.last_heard
FROM _prom_catalog.ha_lease l
UNION ALL
SELECT p.cluster, nullif(p.tenant, ''), p.leader, p.since, p.until, NULL
FROM _prom_catalog.ha_past_lease p;
COMMENT ON VIEW prom_info.ha_lease IS
    'Which replica of each cluster is stored, and which were before, for a week. Empty unless ha.enabled is set.';
COMMENT ON COLUMN prom_info.ha_lease.cluster IS 'The cluster: the value of the label that ha.cluster-label names.';
COMMENT ON COLUMN prom_info.ha_lease.tenant IS 'Whose cluster it is; NULL without tenants.';
COMMENT ON COLUMN prom_info.ha_lease.leader IS 'The replica that leads or led: the value of the label that ha.replica-label names.';
COMMENT ON COLUMN prom_info.ha_lease.since IS 'Since when, by the clock of the database.';
COMMENT ON COLUMN prom_info.ha_lease.until IS 'Until when; NULL for the one that leads.';
COMMENT ON COLUMN prom_info.ha_lease.last_heard IS
    'When the leader last sent something, or up to a tenth of ha.silence earlier; NULL for one that does not lead any more.';
