package io.promgres.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.GeneratedPage;
import io.promgres.testing.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page with queries, below each of which stands what it gives. */
final class ExamplePage {

    private static final Pattern EXAMPLE = Pattern.compile("```sql\n(.*?)```\n\n```text\n(.*?)```\n", Pattern.DOTALL);

    private final Path page;
    private final Map<String, Instant> times;

    /** @param times what the page shows, in UTC, for which times of the data */
    ExamplePage(Path page, Map<String, Instant> times) {
        this.page = page;
        this.times = times;
    }

    /** Fails unless every query gives what the page shows; with -Dpromgres.write=true the page is written first. */
    void check(Connection connection, Class<?> test) throws IOException, SQLException {
        Sql.execute(connection, "SET timezone = 'UTC'");
        String current = current(connection, Files.readString(page));
        GeneratedPage.assertCurrent(page, test, current);
    }

    private String current(Connection connection, String text) throws SQLException {
        StringBuilder current = new StringBuilder();
        Matcher matcher = EXAMPLE.matcher(text);
        List<MatchResult> examples = matcher.results().toList();
        assertThat(examples).isNotEmpty();
        int end = 0;
        for (MatchResult example : examples) {
            current.append(text, end, example.start(2)).append(shown(connection, example.group(1)));
            end = example.end(2);
        }
        return current.append(text.substring(end)).toString();
    }

    private String shown(Connection connection, String query) throws SQLException {
        String asked = query;
        for (Map.Entry<String, Instant> time : times.entrySet()) {
            asked = asked.replace(time.getKey() + "Z", time.getValue().toString());
        }
        String shown = new PsqlTable(connection, asked).toString();
        for (Map.Entry<String, Instant> time : times.entrySet()) {
            String utc = Sql.value(
                    connection, "SELECT to_timestamp(" + time.getValue().getEpochSecond() + ")");
            shown = shown.replace(utc, time.getKey() + "+00");
        }
        return shown;
    }
}
