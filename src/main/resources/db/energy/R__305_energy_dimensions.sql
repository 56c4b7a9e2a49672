-- Dimensions, of what the labels of chosen series say.

CREATE OR REPLACE VIEW _energy.labelled_source AS
SELECT s.id, s.rule_id, s.series_id, s.known, s.display_name, s.group_name, s.workspace_id, s.started_at,
       p.machine_name, p.project, p.user_id, p.raw_label, p.host, p.port, p.region
FROM _energy.source s JOIN _energy.place p ON p.id = s.place_id;
COMMENT ON VIEW _energy.labelled_source IS 'The series that a rule chooses, each with the labels of its place.';

CREATE OR REPLACE FUNCTION _energy.know_sources() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    newest bigint := (SELECT max(s.id) FROM _energy.labelled_source s WHERE NOT s.known);
BEGIN
    IF newest IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO energy.dim_group (group_name)
    SELECT DISTINCT s.group_name FROM _energy.labelled_source s
    WHERE NOT s.known AND s.id <= newest AND s.group_name IS NOT NULL
      AND NOT EXISTS (SELECT FROM energy.dim_group g WHERE g.group_name = s.group_name)
    ON CONFLICT DO NOTHING;

    INSERT INTO energy.dim_project (cloud_project_name)
    SELECT DISTINCT s.project FROM _energy.labelled_source s
    WHERE NOT s.known AND s.id <= newest AND s.project IS NOT NULL
      AND NOT EXISTS (SELECT FROM energy.dim_project p WHERE p.cloud_project_name = s.project)
    ON CONFLICT DO NOTHING;

    INSERT INTO energy.dim_machine (machine_name)
    SELECT DISTINCT s.machine_name FROM _energy.labelled_source s
    WHERE NOT s.known AND s.id <= newest AND s.machine_name IS NOT NULL
      AND NOT EXISTS (SELECT FROM energy.dim_machine m WHERE m.machine_name = s.machine_name)
    ON CONFLICT DO NOTHING;

    INSERT INTO energy.dim_instance (host, port, raw_label)
    SELECT s.host, s.port, min(s.raw_label) FROM _energy.labelled_source s
    WHERE NOT s.known AND s.id <= newest AND s.host IS NOT NULL
      AND NOT EXISTS (SELECT FROM energy.dim_instance i WHERE i.host = s.host AND i.port IS NOT DISTINCT FROM s.port)
    GROUP BY s.host, s.port
    ON CONFLICT DO NOTHING;

    INSERT INTO energy.dim_user AS u (user_id, display_name, group_id)
    SELECT s.user_id, s.display_name, g.group_id
    FROM (SELECT s.user_id,
                 (array_agg(s.display_name ORDER BY s.id DESC) FILTER (WHERE s.display_name IS NOT NULL))[1] AS display_name,
                 (array_agg(s.group_name ORDER BY s.id DESC) FILTER (WHERE s.group_name IS NOT NULL))[1] AS group_name
          FROM _energy.labelled_source s
          WHERE NOT s.known AND s.id <= newest AND s.user_id IS NOT NULL
          GROUP BY s.user_id) s
    LEFT JOIN energy.dim_group g ON g.group_name = s.group_name
    ON CONFLICT (user_id) DO UPDATE
        SET display_name = coalesce(excluded.display_name, u.display_name), group_id = coalesce(excluded.group_id, u.group_id)
        WHERE (u.display_name, u.group_id)
            IS DISTINCT FROM (coalesce(excluded.display_name, u.display_name), coalesce(excluded.group_id, u.group_id));

    INSERT INTO energy.map_user_project (user_id, project_id)
    SELECT DISTINCT s.user_id, p.project_id FROM _energy.labelled_source s
    JOIN energy.dim_project p ON p.cloud_project_name = s.project
    WHERE NOT s.known AND s.id <= newest AND s.user_id IS NOT NULL
    ON CONFLICT DO NOTHING;

    INSERT INTO energy.map_project_machine (project_id, machine_id)
    SELECT DISTINCT p.project_id, m.machine_id FROM _energy.labelled_source s
    JOIN energy.dim_project p ON p.cloud_project_name = s.project
    JOIN energy.dim_machine m ON m.machine_name = s.machine_name
    WHERE NOT s.known AND s.id <= newest
    ON CONFLICT DO NOTHING;

    UPDATE _energy.source s SET known = true WHERE NOT s.known AND s.id <= newest;
END
$$;
COMMENT ON FUNCTION _energy.know_sources IS
    'Fills the dimensions and bridges from the labels of series that were chosen since the last time.';

CREATE OR REPLACE VIEW _energy.hosts_of_sessions AS
SELECT s.host FROM _energy.labelled_source s JOIN _energy.rule r ON r.id = s.rule_id
WHERE r.kind = 'workspace' AND s.host IS NOT NULL AND s.user_id IS NOT NULL
UNION
SELECT i.host FROM energy.active_workspace w JOIN energy.dim_instance i ON i.instance_id = w.instance_id WHERE w.user_id IS NOT NULL;
COMMENT ON VIEW _energy.hosts_of_sessions IS 'Where sessions of users run or ran: told by samples, or written by hand.';
