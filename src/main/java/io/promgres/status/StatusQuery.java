package io.promgres.status;

import java.time.Duration;

/** What the page asks the database: each is one statement that answers with one JSON value, NULL for "there is none". */
public enum StatusQuery {
    /** All metrics with what they hold, the largest first; at most 10,000. */
    METRICS("metrics", "", Duration.ofSeconds(15), """
            SELECT json_build_object(
                'total', (SELECT num_metric FROM prom_info.system_stats),
                'metrics', coalesce(json_agg(m ORDER BY m.bytes DESC, m.name), '[]'))
            FROM (
                SELECT m.metric_name AS name,
                       format('prom_metric.%I', m.table_name) AS view,
                       g.num_series AS series,
                       g.created_last_hour AS created,
                       s.num_samples_approx AS samples,
                       m.total_size_bytes AS bytes,
                       m.after_compression_bytes AS packed,
                       m.before_compression_bytes AS unpacked
                FROM prom_info.metric m
                JOIN prom_info.metric_stats s ON s.metric_name = m.metric_name
                JOIN prom_info.metric_growth g ON g.metric_name = m.metric_name
                ORDER BY m.total_size_bytes DESC, m.metric_name
                LIMIT 10000) m"""),

    /** One metric: what it is about, and its label names, each with the five values that most of its series have. */
    METRIC("metric", "name", Duration.ofSeconds(15), """
            SELECT json_build_object(
                'name', m.metric_name,
                'help', _prom_catalog.metric_help(m.metric_name),
                'type', (SELECT nullif(a.type, 'unknown') FROM _prom_catalog.current_metadata(m.metric_name) a),
                'retention', _prom_catalog.metric_retention(m.id)::text,
                'labels', (SELECT coalesce(json_agg(v ORDER BY v.created DESC, v.values DESC, v.key), '[]')
                           FROM (SELECT l.key, l.num_values AS values, l.num_values_last_hour AS created, o.some
                                 FROM prom_api.metric_label_values(m.metric_name) l
                                 JOIN _prom_catalog.label_key k ON k.key = l.key
                                 JOIN _prom_catalog.label_key_position p ON p.metric_id = m.id AND p.label_key_id = k.id,
                                      LATERAL (SELECT coalesce(json_agg(b.value ORDER BY c.series DESC, b.value), '[]') AS some
                                               FROM (SELECT s.labels[p.pos] AS id, count(*) AS series
                                                     FROM _prom_catalog.series s
                                                     WHERE s.metric_id = m.id AND s.labels[p.pos] <> 0
                                                     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5) c
                                               JOIN _prom_catalog.label b ON b.id = c.id) o) v))
            FROM _prom_catalog.metric m
            WHERE m.metric_name = ?"""),

    /** A metric's newest sample, and how many seconds it is old by the clock of the database. */
    NEWEST("newest", "name", Duration.ofSeconds(10), """
            SELECT json_build_object(
                'time', (extract(epoch FROM n.time) * 1000)::bigint,
                'age', extract(epoch FROM clock_timestamp() - n.time),
                'value', n.value::text,
                'stale', prom_api.is_stale_marker(n.value),
                'labels', prom_api.jsonb(n.labels))
            FROM _prom_catalog.metric m, LATERAL prom_api.newest_samples(m.metric_name, 1) n
            WHERE m.metric_name = ? AND m.views_positions > 0"""),

    /** How the database is kept: its size, what is deleted when, the lead, the runs of maintenance, what waits to be packed. */
    HEALTH("health", "", Duration.ofSeconds(15), """
            SELECT json_build_object(
                'bytes', pg_database_size(current_database()),
                'retention', prom_api.get_default_metric_retention_period()::text,
                'oldest', (SELECT extract(epoch FROM min(b.block)) FROM _prom_catalog.packed_block b),
                'lead', (SELECT json_build_object('client', coalesce(host(a.client_addr), 'this machine'), 'name', a.application_name)
                         FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                         WHERE l.locktype = 'advisory' AND l.classid = 1886547826 AND l.objid = 3 AND l.granted
                           AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                         LIMIT 1),
                'jobs', (SELECT coalesce(json_agg(json_build_object('type', j.job_type, 'enabled', j.number_jobs > 0,
                                'ago', extract(epoch FROM clock_timestamp() - j.finished_at), 'failure', j.failure)
                                ORDER BY j.job_type), '[]')
                         FROM _prom_catalog.maintenance_job j),
                'sealed', (SELECT json_build_object('count', count(*),
                                  'since', extract(epoch FROM clock_timestamp() - min(p.upper)))
                           FROM _prom_catalog.landing_partition p WHERE p.sealed),
                'closes', (SELECT extract(epoch FROM min(p.upper)) FROM _prom_catalog.landing_partition p
                           WHERE NOT p.sealed AND p.upper > now()))"""),

    /** The label names with the most values. */
    LABELS("labels", "", Duration.ofSeconds(15), """
            SELECT json_build_object(
                'total', (SELECT num_label_keys FROM prom_info.system_stats),
                'labels', coalesce(json_agg(k ORDER BY k.values DESC, k.key), '[]'))
            FROM (SELECT k.key, k.num_values AS values, k.num_metrics AS metrics
                  FROM prom_info.label_key k
                  WHERE k.key <> '__name__'
                  ORDER BY k.num_values DESC, k.key
                  LIMIT 100) k"""),

    /** One label name with those of its values that the most series have. */
    LABEL("label", "key", Duration.ofSeconds(15), """
            SELECT json_build_object(
                'key', k.key,
                'total', k.num_values,
                'values', (SELECT coalesce(json_agg(v ORDER BY v.series DESC, v.value), '[]')
                           FROM (SELECT s.value, s.num_series AS series, s.num_metrics AS metrics
                                 FROM prom_api.label_value_series(k.key) s
                                 ORDER BY s.num_series DESC, s.value
                                 LIMIT 50) v))
            FROM prom_info.label_key k
            WHERE k.key = ?"""),

    /** Energy and carbon of a day, by scope, in quarters of an hour that are over: the five largest of a scope, and the others. */
    ENERGY("energy", "", Duration.ofMinutes(1), """
            WITH usage AS (
                SELECT f.scope, date_bin('15 minutes', f.ts, 'epoch') AS quarter,
                       coalesce(p.cloud_project_name, m.machine_name, u.display_name, f.user_id,
                                f.project_id::text, f.machine_id::text, 'everything') AS name,
                       sum(coalesce(f.busy_kwh, 0) + coalesce(f.idle_kwh, 0)) AS kwh,
                       sum(CASE WHEN num_nonnulls(f.busy_gco2eq, f.idle_gco2eq) > 0
                                THEN coalesce(f.busy_gco2eq, 0) + coalesce(f.idle_gco2eq, 0) END) AS gco2eq
                FROM energy.fact_usage f
                LEFT JOIN energy.dim_project p ON p.project_id = f.project_id
                LEFT JOIN energy.dim_machine m ON m.machine_id = f.machine_id
                LEFT JOIN energy.dim_user u ON u.user_id = f.user_id
                WHERE f.scope IN ('ada', 'project', 'machine', 'user') AND f.ts >= date_bin('15 minutes', now() - interval '24 hours', 'epoch')
                  AND f.ts < date_bin('15 minutes', now(), 'epoch')
                GROUP BY 1, 2, 3
            ), ranked AS (
                SELECT u.scope, u.name, row_number() OVER (PARTITION BY u.scope ORDER BY sum(u.kwh) DESC, u.name) AS rank
                FROM usage u GROUP BY u.scope, u.name
            ), quarters AS (
                SELECT u.scope, least(r.rank, 6) AS rank, u.quarter, sum(u.kwh) AS kwh, sum(u.gco2eq) AS gco2eq
                FROM usage u JOIN ranked r ON r.scope = u.scope AND r.name = u.name
                GROUP BY 1, 2, 3
            ), lines AS (
                SELECT q.scope, q.rank,
                       CASE WHEN q.rank = 6 THEN 'all others'
                            ELSE (SELECT r.name FROM ranked r WHERE r.scope = q.scope AND r.rank = q.rank) END AS name,
                       round(sum(q.kwh), 6) AS kwh, round(sum(q.gco2eq), 3) AS gco2eq,
                       json_agg(json_build_array(extract(epoch FROM q.quarter)::bigint, round(q.kwh, 9), round(q.gco2eq, 6))
                                ORDER BY q.quarter) AS points
                FROM quarters q GROUP BY q.scope, q.rank
            ), scopes AS (
                SELECT l.scope,
                       json_agg(json_build_object('name', l.name, 'kwh', l.kwh, 'gco2eq', l.gco2eq, 'points', l.points)
                                ORDER BY l.rank) AS lines
                FROM lines l GROUP BY l.scope
            )
            SELECT json_build_object('bucket', 900,
                'watts', (SELECT json_build_array(w.busy_watts, w.idle_watts) FROM _energy.power w
                          WHERE w.machine_name = '' AND EXISTS (SELECT FROM _energy.rule r
                              WHERE r.powered AND r.newest > now() - interval '25 hours')),
                'scopes', coalesce(
                json_agg(s ORDER BY array_position(ARRAY['ada', 'project', 'machine', 'user'], s.scope)), '[]'))
            FROM scopes s""");

    private final String path;
    private final String parameter;
    private final Duration freshness;
    private final String sql;

    StatusQuery(String path, String parameter, Duration freshness, String sql) {
        this.path = path;
        this.parameter = parameter;
        this.freshness = freshness;
        this.sql = sql;
    }

    /** Its name in a URL. */
    public String path() {
        return path;
    }

    /** The name of its one argument, empty if it takes none. */
    public String parameter() {
        return parameter;
    }

    /** For how long an answer is good enough. */
    Duration freshness() {
        return freshness;
    }

    String sql() {
        return sql;
    }
}
