package io.promgres.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How long samples are kept, as the configuration says it. */
@AnyServer
class RetentionSettingIT {

    private static final long NOW = System.currentTimeMillis();
    private static final String PERIOD = "SELECT get_default_metric_retention_period()";

    @Test
    void theConfiguredPeriodIsNamedAtTheStartAndHoldsUnlessSqlSaysOtherwise() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("io.promgres.daemon.BackgroundJobs");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database, "storage.retention", "10d")) {
            Await.until("it is announced", () -> daemon.value(PERIOD).equals("10 days"));
            Await.until(
                    "it is logged",
                    () -> List.copyOf(lines.list).stream()
                            .anyMatch(line -> line.getFormattedMessage().contains("samples are kept for 10 days")));
            TestSample young = TestSample.of("m", NOW - Duration.ofDays(9).toMillis(), 1);
            TestSample old = TestSample.of("m", NOW - Duration.ofDays(12).toMillis(), 2);
            assertThat(daemon.send(young, old).statusCode()).isEqualTo(204);
            daemon.awaitViews();
            daemon.execute("CALL prom_api.execute_maintenance()");
            assertThat(daemon.stored()).containsExactly(young);
            daemon.value("SELECT set_default_retention_period(interval '5 days')");
            assertThat(daemon.value(PERIOD)).isEqualTo("5 days");
        } finally {
            logger.detachAppender(lines);
        }
    }
}
