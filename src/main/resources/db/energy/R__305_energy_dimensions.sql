-- Dimensions, of what the labels of chosen series say.

CREATE OR REPLACE VIEW _energy.labelled_source AS
SELECT s.id, s.rule_id, s.series_id, s.display_name, s.group_name, s.workspace_id, s.started_at,
       p.machine_name, p.project, p.user_id, p.raw_label, p.host, p.port, p.region
FROM _energy.source s JOIN _energy.place p ON p.id = s.place_id;
COMMENT ON VIEW _energy.labelled_source IS 'The series that a rule chooses, each with the labels of its place.';

CREATE OR REPLACE FUNCTION _energy.know_names(named_scope text, labels text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dim text := CASE named_scope WHEN 'project' THEN 'dim_project' WHEN 'machine' THEN 'dim_machine' ELSE 'dim_user' END;
    id text := CASE named_scope WHEN 'project' THEN 'project_id' WHEN 'machine' THEN 'machine_id' ELSE 'user_id' END;
    label text := CASE named_scope WHEN 'project' THEN 'cloud_project_name' WHEN 'machine' THEN 'machine_name' ELSE 'user_id' END;
    origin text := CASE named_scope WHEN 'user' THEN ', origin' ELSE '' END;
    value text := CASE named_scope WHEN 'user' THEN $v$, 'samples'$v$ ELSE '' END;
    moved record;
BEGIN
    EXECUTE format($new$
        INSERT INTO energy.%1$I (%2$I%3$s)
        SELECT DISTINCT l%4$s FROM unnest($1) l
        WHERE NOT EXISTS (SELECT FROM _energy.name n WHERE n.scope = $2 AND n.label = l)
          AND NOT EXISTS (SELECT FROM energy.%1$I d WHERE d.%2$I = l)
        ON CONFLICT DO NOTHING$new$, dim, label, origin, value) USING labels, named_scope;
    EXECUTE format($new$
        INSERT INTO _energy.name (scope, label, key)
        SELECT $2, d.%2$I, d.%3$I::text FROM energy.%1$I d WHERE d.%2$I = ANY ($1)
        ON CONFLICT DO NOTHING$new$, dim, label, id) USING labels, named_scope;
    -- Deleted since: it returns with its old key, unless a new one of this name is there.
    FOR moved IN EXECUTE format($gone$
        SELECT n.label, n.key, (SELECT d.%3$I::text FROM energy.%1$I d WHERE d.%2$I = n.label) AS now
        FROM _energy.name n
        WHERE n.scope = $2 AND n.label = ANY ($1) AND NOT EXISTS (SELECT FROM energy.%1$I d WHERE d.%3$I::text = n.key)$gone$,
        dim, label, id) USING labels, named_scope
    LOOP
        IF moved.now IS NULL THEN
            EXECUTE format(CASE named_scope WHEN 'user' THEN 'INSERT INTO energy.%1$I (%3$I, origin) VALUES ($1, ''samples'')'
                                            ELSE 'INSERT INTO energy.%1$I (%3$I, %2$I) VALUES ($1::int, $2)' END, dim, label, id)
            USING moved.key, moved.label;
        ELSE
            PERFORM set_config('promgres.projecting', 'on', true);
            EXECUTE format($move$
                UPDATE energy.fact_usage f SET %1$I = $2::int
                WHERE f.scope = $3 AND f.%1$I = $1::int
                  AND NOT EXISTS (SELECT FROM energy.fact_usage t WHERE t.scope = $3 AND t.ts = f.ts AND t.%1$I = $2::int)$move$, id)
            USING moved.key, moved.now, named_scope;
            PERFORM set_config('promgres.projecting', '', true);
            UPDATE _energy.name n SET key = moved.now WHERE n.scope = named_scope AND n.key = moved.key;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION _energy.know_names IS
    'Sees to it that projects, machines or users with these labels are there. One that was renamed is still the one that the label means.';

CREATE OR REPLACE FUNCTION _energy.know_sources() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    seen bigint[] := ARRAY(SELECT n.id FROM _energy.news n);
    places bigint[] := ARRAY(SELECT DISTINCT n.place_id FROM _energy.news n WHERE n.id = ANY (seen));
BEGIN
    IF places = '{}' THEN
        RETURN;
    END IF;
    PERFORM _energy.know_names(n.scope, n.labels)
    FROM (SELECT k.scope, array_agg(DISTINCT k.label) AS labels
          FROM _energy.place p,
               LATERAL (VALUES ('project', p.project), ('machine', p.machine_name), ('user', p.user_id)) k(scope, label)
          WHERE p.id = ANY (places) AND k.label IS NOT NULL
          GROUP BY k.scope) n;

    INSERT INTO energy.dim_group (group_name)
    SELECT DISTINCT s.group_name
    FROM _energy.news w JOIN _energy.source s ON s.rule_id = w.rule_id AND s.series_id = w.series_id
    WHERE w.id = ANY (seen) AND s.group_name IS NOT NULL
      AND NOT EXISTS (SELECT FROM energy.dim_group g WHERE g.group_name = s.group_name)
    ON CONFLICT DO NOTHING;

    INSERT INTO energy.dim_instance (host, port, raw_label)
    SELECT p.host, p.port, min(p.raw_label) FROM _energy.place p
    WHERE p.id = ANY (places) AND p.host IS NOT NULL
      AND NOT EXISTS (SELECT FROM energy.dim_instance i WHERE i.host = p.host AND i.port IS NOT DISTINCT FROM p.port)
    GROUP BY p.host, p.port
    ON CONFLICT DO NOTHING;

    PERFORM set_config('promgres.projecting', 'on', true);
    UPDATE energy.dim_user u
    SET display_name = CASE u.origin WHEN 'manual' THEN coalesce(u.display_name, s.display_name)
                                     ELSE coalesce(s.display_name, u.display_name) END,
        group_id = CASE u.origin WHEN 'manual' THEN coalesce(u.group_id, g.group_id) ELSE coalesce(g.group_id, u.group_id) END
    FROM (SELECT n.key AS user_id,
                 (array_agg(s.display_name ORDER BY s.id DESC) FILTER (WHERE s.display_name IS NOT NULL))[1] AS display_name,
                 (array_agg(s.group_name ORDER BY s.id DESC) FILTER (WHERE s.group_name IS NOT NULL))[1] AS group_name
          FROM _energy.news w JOIN _energy.labelled_source s ON s.rule_id = w.rule_id AND s.series_id = w.series_id
          JOIN _energy.name n ON n.scope = 'user' AND n.label = s.user_id
          WHERE w.id = ANY (seen)
          GROUP BY n.key) s
    LEFT JOIN energy.dim_group g ON g.group_name = s.group_name
    WHERE u.user_id = s.user_id
      AND (u.display_name IS DISTINCT FROM s.display_name AND s.display_name IS NOT NULL
           OR u.group_id IS DISTINCT FROM g.group_id AND g.group_id IS NOT NULL)
      AND (u.origin = 'samples' OR u.display_name IS NULL OR u.group_id IS NULL);
    PERFORM set_config('promgres.projecting', '', true);

    INSERT INTO energy.map_user_project (user_id, project_id)
    SELECT DISTINCT u.key, p.key::int FROM _energy.place s
    JOIN _energy.name u ON u.scope = 'user' AND u.label = s.user_id
    JOIN _energy.name p ON p.scope = 'project' AND p.label = s.project
    WHERE s.id = ANY (places)
    ON CONFLICT DO NOTHING;

    INSERT INTO energy.map_project_machine (project_id, machine_id)
    SELECT DISTINCT p.key::int, m.key::int FROM _energy.place s
    JOIN _energy.name p ON p.scope = 'project' AND p.label = s.project
    JOIN _energy.name m ON m.scope = 'machine' AND m.label = s.machine_name
    WHERE s.id = ANY (places)
    ON CONFLICT DO NOTHING;

    DELETE FROM _energy.news n WHERE n.id = ANY (seen);
END
$$;
COMMENT ON FUNCTION _energy.know_sources IS
    'Fills the dimensions and bridges from the labels of places, sessions and groups that are new since the last time.';

CREATE OR REPLACE VIEW _energy.hosts_of_sessions AS
SELECT s.host FROM _energy.labelled_source s JOIN _energy.rule r ON r.id = s.rule_id
WHERE r.kind = 'workspace' AND s.host IS NOT NULL AND s.user_id IS NOT NULL
UNION
SELECT x.host FROM _energy.session x;
COMMENT ON VIEW _energy.hosts_of_sessions IS 'Where sessions of users run or ran: told by samples, or written by hand.';
