-- Rows of energy.fact_usage follow a key that is changed: what ON UPDATE CASCADE does for foreign keys.

CREATE OR REPLACE FUNCTION _energy.follow_key() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE energy.fact_usage SET %1$I = ($2).%1$I WHERE %1$I = ($1).%1$I', TG_ARGV[0]) USING OLD, NEW;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION _energy.follow_key IS 'Changes a key in energy.fact_usage as it was changed in its dimension.';

CREATE OR REPLACE TRIGGER follow_key AFTER UPDATE OF project_id ON energy.dim_project
    FOR EACH ROW WHEN (OLD.project_id IS DISTINCT FROM NEW.project_id) EXECUTE FUNCTION _energy.follow_key('project_id');
CREATE OR REPLACE TRIGGER follow_key AFTER UPDATE OF machine_id ON energy.dim_machine
    FOR EACH ROW WHEN (OLD.machine_id IS DISTINCT FROM NEW.machine_id) EXECUTE FUNCTION _energy.follow_key('machine_id');
CREATE OR REPLACE TRIGGER follow_key AFTER UPDATE OF user_id ON energy.dim_user
    FOR EACH ROW WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id) EXECUTE FUNCTION _energy.follow_key('user_id');
