package io.promgres.energy;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The queries of the schema's guide, word for word. */
final class Cookbook {

    private static final Pattern VARIABLE = Pattern.compile("(?<!:):([a-z_]+)");

    private Cookbook() {}

    /** All that only read. */
    static List<String> queries() {
        return List.of(
                USERS_IN_A_GROUP,
                MACHINES_SERVING_A_PROJECT,
                PROJECTS_A_USER_BELONGS_TO,
                ACTIVE_WORKSPACES,
                PROJECT_ENERGY,
                TOP_GROUPS,
                MACHINE_INTENSITY,
                USERS_WITHIN_PROJECTS,
                MACHINE_UTILIZATION,
                WRONG_KEYS,
                NEGATIVE);
    }

    /** Puts the values of variables in as psql does for {@code :name}: as they are. */
    static String with(String query, Map<String, String> variables) {
        return VARIABLE.matcher(query).replaceAll(name -> {
            if (!variables.containsKey(name.group(1))) {
                throw new IllegalArgumentException("the variable " + name.group(1) + " is not set");
            }
            return java.util.regex.Matcher.quoteReplacement(variables.get(name.group(1)));
        });
    }

    static final String USERS_IN_A_GROUP = """
            SELECT u.user_id, u.display_name
            FROM dim_user u
            JOIN dim_group g ON g.group_id = u.group_id
            WHERE g.group_name = :group_name;
            """;

    static final String MACHINES_SERVING_A_PROJECT = """
            SELECT m.machine_name
            FROM map_project_machine pm
            JOIN dim_machine m ON m.machine_id = pm.machine_id
            JOIN dim_project p ON p.project_id = pm.project_id
            WHERE p.cloud_project_name = :project;
            """;

    static final String PROJECTS_A_USER_BELONGS_TO = """
            SELECT p.cloud_project_name
            FROM map_user_project up
            JOIN dim_project p ON p.project_id = up.project_id
            WHERE up.user_id = :user_id;
            """;

    static final String ACTIVE_WORKSPACES = """
            SELECT aw.workspace_id,
                   aw.started_at,
                   u.display_name AS user,
                   p.cloud_project_name AS project,
                   m.machine_name AS machine,
                   i.host, i.port
            FROM active_workspace aw
            JOIN dim_machine   m ON m.machine_id  = aw.machine_id
            JOIN dim_instance  i ON i.instance_id = aw.instance_id
            LEFT JOIN dim_user u ON u.user_id     = aw.user_id
            LEFT JOIN dim_project p ON p.project_id = aw.project_id
            ORDER BY aw.started_at DESC;
            """;

    static final String PROJECT_ENERGY = """
            SELECT p.cloud_project_name,
                   SUM(f.busy_kwh + f.idle_kwh)      AS energy_kwh,
                   SUM(f.busy_gCo2eq + f.idle_gCo2eq) AS carbon_g
            FROM fact_usage f
            JOIN dim_project p ON p.project_id = f.project_id
            WHERE f.scope = 'project'
              AND f.ts >= :from_utc
              AND f.ts <  :to_utc
            GROUP BY p.cloud_project_name
            ORDER BY energy_kwh DESC;
            """;

    static final String TOP_GROUPS = """
            WITH group_ts AS (
              SELECT g.group_name,
                     f.ts,
                     (f.busy_kwh + f.idle_kwh) AS kwh
              FROM fact_usage f
              JOIN dim_user u ON u.user_id = f.user_id
              JOIN dim_group g ON g.group_id = u.group_id
              WHERE f.scope = 'user'
                AND f.ts >= :q_start
                AND f.ts <  :q_end
            )
            SELECT group_name, SUM(kwh) AS energy_kwh
            FROM group_ts
            GROUP BY group_name
            ORDER BY energy_kwh DESC
            LIMIT :n;
            """;

    static final String MACHINE_INTENSITY = """
            SELECT m.machine_name,
                   f.ts,
                   COALESCE(
                     f.intensity_gCo2eq_kwh,
                     CASE WHEN (f.busy_kwh + f.idle_kwh) > 0
                          THEN (f.busy_gCo2eq + f.idle_gCo2eq) / (f.busy_kwh + f.idle_kwh)
                     END
                   ) AS intensity_g_per_kwh
            FROM fact_usage f
            JOIN dim_machine m ON m.machine_id = f.machine_id
            WHERE f.scope = 'machine' AND m.machine_name = :machine
            ORDER BY f.ts;
            """;

    static final String USERS_WITHIN_PROJECTS = """
            SELECT p.cloud_project_name,
                   u.user_id,
                   SUM(f.busy_kwh + f.idle_kwh) AS user_energy_kwh
            FROM fact_usage f
            JOIN dim_user    u ON u.user_id    = f.user_id
            JOIN map_user_project up ON up.user_id = u.user_id
            JOIN dim_project p ON p.project_id = up.project_id
            WHERE f.scope = 'user'
              AND f.ts >= :from_utc AND f.ts < :to_utc
            GROUP BY p.cloud_project_name, u.user_id
            ORDER BY p.cloud_project_name, user_energy_kwh DESC;
            """;

    static final String MACHINE_UTILIZATION = """
            SELECT m.machine_name,
                   SUM(f.busy_cpu_seconds_total) AS busy_s,
                   SUM(f.idle_cpu_seconds_total) AS idle_s,
                   ROUND(100.0 * SUM(f.busy_cpu_seconds_total)
                              / NULLIF(SUM(f.busy_cpu_seconds_total + f.idle_cpu_seconds_total), 0), 1)
                     AS busy_pct
            FROM fact_usage f
            JOIN dim_machine m ON m.machine_id = f.machine_id
            WHERE f.scope = 'machine'
              AND f.ts BETWEEN :from_utc AND :to_utc
            GROUP BY m.machine_name
            ORDER BY busy_pct DESC;
            """;

    static final String INGEST = """
            -- Upsert a group
            INSERT INTO dim_group(group_name)
            VALUES(:group)
            ON CONFLICT(group_name) DO NOTHING;

            -- Upsert a user
            INSERT INTO dim_user(user_id, display_name, group_id)
            VALUES(:user_id, :display_name,
                   (SELECT group_id FROM dim_group WHERE group_name = :group))
            ON CONFLICT(user_id) DO UPDATE SET
              display_name = EXCLUDED.display_name,
              group_id     = EXCLUDED.group_id;

            -- Bridges
            INSERT INTO map_user_project(user_id, project_id)
            SELECT :user_id, p.project_id
            FROM dim_project p
            WHERE p.cloud_project_name = :project
            ON CONFLICT(user_id, project_id) DO NOTHING;
            """;

    static final String WRONG_KEYS = """
            SELECT * FROM fact_usage f
            WHERE NOT (
              (scope='ada'     AND project_id IS NULL AND machine_id IS NULL AND user_id IS NULL) OR
              (scope='project' AND project_id IS NOT NULL AND machine_id IS NULL AND user_id IS NULL) OR
              (scope='machine' AND machine_id IS NOT NULL AND project_id IS NULL AND user_id IS NULL) OR
              (scope='user'    AND user_id    IS NOT NULL AND project_id IS NULL AND machine_id IS NULL)
            );
            """;

    static final String NEGATIVE = """
            SELECT * FROM fact_usage
            WHERE busy_cpu_seconds_total < 0 OR idle_cpu_seconds_total < 0
               OR busy_kwh < 0 OR idle_kwh < 0
               OR busy_gCo2eq < 0 OR idle_gCo2eq < 0;
            """;
}
