package io.promgres.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.Config;
import io.promgres.config.ConfigLoader;
import io.promgres.observe.Metrics;
import io.promgres.store.Database;
import io.promgres.testing.Await;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.sql.Connection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What maintenance asks of the database, second by second, while nothing is due. */
class MaintenanceAtRestIT {

    private final TestDatabase testDatabase = TestDatabase.migrated();
    private final Metrics metrics = new Metrics("test");
    private final Database database = new Database(testDatabase.uri(), 4, metrics.registry());
    private final Maintenance maintenance = Maintenance.of(database.background(), storage(), metrics, unit -> {});

    private static Config.Storage storage() {
        return ConfigLoader.load(Optional.empty(), Map.of()).config().storage();
    }

    @AfterEach
    void close() {
        maintenance.close();
        database.close();
        metrics.close();
        testDatabase.close();
    }

    private long borrowed() {
        return metrics.registry()
                .get("hikaricp.connections.usage")
                .tag("pool", "background")
                .timer()
                .count();
    }

    @Test
    void whatIsNotDueIsNotAskedForEachSecond() throws Exception {
        Await.until("a look without a question", () -> {
            long before = borrowed();
            maintenance.runDue();
            return borrowed() == before;
        });
    }

    @Test
    void aLeaderThatHearsOfNoRequestAsksForNone() throws Exception {
        maintenance.runDue();
        Await.until("a look without a question", () -> {
            long before = borrowed();
            maintenance.answerRequests();
            return borrowed() == before;
        });
    }

    @Test
    void theLeaderHearsWhatAUserAsksFor() throws Exception {
        ExecutorService user = Executors.newSingleThreadExecutor();
        try (Leadership leadership = new Leadership(database.background());
                Connection connection = testDatabase.connect();
                Connection asking = testDatabase.connect()) {
            assertThat(leadership.lead()).isTrue();
            assertThat(leadership.takeCall())
                    .as("what was asked for before it led")
                    .isTrue();
            assertThat(leadership.takeCall()).isFalse();

            Future<?> answer = user.submit(() -> {
                Sql.execute(asking, "CALL prom_api.execute_maintenance()");
                return null;
            });
            Await.until("the leader hears of it", leadership::takeCall);
            assertThat(leadership.takeCall()).isFalse();
            Sql.execute(connection, "UPDATE _prom_catalog.maintenance_request SET finished_at = now()");
            answer.get();
        } finally {
            user.shutdownNow();
        }
    }
}
