package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promgres.model.LabelSet;
import io.promgres.store.Database;
import io.promgres.store.SeriesStore;
import io.promgres.store.ViewStore;
import io.promgres.testing.PodLabels;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a metric of ten labels costs the database. The figures of decisions.md are what
 * {@code mvn -Dtest=MetricCostIT -Dtest.metrics=1000 test} prints.
 */
class MetricCostIT {

    private static final int METRICS = Integer.getInteger("test.metrics", 50);
    private static final int AT_ONCE = 50;

    private static final String CATALOG_BYTES = """
            SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
            WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'""";
    private static final String OWN_BYTES = """
            SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
            WHERE c.relkind = 'r' AND c.relname LIKE 'cost%'""";
    private static final String RELATIONS = "SELECT count(*) FROM pg_class WHERE relname LIKE 'cost%'";

    private static final int COMMENTED_COLUMNS = 4 + 4 + 2 + 3 * 9;
    private static final String COMMENTS = """
            SELECT count(*) FROM pg_description d JOIN pg_class c ON c.oid = d.objoid
            WHERE c.relname LIKE 'cost%' AND c.relkind = 'v' AND d.objsubid > 0""";

    private static final String LONGEST_TEXT_OF_A_COLUMN = """
            SELECT max(length(v.definition) / (SELECT count(*) FROM pg_attribute a
                                               WHERE a.attrelid = format('%I.%I', v.schemaname, v.viewname)::regclass))
            FROM pg_views v WHERE v.viewname LIKE 'cost%' AND v.schemaname = ?""";

    @Test
    void aMetricIsThreeViews() throws Exception {
        try (TestDatabase test = TestDatabase.migrated();
                Database database = new Database(test.uri(), 2, new SimpleMeterRegistry());
                Connection connection = test.connect()) {
            new SeriesStore(database.pool()).intern(series());
            ViewStore views = new ViewStore(database.pool());
            List<Integer> metrics = views.stale();

            report(connection, "views", () -> {
                for (int from = 0; from < METRICS; from += AT_ONCE) {
                    views.make(metrics.subList(from, Math.min(METRICS, from + AT_ONCE)), Duration.ofSeconds(1));
                }
            });
            assertThat(Sql.value(connection, RELATIONS)).isEqualTo("" + 3 * METRICS);

            assertThat(Long.parseLong(Sql.value(connection, LONGEST_TEXT_OF_A_COLUMN, "prom_metric")))
                    .as("what PostgreSQL reads of each view where a client lists definitions or updatable columns")
                    .isLessThan(60);
            assertThat(Long.parseLong(Sql.value(connection, LONGEST_TEXT_OF_A_COLUMN, "prom_latest")))
                    .isLessThan(60);
            assertThat(Long.parseLong(Sql.value(connection, LONGEST_TEXT_OF_A_COLUMN, "prom_series")))
                    .isLessThan(150);

            report(connection, "comments on columns", () -> {
                for (int metric : metrics) {
                    Sql.execute(connection, "SELECT _prom_catalog.comment_views(" + metric + ")");
                }
            });
            assertThat(Sql.value(connection, COMMENTS)).isEqualTo("" + COMMENTED_COLUMNS * METRICS);
        }
    }

    /** Makes something of every metric. */
    private interface Making {
        void run() throws SQLException;
    }

    private static void report(Connection connection, String what, Making making) throws SQLException {
        long catalog = Long.parseLong(Sql.value(connection, CATALOG_BYTES));
        long own = Long.parseLong(Sql.value(connection, OWN_BYTES));
        long begin = System.nanoTime();
        making.run();
        System.out.printf(
                "%d metrics, %s: %.1f ms, %.1f KB of catalog, %.1f KB of empty tables each%n",
                METRICS,
                what,
                (System.nanoTime() - begin) / 1e6 / METRICS,
                (Long.parseLong(Sql.value(connection, CATALOG_BYTES)) - catalog) / 1e3 / METRICS,
                (Long.parseLong(Sql.value(connection, OWN_BYTES)) - own) / 1e3 / METRICS);
    }

    private static List<LabelSet> series() {
        return IntStream.range(0, METRICS)
                .mapToObj(n -> LabelSet.ofSorted(
                        Stream.concat(Stream.of("__name__", "cost_%05d".formatted(n)), Stream.of(PodLabels.of("1")))
                                .toArray(String[]::new)))
                .toList();
    }
}
