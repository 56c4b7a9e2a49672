CREATE OR REPLACE FUNCTION _energy.refresh_workspaces(at timestamptz) RETURNS void
    LANGUAGE sql
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT set_config('promgres.projecting', 'on', true);
    WITH alive AS (
        SELECT DISTINCT ON (s.workspace_id)
               s.workspace_id, i.instance_id, m.machine_id, n.key AS user_id, p.project_id, s.started_at
        FROM _energy.sessions(at, at + interval '1 hour') x
        JOIN _energy.labelled_source s ON s.series_id = x.series_id
        JOIN _energy.rule r ON r.id = s.rule_id AND r.kind = 'workspace'
        JOIN energy.dim_instance i ON i.host = s.host AND i.port IS NOT DISTINCT FROM s.port
        JOIN _energy.name mn ON mn.scope = 'machine' AND mn.label = s.machine_name
        JOIN energy.dim_machine m ON m.machine_id::text = mn.key
        LEFT JOIN _energy.name pn ON pn.scope = 'project' AND pn.label = s.project
        LEFT JOIN energy.dim_project p ON p.project_id::text = pn.key
        LEFT JOIN _energy.name n ON n.scope = 'user' AND n.label = s.user_id
        WHERE x.until > at
        ORDER BY s.workspace_id, x.until DESC, s.series_id
    ), gone AS (
        DELETE FROM energy.active_workspace w
        WHERE w.origin = 'samples' AND NOT EXISTS (SELECT FROM alive a WHERE a.workspace_id = w.workspace_id)
    )
    INSERT INTO energy.active_workspace AS w (workspace_id, instance_id, machine_id, user_id, project_id, started_at, origin)
    SELECT a.workspace_id, a.instance_id, a.machine_id, u.user_id, a.project_id, a.started_at, 'samples'
    FROM alive a LEFT JOIN energy.dim_user u ON u.user_id = a.user_id
    WHERE NOT EXISTS (
        SELECT FROM energy.active_workspace o
        WHERE o.workspace_id = a.workspace_id
          AND (o.origin <> 'samples'
               OR (o.instance_id, o.machine_id, o.user_id, o.project_id, o.started_at)
                  IS NOT DISTINCT FROM (a.instance_id, a.machine_id, u.user_id, a.project_id, a.started_at)))
    ON CONFLICT (workspace_id) DO UPDATE
        SET instance_id = excluded.instance_id, machine_id = excluded.machine_id, user_id = excluded.user_id,
            project_id = excluded.project_id, started_at = excluded.started_at
        WHERE w.origin = 'samples';
    SELECT set_config('promgres.projecting', '', true);
    SELECT
$$;
COMMENT ON FUNCTION _energy.refresh_workspaces IS 'Makes energy.active_workspace the sessions that run at a time by their samples. Rows by hand stay.';
