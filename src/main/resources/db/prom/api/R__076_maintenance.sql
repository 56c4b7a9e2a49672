CREATE OR REPLACE FUNCTION _prom_catalog.set_maintenance_job(
    job_types _ps_catalog.job_type[], number_jobs int, new_schedule_interval interval, new_config jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF number_jobs IS NULL OR number_jobs < 0 OR new_schedule_interval IS NULL OR new_schedule_interval < interval '1 second' THEN
        RAISE EXCEPTION 'maintenance takes a number of jobs, 0 for none, and an interval of a second or longer'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE _prom_catalog.maintenance_job j
    SET number_jobs = set_maintenance_job.number_jobs, schedule_interval = new_schedule_interval, config = coalesce(new_config, j.config)
    WHERE j.job_type = ANY (job_types);
END
$$;
COMMENT ON FUNCTION _prom_catalog.set_maintenance_job IS 'Sets how often daemons do these kinds of maintenance.';

CREATE OR REPLACE FUNCTION prom_api.config_maintenance_jobs(
    number_jobs int, new_schedule_interval interval, new_config jsonb DEFAULT NULL) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT _prom_catalog.set_maintenance_job(enum_range(NULL::_ps_catalog.job_type), number_jobs, new_schedule_interval, new_config);
    SELECT true
$$;
COMMENT ON FUNCTION prom_api.config_maintenance_jobs(int, interval, jsonb) IS
    'Sets how often daemons do maintenance of every kind; 0 jobs switch it off, and more than one work as one: the daemon that leads does one after the other. {"log_verbose": true} as new_config has each run write a line to the log; NULL leaves the configuration as it is.';

CREATE OR REPLACE FUNCTION prom_api.config_maintenance_jobs(
    signal _ps_catalog.signal_type, job_type _ps_catalog.job_type, number_jobs int, new_schedule_interval interval,
    new_config jsonb DEFAULT NULL) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF signal = 'traces' THEN
        RAISE NOTICE 'there are no traces here, and nothing was changed';
        RETURN false;
    END IF;
    PERFORM _prom_catalog.set_maintenance_job(ARRAY[job_type], number_jobs, new_schedule_interval, new_config);
    RETURN true;
END
$$;
COMMENT ON FUNCTION prom_api.config_maintenance_jobs(_ps_catalog.signal_type, _ps_catalog.job_type, int, interval, jsonb) IS
    'As the form with fewer arguments, for one kind of maintenance: retention or compression, of metrics. False for traces, which are not stored.';

CREATE OR REPLACE PROCEDURE _prom_catalog.request_maintenance(job_type _ps_catalog.job_type, log_verbose boolean)
    LANGUAGE plpgsql
AS $$
DECLARE
    request bigint;
    asked timestamptz := clock_timestamp();
    answer _prom_catalog.maintenance_request;
BEGIN
    INSERT INTO _prom_catalog.maintenance_request (job_type) VALUES (job_type) RETURNING id INTO request;
    PERFORM pg_notify('promgres_maintenance', '');
    COMMIT;
    LOOP
        PERFORM pg_sleep(0.1);
        SELECT * INTO answer FROM _prom_catalog.maintenance_request r WHERE r.id = request;
        COMMIT;
        EXIT WHEN answer.finished_at IS NOT NULL;
        IF clock_timestamp() > asked + interval '10 seconds'
           AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = 1886547826 AND l.objid = 3 AND l.granted
                           AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
        THEN
            DELETE FROM _prom_catalog.maintenance_request r WHERE r.id = request;
            COMMIT;
            RAISE EXCEPTION 'no promgres daemon is at work on this database'
                USING HINT = 'Start one, or run: promgres maintenance --db ...';
        END IF;
    END LOOP;
    IF answer.failure IS NOT NULL THEN
        RAISE EXCEPTION 'maintenance failed: %', answer.failure;
    END IF;
    IF log_verbose THEN
        RAISE NOTICE 'maintenance took % ms', round(extract(epoch FROM answer.finished_at - asked) * 1000);
    END IF;
END
$$;
COMMENT ON PROCEDURE _prom_catalog.request_maintenance IS 'Has a daemon do one kind of maintenance, NULL for every kind, and returns when that is done.';

CREATE OR REPLACE PROCEDURE prom_api.execute_maintenance(log_verbose boolean DEFAULT false)
    LANGUAGE plpgsql
AS $$
BEGIN
    CALL _prom_catalog.request_maintenance(NULL, log_verbose);
END
$$;
COMMENT ON PROCEDURE prom_api.execute_maintenance(boolean) IS
    'Has a daemon pack all closed blocks and delete what has expired, and returns when that is done. Not within a transaction.';

CREATE OR REPLACE PROCEDURE prom_api.execute_maintenance(
    signal _ps_catalog.signal_type, job_type _ps_catalog.job_type, log_verbose boolean DEFAULT false)
    LANGUAGE plpgsql
AS $$
BEGIN
    IF signal = 'traces' THEN
        RAISE NOTICE 'there are no traces here, and nothing was done';
        RETURN;
    END IF;
    CALL _prom_catalog.request_maintenance(job_type, log_verbose);
END
$$;
COMMENT ON PROCEDURE prom_api.execute_maintenance(_ps_catalog.signal_type, _ps_catalog.job_type, boolean) IS
    'As the form with fewer arguments, for one kind of maintenance: retention or compression, of metrics. Traces are not stored: nothing is done.';
