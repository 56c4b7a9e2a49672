package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.OwnServer;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that publishes every table, as change data capture and upgrades by logical replication do. */
class PublicationIT {

    private static final String WITHOUT_IDENTITY = """
            SELECT c.oid::regclass FROM pg_class c
            WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
              AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
              AND CASE c.relreplident
                      WHEN 'f' THEN false
                      WHEN 'd' THEN NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
                      ELSE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident) END
            ORDER BY 1""";

    @TempDir
    private Path directory;

    private final long now = System.currentTimeMillis();
    private final long past = now - Duration.ofHours(5).toMillis();

    @Test
    void everythingWorksWhereAllTablesArePublishedAndEachHasAnIdentity() throws Exception {
        try (OwnServer server =
                        new OwnServer(OwnServer.directory(directory, "published"), Map.of("wal_level", "logical"));
                Connection superuser = TestDatabase.connect(server.superuser())) {
            Sql.execute(superuser, "CREATE PUBLICATION everything FOR ALL TABLES");
            try (RunningDaemon daemon = RunningDaemon.on(server.uri())) {
                writeAndPack(daemon);
                removeAndRetain(daemon);
                assertThat(daemon.rows(WITHOUT_IDENTITY)).isEmpty();
            }
            // What the start has to change is published too.
            try (RunningDaemon again = RunningDaemon.on(server.uri())) {
                assertThat(again.send(TestSample.of("again", now, 1)).statusCode())
                        .isEqualTo(204);
            }
        }
    }

    private void writeAndPack(RunningDaemon daemon) throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(daemon.send(TestSample.of("kept", past + i * 1000, i), TestSample.of("gone", past + i * 1000, i))
                            .statusCode())
                    .isEqualTo(204);
        }
        daemon.awaitViews();
        daemon.execute("CALL prom_api.execute_maintenance()");
        Await.until(
                "the block is packed",
                () -> daemon.value("SELECT count(*) FROM _prom_catalog.packed_block")
                        .equals("2"));
        assertThat(daemon.send(TestSample.of("kept", past + 500, 7), TestSample.of("kept", past, 9))
                        .statusCode())
                .isEqualTo(204);
        assertThat(daemon.rows("SELECT value FROM prom_metric.kept ORDER BY time"))
                .containsExactly("0", "7", "1", "2");
        daemon.execute("INSERT INTO energy.fact_usage (scope, ts, busy_kwh) VALUES ('ada', now(), 1)");
        daemon.execute("UPDATE energy.fact_usage SET busy_kwh = 2");
        daemon.execute("DELETE FROM energy.fact_usage");
        daemon.execute("INSERT INTO _energy.touched VALUES (1, now())");
    }

    private void removeAndRetain(RunningDaemon daemon) throws Exception {
        daemon.rows("SELECT prom_api.drop_metric('gone')");
        // A daemon that has just been told of removals asks for the request once more.
        Await.until("the metric is new again", () -> {
            HttpResponse<String> answer = daemon.send(TestSample.of("gone", now, 5));
            assertThat(answer.body()).doesNotContain("replica identity");
            return answer.statusCode() == 204;
        });
        daemon.rows("SELECT prom_api.set_default_retention_period('1 hour')");
        daemon.execute("CALL prom_api.execute_maintenance()");
        Await.until(
                "what has expired is gone",
                () -> daemon.value("SELECT count(*) FROM prom_metric.kept").equals("0"));
        daemon.awaitViews();
        assertThat(daemon.rows("SELECT value FROM prom_metric.gone")).isEqualTo(List.of("5"));
    }
}
