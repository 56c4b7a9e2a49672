package io.promgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.Await;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sent;
import io.promgres.testing.Sql;
import io.promgres.testing.SteadySender;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon is killed while it packs and takes late samples: nothing is lost, nothing is there twice. */
class PackingKillIT {

    private static final long BEGIN = Instant.now().toEpochMilli() - 3_600_000;
    private static final int SENDERS = 3;
    private static final int KILLS = 4;
    private static final int MOST_MILLIS_OF_PACKING = 700;
    private static final Map<String, String> SHORT_BLOCKS =
            Map.of("PROMGRES_STORAGE_BLOCK", "1m", "PROMGRES_STORAGE_GRACE", "0s");

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newFixedThreadPool(SENDERS + 1);
    private final Random random = new Random(7);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void whateverWasAcknowledgedIsThereOnceWhenThePackerIsKilledAgainAndAgain() throws Exception {
        PackagedDaemon daemon = PackagedDaemon.start(directory, 0, SHORT_BLOCKS);
        int port = daemon.port();
        List<SteadySender> senders = new ArrayList<>();
        for (int number = 0; number < SENDERS; number++) {
            senders.add(new SteadySender(daemon.sender(), number, BEGIN, true));
        }
        senders.forEach(threads::execute);

        for (int kill = 0; kill < KILLS; kill++) {
            awaitProgress(senders);
            PackagedDaemon packing = daemon;
            threads.execute(() -> pack(packing));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(MOST_MILLIS_OF_PACKING)));
            daemon.kill();
            daemon = PackagedDaemon.start(directory, port, SHORT_BLOCKS);
        }
        awaitProgress(senders);
        senders.forEach(SteadySender::end);
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(senders).allMatch(sender -> sender.problem() == null);

        assertStored(daemon, senders);
        pack(daemon);
        try (Connection connection = daemon.connect()) {
            assertThat(Sql.rows(connection, "SELECT count(*) FROM prom_data.vector WHERE runs <= 0"))
                    .containsExactly("0");
            assertThat(Sql.rows(connection, "SELECT count(*) > 0 FROM prom_data.vector"))
                    .containsExactly("t");
        }
        assertStored(daemon, senders);
        assertThat(daemon.stop()).isZero();
    }

    private static void awaitProgress(List<SteadySender> senders) throws Exception {
        List<Integer> before = senders.stream().map(SteadySender::acknowledged).toList();
        Await.until("every sender goes on", () -> {
            for (int i = 0; i < senders.size(); i++) {
                if (senders.get(i).acknowledged() < before.get(i) + 40) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Ends early when the daemon is killed, and its database with it. */
    private static void pack(PackagedDaemon daemon) {
        try (Connection connection = daemon.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CALL prom_api.execute_maintenance()");
        } catch (SQLException | IOException e) {
            assertThat(e).hasMessageNotContaining("maintenance failed");
        }
    }

    private static void assertStored(PackagedDaemon daemon, List<SteadySender> senders) throws Exception {
        List<Sent> stored = daemon.stored();
        Set<Sent> distinct = new HashSet<>(stored);
        assertThat(stored).hasSameSizeAs(distinct);
        Set<Sent> acknowledged = new HashSet<>();
        Set<Sent> underWay = new HashSet<>();
        for (SteadySender sender : senders) {
            acknowledged.addAll(sender.acknowledgedSamples());
            underWay.addAll(sender.scrape(sender.acknowledged()));
        }
        assertThat(distinct.containsAll(acknowledged)).isTrue();
        distinct.removeAll(acknowledged);
        distinct.removeAll(underWay);
        assertThat(distinct).isEmpty();
    }
}
