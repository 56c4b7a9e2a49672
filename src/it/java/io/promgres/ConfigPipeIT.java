package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A configuration that comes by a pipe, as {@code --config <(...)} of a shell or {@code /dev/stdin}: it is read once, as a further
 * opening finds nothing.
 */
class ConfigPipeIT {

    private static final String RULES = """
            energy:
              rules:
                rules:
                  - {name: by-pipe, kind: %s, metric: joules_total, unit: joules}
            """;

    @TempDir
    private Path directory;

    @Test
    void rulesOfEnergyInItAreCheckedToo() throws Exception {
        PackagedDaemon.Ended ended = PackagedDaemon.runWithInput(
                directory, RULES.formatted("no-such-kind"), "check-config", "--config", "/dev/stdin");

        assertThat(ended.code()).as(ended.out()).isEqualTo(2);
        assertThat(PackagedDaemon.logLines(directory)).anyMatch(line -> line.contains("/dev/stdin:4"));
    }

    @Test
    void itsSettingsAndRulesAreInForceAndStaySoAtAReload() throws Exception {
        try (TestDatabase database = TestDatabase.migrated();
                Connection connection = database.connect();
                PackagedDaemon daemon = PackagedDaemon.startWithConfig(
                        directory,
                        Map.of("PROMGRES_DB", database.uri().psql()),
                        "web: {enable-lifecycle: true}\n" + RULES.formatted("counter"))) {
            Await.until(
                    "the rules are in force",
                    () -> Sql.value(connection, "SELECT count(*) FROM _energy.rule WHERE name = 'by-pipe'")
                            .equals("1"));

            assertThat(daemon.sender().postJson("/-/reload", "").statusCode()).isEqualTo(200);
            Await.until(
                    "the reload is logged",
                    () -> daemon.logLines().stream().anyMatch(line -> line.contains("configuration reloaded")));
            // Nothing has changed.
            assertThat(daemon.logLines()).noneMatch(line -> line.contains("need a restart"));
        }
    }
}
