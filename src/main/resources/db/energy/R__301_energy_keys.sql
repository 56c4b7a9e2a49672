-- Rows that people change, and keys that they change: what the projector may write again, and what follows.

CREATE OR REPLACE FUNCTION _energy.mark_manual() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(current_setting('promgres.projecting', true), '') <> 'on' THEN
        NEW.origin := 'manual';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION _energy.mark_manual IS 'A row of the projector that a person or a script changes is theirs from then on.';

CREATE OR REPLACE FUNCTION _energy.mark_fact_manual() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE energy.fact_usage f SET origin = 'manual' WHERE f.usage_id = NEW.usage_id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _energy.mark_fact_manual IS 'As mark_manual, of a fact.';
REVOKE ALL ON FUNCTION _energy.mark_fact_manual() FROM PUBLIC;

-- A trigger before the update would lock each row that the projector writes, and the log tells of every lock.
CREATE OR REPLACE TRIGGER mark_manual AFTER UPDATE ON energy.fact_usage
    FOR EACH ROW WHEN (OLD.origin = 'samples' AND NEW.origin = 'samples'
                       AND coalesce(current_setting('promgres.projecting', true), '') <> 'on')
    EXECUTE FUNCTION _energy.mark_fact_manual();
CREATE OR REPLACE TRIGGER mark_manual BEFORE UPDATE ON energy.dim_user
    FOR EACH ROW WHEN (OLD.origin = 'samples' AND NEW.origin = 'samples') EXECUTE FUNCTION _energy.mark_manual();
CREATE OR REPLACE TRIGGER mark_manual BEFORE UPDATE ON energy.active_workspace
    FOR EACH ROW WHEN (OLD.origin = 'samples' AND NEW.origin = 'samples') EXECUTE FUNCTION _energy.mark_manual();

CREATE OR REPLACE FUNCTION _energy.follow_key() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM set_config('promgres.projecting', 'on', true);
    EXECUTE format('UPDATE energy.fact_usage SET %1$I = ($2).%1$I WHERE %1$I = ($1).%1$I', TG_ARGV[0]) USING OLD, NEW;
    PERFORM set_config('promgres.projecting', '', true);
    EXECUTE format('UPDATE _energy.name SET key = ($2).%1$I::text WHERE scope = $3 AND key = ($1).%1$I::text', TG_ARGV[0])
    USING OLD, NEW, TG_ARGV[1];
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _energy.follow_key IS
    'Changes a key in energy.fact_usage as it was changed in its dimension: what ON UPDATE CASCADE does for foreign keys.';
REVOKE ALL ON FUNCTION _energy.follow_key() FROM PUBLIC;

CREATE OR REPLACE TRIGGER follow_key AFTER UPDATE OF project_id ON energy.dim_project
    FOR EACH ROW WHEN (OLD.project_id IS DISTINCT FROM NEW.project_id) EXECUTE FUNCTION _energy.follow_key('project_id', 'project');
CREATE OR REPLACE TRIGGER follow_key AFTER UPDATE OF machine_id ON energy.dim_machine
    FOR EACH ROW WHEN (OLD.machine_id IS DISTINCT FROM NEW.machine_id) EXECUTE FUNCTION _energy.follow_key('machine_id', 'machine');
CREATE OR REPLACE TRIGGER follow_key AFTER UPDATE OF user_id ON energy.dim_user
    FOR EACH ROW WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id) EXECUTE FUNCTION _energy.follow_key('user_id', 'user');

CREATE OR REPLACE FUNCTION _energy.note_session() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.origin = 'manual' THEN
        INSERT INTO _energy.session_change (host, since, until)
        SELECT s.host, s.since, s.until FROM _energy.session s
        WHERE s.workspace_id = OLD.workspace_id AND s.since = OLD.started_at;
        IF TG_OP = 'DELETE' THEN
            UPDATE _energy.session s SET until = greatest(s.since, now())
            WHERE s.workspace_id = OLD.workspace_id AND s.since = OLD.started_at AND s.until > now();
        ELSE
            DELETE FROM _energy.session s WHERE s.workspace_id = OLD.workspace_id AND s.since = OLD.started_at;
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.origin = 'manual' AND NEW.user_id IS NOT NULL THEN
        INSERT INTO _energy.session (workspace_id, since, until, raw_label, host, port, machine_name, user_id)
        SELECT NEW.workspace_id, NEW.started_at, coalesce(NEW.ended_at, 'infinity'), i.raw_label, i.host, i.port,
               coalesce((SELECT n.label FROM _energy.name n WHERE n.scope = 'machine' AND n.key = NEW.machine_id::text LIMIT 1),
                        m.machine_name),
               coalesce((SELECT n.label FROM _energy.name n WHERE n.scope = 'user' AND n.key = NEW.user_id LIMIT 1), NEW.user_id)
        FROM energy.dim_instance i, energy.dim_machine m
        WHERE i.instance_id = NEW.instance_id AND m.machine_id = NEW.machine_id
        ON CONFLICT (workspace_id, since) DO UPDATE
            SET until = excluded.until, raw_label = excluded.raw_label, host = excluded.host, port = excluded.port,
                machine_name = excluded.machine_name, user_id = excluded.user_id;
        INSERT INTO _energy.session_change (host, since, until)
        SELECT s.host, s.since, s.until FROM _energy.session s
        WHERE s.workspace_id = NEW.workspace_id AND s.since = NEW.started_at;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _energy.note_session IS 'Keeps sessions that are written by hand, and has what they change computed again.';
REVOKE ALL ON FUNCTION _energy.note_session() FROM PUBLIC;

CREATE OR REPLACE TRIGGER note_session AFTER INSERT OR UPDATE OR DELETE ON energy.active_workspace
    FOR EACH ROW EXECUTE FUNCTION _energy.note_session();
