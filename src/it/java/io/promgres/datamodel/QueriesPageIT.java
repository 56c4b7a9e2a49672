package io.promgres.datamodel;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.TestDatabase;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The page src/docs/queries.md: every query on it, in the order of the page, gives what stands below it. The samples have
 * today's date, and the page shows the first of November.
 */
class QueriesPageIT {

    private static final Path PAGE = Path.of("src", "docs", "queries.md");

    private static final long BLOCK = Duration.ofHours(2).toMillis();
    private static final long FIRST =
            System.currentTimeMillis() / BLOCK * BLOCK + Duration.ofMinutes(1).toMillis();
    private static final long SECOND = FIRST + Duration.ofSeconds(15).toMillis();

    private static List<TestSample> samples() {
        List<TestSample> samples = new ArrayList<>();
        samples.add(TestSample.of("cpu_usage", FIRST, 0.5, "namespace", "production", "node", "brain"));
        samples.add(TestSample.of("cpu_usage", SECOND, 0.6, "namespace", "production", "node", "brain"));
        samples.add(TestSample.of("cpu_usage", FIRST, 0.1, "namespace", "dev", "node", "pinky"));
        samples.add(TestSample.of("cpu_usage", SECOND, 0.2, "namespace", "dev", "node", "pinky"));
        samples.add(TestSample.of("cpu_total", FIRST, 10, "namespace", "dev", "node", "pinky"));
        samples.add(TestSample.of("cpu_total", SECOND, 14, "namespace", "dev", "node", "pinky"));
        samples.add(TestSample.of("cpu_total", SECOND, 7, "namespace", "dev", "new_tag", "value", "node", "pinky"));
        return samples;
    }

    @Test
    void everyQueryGivesWhatThePageShows() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                RunningDaemon db = RunningDaemon.on(database)) {
            db.send(samples());
            db.awaitViews();
            try (Connection connection = db.connect()) {
                Map<String, Instant> times = Map.of(
                        "2026-11-01 10:00:00", Instant.ofEpochMilli(FIRST),
                        "2026-11-01 10:00:15", Instant.ofEpochMilli(SECOND));
                new ExamplePage(PAGE, times).check(connection, getClass());
            }
        }
    }
}
