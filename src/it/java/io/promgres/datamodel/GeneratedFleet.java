package io.promgres.datamodel;

import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;

/** The catalog of a fleet of 400 hosts with 1,000 series each, made by SQL, and 60 days of packed samples of one metric. */
final class GeneratedFleet {

    static final int HOSTS = 400;

    /** Of filesystem_size and filesystem_avail, each: two of a host. */
    static final int FILESYSTEMS = 2 * HOSTS;

    /** Of the metric packed, on 20 targets. */
    static final int PACKED_SERIES = 320;

    private static final String LABELS = """
            WITH made AS (
                INSERT INTO _prom_catalog.metric (metric_name, table_name)
                SELECT m, m FROM unnest('{filesystem_size,filesystem_avail,other,packed}'::text[]) m RETURNING id, metric_name),
            key AS (INSERT INTO _prom_catalog.label_key (key, value_column_name, id_column_name)
                    SELECT k, k, k || '_id' FROM unnest('{instance,mountpoint}'::text[]) k RETURNING id, key),
            position AS (
                INSERT INTO _prom_catalog.label_key_position (metric_id, label_key_id, pos)
                SELECT m.id, k.id, k.pos FROM made m,
                     (SELECT key.id, CASE key.key WHEN 'instance' THEN 2 ELSE 3 END FROM key
                      UNION ALL SELECT n.id, 1 FROM _prom_catalog.label_key n WHERE n.key = '__name__') k(id, pos))
            INSERT INTO _prom_catalog.label (key, value)
            SELECT '__name__', metric_name FROM made
            UNION ALL SELECT 'instance', 'host-' || i FROM generate_series(1, 400) i
            UNION ALL SELECT 'mountpoint', p FROM unnest('{/,/data}'::text[]) p""";

    private static final String FILESYSTEM_SERIES = """
            INSERT INTO _prom_catalog.series (id, metric_id, labels, group_id, slot)
            SELECT m.id * 1000000 + row_number() OVER (PARTITION BY m.id), m.id, ARRAY[n.id, i.id, p.id], i.id,
                   rank() OVER (PARTITION BY i.id ORDER BY m.id, p.id)
            FROM _prom_catalog.metric m JOIN _prom_catalog.label n ON n.key = '__name__' AND n.value = m.metric_name,
                 _prom_catalog.label i, _prom_catalog.label p
            WHERE m.metric_name LIKE 'filesystem%' AND i.key = 'instance' AND p.key = 'mountpoint'""";

    private static final String OTHER_SERIES = """
            INSERT INTO _prom_catalog.series (id, metric_id, labels, group_id, slot)
            SELECT %1$d + n, m.id, ARRAY[l.id, i.id, %1$d + n], %1$d + n / 64, n %% 64 + 1
            FROM _prom_catalog.metric m JOIN _prom_catalog.label l ON l.key = '__name__' AND l.value = m.metric_name,
                 generate_series(0, %2$d - 1) n
                 JOIN _prom_catalog.label i ON i.key = 'instance' AND i.value = 'host-' || n %% 400 + 1
            WHERE m.metric_name = '%3$s'""";

    private static final String VIEWS = """
            SELECT count(_prom_catalog.make_views(m.id)) FROM _prom_catalog.metric m WHERE m.views_positions = 0""";

    private static final String LANDED = """
            SELECT _prom_catalog.ensure_landing_partitions(ARRAY[now(), now() - interval '1 minute'], interval '2 hours');
            INSERT INTO prom_data.landing (time, group_id, part, values)
            SELECT t, g.id, 0, array_agg(g.id + n ORDER BY n)::float8[]
            FROM (SELECT DISTINCT s.group_id FROM _prom_catalog.series s) g(id),
                 generate_series(now() - interval '1 minute', now(), '15 seconds') t, generate_series(1, 4) n
            GROUP BY 1, 2""";

    /** A vector of each target for each two hours, a sample a minute, a constant: the smallest runs that there are. */
    private static final String PACKED = """
            SELECT _prom_catalog.ensure_tick_partition(m)
            FROM generate_series(date_trunc('month', now() - interval '61 days', 'UTC'), now(), interval '1 month') m;
            INSERT INTO prom_data.vector (block, upper, runs)
            SELECT b, b + interval '2 hours', 16
            FROM generate_series(date_bin('2 hours', now(), 'epoch') - interval '60 days',
                                 date_bin('2 hours', now(), 'epoch') - interval '2 hours', interval '2 hours') b,
                 generate_series(1, 20) target
            ORDER BY 1;
            INSERT INTO prom_data.tick (vector_id, idx, time)
            SELECT v.id, n, v.block + v.id % 20 * interval '1 second' + (n - 1) * interval '1 minute'
            FROM prom_data.vector v, generate_series(1, 120) n;
            INSERT INTO prom_data.packed (metric_id, vector_id, series_id, base, scale, first, last, kind)
            SELECT m.id, v.id, s.id, 7, 1, 1, 120, 0
            FROM prom_data.vector v JOIN _prom_catalog.series s ON s.id % 20 = v.id % 20
            JOIN _prom_catalog.metric m ON m.id = s.metric_id AND m.metric_name = 'packed'
            ORDER BY v.id, s.id""";

    private GeneratedFleet() {}

    /** Fills a database that has the schema alone. */
    static void generate(TestDatabase database) throws SQLException {
        try (Connection connection = database.connect()) {
            Sql.execute(connection, LABELS);
            Sql.execute(connection, FILESYSTEM_SERIES);
            // Built at once, it takes a fifth of the time.
            Sql.execute(connection, "DROP INDEX _prom_catalog.series_labels");
            Sql.execute(connection, OTHER_SERIES.formatted(1_000_000_000, HOSTS * 1_000, "other"));
            Sql.execute(connection, OTHER_SERIES.formatted(2_000_000_000, PACKED_SERIES, "packed"));
            Sql.execute(connection, "CREATE INDEX series_labels ON _prom_catalog.series USING gin (labels)");
            Sql.execute(connection, VIEWS);
            Sql.execute(connection, LANDED);
            Sql.execute(connection, PACKED);
            Sql.execute(connection, "VACUUM ANALYZE");
        }
    }
}
