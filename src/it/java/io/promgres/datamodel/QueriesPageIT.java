package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sent;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page src/docs/queries.md: every query on it, in the order of the page, gives what stands below it. The samples have
 * today's date, and the page shows the first of November.
 */
class QueriesPageIT {

    private static final Path PAGE = Path.of("src", "docs", "queries.md");
    private static final Pattern EXAMPLE = Pattern.compile("```sql\n(.*?)```\n\n```text\n(.*?)```\n", Pattern.DOTALL);

    private static final long BLOCK = Duration.ofHours(2).toMillis();
    private static final long FIRST =
            System.currentTimeMillis() / BLOCK * BLOCK + Duration.ofMinutes(1).toMillis();
    private static final long SECOND = FIRST + Duration.ofSeconds(15).toMillis();

    private static List<Sent> samples() {
        List<Sent> samples = new ArrayList<>();
        samples.add(Sent.of("cpu_usage", FIRST, 0.5, "namespace", "production", "node", "brain"));
        samples.add(Sent.of("cpu_usage", SECOND, 0.6, "namespace", "production", "node", "brain"));
        samples.add(Sent.of("cpu_usage", FIRST, 0.1, "namespace", "dev", "node", "pinky"));
        samples.add(Sent.of("cpu_usage", SECOND, 0.2, "namespace", "dev", "node", "pinky"));
        samples.add(Sent.of("cpu_total", FIRST, 10, "namespace", "dev", "node", "pinky"));
        samples.add(Sent.of("cpu_total", SECOND, 14, "namespace", "dev", "node", "pinky"));
        samples.add(Sent.of("cpu_total", SECOND, 7, "namespace", "dev", "new_tag", "value", "node", "pinky"));
        return samples;
    }

    private static String shown(Connection connection, String query) throws SQLException {
        return new PsqlTable(connection, query)
                .toString()
                .replace(utc(connection, FIRST), "2026-11-01 10:00:00+00")
                .replace(utc(connection, SECOND), "2026-11-01 10:00:15+00");
    }

    private static String utc(Connection connection, long millis) throws SQLException {
        return Sql.value(connection, "SELECT to_timestamp(" + millis / 1000 + ")");
    }

    @Test
    void everyQueryGivesWhatThePageShows() throws Exception {
        try (TestDatabase database = TestDatabase.fresh();
                RunningDaemon db = RunningDaemon.on(database)) {
            db.send(samples());
            db.awaitViews();
            try (Connection connection = db.connect()) {
                Sql.execute(connection, "SET timezone = 'UTC'");
                String page = Files.readString(PAGE);
                String current = current(connection, page);
                if (Boolean.getBoolean("promgres.write")) {
                    Files.writeString(PAGE, current);
                }
                assertThat(Files.readString(PAGE))
                        .as("mvn -q -B -Dtest=QueriesPageIT -Dpromgres.write=true test writes what the queries give")
                        .isEqualTo(current);
            }
        }
    }

    private static String current(Connection connection, String page) throws SQLException {
        StringBuilder current = new StringBuilder();
        Matcher matcher = EXAMPLE.matcher(page);
        List<MatchResult> examples = matcher.results().toList();
        assertThat(examples).isNotEmpty();
        int end = 0;
        for (MatchResult example : examples) {
            current.append(page, end, example.start(2)).append(shown(connection, example.group(1)));
            end = example.end(2);
        }
        return current.append(page.substring(end)).toString();
    }
}
