-- Hours of energy.fact_usage are summed up when they are over; one that changes later is open again until it is summed up anew.

CREATE OR REPLACE FUNCTION _energy.open_hours() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM _energy.usage_hour;
        DELETE FROM _energy.open_hour;
        RETURN NULL;
    END IF;
    INSERT INTO _energy.open_hour (ts)
    SELECT h.ts FROM (SELECT DISTINCT date_bin('1 hour', c.ts, 'epoch') AS ts FROM changed c) h
    -- Another snapshot than that of a statement may be older than the sum of the hour.
    WHERE current_setting('transaction_isolation') <> 'read committed'
       OR NOT EXISTS (SELECT FROM _energy.open_hour o WHERE o.ts = h.ts);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _energy.open_hours IS 'Rows of energy.fact_usage were written: the sums of their hours do not count any more.';
REVOKE ALL ON FUNCTION _energy.open_hours() FROM PUBLIC;

CREATE OR REPLACE TRIGGER open_hours_inserted AFTER INSERT ON energy.fact_usage
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION _energy.open_hours();
CREATE OR REPLACE TRIGGER open_hours_updated AFTER UPDATE ON energy.fact_usage
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION _energy.open_hours();
CREATE OR REPLACE TRIGGER open_hours_before_update AFTER UPDATE ON energy.fact_usage
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION _energy.open_hours();
CREATE OR REPLACE TRIGGER open_hours_deleted AFTER DELETE ON energy.fact_usage
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION _energy.open_hours();
CREATE OR REPLACE TRIGGER open_hours_truncated AFTER TRUNCATE ON energy.fact_usage
    FOR EACH STATEMENT EXECUTE FUNCTION _energy.open_hours();

CREATE OR REPLACE FUNCTION _energy.sum_hours(most int, before timestamptz) RETURNS int
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    hours timestamptz[] := ARRAY(
        SELECT DISTINCT o.ts FROM _energy.open_hour o WHERE o.ts <= before - interval '1 hour' ORDER BY o.ts DESC LIMIT most);
BEGIN
    IF hours = '{}' OR NOT pg_try_advisory_xact_lock(1886547826, 5) THEN
        RETURN 0;
    END IF;
    -- Every writer has ended, and another one waits, or its row of open_hour would go that nothing summed up.
    BEGIN
        LOCK TABLE energy.fact_usage IN SHARE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN 0;
    END;
    DELETE FROM _energy.usage_hour u WHERE u.scope IN ('ada', 'project', 'machine', 'user') AND u.ts = ANY (hours);
    INSERT INTO _energy.usage_hour (
        scope, ts, project_id, machine_id, user_id, busy_cpu_seconds_total, idle_cpu_seconds_total, busy_kwh, idle_kwh,
        busy_gco2eq, idle_gco2eq, intensity_gco2eq_kwh, estimated_kwh)
    SELECT f.scope, h.ts, f.project_id, f.machine_id, f.user_id,
           sum(f.busy_cpu_seconds_total), sum(f.idle_cpu_seconds_total), sum(f.busy_kwh), sum(f.idle_kwh),
           sum(f.busy_gco2eq), sum(f.idle_gco2eq), avg(f.intensity_gco2eq_kwh), sum(f.estimated_kwh)
    FROM unnest(hours) h(ts), energy.fact_usage f
    WHERE f.ts >= h.ts AND f.ts < h.ts + interval '1 hour'
    GROUP BY f.scope, h.ts, f.project_id, f.machine_id, f.user_id
    ORDER BY h.ts, f.scope, f.project_id, f.machine_id, f.user_id;
    DELETE FROM _energy.open_hour o WHERE o.ts = ANY (hours);
    RETURN cardinality(hours);
END
$$;
COMMENT ON FUNCTION _energy.sum_hours IS
    'Sums up so many open hours that ended before a time, the newest first. Returns how many: 0 if there are none, or while another session writes rows.';
