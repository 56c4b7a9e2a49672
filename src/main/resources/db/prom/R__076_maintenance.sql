CREATE OR REPLACE PROCEDURE prom_api.execute_maintenance(log_verbose boolean DEFAULT false)
    LANGUAGE plpgsql
AS $$
DECLARE
    request bigint;
    asked timestamptz := clock_timestamp();
    answer _prom_catalog.maintenance_request;
BEGIN
    INSERT INTO _prom_catalog.maintenance_request DEFAULT VALUES RETURNING id INTO request;
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
COMMENT ON PROCEDURE prom_api.execute_maintenance(boolean) IS
    'Has a daemon pack all closed blocks and delete what has expired, and returns when that is done. Not within a transaction.';
