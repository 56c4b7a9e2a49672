package io.promgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.promgres.testing.AnyServer;
import io.promgres.testing.PackagedDaemon;
import io.promgres.testing.Sql;
import io.promgres.testing.SteadyLoad;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon is killed while it packs and takes late samples: nothing is lost, nothing is there twice. The system property
 * {@code faults.kills} has it killed more often.
 */
@AnyServer
class PackingKillIT {

    private static final int SENDERS = 3;
    private static final int KILLS = Integer.getInteger("faults.kills", 4);
    private static final int MOST_MILLIS_OF_PACKING = 700;
    private static final Map<String, String> SHORT_BLOCKS =
            Map.of("PROMGRES_STORAGE_BLOCK", "1m", "PROMGRES_STORAGE_GRACE", "0s");

    @TempDir
    private Path directory;

    private final ExecutorService packer = Executors.newCachedThreadPool();
    private final Random random = new Random(7);

    @AfterEach
    void stop() {
        packer.shutdownNow();
    }

    @Test
    void whateverWasAcknowledgedIsThereOnceWhenThePackerIsKilledAgainAndAgain() throws Exception {
        PackagedDaemon daemon = PackagedDaemon.start(directory, 0, SHORT_BLOCKS);
        int port = daemon.port();
        try (SteadyLoad load = SteadyLoad.ofSeconds(SENDERS, daemon.sender())) {
            for (int kill = 0; kill < KILLS; kill++) {
                load.awaitProgress();
                PackagedDaemon packing = daemon;
                packer.execute(() -> pack(packing));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(MOST_MILLIS_OF_PACKING)));
                daemon.kill();
                daemon = PackagedDaemon.start(directory, port, SHORT_BLOCKS);
            }
            load.awaitProgress();
            load.end();

            load.assertStored(daemon.stored());
            pack(daemon);
            try (Connection connection = daemon.connect()) {
                assertThat(Sql.rows(connection, "SELECT count(*) FROM prom_data.vector WHERE runs <= 0"))
                        .containsExactly("0");
                assertThat(Sql.rows(connection, "SELECT count(*) > 0 FROM prom_data.vector"))
                        .containsExactly("t");
            }
            load.assertStored(daemon.stored());
        } finally {
            assertThat(daemon.stop()).isZero();
        }
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
}
