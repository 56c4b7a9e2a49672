package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.AnyServer;
import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.TestSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines on standard error, of a daemon as a process. */
@AnyServer
class LogFormatIT {

    private static final Map<String, String> OFTEN = Map.of("PROMGRES_LOG_THROUGHPUT_INTERVAL", "200ms", "TZ", "IST");

    @TempDir
    private Path directory;

    private PackagedDaemon start(Map<String, String> environment) throws Exception {
        return PackagedDaemon.start(directory, 0, environment);
    }

    @Test
    void asJsonEveryLineIsAnObjectAndTheThroughputHasItsNumbers() throws Exception {
        try (PackagedDaemon daemon =
                start(Map.of("PROMGRES_LOG_FORMAT", "json", "PROMGRES_LOG_THROUGHPUT_INTERVAL", "200ms"))) {
            daemon.sender().send(TestSample.of("load", System.currentTimeMillis(), 1));
            Await.until(
                    "a line of throughput",
                    () -> daemon.logLines().stream().anyMatch(line -> line.contains("samples_per_second")));
        }
        List<JsonNode> events = new ArrayList<>();
        for (String line : PackagedDaemon.logLines(directory)) {
            events.add(new ObjectMapper().readTree(line));
        }
        assertThat(events).allSatisfy(event -> {
            assertThat(event.get("level").asText()).isIn("INFO", "WARN", "ERROR");
            assertThat(event.get("formattedMessage").asText()).isNotEmpty();
            assertThat(event.get("timestamp").asLong()).isPositive();
        });
        assertThat(events).anyMatch(event -> event.at("/kvpList/3").has("pending"));
    }

    @Test
    void asTextTheThroughputIsALineInTheTimeOfAZoneThatPostgresDoesNotKnow() throws Exception {
        try (PackagedDaemon daemon = start(OFTEN)) {
            Await.until(
                    "a line of throughput",
                    () -> daemon.logLines().stream()
                            .anyMatch(
                                    line -> line.matches(
                                            ".*\\+05:30 INFO .*: [0-9.]+ samples/s, [0-9.]+ requests/s, p99 [0-9.]+ ms, \\d+ pending")));
        }
    }
}
