package io.promgres.datamodel;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page src/docs/rollups.md; see {@link ExamplePage}. Its samples are of two hours, two days ago, and packed. */
class RollupsPageIT {

    private static final Path PAGE = Path.of("src", "docs", "rollups.md");
    private static final int MINUTES = 120;

    private final Instant first = Instant.now().minus(Duration.ofDays(2)).truncatedTo(ChronoUnit.HOURS);

    @Test
    void everyQueryGivesWhatThePageShows() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon daemon = RunningDaemon.on(database)) {
            daemon.send(samples());
            daemon.awaitViews();
            try (Connection connection = daemon.connect()) {
                Sql.value(connection, "SELECT prom_api.set_default_rollups('1h')");
                Sql.execute(connection, "CALL prom_api.execute_maintenance()");
                Map<String, Instant> times = Map.of(
                        "2026-11-01 10:00:00", first,
                        "2026-11-01 11:00:00", first.plus(Duration.ofHours(1)),
                        "2026-11-01 12:00:00", first.plus(Duration.ofHours(2)));
                new ExamplePage(PAGE, times).check(connection, getClass());
            }
        }
    }

    /** web2 begins anew after an hour. */
    private List<TestSample> samples() {
        List<TestSample> samples = new ArrayList<>();
        for (int minute = 0; minute < MINUTES; minute++) {
            long time = first.plus(Duration.ofMinutes(minute)).toEpochMilli();
            samples.add(TestSample.of("http_requests_total", time, 5 * minute, "instance", "web1:9100"));
            samples.add(TestSample.of("http_requests_total", time, 2 * (minute % 70), "instance", "web2:9100"));
        }
        return samples;
    }
}
