package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.config.DatabaseUri;
import io.promgres.embedded.EmbeddedPostgres;
import io.promgres.testing.Await;
import io.promgres.testing.RunningDaemon;
import io.promgres.testing.Sent;
import io.promgres.testing.SteadySender;
import io.promgres.testing.TestDatabase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database goes and comes back under a daemon that runs on, as with every upgrade of a managed PostgreSQL. */
class DatabaseRestartIT {

    private static final long BEGIN = Instant.now().toEpochMilli() - 3_600_000;
    private static final int SENDERS = 3;
    private static final int ENOUGH_SCRAPES = 25;

    @TempDir
    private Path directory;

    /** PostgreSQL 15 cannot run where its user cannot get to. */
    @BeforeEach
    void openDirectory() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private final ExecutorService threads = Executors.newFixedThreadPool(SENDERS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void sendersAreAskedToComeAgainAndNothingIsLostOrDoubled() throws Exception {
        EmbeddedPostgres server = server(0);
        DatabaseUri uri = server.uri();
        List<SteadySender> senders = new ArrayList<>();
        // Its connection to look at things ends with the first server.
        RunningDaemon daemon = RunningDaemon.on(uri);
        try {
            for (int number = 0; number < SENDERS; number++) {
                senders.add(new SteadySender(daemon.sender(), number, BEGIN, true));
            }
            senders.forEach(threads::execute);
            Await.until(
                    "every sender is under way",
                    () -> senders.stream().allMatch(s -> s.acknowledged() > ENOUGH_SCRAPES));

            server.close();
            Await.until("every sender is refused", () -> senders.stream().allMatch(s -> s.refused() > 0));
            HttpResponse<String> unready = daemon.sender().get("/-/ready");
            assertThat(unready.statusCode()).isEqualTo(503);
            assertThat(unready.body()).contains("the database does not take samples");
            assertThat(daemon.sender().get("/-/healthy").statusCode()).isEqualTo(200);

            server = server(uri.hosts().get(0).port());
            int[] before = senders.stream().mapToInt(SteadySender::acknowledged).toArray();
            for (int number = 0; number < SENDERS; number++) {
                SteadySender sender = senders.get(number);
                int goal = before[number] + ENOUGH_SCRAPES;
                Await.until("every sender goes on", () -> sender.acknowledged() > goal);
            }
            Await.until("readiness", () -> daemon.sender().get("/-/ready").statusCode() == 200);
            endAll(senders);

            try (RunningDaemon second = RunningDaemon.on(uri)) {
                List<Sent> stored = second.stored();
                List<Sent> sent = senders.stream()
                        .flatMap(s -> s.acknowledgedSamples().stream())
                        .toList();
                assertThat(stored).hasSameSizeAs(sent);
                assertThat(new HashSet<>(stored)).isEqualTo(new HashSet<>(sent));
            }
        } finally {
            senders.forEach(SteadySender::end);
            daemon.close();
            server.close();
        }
    }

    private void endAll(List<SteadySender> senders) throws InterruptedException {
        senders.forEach(SteadySender::end);
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(senders).allMatch(sender -> sender.problem() == null);
    }

    private EmbeddedPostgres server(int port) {
        return EmbeddedPostgres.start(new EmbeddedPostgres.Options(
                directory.resolve("data"), port, TestDatabase.archive(), Optional.empty(), Map.of()));
    }
}
